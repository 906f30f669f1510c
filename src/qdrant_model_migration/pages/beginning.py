"""The session that a trip begins with: what the command line, the environment and the last time
say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from qdrant_model_migration.advice import WhatIf
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.pages.exploring import explored
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.memory import last_address
from qdrant_model_migration.qdrant import Address, own_server


def begin(
    *,
    address: str | None = None,
    key: SecretStr | None = None,
    practice: bool = False,
    answers: Mapping[str, Any] | None = None,
    run: Path | None = None,
    explore: WhatIf | None = None,
) -> Session:
    """key: for this address; without one that of the environment. explore: on these made-up facts.
    Raises AddressInvalid."""
    given = Address.parse(address) if address else None
    known = os.environ.get(KEY)
    session = Session(
        address=given,
        key=key or (SecretStr(known) if known else None),
        key_of=given if key else own_server(),
        practice=practice,
        answers=dict(answers or {}),
        run=run,
        last_address=last_address(),
    )
    if explore is None:
        return session
    return explored(session.on(what_if=explore), session.answers)

"""The session that a trip begins with: what the command line, the environment and the last time
say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.environment import KEY, URL
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.memory import last_address

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qdrant_model_migration.advice import WhatIf


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
    session = Session(
        practice=practice, answers=dict(answers or {}), run=run, last_address=last_address()
    )
    if address or key or os.environ.keys() & {URL, KEY}:
        session = _at_a_server(session, address, key)
    if explore is None:
        return session
    from qdrant_model_migration.pages.exploring import explored

    return explored(session.on(made_up=explore), session.answers)


def _at_a_server(session: Session, address: str | None, key: SecretStr | None) -> Session:
    from pydantic import SecretStr

    from qdrant_model_migration.qdrant import Address, own_server

    given, known = Address.parse(address) if address else None, os.environ.get(KEY)
    return session.on(
        address=given,
        key=key or (SecretStr(known) if known else None),
        key_of=given if key else own_server(),
        typed=address or "",
    )

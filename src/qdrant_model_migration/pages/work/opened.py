"""The trip's Qdrant, open for one task and closed again: a folder has room for one client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.door import door
from qdrant_model_migration.qdrant import Qdrant, open_qdrant


@contextmanager
def opened(session: Session, *, timeout: float = 60.0) -> Iterator[Qdrant]:
    """Raises the errors of the connection."""
    address = session.address
    if address is None:
        raise QmmError("No server is chosen.", "", "Go back to Connect.")
    with (
        door(address),
        open_qdrant(
            address,
            session.key_for(address),
            timeout=timeout,
            may_have_keys=session.may_have_keys(address),
        ) as qdrant,
    ):
        yield qdrant

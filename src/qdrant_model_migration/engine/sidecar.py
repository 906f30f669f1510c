"""Something that lives beside the steps for as long as they run: the practice application."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from qdrant_model_migration.engine import engine_log
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import Qdrant

PATIENCE = 10.0  # seconds for it to end by itself


class Say(Protocol):
    """Kind "application": how things stand, replaces what was said before. Others are events."""

    def __call__(self, kind: str, text: str, **data: Any) -> None: ...


Sidecar = Callable[[Qdrant, threading.Event, Say], None]


@contextmanager
def running_beside(
    sidecar: Sidecar | None, qdrant: Qdrant, journal: Journal, parent: int
) -> Iterator[None]:
    """The sidecar runs in a thread of its own for the length of the block.

    What it dies of is logged and said, and does not end the run: it is no part of the migration.
    """
    if sidecar is None:
        yield
        return
    over = threading.Event()

    def say(kind: str, text: str, **data: Any) -> None:
        if kind == "application":
            journal.remember("application", {"text": journal.clean(text), **data}, forced=False)
        else:
            journal.event(kind, text, data, parent)

    def live() -> None:
        try:
            sidecar(qdrant, over, say)
        except QmmError as error:
            engine_log.log.warning("the application ended: %s", error)
        except Exception as error:  # noqa: BLE001 - see above
            engine_log.log.error("the application ended with an error", exc_info=error)

    thread = threading.Thread(target=live, name="qmm-application", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)

"""The practice Qdrant: making it, and throwing it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from qdrant_model_migration.pages.session import NOTHING, Connected, Session
from qdrant_model_migration.pages.work.connecting import reach
from qdrant_model_migration.pages.work.door import door
from qdrant_model_migration.qdrant import Address


class Practice(NamedTuple):
    """The sandbox, ready. over: the collection that a trip before this one switched to, or "".
    offered: files for questions that ask for one, by their keys."""

    address: Address
    collection: str
    connected: Connected
    answers: dict[str, Any]
    over: str = ""
    offered: Mapping[str, str] = NOTHING


def prepare(report: Callable[[tuple[str, int, int]], None]) -> Practice:
    """Make it, unless it is there, and look into it. Tells what, how much is done, of how much."""
    from qdrant_model_migration.qdrant import open_qdrant
    from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox

    sandbox = Sandbox()
    with door(sandbox.address):
        sandbox.prepare(on_progress=lambda what, done, total: report((what, done, total)))
        with open_qdrant(sandbox.address) as qdrant:
            now = qdrant.resolve(ALIAS)
    connected = reach(Session(address=sandbox.address), lambda _: None)
    proof = {"kind": "file", "file": str(sandbox.queries), "margin": 0.02}
    over = now if now != COLLECTION else ""
    file = str(sandbox.originals) if sandbox.originals.is_file() else ""
    offered = {"originals": file, "text": file} if file else NOTHING
    return Practice(sandbox.address, now, connected, {"proof": proof}, over, offered)


def reset() -> None:
    """Delete it with everything in it; `prepare` makes it anew."""
    from qdrant_model_migration.sandbox import Sandbox

    sandbox = Sandbox()
    with door(sandbox.address):
        sandbox.reset()

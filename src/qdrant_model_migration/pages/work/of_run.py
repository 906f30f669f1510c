"""What is done with a run from its stages: looked at, started, answered, and its folder read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from qdrant_model_migration import engine, private_file
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.errors import FileNotWritten, QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.route import Words

TICKS = "still-to-do.txt"
_WRITING = Lock()


def environment(session: Session, folder: Path) -> Mapping[str, str]:
    """What the engine of this run gets besides our environment: the keys, if they are for its
    server."""
    if session.key_of is None:
        return {}
    server = Address.read(engine.read_card(folder).server)
    return session.keys_for(server, engine.models_of_run(folder))


def start(
    session: Session,
    folder: Path,
    *,
    extra: str | None = None,
    given: Mapping[str, Any] | None = None,
) -> None:
    """Let the engine go on in its own process."""
    engine.start(folder, environment(session, folder), extra=extra, given=given)


def consent(session: Session, folder: Path, gate: str, answers: Mapping[str, str]) -> None:
    """Write the consent down and let the run go on."""
    engine.give_consent(folder, gate, answers)
    start(session, folder)


def take_back(session: Session, folder: Path) -> None:
    """Take a step off again that was added: the run stands where it stood before."""
    engine.take_back(folder, environment(session, folder))


def files(folder: Path) -> tuple[str, ...]:
    """The names of those in its folder that are for people."""
    shown = (".md", ".html", ".yaml", ".csv", ".txt")
    return tuple(path.name for path in sorted(folder.glob("*")) if path.suffix in shown)


@lru_cache(maxsize=4)
def words_of(folder: Path) -> Words | None:
    """What the route of its plan says of it, which does not change; None where it moves nothing, or
    this version cannot read it."""
    try:
        move = load_plan(folder / PLAN).move
    except QmmError:
        return None
    return route_of(move).words(move) if move is not None else None


def ticked(folder: Path) -> frozenset[str]:
    """What was ticked on its list of what is left to do."""
    try:
        return frozenset((folder / TICKS).read_text(encoding="utf-8").splitlines())
    except OSError:
        return frozenset()


def turn(folder: Path, key: str) -> frozenset[str]:
    """Tick that, or take the tick away; returns all ticks. Raises FileNotWritten."""
    with _WRITING:
        now = ticked(folder) ^ {key}
        save(folder / TICKS, "\n".join(sorted(now)))
    return now


def save(path: Path, text: str) -> Path:
    """For its owner alone. Raises FileNotWritten."""
    try:
        return private_file.write(path, text)
    except OSError as error:
        raise FileNotWritten(path, error) from error

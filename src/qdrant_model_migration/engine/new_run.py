"""How a new run is made: its folder appears whole, under a name of its own, with the plan in it."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qdrant_model_migration import private_file
from qdrant_model_migration.engine import control, lock
from qdrant_model_migration.engine.one_run import refuse_second
from qdrant_model_migration.engine.run_folder import CARD, PLAN, Card, file_digest
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.environment import runs_folder
from qdrant_model_migration.errors import RunFolderUnusable

if TYPE_CHECKING:
    from qdrant_model_migration.plan import Plan


def create_run(plan: Plan | Path | str, runs: Path | None = None) -> Path:
    """Make the folder of a new run and put the plan into it; nothing is started.

    Raises WarningsOpen, WarningsChanged or AcceptedUnasked where its warnings are not acknowledged,
    PlanHasRun or CollectionHasRun, naming the run that stands in the way, PlanError, or
    RunFolderUnusable.
    """
    from qdrant_model_migration.plan import load_plan, save_plan, why_closed

    loaded = load_plan(Path(plan)) if isinstance(plan, (str, Path)) else plan
    if closed := why_closed(loaded):
        raise closed
    return make_folder(card_of(loaded), lambda path: save_plan(loaded, path), runs or runs_folder())


def card_of(plan: Plan) -> Card:
    """What run.json says of a plan."""
    move = plan.move
    what = move.label if move else f"{plan.collection}, {plan.title}"
    return Card(
        id="",
        created=now(),
        what=what,
        strategy=plan.strategy,
        title=plan.title,
        server=str(plan.server),
        collection=plan.collection,
        alias=plan.alias.name if plan.alias else "",
        practice=plan.practice,
        plan=plan.digest,
        file="",
        together=plan.together,
        models="; ".join(plan.searched_by) if plan.together else "",
    )


def make_folder(card: Card, write_plan: Callable[[Path], object], runs: Path) -> Path:
    """The folder appears under its name only when it is whole. One maker at a time."""
    try:
        runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.held(runs, patience=10.0):
            refuse_second(card, runs)
            part = runs / f".new-{secrets.token_hex(4)}"
            part.mkdir(mode=0o700)
            try:
                return _fill(part, card, write_plan, runs)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
    except OSError as error:
        raise RunFolderUnusable(str(runs), "written to", error) from error


def _fill(part: Path, card: Card, write_plan: Callable[[Path], object], runs: Path) -> Path:
    (part / control.FOLDER).mkdir(mode=0o700)
    plan = part / PLAN
    write_plan(plan)
    plan.chmod(0o600)
    for name in _names(card.collection):
        if (runs / name).exists():
            continue
        full = card._replace(id=f"{name}-{secrets.token_hex(4)}", file=file_digest(plan))
        text = json.dumps(full._asdict(), ensure_ascii=False, indent=1)
        private_file.write(part / CARD, text + "\n")
        part.rename(runs / name)
        return runs / name
    raise AssertionError  # the names do not end


def _names(collection: str) -> Iterator[str]:
    """docs-1124, docs-1124-2, docs-1124-3, ... : collection, month and day."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", collection).strip("-.")[:40] or "run"
    name = f"{plain}-{datetime.now().astimezone():%m%d}"
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1

"""Where runs live and how a new one is made. What happens inside of a run is not known here.

A run folder holds plan.yaml, run.json (what the run is, for lists), journal.db, control/,
engine.log, lock, and what its steps and its report leave there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration import private_file
from qdrant_model_migration.engine import control, lock
from qdrant_model_migration.engine.errors import CollectionHasRun, NoSuchRun, PlanHasRun
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.environment import RUN_DIR
from qdrant_model_migration.errors import RunFolderUnusable

if TYPE_CHECKING:
    from qdrant_model_migration.plan import Plan

CARD = "run.json"
PLAN = "plan.yaml"


class Card(NamedTuple):
    """What a run is, fixed when it is made. `id` is unique in the world, the folder's name is not.

    what: "docs → docs_new" or "docs, Requantize". title: of the strategy. plan: digest of what is
    to be done, to know the same plan again. file: digest of plan.yaml as it was written.
    """

    id: str
    created: str
    what: str
    strategy: str
    title: str
    server: str
    collection: str
    alias: str
    practice: bool
    plan: str
    file: str


def runs_folder() -> Path:
    """The folder that holds all runs of this user; QMM_RUN_DIR names another one."""
    named = os.environ.get(RUN_DIR)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("qmm", appauthor=False) / "runs"


def find_run(name: str, runs: Path | None = None) -> Path:
    """The folder of a run by its name, or by the path of the folder itself. Raises NoSuchRun."""
    inside = (runs or runs_folder()) / name
    for folder in (inside, Path(name).expanduser().absolute()):
        try:
            (folder / CARD).stat()
        except PermissionError as error:
            raise RunFolderUnusable(str(folder), "read", error) from error
        except OSError:
            continue
        return folder
    known = [folder.name for folder in run_folders(runs)]
    raise NoSuchRun(name, str(runs or runs_folder()), known)


def run_folders(runs: Path | None = None) -> tuple[Path, ...]:
    """All run folders, in no order that means anything. Raises RunFolderUnusable."""
    where = runs or runs_folder()
    try:
        entries = sorted(where.iterdir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise RunFolderUnusable(str(where), "read", error) from error
    found = (entry for entry in entries if not entry.name.startswith("."))
    return tuple(entry for entry in found if os.path.isfile(entry / CARD))  # noqa: PTH113 - no error


def read_card(folder: Path) -> Card:
    """Raises NoSuchRun where the folder is not a run's."""
    try:
        data = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return Card(**{name: data[name] for name in Card._fields})
    except PermissionError as error:
        raise RunFolderUnusable(str(folder), "read", error) from error
    except (OSError, ValueError, KeyError, TypeError):
        raise NoSuchRun(folder.name, str(folder.parent)) from None


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
    text = plan.model_dump_json(exclude={"accepted"})
    move = plan.move
    what = f"{move.source} → {move.target}" if move else f"{plan.collection}, {plan.title}"
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
        plan=hashlib.sha256(text.encode()).hexdigest(),
        file="",
    )


def make_folder(card: Card, write_plan: Callable[[Path], object], runs: Path) -> Path:
    """The folder appears under its name only when it is whole. One maker at a time."""
    try:
        runs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.held(runs, patience=10.0):
            _refuse_second_run(card, runs)
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


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _names(collection: str) -> Iterator[str]:
    """docs-1124, docs-1124-2, docs-1124-3, ... : collection, month and day."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", collection).strip("-.")[:40] or "run"
    name = f"{plain}-{datetime.now().astimezone():%m%d}"
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _refuse_second_run(card: Card, runs: Path) -> None:
    from qdrant_model_migration.engine.run_view import FINISHED, view

    for folder in run_folders(runs):
        other = read_card(folder)
        if other.plan == card.plan:
            found = view(folder, events=0)
            if found.state == "discarded":
                continue
            raise PlanHasRun(folder.name, found.state, over=found.state in FINISHED)
        if (other.server, other.collection) == (card.server, card.collection):
            found = view(folder, events=0)
            # A practice run that somebody left at a gate is nobody's unfinished work.
            if found.live or (found.state == "waiting" and not other.practice):
                raise CollectionHasRun(folder.name, card.collection, found.state)


def refuse_beside_another(folder: Path) -> None:
    """Raises CollectionHasRun while another run on the same collection is being carried out."""
    card = read_card(folder)
    for other in run_folders(folder.parent):
        if other == folder or not lock.is_held(other):
            continue
        its = read_card(other)
        if (its.server, its.collection) == (card.server, card.collection):
            raise CollectionHasRun(other.name, card.collection, "running")

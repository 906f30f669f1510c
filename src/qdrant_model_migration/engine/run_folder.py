"""Where runs live, and what each of them is. What happens inside of a run is not known here.

A run folder holds plan.yaml, run.json (what the run is, for lists), journal.db, control/,
engine.log, lock, and what its steps and its report leave there.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration.engine.errors import NoSuchRun
from qdrant_model_migration.environment import runs_folder
from qdrant_model_migration.errors import RunFolderUnusable

CARD = "run.json"
PLAN = "plan.yaml"


class Card(NamedTuple):
    """What a run is, fixed when it is made. `id` is unique in the world, the folder's name is not.

    what: "docs → docs_new" or "docs, Requantize". title: of the strategy. plan: digest of what is
    to be done, to know the same plan again. file: digest of plan.yaml as it was written. together:
    the collections that switch at the same moment, and models: those by which all are searched
    afterwards; nothing where it goes alone.
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
    together: tuple[str, ...] = ()
    models: str = ""

    @property
    def follows(self) -> bool:
        """Whether what is written to the collection meanwhile is carried over: not where the points
        come from a file."""
        source, arrow, _ = self.what.partition(" → ")
        return not arrow or source == self.collection


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
        data = {**Card._field_defaults, **json.loads((folder / CARD).read_text(encoding="utf-8"))}
        card = Card(**{name: data[name] for name in Card._fields})
        return card._replace(together=tuple(card.together))
    except PermissionError as error:
        raise RunFolderUnusable(str(folder), "read", error) from error
    except (OSError, ValueError, KeyError, TypeError):
        raise NoSuchRun(folder.name, str(folder.parent)) from None


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""A model that lies in a folder: the line of a list that offers it, the page that asks for the
folder, and the one that asks what the folder leaves open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.embedders.errors import FolderAsks
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Outcome, Refused, Work, refused
from qdrant_model_migration.pages.page import Act, Ask, Column, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models

FOLDER = "folder"
SAY = "say-"
OPEN = Act(FOLDER, "Name a folder")
OWN = (
    "A folder with model.onnx and its tokenizer, as an ONNX export writes them. It is opened once, "
    "here, to see what it gives. Nothing is fetched."
)
TITLE = "A model of your own"
Then = Callable[[Session, ModelRef], Outcome]


def row(columns: int) -> Row:
    """The last line of a list of models that has so many columns."""
    cells = ("Other: a folder", *("" for _ in range(columns - 1)))
    return Row(FOLDER, cells, title=TITLE, more=(Says((OWN,)),), acts=(OPEN,))


def act(
    session: Session, key: str, values: Mapping[str, str], then: Then, at: str
) -> Outcome | None:
    """What the acts of the line and of these pages lead to; None: it is none of theirs. then: what
    becomes of the model that was read. at: where it is said that it could not be."""
    if key == FOLDER:
        return _page()
    if key == "read":
        return _read({FOLDER: values[FOLDER].strip()}, then, at)
    if key.startswith(SAY):
        return _read({**session.naming, key.removeprefix(SAY): values["said"]}, then, at)
    return None


def _page() -> Page:
    ask = Ask(FOLDER, "text", "Folder", help="with model.onnx and its tokenizer")
    acts = (Act("read", "Read it", enter=True), Act("no", "Back"))
    return Page(TITLE, (ask,), acts, first=FOLDER)


def _read(said: Mapping[str, str], then: Then, at: str) -> Outcome:
    if not said[FOLDER]:
        return Refused("No folder was named.", at)
    work, says = partial(models.from_folder, said), "Reading the folder and opening the model once."
    return Work("folder", work, then, says, _named, partial(_left_open, at))


def _named(session: Session, said: Mapping[str, str]) -> Session:
    return session.on(naming=said)


def _left_open(at: str, session: Session, error: QmmError) -> Outcome:
    """What the folder does not say is asked."""
    if not isinstance(error, FolderAsks):
        return refused(error, at)
    take = (Act(f"{SAY}{error.key}", "Take it", enter=True),)
    rows = tuple(Row(value, (value, what), acts=take) for value, what in error.choices)
    table = Table("said", rows, (Column("", 10), Column("")), enter="Take")
    return Page(error.question, (Says((error.what,)), table))

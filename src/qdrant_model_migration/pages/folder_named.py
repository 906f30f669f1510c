"""A model that lies in a folder: the line of a list that offers it, and the page that asks for the
folder."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Act, Ask, Page, Row, Says

FOLDER = "folder"
OPEN = Act(FOLDER, "Name a folder")
OWN = (
    "A folder with model.onnx and its tokenizer, as an ONNX export writes them. It is opened once, "
    "here, to see what it gives. Nothing is fetched."
)
TITLE = "A model of your own"


def row(columns: int) -> Row:
    """The last line of a list of models that has so many columns."""
    cells = ("Other: a folder", *("" for _ in range(columns - 1)))
    return Row(FOLDER, cells, title=TITLE, more=(Says((OWN,)),), acts=(OPEN,))


def page() -> Page:
    """Act read comes with what was typed, under FOLDER."""
    ask = Ask(FOLDER, "text", "Folder", help="with model.onnx and its tokenizer")
    acts = (Act("read", "Read it", enter=True), Act("no", "Back"))
    return Page(TITLE, (ask,), acts, first=FOLDER)

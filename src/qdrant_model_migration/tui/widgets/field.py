"""A labelled line to type in, with its hint below."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from qdrant_model_migration.tui.widgets.hand import Hand
from qdrant_model_migration.tui.widgets.ids import id_of

ROOM = 24  # cells beside a label: the edges, and enough to see what is typed


class Field(Widget):
    """`Address  [ typed text ]`; the label keeps its width so that fields stand in one column.

    A label that leaves too little room stands in a row of its own.
    """

    DEFAULT_CSS = """
    Field { height: auto; }
    Field Horizontal { height: 1; }
    Field .label { width: auto; }
    Field .edge { width: 3; }
    Field Input { width: 1fr; border: none; height: 1; padding: 0; }
    Field > Static { height: auto; }
    Field > .over { display: none; padding: 0 0 0 1; }
    Field.-above > .over { display: block; }
    Field.-above .label { width: 1; }
    Field .hint { height: auto; text-style: dim; }
    """

    def __init__(
        self,
        label: str,
        *,
        name: str,
        value: str = "",
        hint: str = "",
        hidden: bool = False,
        width: int = 10,
    ) -> None:
        super().__init__(id=id_of("field", name))
        self._label, self._hint = label, hint
        self._width = max(width, len(label) + 1)
        self.input = Input(
            value, password=hidden, id=id_of("input", name), compact=True, select_on_focus=False
        )

    def compose(self) -> ComposeResult:
        yield Static(self._label, classes="over", markup=False)
        with Horizontal():
            yield Static(" " + self._label.ljust(self._width), classes="label", markup=False)
            yield Hand(self.input)
            yield self.input
            yield Static(" ]", classes="edge", markup=False)
        if self._hint:
            yield Static(self._hint, classes="hint", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        narrow = cell_len(self._label) + ROOM > event.size.width
        self.set_class(narrow, "-above")
        for hint in self.query(".hint"):  # below what is typed, its further lines too
            hint.styles.padding = (0, 0, 0, 4 if narrow else self._width + 4)

    def on_descendant_focus(self) -> None:
        self.query_one(Hand).refresh()

    def on_descendant_blur(self) -> None:
        self.query_one(Hand).refresh()

    @property
    def value(self) -> str:
        return self.input.value

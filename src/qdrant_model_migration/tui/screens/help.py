"""Help (F1): what this is, the words in it, the keys. Content comes from the screen below."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from qdrant_model_migration.tui.screens.front import Dialog
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.press import Act, Press, PressRow
from qdrant_model_migration.tui.widgets.scroll import Scroll

WORDS = (
    "collection: where the points live",
    "point: one entry with an id, a payload and vectors",
    "payload: the data stored with a point",
    "alias: a second name that can be pointed to another collection in one moment",
    "vector: the numbers a model makes of a text",
    "named vector: a vector with a name; a point can have several",
    "embed: turn a text into a vector",
    "survey: reading what is there; changes nothing",
    "plan, step, run: the written list, one item of it, carrying it out",
    "gate: where the run waits for you",
    "checkpoint: the note from which a run resumes",
    "backfill: making the new vectors for all points",
    "catch-up: mending what changed meanwhile",
    "sweep: the last catch-up, after the cutover",
    "dead letter: a point set aside, with the reason",
    "cutover: the step in which the alias is switched",
    "rollback: switching back",
    "cleanup: deleting the old collection, by you",
    "verdict: GO, NO-GO or INCONCLUSIVE, always with the reason",
    "retention: how much of the old quality is kept",
    "overlap: how many results are the same (churn, not quality)",
)
KEYS = (
    "Up, Down    walk through every control, in reading order",
    "Left, Right along the buttons; in a text field the cursor",
    "Enter       choose and go on; tick; open",
    "Space       select or tick without going on",
    "Esc         close what is on top, else one step back; answers are kept",
    "F1          help for what has the focus",
    "F2          the map: where am I, what is possible",
    "Ctrl+P      all commands of this screen (also the button More)",
    "Ctrl+Q      leave; a run goes on without this window",
    "Ctrl+C      copies a selection",
)


PAGES = (Act("close", "Close"), Act("words", "All words"), Act("all", "All keys"))


class HelpScreen(Dialog[None]):
    """Esc, F1 or Close shut it; two more pages hold all words and all keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]
    AUTO_FOCUS = "Press"

    def __init__(self, title: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self._pages = {"here": (title, lines), "words": ("All words", WORDS), "all": ("Keys", KEYS)}

    def compose(self) -> ComposeResult:
        with Container(id="dialog"):
            with Scroll(id="page"):
                yield Static("", markup=False, id="says")
            yield PressRow(PAGES)

    def on_mount(self) -> None:
        self._show("here")

    def _show(self, page: str) -> None:
        title, lines = self._pages[page]
        titled(self.query_one("#dialog"), f"Help: {title}")
        self.query_one("#says", Static).update(Text("\n".join(lines)))
        self.query_one("#page", Scroll).scroll_home(animate=False)

    def action_move(self, step: int) -> None:
        """Scrolls the page while there is more of it, then walks along the buttons."""
        page = self.query_one("#page", Scroll)
        if (step > 0 and page.scroll_y < page.max_scroll_y) or (step < 0 and page.scroll_y > 0):
            page.scroll_relative(y=step, animate=False)
        elif step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        event.stop()
        if event.act.key == "close":
            self.dismiss(None)
        else:
            self._show(event.act.key)

    def action_close(self) -> None:
        self.dismiss(None)

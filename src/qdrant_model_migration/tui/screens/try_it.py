"""Try it yourself: one query, searched for real on both sides; what moved, is new, is gone."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.quality import SideBySide
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.stop import HelpText
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import crop, plain
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

MOVES = {"up": "▲", "down": "▼", "same": "=", "new": "", "": ""}


class TryItScreen(Watching):
    """Enter searches. Both sides search for real; nothing is changed."""

    place: str = "Verify"
    keys = (("↑↓", "Move"), ("Enter", "Search"))
    hello = "Both sides search for real. Nothing is changed."

    def __init__(self) -> None:
        super().__init__()
        self._samples: tuple[str, ...] = ()
        self._at = 0

    def body(self) -> ComposeResult:
        yield Field("Search", name="query", hint="a few words, then Enter")
        with Horizontal(classes="two"):
            yield Pane("OLD", "", id="old")
            yield Pane("NEW", "", id="new")

    def acts(self) -> tuple[Act, ...]:
        none = "" if self._samples else "there are none"
        return (
            Act("search", "Search"),
            Act("next", "Next sample query", closed=none),
            Act("back", "Back"),
        )

    def help(self) -> HelpText:
        return HelpText(
            "Try it yourself",
            (
                "The same query on the old and the new side.",
                "▲ moved up, ▼ moved down, = same place, new: was not found before.",
                "gone: the old side shows it, the new one does not.",
                "",
                "A single query proves nothing; the verdict rests on many.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#field-query", Field).input

    async def draw(self, view: RunView) -> None:
        if self._samples:
            return
        judgement = (view.verdict or {}).get("judgement") or {}
        best, worst = judgement.get("best") or (), judgement.get("worst") or ()
        mixed = [one for pair in zip_longest(best, worst) for one in pair if one is not None]
        self._samples = tuple(change["text"] for change in mixed)
        if self._samples:
            self.query_one("#field-query", Field).input.value = self._samples[0]

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._search()

    async def act(self, key: str) -> None:
        if key == "next" and self._samples:
            self._at = (self._at + 1) % len(self._samples)
            self.query_one("#field-query", Field).input.value = self._samples[self._at]
            self._search()
        elif key == "search":
            self._search()

    def _search(self) -> None:
        if self.busy("search") or self.view is None:
            return
        if self.view.live:
            self.say("The run is at work and holds the practice Qdrant. Search when it waits.")
            return
        query = self.query_one("#field-query", Field).value
        self.say("Searching on both sides.")
        self.work(
            "search",
            partial(tasks.search_both, self.session, self.run, query),
        )

    async def finished(self, name: str, result: object) -> None:
        if name != "search":
            return
        found = cast("tasks.Tried", result)
        self._show(found.both, found.old, found.new)
        self.say("Both sides searched for real. Nothing is changed.")

    def _show(self, both: SideBySide, old_name: str, new_name: str) -> None:
        box_old, box_new = self.query_one("#old", Pane), self.query_one("#new", Pane)
        width = max(24, box_new.size.width or 34)
        if both.old is None:
            box_old.write(
                "The old side cannot search: its model is not on this computer, or not known.",
                title=f"OLD {old_name}",
            )
        else:
            lines = [
                crop(f"{at} {_title(hit.payload)}", width).rstrip()
                for at, hit in enumerate(both.old.hits, 1)
            ]
            ms = both.old.seconds * 1000
            box_old.write("\n".join(lines) or "No results.", title=f"OLD {old_name}, {ms:.0f} ms")
        lines = []
        for one in both.rows:
            note = "new" if one.move == "new" else f"was {one.was} {MOVES[one.move]}"
            note = note if one.move else ""
            words = crop(f"{one.rank} {_title(one.hit.payload)}", width - len(note) - 1)
            lines.append(f"{words} {note}")
        if both.gone:
            gone = ", ".join(_title(hit.payload) for hit in both.gone)
            lines += ["", crop(f"gone: {gone}", width).rstrip()]
        ms = both.new.seconds * 1000
        box_new.write("\n".join(lines) or "No results.", title=f"NEW {new_name}, {ms:.0f} ms")


def _title(payload: dict[str, object]) -> str:
    """What stands for a point in a list: its title, name or text, else its first text."""
    for key in ("title", "name", "summary", "text"):
        if isinstance(payload.get(key), str) and payload[key]:
            return plain(payload[key])
    texts = (value for value in payload.values() if isinstance(value, str) and value)
    return plain(next(texts, "a point without a text"))

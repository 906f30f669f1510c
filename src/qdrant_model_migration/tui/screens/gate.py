"""A gate: what the run waits for, said whole, with everything that has to be ticked or typed.

One screen for every gate; what stands on it comes from the gate itself. Its button opens only when
everything is given exactly, and the safe answer has the focus.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration import engine
from qdrant_model_migration.engine import change_lines
from qdrant_model_migration.steps import adds, gate_kind
from qdrant_model_migration.steps.gate import Ask, Gate
from qdrant_model_migration.steps.ways import ways, ways_out
from qdrant_model_migration.tui.adding import acts_for, screen_of
from qdrant_model_migration.tui.screens.stop import HelpText
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.tasks import Environment, Report
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import Pane, facts, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act, Press
from qdrant_model_migration.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


class GateScreen(Watching):
    """Esc is No: nothing is changed, the run goes on waiting."""

    esc = "No"
    hello = "Nothing happens until everything is ticked and typed exactly."
    left_shut = "Nothing was changed. The run goes on waiting."

    def __init__(self) -> None:
        super().__init__()
        self.gate: Gate | None = None
        self._sent = False
        self._corrected = False

    def body(self) -> ComposeResult:
        yield Pane("", "Reading what the run waits for…", id="says")
        yield Pane("", "", id="application", classes="later")
        yield Vertical(id="asks")

    def acts(self) -> tuple[Act, ...]:
        gate = self.gate
        if gate is None:
            return (Act("no", "Back"),)
        missing = gate.missing(self._given())
        lines = (Act("lines", "Lines to change"),) if self._changes() else ()
        closed = "" if not missing else _what_is_missing(missing)
        return (
            Act("no", gate_kind(gate.name).no),
            Act("yes", gate.button, closed=closed),
            *lines,
            *self._ways_out(gate),
        )

    def _ways_out(self, gate: Gate) -> tuple[Act, ...]:
        """Steps that may be added instead: none of them opens this gate."""
        if adds(gate.name) is not None:
            return ()
        return acts_for(ways_out(self.view), self.view) if self.view is not None else ()

    def help(self) -> HelpText:
        return HelpText(
            self.gate.title if self.gate else "Gate",
            (
                "The run waits here and uses nothing. Before a cutover, writes made",
                "meanwhile are caught up.",
                "",
                "The button opens when every box is ticked and every word is typed",
                "exactly as asked. No and Esc change nothing.",
                *(("Without this screen:", *self._commands()) if self.gate else ()),
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-no")

    async def draw(self, view: RunView) -> None:
        if view.gate is None:
            if self._sent or view.state not in ("waiting",):
                self.leave_work()
                self.wizard.go_back_to("run")
            return
        gate = Gate.model_validate(view.gate)
        again, self.gate = gate == self.gate, gate
        if adds(gate.name) is None:
            self.place = "Cutover" if gate_kind(gate.name).switches else "Run"
        else:
            self.place = "Report"
        width = max(40, self.size.width - 4)
        said = [piece for line in gate.says for piece in _hung(line, width)]
        self.query_one("#says", Pane).write("\n".join(said), title=gate.title)
        self._draw_application(width)
        if not again:
            await self._draw_asks(gate)

    def _commands(self) -> tuple[str, ...]:
        run = self.run.name
        return tuple(way.command for way in ways(self.gate, run)) if self.gate else ()

    def _changes(self) -> list[dict[str, str]]:
        if self.gate is None or not gate_kind(self.gate.name).switches or self.view is None:
            return []
        return change_lines.of(self.view.facts)

    def _draw_application(self, width: int) -> None:
        box = self.query_one("#application", Pane)
        rows = self._changes()
        box.display = bool(rows)
        if not rows:
            return
        told = [
            (row["what"], f"{row['old']} → {row['new']}")
            for row in rows
            if row["old"] != row["new"]
        ]
        if same := [row["what"] for row in rows if row["old"] == row["new"]]:
            told.append(("stays", ", ".join(same)))
        box.write(facts(told, width), title="In your application, at the same moment")

    async def _draw_asks(self, gate: Gate) -> None:
        asks = self.query_one("#asks", Vertical)
        await asks.remove_children()
        widgets: list[Widget] = []
        for ask in gate.asks:
            if ask.kind == "tick":
                widgets.append(Tick(ask.label, id=f"ask-{ask.key}"))
            elif ask.kind == "choice":
                options = [Line(value, f"( ) {label}") for value, label in ask.choices]
                widgets.append(Lines(options, id=f"ask-{ask.key}"))
            else:
                widgets.append(Field(ask.label, name=ask.key, width=len(ask.label) + 2))
        await asks.mount_all(widgets)

    def _given(self) -> dict[str, str]:
        given: dict[str, str] = {}
        if self.gate is None:
            return given
        for ask in self.gate.asks:
            for tick in self.query(f"#ask-{ask.key}").results(Tick):
                given[ask.key] = "yes" if tick.on else ""
            for choice in self.query(f"#ask-{ask.key}").results(Lines):
                marked = [line.key for line in choice.lines if line.text.startswith("(•)")]
                given[ask.key] = marked[0] if marked else ""
            for field in self.query(f"#field-{ask.key}").results(Field):
                given[ask.key] = field.value
        return given

    async def on_tick_turned(self, event: Tick.Turned) -> None:
        event.stop()
        await self.show_acts()

    async def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._corrected:
            self._corrected = False
            self.say(self.hello)
        await self.show_acts()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field never switches anything: it only moves on."""
        event.stop()
        if not self._says_mistyped(event.input):
            self.focus_next()

    def _says_mistyped(self, field: Input) -> bool:
        for ask in self.gate.asks if self.gate else ():
            if field.id == f"input-{ask.key}" and field.value and field.value != ask.expect:
                words = f"You typed '{field.value}'; it has to be {ask.expect}."
                self.say(f"{words} Nothing was changed.")
                self._corrected = True
                return True
        return False

    async def on_key(self, event: events.Key) -> None:
        """Letters on a button go nowhere: say where they belong, so that Enter is no surprise."""
        letter = event.character is not None and event.character.isalnum()
        typed = any(ask.kind == "typed" for ask in (self.gate.asks if self.gate else ()))
        if letter and typed and isinstance(self.focused, Press) and not self._sent:
            event.stop()
            self.say("Nothing was typed. Go up to the field to type the name.")
            self._corrected = True
            return
        await super().on_key(event)

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        await self._mark(event.lines, event.key)
        self.focus_next()

    async def on_lines_ticked(self, event: Lines.Ticked) -> None:
        event.stop()
        await self._mark(event.lines, event.key)

    async def _mark(self, box: Lines, key: str) -> None:
        box.show(
            [
                line._replace(text=("(•)" if line.key == key else "( )") + line.text[3:])
                for line in box.lines
            ]
        )
        await self.show_acts()

    async def act(self, key: str) -> None:
        if key == "no":
            await self.action_back()
        elif key == "lines":
            self.wizard.go("lines")
        elif screen := screen_of(key):
            self.wizard.go(screen, instead=True)
        elif key == "yes" and self.gate is not None:
            self._sent = True
            self.say("Your consent is written down; the run goes on.")
            consent = partial(
                _give, self.run, self.gate.name, self._given(), self.wizard.environment
            )
            self.wizard.with_key(self.run, lambda: self.work("consent", consent))

    async def finished(self, name: str, result: object) -> None:
        if name == "consent":
            self.leave_work()
            self.wizard.go_back_to("run")

    async def action_back(self) -> None:
        self.leave_work()
        self.wizard.go_back()
        below = self.wizard.stop_below
        if below is not None and below is not self:
            below.say(self.left_shut)


def _hung(line: str, width: int) -> list[str]:
    """The line within `width` cells; what follows a `Label  ` stays in the column of its words."""
    label = re.match(r"\S+ {2,}", line)
    edge = label.end() if label else 0
    first, *others = wrap(line[edge:], max(10, width - edge))
    return [line[:edge] + first, *(" " * edge + piece for piece in others)]


def _what_is_missing(missing: tuple[Ask, ...]) -> str:
    first = missing[0]
    words = {
        "tick": "tick the box first",
        "choice": "choose first",
        "typed": f"type {first.expect} first",
    }
    return words[first.kind]


def _give(
    folder: Path, gate: str, answers: dict[str, str], environment: Environment, report: Report
) -> object:
    engine.give_consent(folder, gate, answers)
    engine.start(folder, environment(folder))
    return None

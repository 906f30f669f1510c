"""The warnings, one by one: how serious, why here, what to do. Serious ones are acknowledged."""

from __future__ import annotations

from datetime import datetime, timezone

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from qdrant_model_migration.advice import Warning_, make_plan, warnings_for
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import facts, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act
from qdrant_model_migration.tui.widgets.scroll import Scroll
from qdrant_model_migration.tui.widgets.tick import Tick

SIGNS = {"must": "!!", "caution": " !", "note": " i"}


class WarningsScreen(Stop):
    """Enter opens a warning, Enter on its last line acknowledges it. There is no "tick all"."""

    place: str = "Strategy"
    keys = (("↑↓", "Move"), ("Enter", "Open"))

    def __init__(self) -> None:
        super().__init__()
        self._warnings: tuple[Warning_, ...] = ()

    def where(self) -> str:
        taken = tasks.taken_strategy(self.trip)
        return f"{self.trip.collection} · {taken.title if taken else 'warnings'}"

    def body(self) -> ComposeResult:
        with Horizontal(classes="two"):
            yield Lines(id="warnings", classes="pane", wrap=False)
            with Scroll(id="one", classes="pane"):
                yield Static("", markup=False, id="text")
                yield Tick("I have read this, and accept it", id="read")

    def acts(self) -> tuple[Act, ...]:
        left = self._left()
        label = "Continue" if not left else f"Continue: {len(left)} left to acknowledge"
        return (Act("go", label), Act("back", "Back"))

    def help(self) -> HelpText:
        return HelpText(
            "Warnings",
            (
                "!! must be acknowledged, one by one; the acknowledgement is written into",
                "the plan with its time. ! is a caution, i is good to know.",
                "",
                "Each says why it applies here, in your own numbers, and what to do.",
                "A warning whose facts change later is shown again, not ticked.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#warnings") if self._left() else self.query_one("#act-go")

    @property
    def strategy(self) -> Strategy:
        taken = tasks.taken_strategy(self.trip)
        assert taken is not None, "without a strategy there is nothing to warn of"
        return taken

    def _plan(self) -> Plan | None:
        survey = self.trip.survey
        assert survey is not None
        try:
            speed = tasks.speed_of(self.trip)
            return make_plan(survey, self.trip.answers, self.strategy, speed=speed)
        except QmmError as error:
            self.trouble(error)
            return None

    def _left(self) -> list[Warning_]:
        return [w for w in self._warnings if w.severity == "must" and not self._accepted(w)]

    def _accepted(self, warning: Warning_) -> bool:
        given = self.trip.accepted.get(warning.id)
        return given is not None and given.said == warning.said

    async def shown(self) -> None:
        if tasks.taken_strategy(self.trip) is None:
            self.wizard.go_back_to("strategy")  # an answer was changed meanwhile
        else:
            self._find()

    async def refit(self) -> None:
        self._show()
        self._open()

    def _find(self) -> None:
        survey = self.trip.survey
        assert survey is not None
        self._warnings = warnings_for(survey, self.trip.answers, self.strategy, self._plan())
        self._show()
        box = self.query_one("#warnings", Lines)
        left = self._left()
        if left:
            box.go(left[0].id)
            self.say("Enter opens a warning; Enter on its last line acknowledges it.")
        else:
            must = any(w.severity == "must" for w in self._warnings)
            self.say(
                "All serious warnings are acknowledged."
                if must
                else f"No serious warnings. {len(self._warnings)} notes to read, if you like."
            )
        self._open()

    def _show(self) -> None:
        box = self.query_one("#warnings", Lines)
        room = max(16, (box.size.width or 30) - 10)
        lines = []
        for w in self._warnings:
            tick = ("[x]" if self._accepted(w) else "[ ]") if w.severity == "must" else "   "
            lines.append(Line(w.id, f"{SIGNS[w.severity]} {crop(w.title, room)} {tick}"))
        box.show(lines)
        titled(box, "Warnings", "!! must, ! caution, i note")

    def _here(self) -> Warning_ | None:
        key = self.query_one("#warnings", Lines).key
        return next((w for w in self._warnings if w.id == key), None)

    def _open(self) -> None:
        here = self._here()
        box, tick = self.query_one("#one"), self.query_one("#read", Tick)
        if here is None:
            tick.display = False
            return
        width = max(24, (self.query_one("#text").size.width or 44))
        text = [*wrap(here.text, width), ""]
        rows = [("Why here", here.why_here), ("What to do", here.todo)]
        text += facts([r for r in rows if r[1]], width).plain.split("\n")
        if here.id in self.trip.accepted and not self._accepted(here):
            text += ["", "This changed since you read it."]
        self.query_one("#text", Static).update("\n".join([*text, ""]))
        titled(box, f"{SIGNS[here.severity].strip()} {here.title}")
        tick.display = here.severity == "must"
        tick.on = self._accepted(here)
        tick.refresh()

    def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        self._open()

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self._open()
        here = self._here()
        if here is not None and here.severity == "must":
            self.query_one("#read").focus()
        else:
            self.say("Nothing to acknowledge here. Down leads to the next one.")

    async def on_tick_turned(self, event: Tick.Turned) -> None:
        event.stop()
        here = self._here()
        if here is None:
            return
        accepted = dict(self.trip.accepted)
        if event.tick.on:
            at = datetime.now(timezone.utc).isoformat(timespec="seconds")
            accepted[here.id] = Acceptance(at=at, said=here.said)
        else:
            accepted.pop(here.id, None)
        self.wizard.trip = self.trip.on(accepted=accepted, plan=None)
        self._show()
        await self.show_acts()
        if not event.tick.on:
            return
        left = self._left()
        if left:
            box = self.query_one("#warnings", Lines)
            box.go(left[0].id)
            self._open()
            box.focus()
            self.say(f"Acknowledged. {len(left)} left.")
        else:
            self.query_one("#act-go").focus()
            self.say("All serious warnings are acknowledged. Press Enter to see the plan.")

    async def act(self, key: str) -> None:
        if key != "go":
            return
        left = self._left()
        if left:
            titles = "; ".join(w.title for w in left)
            many = "1 warning still needs" if len(left) == 1 else f"{len(left)} warnings still need"
            self.say(f"{many} your tick: {titles}. The first one is open now.")
            box = self.query_one("#warnings", Lines)
            box.go(left[0].id)
            self._open()
            self.query_one("#read").focus()
            return
        self.wizard.go("plan")

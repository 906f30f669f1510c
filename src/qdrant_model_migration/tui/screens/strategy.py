"""The recommendation, its reasons, price and way back, and why each other strategy is not it."""

from __future__ import annotations

from functools import partial
from typing import cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import words
from qdrant_model_migration.advice import Advice, Choice, advise, make_plan, tried_unasked
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import decided
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.survey import Survey
from qdrant_model_migration.tui import map_words, tasks
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.screens.saving import SAVE, save_given
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act


class StrategyScreen(Stop):
    """Continue takes the recommendation; Enter on another line says all about that one."""

    place: str = "Strategy"
    hello = "In brackets: the answer that decides. Enter on a line shows it all."

    def body(self) -> ComposeResult:
        yield Pane("", "", id="best")
        yield Lines(id="others", classes="pane rest", wrap=False)

    def acts(self) -> tuple[Act, ...]:
        taken = self.taken()
        if taken is None:
            return (Act("back", "Back"), SAVE)
        closed = "" if taken.runs else "this version cannot run it yet"
        go = Act("go", f"Continue with {taken.title}", closed=closed)
        today = self.advice.today
        instead = (
            (Act("today", f"Take {today.title}"),) if today is not None and not taken.runs else ()
        )
        return (go, *instead, Act("back", "Back"), SAVE)

    def help(self) -> HelpText:
        return HelpText(
            "Strategy",
            (
                "A strategy is one way to migrate. The recommendation follows from the",
                "survey and your answers; F2 shows the whole map.",
                "",
                "possible: it would work too. ruled out: the answer in brackets excludes",
                "it; change that answer and it comes back.",
                "Way back: how it is undone, and how long that is possible.",
            ),
        )

    def first(self) -> Widget | None:
        return next(iter(self.query("#act-today, #act-go")), None)

    @property
    def survey(self) -> Survey:
        survey = self.session.survey
        assert survey is not None
        return survey

    @property
    def advice(self) -> Advice:
        return advise(self.survey, self.session.answers)

    def taken(self) -> Strategy | None:
        """The strategy chosen, else the recommended one."""
        return decided.taken_strategy(self.session)

    async def opened(self) -> None:
        self._show()
        self._measure()

    async def shown(self) -> None:
        self._show()

    async def refit(self) -> None:
        self._show()

    def _measure(self) -> None:
        """Try the speed once, so that the plan can say how long it takes."""
        taken = self.taken()
        if self.session.explore or taken is None:
            return
        model = tried_unasked(self.session.answers, taken)
        if model is not None and kept_under(model) not in self.session.speeds:
            self.work("speed", partial(tasks.measure, self.session, model))

    def _show(self) -> None:
        advice, taken = self.advice, self.taken()
        best, width = self.query_one("#best", Pane), max(40, self.size.width - 4)
        if taken is None:
            said = advice.collision_says or "No strategy fits these answers."
            best.write("\n".join(wrap(said, width)), title="Nothing is left")
        else:
            word = "Recommended" if taken is advice.recommended else "Chosen by you"
            text = [*wrap(taken.what, width), *facts(self._rows(taken), width).plain.split("\n")]
            best.write("\n".join(text), title=f"{word}: {taken.title}")
        others = [c for c in advice.fits if taken is None or c.strategy.name != taken.name]
        order = ("first", "possible", "open", "ruled out")
        others.sort(key=lambda choice: order.index(choice.fit.word))
        room = max(20, self.size.width - 42)
        box = self.query_one("#others", Lines)
        box.show([Line(c.strategy.name, self._other(c, room)) for c in others])
        titled(box, "Why not the others")

    def _rows(self, taken: Strategy) -> list[tuple[str, str]]:
        reasons = taken.because(self.survey, self.advice.settled)[:3]
        rows = [("" if at else "Because", reason) for at, reason in enumerate(reasons)]
        rows.append(("Costs", self._costs(taken)))
        rows.append(("Way back", taken.way_back))
        if not taken.runs:
            rows.append(("Later", "this version shows it, but cannot run it yet"))
        return rows

    def _draft(self, taken: Strategy) -> Plan | None:
        try:
            speed = decided.speed_of(self.session)
            return make_plan(self.survey, self.session.answers, taken, speed=speed)
        except QmmError:
            return None

    def _costs(self, taken: Strategy) -> str:
        plan = self._draft(taken)
        if plan is None:
            return "not known"
        cost = plan.estimate
        parts = []
        if cost.seconds.likely is not None:
            low, high = cost.seconds.low or 0, cost.seconds.high or 0
            parts.append(
                f"about {words.duration(cost.seconds.likely)} "
                f"({words.duration(low)} to {words.duration(high)})"
            )
        elif self.busy("speed"):
            parts.append("time: being measured with your own texts")
        else:
            parts.append(f"time {cost.seconds.how}")
        if cost.disk_bytes.likely:
            parts.append(f"{words.size(cost.disk_bytes.likely)} of disk")
        if cost.usd is not None:
            parts.append(f"{cost.usd:.2f} USD")
        return ", ".join(parts)

    def _other(self, choice: Choice, room: int) -> str:
        strategy, fit = choice
        decided = self.advice.decides(fit)
        word = {"first": "possible", "open": "not decided"}.get(fit.word, fit.word)
        sign = map_words.SIGNS[fit.word]
        return row(
            [(f"{sign} {strategy.title}", 22), (word, 11), (f"{fit.reason} ({decided})", room)]
        )

    async def done(self, name: str, result: object) -> None:
        model, speed = cast("tuple[str, Speed]", result)
        self.wizard.session = self.session.on(speeds={**self.session.speeds, model: speed})
        self._show()

    async def failed(self, name: str, error: QmmError) -> None:
        """The speed is comfort: without it the plan says that it was not tried."""
        self._show()
        self.say(f"The speed could not be tried: {error.what}")

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        choice = next(c for c in self.advice.fits if c.strategy.name == event.key)
        self._explain(choice)

    def _explain(self, choice: Choice) -> None:
        strategy, fit = choice
        lines = [
            strategy.subtitle,
            "",
            *wrap(strategy.what, 68),
            *wrap(f"Never: {strategy.never}", 68),
            *wrap(f"Way back: {strategy.way_back}", 68),
            "",
            *wrap(f"{fit.word}: {fit.reason} ({self.advice.decides(fit)})", 68),
        ]
        acts = [Act("close", "Close")]
        if fit.word in ("first", "possible") and strategy.runs:
            acts.append(Act("take", "Choose it anyway"))
        elif not strategy.runs:
            lines.append("This version shows it, but cannot run it yet.")

        async def answered(key: str | None) -> None:
            if key == "take":
                await self._take(strategy)

        self.app.push_screen(Dialog(strategy.title, lines, tuple(acts)), answered)

    async def _take(self, strategy: Strategy) -> None:
        self.wizard.session = self.session.on(strategy=strategy.name, plan=None)
        self._show()
        await self.show_acts()
        self.query_one("#act-go").focus()

    async def act(self, key: str) -> None:
        taken = self.taken()
        if key == "go" and taken is not None:
            self.wizard.session = self.session.on(strategy=taken.name)
            self.wizard.go("warnings")
        elif key == SAVE.key:
            save_given(self)
        elif key == "today" and self.advice.today is not None:
            await self._take(self.advice.today)

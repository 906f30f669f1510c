"""The map (F2, Explore): all ways as a tree, where we are, and what each strategy is."""

from __future__ import annotations

from typing import get_args

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration.advice import POINTS, MapLine, WhatIf, advise, imagine, map_lines
from qdrant_model_migration.advice.imagined import Server
from qdrant_model_migration.pages import ways
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import Survey
from qdrant_model_migration.tui import map_words
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.over import CLOSE, Over
from qdrant_model_migration.tui.screens.questions import QuestionsScreen
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import Pane, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

ROOMY = 30
SWITCHES = (
    Line("server", "server: 1.16, 1.17, 1.18 or newer"),
    Line("points", "points: 10 thousand, 1 million, 100 million"),
    Line("text", "text stored in the payload: yes, no"),
    Line("alias", "the application uses an alias: yes, no"),
    Line("matryoshka", "the present model is made for shortening: yes, no"),
    Line("server_embeds", "the server can embed: yes, no"),
)


class MapScreen(Stop):
    """Enter on a leaf explains the strategy, Enter on a branch asks its question."""

    keys = (("↑↓", "Move"), ("Enter", "Open"))

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[MapLine, ...] = ()

    @property
    def made_up(self) -> bool:
        """Explore, or a real trip before its survey: the facts are made up."""
        return self.session.survey is None or self.session.explore

    def where(self) -> str:
        return (
            "explore"
            if self.session.explore
            else f"map · {self.session.what or 'no collection yet'}"
        )

    def body(self) -> ComposeResult:
        yield Lines(id="tree", classes="pane", wrap=False)
        yield Pane("", "", id="left", classes="bare")

    def acts(self) -> tuple[Act, ...]:
        if not self.made_up:
            return (Act("back", "Back"),)
        turns = (Act("whatif", "What if…"), Act("over", "Start over"))
        back = Act("back", "Back")
        return (Act("walk", "Walk on"), *turns, back) if self.session.explore else (back, *turns)

    def help(self) -> HelpText:
        return HelpText(
            "Map",
            (
                "The tree shows every way to migrate. » is where your answers lead.",
                "✓ possible   ✗ ruled out by an answer or a fact   ? not decided yet",
                "",
                "Enter on a strategy explains it; Enter on a branch asks its question.",
                "In Explore the facts are made up: What if… changes them.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-walk") if self.session.explore else self.query_one("#tree")

    async def opened(self) -> None:
        if self.session.explore and self.session.survey is None:
            self.wizard.session = self.session.on(survey=imagine(WhatIf()), collection="docs_v1")

    async def shown(self) -> None:
        self._show()

    async def refit(self) -> None:
        self._show()

    def _survey(self) -> Survey:
        return self.session.survey or imagine(WhatIf())

    def _show(self) -> None:
        survey = self._survey()
        advice = advise(survey, self.session.answers)
        self._lines = map_lines(survey, advice)
        width = max(40, self.size.width - 6)
        box = self.query_one("#tree", Lines)
        box.show(
            [Line(str(at), map_words.tree_line(one, width)) for at, one in enumerate(self._lines)]
        )
        titled(box, "Map · » you are here")
        left, total = ways.left(advice), len(advice.fits)
        ruled: dict[str, list[str]] = {}
        for choice in advice.fits:
            if choice.fit.word == "ruled out":
                why = ways.why(advice, choice.strategy)
                ruled.setdefault(why, []).append(choice.strategy.title)
        said = "; ".join(f"✗ {', '.join(titles)}: {why}" for why, titles in ruled.items())
        words = wrap(
            f"Still possible: {left} of {total}. "
            + (advice.collision_says or said or "Nothing is ruled out yet."),
            width,
        )
        rows = 2 if self.size.height < ROOMY else 8
        if len(words) > rows:
            words = [*words[: rows - 1], crop(words[rows - 1], width - 1).rstrip() + "…"]
        self.query_one("#left", Pane).write("\n".join(words))
        self.say(
            "Explore uses made-up facts. Use these answers later: Migrate keeps them."
            if self.session.explore
            else "These are made-up facts: your own come with the survey. Esc goes back."
            if self.made_up
            else "The same map with your own answers. Esc goes back to where you were."
        )

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        line = self._lines[int(event.key)]
        if line.strategy:
            self._explain(line)
        elif line.question:
            self._ask(line.question)
        else:
            self.say("Here the facts decide, not an answer.")

    def _explain(self, line: MapLine) -> None:
        strategy = by_name(line.strategy)
        about = ways.about(advise(self._survey(), self.session.answers), strategy)
        ask = (Act("ask", "Go to the question that decides"),) if line.question else ()

        def answered(picked: object) -> None:
            if picked is not None:
                self._ask(line.question)

        self.app.push_screen(Over(Page(strategy.title, (about,), (CLOSE, *ask))), answered)

    def _ask(self, question: str) -> None:
        if self.session.survey is None:
            self.say("Questions come after the survey. Explore asks them on made-up facts.")
            return
        self.app.push_screen(QuestionsScreen(at=question, only=True))

    async def act(self, key: str) -> None:
        if key == "walk":
            self.wizard.go("questions")
        elif key == "over":
            self.wizard.session = self.session.on(answers={}, strategy=None, plan=None)
            self._show()
        elif key == "whatif":
            self.app.push_screen(Chooser("What if… (Enter changes a fact)", SWITCHES), self._turn)

    def _turn(self, key: str | None) -> None:
        """Set the next value of one made-up fact, and show what it does to the map."""
        if key is None:
            return
        now = self.wizard.what_if
        turned = next_value(now, key)
        self.wizard.what_if = turned
        if self.session.explore:
            self.wizard.session = self.session.on(survey=imagine(turned))
        self._show()
        self.say(f"Made up now: {key.replace('_', ' ')} is {shown_value(turned, key)}.")


def next_value(now: WhatIf, key: str) -> WhatIf:
    """The same facts with the next value of one switch, in a circle."""
    values = get_args(Server) if key == "server" else POINTS if key == "points" else (True, False)
    at = values.index(getattr(now, key))
    return WhatIf(**{**now._asdict(), key: values[(at + 1) % len(values)]})


def shown_value(now: WhatIf, key: str) -> str:
    """The value in words."""
    value = getattr(now, key)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)

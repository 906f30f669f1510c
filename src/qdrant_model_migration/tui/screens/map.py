"""The map (F2, Explore): all ways as a tree, where we are, and what each strategy is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration.advice import MapLine, advise, imagine, map_lines
from qdrant_model_migration.pages import ways
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.stages.explore import HELLO
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import Survey
from qdrant_model_migration.tui import map_words
from qdrant_model_migration.tui.screens.over import CLOSE, Over
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import Pane, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

ROOMY = 30


class MapScreen(Stop):
    """Enter on a leaf explains the strategy, Enter on a branch asks its question."""

    keys = (("↑↓", "Move"), ("Enter", "Open"))

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[MapLine, ...] = ()
        self._here = 0

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

    async def shown(self) -> None:
        self._show()

    async def refit(self) -> None:
        self._show()

    def _survey(self) -> Survey:
        return self.session.survey or imagine(self.session.what_if)

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
        here = next((at for at, one in enumerate(self._lines) if one.here), 0)
        if here != self._here:  # it may lie below what fits
            self._here = here
            box.go(str(here))
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
            HELLO
            if self.session.explore
            else "These are made-up facts: your own come with the survey. Esc goes back."
            if self.made_up
            else "The same map with your own answers. Esc goes back to where you were."
        )

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if not self.in_front:
            return
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
        self.wizard.session = self.session.on(alone=(question, "map"))
        self.wizard.go("questions")

    async def act(self, key: str) -> None:
        if key == "walk":
            self.wizard.go("questions")
        elif key == "over":
            self.wizard.session = self.session.on(answers={}, strategy=None, plan=None)
            self._show()
        elif key == "whatif":
            self.wizard.go_back_to("explore")

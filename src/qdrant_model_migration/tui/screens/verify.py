"""The verdict: the word with its reason, the numbers with their interval, is everything there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from qdrant_model_migration.quality import Verdict
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.tui import verdict_words
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.screens.stop import NARROW, HelpText
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


class VerifyScreen(Watching):
    """Go to cutover is closed while the verdict is NO-GO, and says why."""

    place: str = "Verify"

    def body(self) -> ComposeResult:
        yield Pane("", "Reading the verdict…", id="word")
        with Horizontal(classes="columns"):
            yield Pane("Is everything there?", "", id="integrity")
            yield Pane("By part, and the worst", "", id="parts")

    def acts(self) -> tuple[Act, ...]:
        view = self.view
        verdict = self._verdict()
        closed = ""
        if view is None or verdict is None:
            closed = "not verified yet"
        elif verdict.word == "NO-GO":
            closed = "the verdict is NO-GO"
        elif view.state != "waiting" or not view.at_verdict:
            closed = "switched already" if view.facts.get("switched") else "the run is not there"
        on = Act("cutover", "Go to cutover", closed=closed)
        if view is not None and view.finished:
            on = Act("report", "Report")
        return (
            Act("try", "Try it yourself"),
            on,
            Act("all", "All parts and queries", closed="" if verdict else "not verified yet"),
            Act("again", Verify.label, closed=Verify.why_not(view) if view else "not verified yet"),
            Act("back", "Back"),
        )

    def _verdict(self) -> Verdict | None:
        if self.view is None or not self.view.verdict:
            return None
        return Verdict.model_validate(self.view.verdict)

    def help(self) -> HelpText:
        return HelpText(
            "Verify",
            (
                "Integrity first: each id once, payloads equal, settings equal, vectors",
                "of the right model. Nothing is judged before that holds.",
                "",
                "recall@10: how many of the right answers are among the first 10.",
                "GO needs the whole interval above your limit, NO-GO the whole below it;",
                "anything else is INCONCLUSIVE, with the reason.",
                "Overlap: how many results are the same. It says how much changes, not",
                "whether it is better.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-try")

    async def draw(self, view: RunView) -> None:
        verdict = self._verdict()
        word = self.query_one("#word", Pane)
        if verdict is None:
            word.write("The run has not come to the verify step yet.", title="Not verified yet")
            return
        room = self.size.width - 1  # beside what does not fit stands a scrollbar
        width = max(40, room - 4)
        word.write("\n".join(verdict_words.judged(verdict, width)), title=verdict.headline)
        word.set_class(verdict.word == "GO", "-go")
        word.set_class(verdict.word == "NO-GO", "-no-go")
        half = max(30, (room if self.size.width < NARROW else room // 2) - 4)
        self.query_one("#integrity", Pane).write("\n".join(verdict_words.integrity(verdict, half)))
        told = verdict_words.everything if self.wide else verdict_words.parts
        self.query_one("#parts", Pane).write("\n".join(told(verdict, half)))
        self.say(verdict_words.hint(verdict, switched=bool(view.facts.get("switched"))))

    async def act(self, key: str) -> None:
        if key == "try":
            self.wizard.go("try_it")
        elif key == "all" and (verdict := self._verdict()) is not None:
            lines = verdict_words.everything(verdict, Dialog.room(self.app.size.width))
            close = (Act("close", "Close"),)
            self.app.push_screen(Dialog("All parts and queries", lines, close))
        elif key == "again":
            self.wizard.go("judge_again")
        elif key == "cutover":
            self.wizard.go("gate")
        elif key == "report":
            self.wizard.go("report")

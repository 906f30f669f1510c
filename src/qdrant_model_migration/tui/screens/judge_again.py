"""Judging a run anew: other searches, or another limit. Nothing is embedded anew."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration import engine
from qdrant_model_migration.advice import typed
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.tui.screens.stop import HelpText
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.tasks import Environment, Report
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

SAYS = """\
Both collections are searched again, with the searches of this file. Each line of it is a search \
and the ids of its right answers. What is copied stays; only late writes are fetched first.
The newest verdict counts: the cutover opens by it."""


class JudgeAgainScreen(Watching):
    """The file is read before anything is started."""

    place: str = "Verify"

    def body(self) -> ComposeResult:
        yield Pane("Judge anew", SAYS)
        yield Field("Searches", name="file", hint="CSV or JSON lines", width=10)
        yield Field("Limit", name="margin", hint="0.02: 2 of 100 right answers fewer", width=10)
        yield Field("Old model", name="old", hint="its name, as qmm models lists it", width=10)

    def acts(self) -> tuple[Act, ...]:
        return (Act("judge", "Judge anew"), Act("back", "Back"))

    def help(self) -> HelpText:
        return HelpText(
            "Judge anew",
            (
                "More searches make the interval narrower; harder ones tell two good models",
                "apart. A wider limit lets the new model be that much worse.",
                "",
                "The file is read first. Then the run verifies again and comes back to its",
                "gate, or says why it stays closed. Nothing is switched by this.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#field-file", Field).input

    async def draw(self, view: RunView) -> None:
        self.query_one("#field-old", Field).display = engine.wants_old_model(view)

    async def opened(self) -> None:
        await super().opened()
        self.query_one("#field-old", Field).display = False
        self.work("known", partial(_known, self.run))

    async def finished(self, name: str, result: object) -> None:
        if name == "known":
            proof = cast("dict[str, Any]", result)
            self.query_one("#field-file", Field).input.value = str(proof.get("file") or "")
            self.query_one("#field-margin", Field).input.value = f"{proof.get('margin', 0.02):g}"
        elif name == "judge":
            self.leave_work()
            self.wizard.go_back_to("run")

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    async def act(self, key: str) -> None:
        if key != "judge" or self.busy("judge"):
            return
        file, margin = (self.query_one(f"#field-{name}", Field) for name in ("file", "margin"))
        try:
            limit = typed.number(margin.value, example="0.02", low=0.0, high=0.5, field="margin")
        except QmmError as error:
            self.trouble(error, margin.input)
            return
        self.say("Reading the searches.")
        old = self.query_one("#field-old", Field).value.strip()
        task = partial(_judge, self.run, file.value.strip(), limit, old, self.wizard.environment)
        self.wizard.with_key(self.run, lambda: self.work("judge", task))


def _known(folder: Path, report: Report) -> object:
    return engine.judged_by(folder)


def _judge(
    folder: Path, file: str, margin: float, old: str, environment: Environment, report: Report
) -> object:
    queries = Path(file) if file else None
    given = engine.judge_by(folder, queries=queries, margin=margin, old_model=old or None)
    engine.start(folder, environment(folder), extra="verify", given=given)
    return None

"""Rolling back, cleaning up, giving up: a step added to a run, which waits for the typed name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qdrant_model_migration import engine
from qdrant_model_migration.steps import added_kind, adds
from qdrant_model_migration.tui.screens.gate import GateScreen
from qdrant_model_migration.tui.tasks import Environment, Report

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


class AddedStepScreen(GateScreen):
    """A gate of a step that is added to a run: it is asked for when the screen opens."""

    place: str = "Report"
    left_shut = "Nothing was changed."

    def __init__(self, extra: str) -> None:
        super().__init__()
        kind = added_kind(extra)
        assert kind is not None, f"no step {extra} is added to a run"
        self.extra, self._ends = extra, kind.ends
        self._begun = False
        self._answered = False  # with an error: there is no question that could be left behind
        self._leaving = self._taking_back = False

    async def opened(self) -> None:
        await super().opened()
        self.say("Asking the server how things stand. Nothing is changed.")
        self.start_engine(self.extra)

    async def draw(self, view: RunView) -> None:
        if view.state == "waiting" and view.gate and self._asks(view.gate.get("name", "")):
            new = self.gate is None
            await super().draw(view)
            if self._leaving and not self._taking_back:
                self._take_back()
                return
            if new:
                self.say(self.hello)
        elif not self._begun or view.live:
            return
        elif view.error:
            self.say(" ".join(str(view.error.get(k, "")) for k in ("what", "why", "todo")),
                     trouble=True)  # fmt: skip
            self._answered = True
        elif view.state == self._ends or not self._ends:
            self.leave_work()
            self.wizard.go("report" if view.finished else "run", instead=True)

    def _asks(self, gate: str) -> bool:
        kind = adds(gate)
        return kind is not None and kind.name() == self.extra

    async def action_back(self) -> None:
        """No: the step is taken off again, so that the run stands where it stood before. Before
        the server has answered there is nothing to take off yet: then as soon as it has."""
        if self._answered or self._leaving:
            await super().action_back()
        elif self.gate is None or self.busy("start"):
            self._leaving = True
            self.say("Nothing is changed. The question is taken back as soon as it is there.")
        else:
            self._take_back()

    def _take_back(self) -> None:
        self.say("Nothing was changed. Taking the question back.")
        self._leaving = self._taking_back = True
        self.work("start", partial(_take_back, self.wizard.environment, self.run))

    async def finished(self, name: str, result: object) -> None:
        if name == "start" and self._taking_back:
            await super().action_back()
        elif name == "start":
            self._begun, self.view = True, None  # what was seen before says nothing of this step
            self.look()
        else:
            await super().finished(name, result)


def _take_back(environment: Environment, folder: Path, report: Report) -> object:
    engine.take_back(folder, environment(folder))
    return None

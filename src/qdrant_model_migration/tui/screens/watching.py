"""What the screens of a run share: they look at its snapshot again and again and draw it.

A thread reads the run folder; a handler keeps the snapshot; `draw` draws it. Steering goes through
the engine room's small files.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from qdrant_model_migration import engine
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.tui.run_words import stops_behind
from qdrant_model_migration.tui.screens.stop import Stop
from qdrant_model_migration.tui.tasks import Environment, Report

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

SECONDS_BETWEEN = 0.5


class Watching(Stop):
    """Base of run, verify, gate, report and their lists. A subclass gives `draw`."""

    again: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.view: RunView | None = None

    @property
    def run(self) -> Path:
        """The folder of the run that the trip is with."""
        folder = self.session.run
        assert folder is not None, "these screens are opened with a run"
        return folder

    def where(self) -> str:
        return self.view.what if self.view is not None else self.session.what or "run"

    def server(self) -> str:
        if self.view is None or self.view.card.practice or self.session.connected is not None:
            return self.session.server
        return Address.read(self.view.card.server).label

    def passed(self) -> tuple[str, ...] | None:
        return stops_behind(self.view) if self.view is not None else ()

    async def opened(self) -> None:
        self.look()
        if self.again:
            self.set_interval(SECONDS_BETWEEN, self.look)

    async def shown(self) -> None:
        self.look()

    def look(self) -> None:
        """Read the run folder, unless the last reading is still under way or nobody sees it."""
        if self.busy("look") or self.app.screen is not self:
            return
        self.work("look", partial(_look, self.run))

    async def done(self, name: str, result: object) -> None:
        if name == "look":
            view = cast("RunView", result)
            first = self.view is None
            if first or view != self.view:
                self.view = view
                await self.draw(view)
                self.frame()
                await self.show_acts()
                if first:
                    self.call_after_refresh(self.focus_first)
        else:
            await self.finished(name, result)

    async def draw(self, view: RunView) -> None:
        """Show this snapshot."""

    async def refit(self) -> None:
        if self.view is not None:
            await self.draw(self.view)

    async def finished(self, name: str, result: object) -> None:
        """A job other than looking is done."""

    # -- steering ------------------------------------------------------------------------------

    def steer(self, verb: str, **data: str) -> None:
        """Ask the engine for something and say so."""
        self.work("steer", partial(_steer, self.run, verb, data))

    def start_engine(self, extra: str | None = None) -> None:
        """Let the engine go on in its own process, with the key of this trip if it is its own."""
        task = partial(_start, self.wizard.environment, self.run, extra)
        self.wizard.with_key(self.run, lambda: self.work("start", task))

    async def failed(self, name: str, error: QmmError) -> None:
        if name == "look":
            self.say(
                f"{error.what} {error.why} The run itself is not affected; it is read again.",
                trouble=True,
            )
        else:
            self.trouble(error)


def _look(folder: Path, report: Report) -> object:
    return engine.view(folder)


def _steer(folder: Path, verb: str, data: dict[str, str], report: Report) -> object:
    engine.steer(folder, verb, **data)
    return verb


def _start(environment: Environment, folder: Path, extra: str | None, report: Report) -> object:
    engine.start(folder, environment(folder), extra=extra)
    return None

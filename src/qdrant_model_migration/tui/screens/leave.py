"""Leaving (Ctrl+Q): stay, close the window while the run goes on, or stop the run first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qdrant_model_migration import engine
from qdrant_model_migration.engine.errors import RunNotGoing
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.page import Act, Page, Says
from qdrant_model_migration.pages.run_words import share
from qdrant_model_migration.pages.work.of_run import take_back
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.tui.screens import is_named
from qdrant_model_migration.tui.screens.over import Over
from qdrant_model_migration.tui.wizard import Wizard

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


async def ask_to_leave(app: Wizard) -> None:
    """Ask, and do what is answered; what is asked depends on whether a run is under way."""
    folder = app.session.run
    view = await asyncio.to_thread(_look, folder) if folder is not None else None
    picked = await app.push_screen_wait(Over(_page(app, view), id="leave"))
    key = picked[0] if picked is not None else "stay"
    if key == "stop" and folder is not None:
        try:
            await asyncio.to_thread(_stop, folder)
        except QmmError as error:
            if app.stop_below is not None:
                app.stop_below.say(str(error), trouble=True)
            return
    if key in ("close", "stop"):
        if folder is not None and view is not None and engine.at_added(view):
            # A question that nobody answers does not leave a finished run waiting.
            await asyncio.to_thread(_take_back, app, folder)
        app.exit(0)


def _page(app: Wizard, view: RunView | None) -> Page:
    first = ("Nothing was switched.",) if is_named(app.stop_below, "gate") else ()
    says: tuple[str, ...] = (
        "Nothing is running. Plans and runs are kept; open questions are not.",
    )
    leave: tuple[Act, ...] = (Act("close", "Leave"),)
    if view is not None and view.state in engine.GOING:
        says = (
            f"Run {view.run_id} is {share(view)} and does not need this window.",
            f"{qmm('attach', view.run_id)} brings it back.",
            "",
            f"Stopping takes {view.stop_takes}: what is on its way is finished and the checkpoint "
            "is saved. Nothing is lost either way.",
        )
        leave = (
            Act("close", "Close the window; the run goes on"),
            Act("stop", "Stop the run safely, then leave"),
        )
    return Page("Leave the wizard?", (Says((*first, *says)),), (Act("stay", "Stay"), *leave))


def _look(folder: Path) -> RunView | None:
    try:
        return engine.view(folder)
    except QmmError:
        return None


def _take_back(app: Wizard, folder: Path) -> None:
    with suppress(QmmError):
        take_back(app.session, folder)


def _stop(folder: Path) -> None:
    with suppress(RunNotGoing):  # it has just ended by itself
        engine.steer(folder, "stop")

"""Leaving (Ctrl+Q): stay, close the window while the run goes on, or stop the run first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdrant_model_migration import engine
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.tui.run_words import LIVE, share
from qdrant_model_migration.tui.screens import kind_of
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.tui.app import WizardApp


def ask_to_leave(app: WizardApp) -> None:
    """Open the leave dialog; what it says depends on whether a run is under way."""
    view = None
    folder = app.trip.run
    if folder is not None:
        try:
            view = engine.view(folder)
        except QmmError:
            view = None
    first: tuple[str, ...] = ()
    below = app.stop_below
    if isinstance(below, kind_of("gate")):
        first = ("Nothing was switched.",)
    if view is not None and view.state in LIVE:
        dialog = Dialog(
            "Leave the wizard?",
            (
                *first,
                f"The run {view.run_id} is {share(view)} and does not need this window.",
                f"{qmm('attach', view.run_id)} brings it back.",
                "",
                f"Stopping takes {view.stop_takes}: what is on its way is finished and",
                "the checkpoint is saved. Nothing is lost either way.",
            ),
            (
                Act("stay", "Stay"),
                Act("close", "Close the window; the run goes on"),
                Act("stop", "Stop the run safely, then leave"),
            ),
        )
    else:
        dialog = Dialog(
            "Leave the wizard?",
            (*first, "Nothing is running. Plans and runs are kept; open questions are not."),
            (Act("stay", "Stay"), Act("close", "Leave")),
        )
    dialog.id = "leave"

    def answered(key: str | None) -> None:
        if key == "stop" and folder is not None:
            engine.steer(folder, "stop")
        if key in ("close", "stop"):
            app.exit(0)

    app.push_screen(dialog, answered)

"""Saving the answers from a screen that is no page yet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qdrant_model_migration.pages.answers_saved import ACT as SAVE
from qdrant_model_migration.pages.answers_saved import FILE
from qdrant_model_migration.pages.work import saving
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.tui.screens.stop import Report, Stop

__all__ = ["SAVE", "save_given"]


def save_given(screen: Stop) -> None:
    """Write the answers given so far into the present folder, and say where they are."""
    if not screen.session.answers:
        screen.say("No question is answered yet; there is nothing to save.")
        return

    def saved(path: Path) -> None:
        command = qmm(flags=("--answers", path.name))
        screen.say(f"Saved: {path}. They come back with {command}.")

    screen.work("save answers", partial(_save, screen.session.answers), saved)


def _save(answers: Answers, report: Report) -> Path:
    return saving.save_answers(answers, saving.free(FILE).name)

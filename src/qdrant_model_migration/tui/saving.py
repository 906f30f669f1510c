"""Answers saved from a screen, to be replayed with --answers."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration.advice import save_answers
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.tui.screens.stop import Stop
from qdrant_model_migration.tui.widgets.press import Act

FILE = "answers.yaml"
SAVE = Act("answers", "Save answers", button=False)


def save_given(screen: Stop) -> None:
    """Write the answers given so far into the present folder, and say where they are."""
    path = Path.cwd() / FILE
    if not screen.trip.answers:
        screen.say("No question is answered yet; there is nothing to save.")
        return
    try:
        save_answers(path, screen.trip.answers)
    except QmmError as error:
        screen.trouble(error)
        return
    screen.say(f"Saved: {path}. They come back with qmm --answers {FILE}.")

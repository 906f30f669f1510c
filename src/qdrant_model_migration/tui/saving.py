"""Files saved from a screen into the present folder; none that is there is written over."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration.advice import save_answers
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.tui.screens.stop import Stop
from qdrant_model_migration.tui.widgets.press import Act

FILE = "answers.yaml"
SAVE = Act("answers", "Save answers", button=False)


def free(name: str) -> Path:
    """`name` in the present folder, or the next name with a number that is not taken."""
    path = Path.cwd() / name
    number = 1
    while path.exists():
        number += 1
        path = Path.cwd() / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path


def save_given(screen: Stop) -> None:
    """Write the answers given so far into the present folder, and say where they are."""
    path = free(FILE)
    if not screen.trip.answers:
        screen.say("No question is answered yet; there is nothing to save.")
        return
    try:
        save_answers(path, screen.trip.answers)
    except QmmError as error:
        screen.trouble(error)
        return
    command = qmm(flags=("--answers", path.name))
    screen.say(f"Saved: {path}. They come back with {command}.")

"""Files saved from a screen into the present folder; none that is there is written over."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qdrant_model_migration.advice import save_answers
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.tui.screens.stop import Report, Stop
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
    if not screen.trip.answers:
        screen.say("No question is answered yet; there is nothing to save.")
        return

    def saved(path: Path) -> None:
        command = qmm(flags=("--answers", path.name))
        screen.say(f"Saved: {path}. They come back with {command}.")

    screen.work("save answers", partial(_save, screen.trip.answers), saved)


def _save(answers: Answers, report: Report) -> Path:
    path = free(FILE)
    save_answers(path, answers)
    return path

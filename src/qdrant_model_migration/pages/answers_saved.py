"""Saving the answers given so far: an act that several stages have, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration.pages.outcome import Outcome, Refused, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Ask, Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import saving
from qdrant_model_migration.shell import qmm

FILE = "answers.yaml"
ACT = Act("answers", "Save answers", button=False)
KEYS = ("answers", "write-answers")


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    """For both KEYS: asks for the name of a file, and writes it into the present folder."""
    if not session.answers:
        return Refused("No question is answered yet; there is nothing to save.")
    if key == ACT.key:
        ask = Ask("file", "text", "File", value=saving.free(FILE).name)
        acts = (Act("write-answers", "Save", enter=True), Act("no", "Back"))
        return Page("Save the answers", (ask,), acts, first="file")
    return Work("save answers", partial(_save, session, values["file"]), _saved)


def _save(session: Session, name: str, report: Report) -> Path:
    return saving.save_answers(session.answers, name)


def _saved(session: Session, path: Path) -> Said:
    command = qmm(flags=("--answers", path.name))
    return Said(session, f"Saved: {path}. They come back with {command}.")

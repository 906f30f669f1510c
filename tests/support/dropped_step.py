"""A step that the program does not have, as one file: it puts a run aside for good.

Nothing but the file says that it is there.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import qdrant_model_migration as house
import qdrant_model_migration.steps as room
from qdrant_model_migration.steps import AddedStep, added_kind, registry

FILE = '''"""`qmm shelve`: Put a run aside for good; what it made stays."""

from typing import ClassVar, Literal

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.steps.added_step import AddedStep, Ending
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.refusal import Refusal
from qdrant_model_migration.steps.step import StepText

BY = AskKind("by", "typed", "--shelf", "Allow putting this run aside.", "RUN")


class Shelve(AddedStep):
    gates: ClassVar = (GateKind("shelf", (BY,), no="No, go on"),)
    order: ClassVar = 60
    manual: ClassVar = "Put RUN aside for good; what it made stays."
    label: ClassVar = "Shelve…"
    does: ClassVar = "to put it aside"
    about: ClassVar = "Shelve puts a run aside."
    unfinished: ClassVar = True
    ends: ClassVar = "shelved"
    final: ClassVar = True
    step: Literal["shelve"] = "shelve"

    @classmethod
    def refused(cls, recall, run):
        switched = recall("switched")
        return Refusal("it is in use", "The application uses it.") if switched else None

    @classmethod
    def listed(cls, run):
        return "Or put it aside" if run.at_verdict else ""

    @classmethod
    def ending(cls, run):
        return Ending("Shelved: nothing was deleted", "It lies there.", "The run was put aside.")

    def text(self, move):
        return StepText("Put aside", "nothing", "none")

    def apply(self, ctx):
        run = ctx.folder.name
        if refusal := self.refused(ctx.recall, run):
            raise NotShelved("The run was not put aside.", refusal.why, refusal.todo)
        if ctx.consent("shelf") is None:
            ask = BY.ask(f"Type the name of the run: {run}", run)
            says = ("Nothing is deleted.",)
            raise Waiting(
                Gate(name="shelf", title="Shelve", says=says, asks=(ask,), button="Put aside")
            )
        ctx.spend("shelf")
        ctx.say("shelve", "It is put aside.")


class NotShelved(QmmError):
    refusal = True
'''


@contextmanager
def dropped_step(folder: Path) -> Iterator[type[AddedStep]]:
    """The step Shelve, found in `folder` as if it were a file of the steps."""
    (folder / "shelve.py").write_text(FILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "__path__", [*room.__path__, str(folder)])
        registry.step_kinds.cache_clear()
        try:
            kind = added_kind("shelve")
            assert kind is not None
            yield kind
        finally:
            patch.undo()
            registry.step_kinds.cache_clear()
            sys.modules.pop(f"{room.__name__}.shelve", None)


def house_with_it(folder: Path) -> Path:
    """A copy of the program with that file in it; returns what PYTHONPATH has to name."""
    there = folder / "src"
    shutil.copytree(
        Path(house.__file__).parent,
        there / house.__name__,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (there / house.__name__ / "steps" / "shelve.py").write_text(FILE)
    return there

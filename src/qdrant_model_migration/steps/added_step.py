"""A step that a command of its own adds to a run afterwards, and what faces know of it."""

from __future__ import annotations

from typing import ClassVar

from qdrant_model_migration.steps.step import Step


class AddedStep(Step):
    """Its command is `qmm its_file`: the first line of the file is its line in `qmm --help`. Where
    the command takes more than flags of gates it is a file in commands/.

    order: where it stands among the others. manual: what `--help` of its command says.
    """

    planned: ClassVar[bool] = False
    order: ClassVar[int] = 50
    manual: ClassVar[str] = ""

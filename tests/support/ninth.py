"""A strategy that the program does not have, as one file: half of each vector, without texts.

It can be run. Nothing but the file says that it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import qdrant_model_migration.strategies as room

FILE = """
from qdrant_model_migration.pipeline.origins import first_values
from qdrant_model_migration.strategies.answered import (
    old_model,
    replaced_vector,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.new_collection import plan_replacing
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class Fold(Strategy):
    name = "fold"
    title = "Fold"
    subtitle = "half of each vector, whatever the model"
    what = "A new collection gets the first half of every stored vector."
    way_back = "switch the alias back"
    never = "The old collection is only read."
    facets = ("builds", "replaces")
    warns = ("W09",)
    order = 70

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "shorter")
        return ruled or Fit("first", "half is enough", "change")

    def because(self, survey, answers):
        return ("half is enough",)

    def build(self, survey, answers):
        vector, old = replaced_vector(survey, answers), old_model(survey, answers)
        half = old.model_copy(
            update={"dimensions": vector.size // 2, "full_dimensions": vector.size}
        )
        origin = first_values(vector.name, half)
        return plan_replacing(self, survey, answers, half, origin)
"""


@contextmanager
def ninth_strategy(folder: Path) -> Iterator[room.Strategy]:
    """The strategy Fold, found in `folder` as if it were a file of the strategies."""
    (folder / "fold.py").write_text(FILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "__path__", [*room.__path__, str(folder)])
        room.strategies.cache_clear()
        try:
            yield room.by_name("fold")
        finally:
            patch.undo()
            room.strategies.cache_clear()

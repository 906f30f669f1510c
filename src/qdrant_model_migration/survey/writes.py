"""Whether the application writes: the points counted at two moments of the survey."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.survey.facts import Fact


def writes_fact(before: int, after: int, seconds: float) -> Fact[int]:
    """value: how many points more (or fewer, negative); note: over how long.

    Edits of existing points do not show in a count, so 0 does not mean that nothing is written.
    """
    span = f"in {max(1, round(seconds))} s"
    more = after - before
    if more < 0:
        return Fact[int](
            value=more, how="counted", note=f"{words.plural(-more, 'point')} fewer {span}"
        )
    return Fact[int](value=more, how="counted", note=f"{words.plural(more, 'new point')} {span}")


def writes_in_words(fact: Fact[int]) -> str:
    """1 new point in 30 s; without the time where nothing was counted."""
    if fact.value is None:
        return "not known"
    return fact.note or words.plural(fact.value, "new point")

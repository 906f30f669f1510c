"""Whether a point of the target is what the source's point becomes, as far as it can be told."""

from __future__ import annotations

from collections.abc import Iterator

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import Judgement
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point


def judged(
    old: Point, new: Point, move: Move, tools: Tools
) -> Iterator[tuple[TargetVector, Judgement]]:
    """What is to be said of each vector of the target's point."""
    for target in move.vectors:
        there = new.vectors.get(target.name)
        yield target, target.origin.judge(old, there, target.params, tools)


def same_point(old: Point, new: Point, move: Move, tools: Tools) -> bool:
    """Whether payloads and shard keys are equal and no vector is seen to be wrong."""
    return (
        same_payload(old.payload, new.payload)
        and old.key == new.key
        and not any(judgement == "differs" for _, judgement in judged(old, new, move, tools))
    )


def due(old: Point | None, new: Point | None, move: Move, tools: Tools) -> bool:
    """Whether the old point is to have a vector since, and the new one still goes without."""
    if old is None or new is None:
        return False
    return any(judgement == "due" for _, judgement in judged(old, new, move, tools))

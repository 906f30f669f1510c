"""The target's points from the source's: each vector by its origin, the payload whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.pipeline import refused_texts
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point, PointId, Unmade

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class MadePoints(NamedTuple):
    """Points ready to be written, those set aside, and what the models read."""

    points: list[Point]
    dead: list[DeadLetter]
    tokens: int
    cut_off: int
    unlisted: int


def make(points: Sequence[Point], move: Move, tools: Tools) -> MadePoints:
    """The target's points for these of the source: payloads and shard keys untouched, each vector
    by its origin.

    A point that lacks several vectors is set aside once, with every reason.
    """
    vectors: list[dict[str, WritableVector]] = [{} for _ in points]
    dead: dict[PointId, DeadLetter] = {}
    tokens = cut_off = unlisted = 0
    for target in move.vectors:
        made = target.origin.make(points, tools)
        tokens, cut_off = tokens + made.tokens, cut_off + made.cut_off
        unlisted += made.unlisted
        for slot, vector in zip(vectors, made.vectors, strict=True):
            if vector is not None:
                slot[target.name] = vector
        for letter in made.dead:
            dead[letter.point] = _joined(dead.get(letter.point), letter, target, move)
    ready = [point._replace(vectors=slot) for point, slot in zip(points, vectors, strict=True)]
    return MadePoints(ready, list(dead.values()), tokens, cut_off, unlisted)


def vectors_alone(points: Sequence[Point]) -> list[Point]:
    """The points for a target without payloads; one without a vector has no place there."""
    return [point._replace(payload={}) for point in points if point.vectors]


def set_aside(unmade: Sequence[Unmade], move: Move, tools: Tools) -> list[DeadLetter]:
    """The letters of points that were written without a vector, since the server's service does not
    take its text (it is not sent again), and of those that were not written at all."""
    if not unmade:
        return []
    refused_texts.note(unmade, tools)
    targets = {target.name: target for target in move.vectors}
    dead: dict[PointId, DeadLetter] = {}
    for one in unmade:
        if one.document is None:
            dead[one.point] = DeadLetter(one.point, TOO_LARGE, one.why)
            continue
        letter = DeadLetter(one.point, *refused_texts.refusal(one.document.text, one.why))
        dead[one.point] = _joined(dead.get(one.point), letter, targets[one.vector], move)
    return list(dead.values())


TOO_LARGE = "too large for one request: not written"
"""Why a point is missing in the target, on the list of dead letters."""


def unsent(unmade: Sequence[Unmade]) -> set[PointId]:
    """Those of the points that were not written at all."""
    return {one.point for one in unmade if one.document is None}


def bare_of(points: Sequence[Point], unmade: Sequence[Unmade]) -> list[Point]:
    """Those of the points that were written without a vector, as they were written."""
    gone = {(one.point, one.vector) for one in unmade}
    ids = {one.point for one in unmade} - unsent(unmade)
    return [
        p._replace(vectors={n: v for n, v in p.vectors.items() if (p.id, n) not in gone})
        for p in points
        if p.id in ids
    ]


def _joined(
    known: DeadLetter | None, letter: DeadLetter, target: TargetVector, move: Move
) -> DeadLetter:
    """The letter with its vector's name where several are new, behind what is known already."""
    if len(move.new_vectors) > 1:
        letter = letter._replace(reason=f"{target.name}: {letter.reason}")
    if known is None:
        return letter
    held = known.held if known.held == letter.held else f"{known.held}; {letter.held}"
    return letter._replace(reason=f"{known.reason}; {letter.reason}", held=held)

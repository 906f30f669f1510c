"""The target's points from the source's: texts embedded, vectors cut or carried, payload whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qdrant_model_migration.embedders import SMALLEST_NORM, Embedder, ModelRef, embed_usable
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.pipeline.move import Cut, Embed, Keep, Move
from qdrant_model_migration.pipeline.text import NoText, text_of
from qdrant_model_migration.qdrant import Point, PointId

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

Open = Callable[[ModelRef], Embedder]


class DeadLetter(NamedTuple):
    """A point set aside: copied with its payload and without a new vector."""

    point: PointId
    reason: str
    held: str


class Made(NamedTuple):
    """Points ready to be written, those set aside, and what the model read."""

    points: list[Point]
    dead: list[DeadLetter]
    tokens: int
    cut_off: int


def make(points: Sequence[Point], move: Move, open_model: Open) -> Made:
    """The target's points for these of the source: payloads untouched, each vector by its origin.

    Texts are sorted by length before they are embedded, since a batch costs what its longest text
    costs, and equal texts are embedded once. A text that the model makes no usable vector of is
    set aside like a missing one.
    """
    vectors: list[dict[str, WritableVector]] = [{} for _ in points]
    tokens = cut_off = 0
    texts = [text_of(p.payload, move.text) if move.text else NoText("", "") for p in points]
    embeds = [v.origin for v in move.vectors if isinstance(v.origin, Embed)]
    dead = [
        DeadLetter(point.id, text.reason, text.held)
        for point, text in zip(points, texts, strict=True)
        if isinstance(text, NoText) and any(origin.is_for(point) for origin in embeds)
    ]
    for target in move.vectors:
        origin = target.origin
        if isinstance(origin, Embed):
            here = [
                text if origin.is_for(point) else None
                for point, text in zip(points, texts, strict=True)
            ]
            wanted = sorted({t for t in here if isinstance(t, str)}, key=len)
            if not wanted:
                continue
            done = embed_usable(open_model(origin.model), wanted, "passage")
            tokens, cut_off = tokens + done.tokens, cut_off + done.cut_off
            made = dict(zip(wanted, done.vectors, strict=True))
            for slot, point, text in zip(vectors, points, here, strict=True):
                if not isinstance(text, str):
                    continue
                if (vector := made[text]) is not None:
                    slot[target.name] = vector
                else:
                    reason = f"{origin.model.label} makes no usable vector of it"
                    dead.append(DeadLetter(point.id, reason, f'"{text[:40]}"'))
            continue
        for slot, point in zip(vectors, points, strict=True):
            old = point.vectors.get(origin.source)
            if old is None:
                continue
            if isinstance(origin, Keep):
                slot[target.name] = old
            elif (short := cut(old, origin)) is not None:
                slot[target.name] = short
            else:
                reason = f"the first {origin.model.dimensions} values of its vector are all 0"
                dead.append(DeadLetter(point.id, reason, f"{len(old)} values"))
    ready = [
        Point(point.id, point.payload, slot) for point, slot in zip(points, vectors, strict=True)
    ]
    return Made(ready, dead, tokens, cut_off)


def cut(vector: WritableVector, origin: Cut) -> list[float] | None:
    """The first values, made to length one as the model's own cut is; None where all are 0."""
    size = origin.model.dimensions
    values = np.asarray(vector, np.float64)[:size]
    if values.shape != (size,):
        raise BadVector(origin.model.label, f"it is shorter than {size} dimensions")
    length = float(np.linalg.norm(values))
    if length < SMALLEST_NORM:
        return None
    short: list[float] = (values / length).astype(np.float32).tolist()
    return short

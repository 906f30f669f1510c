"""Texts from all over a collection with the vectors of both models: what a map is learned from.

Not a step. What was embedded is kept in files of the run folder, so that nothing is embedded twice.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qdrant_model_migration import private_file
from qdrant_model_migration.embedders import SMALLEST_NORM, ModelRef, embed_usable
from qdrant_model_migration.embedders.learned_map import Rows
from qdrant_model_migration.pipeline.row_index import texts_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Point, PointId, order
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.survey.sample import sample, spread

PLACES = 256
_PART = 128  # texts between two checkpoints
_MOST_LOOKED_AT = 200_000
_CHOSEN = "_map_sample"


class Pairs(NamedTuple):
    """ids, and both vectors of each; the first `answers` of them are right answers of searches.

    tokens, seconds: what the texts took.
    """

    ids: tuple[PointId, ...]
    answers: int
    old: Rows
    new: Rows
    tokens: int
    seconds: float


class Wanted(NamedTuple):
    """Which points are to be sampled: `size` at most, with a text and a vector of this name.

    answers: points that are to be among them, if they are there.
    """

    collection: str
    vector: str
    text: TextSource
    size: int
    answers: tuple[PointId, ...]


def pairs(ctx: StepContext, wanted: Wanted, model: ModelRef) -> Pairs:
    """The sample with the vectors of `model`; goes on where it was broken off."""
    if (chosen := ctx.recall(_CHOSEN)) is None:
        chosen = dict(zip(("answers", "others"), _choose(ctx, wanted), strict=True))
        ctx.remember(_CHOSEN, chosen)
    ids: list[PointId] = [*chosen["answers"], *chosen["others"]]
    parts = []
    for number, start in enumerate(range(0, len(ids), _PART)):
        path = _file(ctx, number)
        if not path.exists():
            ctx.breathe()
            some = ids[start : start + _PART]
            private_file.write_bytes(path, _embedded(ctx, wanted, model, some))
        ctx.progress(min(start + _PART, len(ids)), len(ids), "texts")
        with np.load(path, allow_pickle=False) as file:
            parts.append({name: file[name] for name in file.files})
    return _joined(parts, set(chosen["answers"]))


def forget(ctx: StepContext) -> None:
    """Delete what was kept, once the map is learned."""
    for path in ctx.folder.glob("map-part-*.npz"):
        path.unlink(missing_ok=True)
    ctx.remember(_CHOSEN, None)


def _file(ctx: StepContext, number: int) -> Path:
    return ctx.folder / f"map-part-{number:05}.npz"


def _choose(ctx: StepContext, wanted: Wanted) -> tuple[list[PointId], list[PointId]]:
    """Right answers, a fifth of the sample at most, and points from all over the collection in the
    order of ids; each text once, since equal ones would judge what was learned from them."""
    qdrant, collection = ctx.qdrant, wanted.collection
    number, look = qdrant.count(collection), wanted.size
    while True:
        found = sample(qdrant, collection, look, number, places=PLACES)
        texts = _texts(ctx, found, wanted.text)
        if len(texts) >= wanted.size or len(found) < look or look >= _MOST_LOOKED_AT:
            break
        look = min(_MOST_LOOKED_AT, look * max(2, 2 * wanted.size // max(1, len(texts))))
    few = list(wanted.answers)[: min(len(texts), wanted.size) // 5]
    answers = _texts(ctx, qdrant.retrieve(collection, few), wanted.text)
    others = [point for text, point in texts.items() if text not in answers]
    chosen = sorted(spread(others, wanted.size), key=lambda point: order(point.id))
    return [point.id for point in answers.values()], [point.id for point in chosen]


def _texts(ctx: StepContext, points: Sequence[Point], source: TextSource) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for point, text in zip(points, texts_of(points, source, ctx), strict=True):
        if isinstance(text, str):
            found.setdefault(text, point)
    return found


def _embedded(ctx: StepContext, wanted: Wanted, model: ModelRef, ids: Sequence[PointId]) -> bytes:
    """Of these points those that still have a text and a vector, as the content of a file."""
    texts, olds, kept = [], [], []
    points = ctx.qdrant.retrieve(wanted.collection, ids, vectors=[wanted.vector])
    for point, text in zip(points, texts_of(points, wanted.text, ctx), strict=True):
        old = point.vectors.get(wanted.vector)
        if isinstance(text, str) and old is not None and np.linalg.norm(old) >= SMALLEST_NORM:
            texts.append(text)
            olds.append(old)
            kept.append(point.id)
    began = time.monotonic()
    made, tokens = list[Sequence[float] | None](), 0
    if texts:
        done = embed_usable(ctx.open_model(model), texts, "passage")
        made, tokens = [*done.vectors], done.tokens  # type: ignore[list-item]  # dense
    seconds = time.monotonic() - began
    good = [at for at, vector in enumerate(made) if vector is not None]
    file = io.BytesIO()
    np.savez(
        file,
        ids=np.asarray([json.dumps(kept[at]) for at in good], np.str_),
        old=np.asarray([olds[at] for at in good], np.float32),
        new=np.asarray([made[at] for at in good], np.float32),
        spent=np.asarray([tokens, seconds]),
    )
    return file.getvalue()


def _joined(parts: Sequence[dict[str, np.ndarray]], answers: set[PointId]) -> Pairs:
    full = [part for part in parts if len(part["ids"])]

    def rows(name: str) -> Rows:
        if not full:
            return np.zeros((0, 0))
        return np.concatenate([part[name] for part in full]).astype(np.float64)

    ids = tuple(_ids(full))
    return Pairs(
        ids,
        sum(point in answers for point in ids),
        rows("old"),
        rows("new"),
        int(sum(part["spent"][0] for part in parts)),
        float(sum(part["spent"][1] for part in parts)),
    )


def _ids(parts: Sequence[dict[str, np.ndarray]]) -> Iterator[PointId]:
    for part in parts:
        yield from (json.loads(str(one)) for one in part["ids"])

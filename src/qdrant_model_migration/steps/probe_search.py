"""Step: how well and how fast the collection answers, measured with its own vectors as queries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import CollectionConfig, Hit, Point, PointId
from qdrant_model_migration.quality.chance import like_chance
from qdrant_model_migration.quality.metrics import recall_at
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.sample import sample

LIMIT = 10

NEIGHBOURS = (
    "recall@10: stored vectors from all over the collection search for their neighbours; how many "
    "of the 10 that exact search finds the usual search finds, the vector itself left out. It "
    "tells what the compression costs, not how good the answers to your users' searches are."
)
BESIDE = (
    "Large vectors beside the one that is searched make its searches slower, even those that do "
    "not use them: the time before and after shows by how much here."
)
PROVES_NOTHING = "This recall proves nothing"
_SMALLER_IS_NEARER = ("Euclid", "Manhattan")


class ProbeSearch(Step):
    """Compares quick answers with exact ones: recall@10 of the index and its compression.

    Nothing is embedded: stored vectors from all over the collection are the queries, the same ones
    before and after, and none counts itself as an answer. Where strict mode forbids exact search,
    only the time is measured. also: more vectors that are changed; the lowest recall is kept. of:
    what is learned: what another compression costs, or vectors beside this one. was: what the
    vector was called before, where it has another name since.
    """

    step: Literal["probe_search"] = "probe_search"
    collection: str
    vector: str = ""
    also: tuple[str, ...] = ()
    moment: Literal["before", "after"]
    sample: int = 64
    of: Literal["compression", "beside"] = "compression"
    was: str | None = None

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Measure search {self.moment} the change",
            "nothing",
            "not needed",
            (
                f"Searches {self.collection} with {self.sample} of its own vectors from all over "
                "it, once exactly and once as the application does.",
                NEIGHBOURS if self.of == "compression" else BESIDE,
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        config = ctx.qdrant.config(self.collection)
        measured = [self._measure(ctx, config, vector) for vector in (self.vector, *self.also)]
        known = [one for one in measured if one.recall is not None]
        lowest = min(known, key=lambda one: one.recall or 0.0, default=None)
        seconds = [one.milliseconds for one in measured if one.milliseconds is not None]
        ctx.remember(
            f"search_{self.moment}",
            {
                "recall": lowest.recall if lowest else None,
                "lowest": lowest.name if lowest and self.also else "",
                "proves_nothing": next((o.proves_nothing for o in known if o.proves_nothing), ""),
                "milliseconds": max(seconds, default=None),
                "searches": sum(one.searches for one in measured),
                "memory": ctx.qdrant.memory(self.collection),
            },
        )

    def _measure(self, ctx: StepContext, config: CollectionConfig, vector: str) -> _Measured:
        limit = min(LIMIT + 1, config.most_per_search or LIMIT + 1)
        comparable = config.allows_exact_search and limit > LIMIT
        recalls, milliseconds = list[float](), list[float]()
        near, queries = list[Sequence[float]](), self._queries(ctx, vector)
        for asked, point in enumerate(queries, 1):
            ctx.breathe()
            began = time.perf_counter()
            usual = self._search(ctx, point, vector, limit)
            milliseconds.append((time.perf_counter() - began) * 1000)
            exact = self._search(ctx, point, vector, limit, exact=True) if comparable else []
            if exact:
                recalls.append(recall_at(LIMIT, _ids(usual), _ids(exact)))
                near.append([hit.score for hit in exact])
            ctx.progress(asked, len(queries), "searches")
        recall = statistics.fmean(recalls) if recalls else None
        worth = "" if recall is None else self._doubt(ctx, config, vector, queries, near, recall)
        found = _Measured(
            vector,
            recall,
            statistics.median(milliseconds) if milliseconds else None,
            len(queries),
            worth,
        )
        ctx.say("probe", f"{self.moment.capitalize()}: {found.in_words(bool(self.also))}.")
        return found

    def _queries(self, ctx: StepContext, vector: str) -> list[Point]:
        """The points whose vectors search; after the change the same ones as before."""
        noted: dict[str, list[PointId]] = ctx.recall("probed", {})
        before = vector if self.was is None else self.was
        if before in noted:
            found = ctx.qdrant.retrieve(
                self.collection, noted[before], payload=False, vectors=[vector]
            )
        else:
            points = ctx.qdrant.count(self.collection)
            found = sample(
                ctx.qdrant, self.collection, self.sample, points, payload=False, vectors=[vector]
            )
        found = [point for point in found if vector in point.vectors]
        ctx.remember("probed", {**noted, before: [point.id for point in found]})
        return found

    def _search(
        self, ctx: StepContext, point: Point, vector: str, limit: int, exact: bool = False
    ) -> list[Hit]:
        """The nearest ones, the point itself left out."""
        hits = ctx.qdrant.search(
            self.collection,
            point.vectors[vector],
            using=vector,
            limit=limit,
            exact=exact,
            payload=False,
            quantized=not exact,
        )
        return [hit for hit in hits if hit.id != point.id][:LIMIT]

    def _doubt(
        self,
        ctx: StepContext,
        config: CollectionConfig,
        vector: str,
        queries: Sequence[Point],
        near: Sequence[Sequence[float]],
        recall: float,
    ) -> str:
        """Why the recall says nothing about the compression; "" where it does."""
        if recall > 0.99 and not ctx.qdrant.state(self.collection).indexed_vectors:
            return (
                "nothing is in an index (the parts of the collection are too small for one, or it "
                "is off), so this is not how a larger collection searches"
            )
        if "multivector_config" in config.vectors()[vector]:
            return ""
        distance = str(config.vectors()[vector].get("distance"))
        sign = -1.0 if distance in _SMALLER_IS_NEARER else 1.0
        nearness = [[sign * score for score in scores] for scores in near]
        points = ctx.qdrant.count(self.collection)
        if not like_chance(nearness, _others(queries, vector, distance), points):
            return ""
        return (
            "the vectors look random, their neighbours are no nearer than chance puts them; "
            "those of real texts behave otherwise"
        )


class _Measured(NamedTuple):
    vector: str
    recall: float | None
    milliseconds: float | None
    searches: int
    proves_nothing: str

    @property
    def name(self) -> str:
        return words.vector(self.vector)

    def in_words(self, named: bool) -> str:
        name = f"{self.name}: " if named else ""
        if self.milliseconds is None:
            return f"{name}no vector to search with"
        recall = (
            "recall is not known, since exact search is not allowed here"
            if self.recall is None
            else f"recall@{LIMIT} {self.recall:.3f} against exact search"
        )
        worth = f"; it proves nothing: {self.proves_nothing}" if self.proves_nothing else ""
        return f"{name}{recall}, {self.milliseconds:.0f} ms in the middle, {self.searches} " + (
            f"searches{worth}"
        )


def _ids(hits: Sequence[Hit]) -> list[PointId]:
    return [hit.id for hit in hits]


def _others(queries: Sequence[Point], vector: str, distance: str) -> list[list[float]]:
    """The scores of each query with the other queries, which come from all over the collection."""
    rows = np.array([point.vectors[vector] for point in queries], dtype=np.float64)
    if distance == "Cosine":
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    if distance in _SMALLER_IS_NEARER:
        power = 2 if distance == "Euclid" else 1
        scores = np.array([-np.linalg.norm(rows - row, ord=power, axis=1) for row in rows])
    else:
        scores = rows @ rows.T
    return [np.delete(each, at).tolist() for at, each in enumerate(scores)]

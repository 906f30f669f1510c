"""Step: how well and how fast the collection answers, measured with its own vectors as queries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import CollectionConfig, Hit, Point, PointId
from qdrant_model_migration.qdrant.quantization import quantizations, search_params
from qdrant_model_migration.quality import rescoring
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
    vector was called before, where it has another name since. rescore, oversampling: search params
    of the application, None where it sends none. factors: the oversampling that is tried besides.
    """

    step: Literal["probe_search"] = "probe_search"
    collection: str
    vector: str = ""
    also: tuple[str, ...] = ()
    moment: Literal["before", "after"]
    sample: int = 64
    of: Literal["compression", "beside"] = "compression"
    was: str | None = None
    rescore: bool | None = None
    oversampling: float | None = None
    factors: tuple[float, ...] = ()

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Measure search {self.moment} the change",
            "nothing",
            "not needed",
            (
                f"Searches {self.collection} with {self.sample} of its own vectors from all over "
                f"it, once exactly and once as the application does{self._said()}.",
                *self._compares(),
                NEIGHBOURS if self.of == "compression" else BESIDE,
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        config = ctx.qdrant.config(self.collection)
        own = search_params(self.rescore, self.oversampling)
        vectors = (self.vector, *self.also)
        measured = [self._measure(ctx, config, vector, own) for vector in vectors]
        known = [one for one in measured if one.recall is not None]
        lowest = min(known, key=lambda one: one.recall or 0.0, default=None)
        seconds = [one.milliseconds for one in measured if one.milliseconds is not None]
        recall, proves_nothing = (
            lowest.recall if lowest else None,
            next((o.proves_nothing for o in known if o.proves_nothing), ""),
        )
        here = {"params": own, "recall": recall, "milliseconds": max(seconds, default=None)}
        tried = self._tried(ctx, config, measured, own)
        before = None if proves_nothing else (ctx.recall("search_before") or {}).get("recall")
        advised = rescoring.advised(before, here, tried)
        ctx.remember(
            f"search_{self.moment}",
            {
                **here,
                "lowest": lowest.name if lowest and self.also else "",
                "proves_nothing": proves_nothing,
                "searches": sum(len(one.queries) for one in measured),
                "memory": ctx.qdrant.memory(self.collection),
                "tried": tried,
                "advised": advised,
                "advice": rescoring.advice(before, here, advised) if tried else "",
            },
        )

    def _said(self) -> str:
        own = search_params(self.rescore, self.oversampling)
        return f" ({rescoring.in_words(own)})" if own else ""

    def _compares(self) -> tuple[str, ...]:
        if not self.factors:
            return ()
        factors = words.listing([f"{factor:g}" for factor in self.factors])
        return (
            f"Then without rescoring, and rescored with oversampling {factors}, to see what the "
            "application should set.",
        )

    def _tried(
        self,
        ctx: StepContext,
        config: CollectionConfig,
        measured: Sequence[_Measured],
        own: rescoring.SearchParams,
    ) -> list[dict[str, Any]]:
        """Other search params by the same searches; of several vectors the lowest recall."""
        if not any(one.exact for one in measured):
            return []
        now = quantizations(config).in_force(self.vector)
        tried = list[dict[str, Any]]()
        for params in rescoring.others(own, now, self.factors, config.most_oversampling):
            recalls, milliseconds = list[float](), list[float]()
            for one in (one for one in measured if one.exact):
                found, took = self._timed(ctx, one.vector, one.queries, params)
                milliseconds.append(statistics.median(took))
                recalls.append(_recall(found, one.exact) or 0.0)
            said = {"params": params, "recall": min(recalls), "milliseconds": max(milliseconds)}
            tried.append(said)
            ctx.say("probe", f"{self.moment.capitalize()}, {rescoring.line_of(said)}.")
        return tried

    def _measure(
        self,
        ctx: StepContext,
        config: CollectionConfig,
        vector: str,
        own: rescoring.SearchParams,
    ) -> _Measured:
        limit = min(LIMIT + 1, config.most_per_search or LIMIT + 1)
        comparable = config.allows_exact_search and limit > LIMIT
        queries = self._queries(ctx, vector)
        usual, milliseconds = self._timed(ctx, vector, queries, own, limit)
        exact = list[list[Hit]]()
        for point in queries if comparable else ():
            ctx.breathe()
            exact.append(self._search(ctx, point, vector, limit))
        recall = _recall(usual, exact)
        near = [[hit.score for hit in hits] for hits in exact if hits]
        worth = "" if recall is None else self._doubt(ctx, config, vector, queries, near, recall)
        found = _Measured(
            vector,
            recall,
            statistics.median(milliseconds) if milliseconds else None,
            queries,
            exact,
            worth,
        )
        ctx.say("probe", f"{self.moment.capitalize()}: {found.in_words(bool(self.also))}.")
        return found

    def _timed(
        self,
        ctx: StepContext,
        vector: str,
        queries: Sequence[Point],
        params: rescoring.SearchParams,
        limit: int = LIMIT + 1,
    ) -> tuple[list[list[Hit]], list[float]]:
        """What each query finds with these search params, and the milliseconds it takes."""
        found, milliseconds = list[list[Hit]](), list[float]()
        for asked, point in enumerate(queries, 1):
            ctx.breathe()
            began = time.perf_counter()
            found.append(self._search(ctx, point, vector, limit, params))
            milliseconds.append((time.perf_counter() - began) * 1000)
            ctx.progress(asked, len(queries), "searches")
        return found, milliseconds

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
        self,
        ctx: StepContext,
        point: Point,
        vector: str,
        limit: int,
        params: rescoring.SearchParams | None = None,
    ) -> list[Hit]:
        """The nearest ones, the point itself left out. params: None for exact search."""
        hits = ctx.qdrant.search(
            self.collection,
            point.vectors[vector],
            using=vector,
            limit=limit,
            exact=params is None,
            payload=False,
            quantization={"ignore": True} if params is None else params,
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
    queries: Sequence[Point]
    exact: Sequence[Sequence[Hit]]
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
        return f"{name}{recall}, {self.milliseconds:.0f} ms in the middle, {len(self.queries)} " + (
            f"searches{worth}"
        )


def _recall(found: Sequence[Sequence[Hit]], exact: Sequence[Sequence[Hit]]) -> float | None:
    """How many of what exact search finds was found; None where it may not or finds nothing."""
    recalls = [
        recall_at(LIMIT, _ids(hits), _ids(right))
        for hits, right in zip(found, exact, strict=False)
        if right
    ]
    return statistics.fmean(recalls) if recalls else None


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

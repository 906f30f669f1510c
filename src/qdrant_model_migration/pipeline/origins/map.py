"""Origin: the vector is calculated from a stored one by a map that the run has learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from qdrant_model_migration.embedders import (
    MAPPED_KEY,
    SMALLEST_NORM,
    ModelRef,
    by_direction,
)
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.pipeline.origins.origin import DeadLetter, Judgement, Made, Origin
from qdrant_model_migration.pipeline.sameness import made_of
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class Mapped(Origin):
    """model: whose vectors they are to be like, and which makes those of queries. old: the name of
    the model of the source's vector, "" where it is not known. map: the artifact."""

    makes: ClassVar[str] = "calculates vectors from the old ones"
    needs: ClassVar[str] = "a usable old vector"
    checked: ClassVar[str] = "Calculated right"
    fault: ClassVar[str] = "copied with other vectors"
    how: Literal["map"] = "map"
    source: str
    model: ModelRef
    old: str = ""
    map: str = FILE

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def artifacts(self) -> tuple[str, ...]:
        return (self.map,)

    @property
    def query_model(self) -> ModelRef:
        return self.model

    @property
    def metadata(self) -> dict[str, Any]:
        return {**self.said_of_model(self.model), MAPPED_KEY: self.old}

    def notes(self) -> tuple[str, ...]:
        return ("The vectors are approximate, and the metadata of the collection says so.",)

    def proof(self, sample: int) -> str:
        return "Calculates every vector again and compares it with the new one."

    def wants(self, point: Point) -> bool:
        return self.source in point.vectors

    def make(self, points: Sequence[Point], tools: Tools) -> Made:
        made = Made([None] * len(points), [])
        held: list[int] = []
        for place, point in enumerate(points):
            old = point.vectors.get(self.source)
            if old is None:
                reason = "it has no vector to calculate one from"
                made.dead.append(DeadLetter(point.id, reason, "nothing"))
            else:
                held.append(place)
        if not held:
            return made
        rows = self._calculated([points[place].vectors[self.source] for place in held], tools)
        for place, row in zip(held, rows, strict=True):
            made.vectors[place] = row
            if row is None:
                old = points[place].vectors[self.source]
                reason = "its vector is all 0, so nothing can be calculated from it"
                made.dead.append(DeadLetter(points[place].id, reason, f"{len(old)} values"))
        return made

    def judge(
        self, point: Point, there: WritableVector | None, params: Mapping[str, Any], tools: Tools
    ) -> Judgement:
        old = point.vectors.get(self.source)
        (right,) = (None,) if old is None else self._calculated([old], tools)
        if right is None:
            return "same" if there is None else "differs"
        same = made_of(there, right, params["distance"], params.get("datatype"))
        return "same" if same else "differs"

    def _calculated(
        self, vectors: Sequence[WritableVector], tools: Tools
    ) -> list[list[float] | None]:
        """None where the old vector is all zeros, or what comes of it is no vector."""
        learned = LearnedMap.load(tools.artifact(self.map))
        old = np.asarray(vectors, np.float64)
        rows = learned.of(old, length_one=by_direction(self.model))
        usable = (np.linalg.norm(old, axis=1) >= SMALLEST_NORM) & np.isfinite(rows).all(axis=1)
        usable &= np.linalg.norm(rows, axis=1) >= SMALLEST_NORM
        made = rows.astype(np.float32).tolist()
        return [row if good else None for row, good in zip(made, usable, strict=True)]


def calculated(source: str, model: ModelRef, old: ModelRef | None) -> Origin:
    """Nearly what `model` would make, calculated from the source's vector, which `old` made."""
    return Mapped(source=source, model=model, old=old.name if old is not None else "")

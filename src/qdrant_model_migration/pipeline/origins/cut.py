"""Origin: the first values of a source vector, made to length one; for Matryoshka models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from qdrant_model_migration.embedders import SMALLEST_NORM, ModelRef
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.pipeline.origins.origin import DeadLetter, Judgement, Made, Origin
from qdrant_model_migration.pipeline.sameness import made_of
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class Cut(Origin):
    """model: the old one cut to that length, for queries; its dimensions say how many values."""

    makes: ClassVar[str] = "cuts their vectors"
    needs: ClassVar[str] = "a usable first part of its vector"
    checked: ClassVar[str] = "Cut right"
    fault: ClassVar[str] = "copied with other vectors"
    how: Literal["cut"] = "cut"
    source: str
    model: ModelRef

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def query_model(self) -> ModelRef:
        return self.model

    def proof(self, sample: int) -> str:
        return "Cuts every stored vector again and compares it with the new one."

    def wants(self, point: Point) -> bool:
        return self.source in point.vectors

    def make(self, points: Sequence[Point], tools: Tools) -> Made:
        made = Made([], [])
        for point in points:
            old = point.vectors.get(self.source)
            short = None if old is None else self._cut(old)
            made.vectors.append(short)
            if old is not None and short is None:
                reason = f"the first {self.model.dimensions} values of its vector are all 0"
                made.dead.append(DeadLetter(point.id, reason, f"{len(old)} values"))
        return made

    def judge(
        self, point: Point, there: WritableVector | None, params: Mapping[str, Any], tools: Tools
    ) -> Judgement:
        old = point.vectors.get(self.source)
        short = None if old is None else self._cut(old)
        if short is None:
            return "same" if there is None else "differs"
        right = made_of(there, short, params["distance"], params.get("datatype"))
        return "same" if right else "differs"

    def _cut(self, vector: WritableVector) -> list[float] | None:
        """The first values, made to length one as the model's own cut is; None where all are 0."""
        size = self.model.dimensions
        values = np.asarray(vector, np.float64)[:size]
        if values.shape != (size,):
            raise BadVector(self.model.label, f"it is shorter than {size} dimensions")
        length = float(np.linalg.norm(values))
        if length < SMALLEST_NORM:
            return None
        short: list[float] = (values / length).astype(np.float32).tolist()
        return short


def first_values(source: str, model: ModelRef) -> Origin:
    """The first `model.dimensions` values of the source's vector."""
    return Cut(source=source, model=model)

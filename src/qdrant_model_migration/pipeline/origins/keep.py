"""Origin: the vector is copied from the source as it stands.

Its size, its distance and all its parameters stay, so both sides are compared as they are stored.
Where one of them changes, that is an origin of its own (see `made_of` in `pipeline/sameness.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from qdrant_model_migration.pipeline.origins.origin import Judgement, Made, Origin
from qdrant_model_migration.pipeline.sameness import same_vector
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class Keep(Origin):
    """source: the name of the source's vector."""

    checked: ClassVar[str] = "Other vectors equal"
    fault: ClassVar[str] = "copied with other vectors"
    how: Literal["keep"] = "keep"
    source: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def carries(self) -> str:
        return self.source

    def wants(self, point: Point) -> bool:
        return self.source in point.vectors

    def make(self, points: Sequence[Point], tools: Tools) -> Made:
        return Made([point.vectors.get(self.source) for point in points], [])

    def judge(
        self, point: Point, there: WritableVector | None, params: Mapping[str, Any], tools: Tools
    ) -> Judgement:
        return "same" if same_vector(point.vectors.get(self.source), there) else "differs"


def as_it_is(source: str) -> Origin:
    """The source's vector, copied."""
    return Keep(source=source)

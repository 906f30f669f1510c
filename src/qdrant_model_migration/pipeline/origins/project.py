"""Origin: a shorter vector, calculated from a stored one by a projection that the run has learned.

The projection is a matrix and nothing else. Under cosine and dot no mean is taken off: that would
change which vectors are near each other. Under Euclid it would cancel out between two vectors, so
the mean only has a say in which directions are kept (see `quality/projection`). So a vector may go
through it at any length; under cosine the shorter one is made length one again, under dot and
Euclid it keeps its length, which counts there.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from qdrant_model_migration.embedders import PROJECTED_KEY, ModelRef
from qdrant_model_migration.pipeline.origins.map import Mapped
from qdrant_model_migration.pipeline.origins.origin import Origin


class Projected(Mapped):
    """model: that of the source's vector, whole; its queries go through the projection too. size:
    so many values are left. distance of model: of the vectors."""

    makes: ClassVar[str] = "projects their vectors"
    checked: ClassVar[str] = "Projected right"
    how: Literal["project"] = "project"  # type: ignore[assignment]
    size: int

    @property
    def dimensions(self) -> int:
        return self.size

    @property
    def metadata(self) -> dict[str, Any]:
        return {**super().metadata, PROJECTED_KEY: self.size}

    def notes(self) -> tuple[str, ...]:
        return (
            "Searches of them go through the projection as well; the metadata of the collection "
            "says so.",
        )

    def proof(self, sample: int) -> str:
        return "Projects every stored vector again and compares it with the new one."


def projected(source: str, model: ModelRef, size: int, file: str) -> Origin:
    """`size` values of the source's vector, which `model` made, by the projection in `file`."""
    return Projected(source=source, model=model, old=model.name, size=size, map=file)

"""Vectors that are added to a collection that stands, with their tuning. Not a step: steps use
it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.steps.step import StepContext

_TUNING = ("hnsw_config", "quantization_config", "on_disk")


def add_vectors(
    ctx: StepContext, collection: str, vectors: Iterable[TargetVector], standing: Iterable[str]
) -> None:
    """Tuning is set before the first point has one. standing: names of those that are there."""
    qdrant = ctx.qdrant
    for vector in vectors:
        if vector.name not in standing:
            kind: Literal["dense", "sparse"] = "sparse" if vector.kind == "sparse" else "dense"
            qdrant.add_vector(collection, vector.name, kind, vector.params)
            ctx.say("create", f"{collection} has a vector {vector.name}.")
        if qdrant.capabilities.settings and (tuning := _tuning(vector)):
            qdrant.patch(collection, tuning)


def _tuning(vector: TargetVector) -> dict[str, Any]:
    """The PATCH body for what cannot be said when a vector is added."""
    if vector.kind == "sparse":
        index = vector.params.get("index")
        return {"sparse_vectors": {vector.name: {"index": index}}} if index else {}
    given = {key: vector.params[key] for key in _TUNING if vector.params.get(key) is not None}
    return {"vectors": {vector.name: given}} if given else {}

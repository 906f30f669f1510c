"""What a way needs that the practice collection has not by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.embedders import METADATA_KEY, MODELS_KEY, ModelRef, open_embedder
from qdrant_model_migration.qdrant import Point, PointId, Vector, open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox

from .world import everything


def long_vectors(sandbox: Sandbox) -> dict[str, Any]:
    """The practice collection made by the model that can be cut; what is asked for then."""
    model = sandbox.new_model()
    with open_qdrant(sandbox.address) as qdrant:
        points = everything(qdrant, COLLECTION)
        made = made_by(model, points)
        qdrant.delete_collection(COLLECTION)
        vectors = {"size": model.dimensions, "distance": "Cosine"}
        qdrant.create_collection(COLLECTION, {"vectors": vectors, "metadata": model.to_metadata()})
        new = [p._replace(vectors={"": made[i]} if i in made else {}) for i, p in points.items()]
        qdrant.insert(COLLECTION, new)
        qdrant.switch_alias(ALIAS, COLLECTION)
    return {"model": as_json(model.cut_to(128))}


def second_vector(sandbox: Sandbox) -> dict[str, Any]:
    """A vector beside the present one, as a test of two models has left it."""
    old, new = sandbox.old_model(), sandbox.new_model()
    said = {name: dict(m.to_metadata())[METADATA_KEY] for name, m in (("", old), ("subwords", new))}
    with open_qdrant(sandbox.address) as qdrant:
        points = everything(qdrant, COLLECTION)
        made = made_by(new, points)
        body = {"size": new.dimensions, "distance": "Cosine"}
        qdrant.add_vector(COLLECTION, "subwords", "dense", body)
        mine = [points[i]._replace(vectors={"subwords": vector}) for i, vector in made.items()]
        qdrant.set_vectors(COLLECTION, mine)
        qdrant.patch(COLLECTION, {"metadata": {MODELS_KEY: said}})
    return {}


def made_by(model: ModelRef, points: Mapping[PointId, Point]) -> dict[PointId, Vector]:
    texts = {i: p.payload["text"] for i, p in points.items() if p.vectors}
    made = open_embedder(model).embed(list(texts.values()), "passage").vectors
    return dict(zip(texts, made, strict=True))


def as_json(model: ModelRef) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)

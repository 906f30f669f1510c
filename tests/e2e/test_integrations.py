"""Collections of known products, planned as suggested, run to the end, and searched as before."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import advise
from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import change_lines, view
from qdrant_model_migration.pipeline.sameness import same_vector
from qdrant_model_migration.qdrant import (
    CollectionConfig,
    Point,
    PointId,
    SparseVector,
    index_schema,
)
from qdrant_model_migration.survey import survey
from qdrant_model_migration.survey.integrations import Integration, integrations, untold
from support.world import everything
from support.written import SHAPES, TEXTS, write

from .conftest import Place
from .trips import suggested, whole_way

PRODUCTS = {one.name: one for one in integrations()}
OWN_NAME = {"cheshire_cat"}  # known by it, so it can have no other on a server that others use
TAKE_OVER = {one.name for one in untold(tuple(PRODUCTS)) if one.names == "fixed" and one.sees_alias}
NO_TEXT = {"langchain4j": 4}  # the number of a point that was added as an embedding alone


def written(empty: Place, product: str) -> str:
    old_model, shape = open_embedder(empty.models.old), SHAPES[product]()
    name = f"{shape.collection}_{empty.alias}"
    if product in OWN_NAME:
        if empty.fake is None:
            pytest.skip("nobody else's collection is touched")
        name = shape.collection
    with empty.open() as qdrant:
        return write(qdrant, product, lambda t: old_model.embed(t, "passage").vectors, name=name)


def settings(config: CollectionConfig, dense: str) -> dict[str, Any]:
    """All but what a new model changes, or what only the run's own notes say."""
    params = {k: v for k, v in config.params.items() if k != "vectors"}
    vector = {k: v for k, v in config.vectors()[dense].items() if k != "size"}
    rest = {k: v for k, v in config.raw.items() if k not in ("params", "metadata")}
    indexes = {path: index_schema(schema) for path, schema in config.payload_schema.items()}
    return {**rest, "params": params, "vector": vector, "indexes": indexes}


@pytest.mark.parametrize("product", sorted(PRODUCTS.keys() - {"txtai"}))
def test_what_a_product_wrote_gets_there_whole(empty: Place, product: str) -> None:
    shape, known, new_model = SHAPES[product](), PRODUCTS[product], empty.models.new
    name, over = written(empty, product), product in TAKE_OVER
    with empty.open() as qdrant:
        old, before = everything(qdrant, name), qdrant.config(name)
    plan = suggested(empty, name, **({"name": {"kind": "takes over"}} if over else {}))
    assert plan.move is not None
    target, dense = plan.move.target, known.vector_for(new_model) or shape.dense
    wanted = known.collection_for(name, new_model)
    assert wanted is None or target.startswith(wanted), "the name that it will look for"
    folder = whole_way(plan)
    with empty.open() as qdrant:
        new, after = everything(qdrant, name if over else target), qdrant.config(target)
        if empty.fake is None and empty.alias not in target:
            qdrant.delete_collection(target)
    payloads = dict(zip(map(_as_told, shape.ids), shape.payloads, strict=True))
    assert new.keys() == old.keys() == payloads.keys()
    assert {i: _exactly(new[i].payload) for i in new} == {i: _exactly(payloads[i]) for i in new}
    assert settings(after, dense) == settings(before, shape.dense)
    assert set(shape.indexes) == set(after.payload_schema)
    texts = dict(zip(map(_as_told, shape.ids), shape.embedded, strict=True))
    texts = {i: text for i, text in texts.items() if text}
    if product in NO_TEXT:
        del texts[_as_told(shape.ids[NO_TEXT[product]])]
    made = open_embedder(new_model).embed(list(texts.values()), "passage").vectors
    for ident, right in zip(texts, made, strict=True):
        vectors: Any = new[ident].vectors
        assert set(vectors) == {dense, *([shape.sparse] if shape.sparse else [])}
        np.testing.assert_allclose(np.asarray(vectors[dense]), np.asarray(right), atol=2e-3)
        if shape.sparse:
            assert same_vector(old[ident].vectors[shape.sparse], vectors[shape.sparse])
    bare = set(new) - set(texts)
    assert all(dense not in new[ident].vectors for ident in bare), "of nothing no vector is made"
    facts = view(folder).facts
    assert product in facts["written_by"]
    by_name = not known.sees_alias or wanted is not None
    how = "takes_name" if over else "application" if by_name else "aliases"
    assert facts["switched"]["how"] == how
    _are_told_by_name(change_lines.of(facts), known, name, target if by_name else None)
    tried = [e.text for e in view(folder).events if e.text.startswith("Tried now: ")]
    assert any(known.title in one for one in tried)
    assert all(one.endswith(", and finds it.") for one in tried), "each finds what it is led to"


def _are_told_by_name(
    rows: list[dict[str, Any]], known: Integration, name: str, target: str | None
) -> None:
    """The product's own lines: its name for each thing that changes, and what it becomes."""
    lines = change_lines.lines(rows, known.title)
    assert lines[lines.index(f"  {known.settings.model}") + 2].startswith("+ ")
    if known.settings.dimensions:
        assert f"  {known.settings.dimensions}" in lines
    if target is not None:
        assert lines.index(f"- {name}") + 1 == lines.index(f"+ {target}")
        assert not known.settings.collection or f"  {known.settings.collection}" in lines


def _as_told(ident: PointId) -> PointId:
    return ident if isinstance(ident, int) else str(uuid.UUID(ident))


def _exactly(payload: Mapping[str, Any]) -> str:
    """To the byte, but for the order of keys, which the server does not keep."""
    return json.dumps(payload, sort_keys=True, ensure_ascii=False)


def test_points_without_a_text_are_made_of_the_file_that_has_them(
    empty: Place, tmp_path: Path
) -> None:
    """txtai keeps its texts in a database of its own, by the same numbers."""
    name = written(empty, "txtai")
    with empty.open() as qdrant:
        found = survey(qdrant, name)
    chosen = {"change": "model", "model": empty.models.new.model_dump(mode="json")}
    (asked,) = (s.question for s in advise(found, chosen).standings if s.question.key == "text")
    assert "txtai keeps the texts in the database of its index" in asked.text(found, chosen).help
    advice = advise(found, {**chosen, "text": {"fields": []}})
    assert advice.recommended is not None
    assert advice.recommended.name == "rebuild_from_source"
    assert {one.strategy.name for one in advice.fits if one.fit.word != "ruled out"} == {
        "rebuild_from_source"
    }
    left = advise(found, {**chosen, "text": {"fields": []}, "originals": "no"})
    assert left.recommended is None
    assert "write them to a file with id and text" in left.collision_says
    texts = tmp_path / "texts.jsonl"
    rows = ({"id": n, "text": text} for n, text in enumerate(TEXTS))
    texts.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    plan = suggested(empty, name, text={"file": str(texts)})
    assert plan.move is not None
    whole_way(plan)
    with empty.open() as qdrant:
        new = everything(qdrant, plan.move.target)
    right = open_embedder(empty.models.new).embed(TEXTS, "passage").vectors
    assert sorted(new, key=int) == list(range(len(TEXTS)))
    for n, point in new.items():
        stored: Any = point.vectors[""]
        assert point.payload == {}
        np.testing.assert_allclose(np.asarray(stored), np.asarray(right[int(n)]), atol=2e-3)


def test_each_point_keeps_the_one_vector_that_it_has_of_several(empty: Place) -> None:
    """Half of the points have one named vector, half the other, some a sparse one besides."""
    size = empty.models.old.dimensions
    params = {"size": size, "distance": "Dot"}
    name, target = f"both_{empty.alias}", f"both_{empty.alias}_new"
    made = open_embedder(empty.models.old).embed(TEXTS, "passage").vectors
    points = [
        Point(n, {"body": text}, {"title" if n % 2 else "body": vector})
        for n, (text, vector) in enumerate(zip(TEXTS, made, strict=True))
    ]
    points[0].vectors["words"] = SparseVector((3, 9), (0.5, 1.0))
    with empty.open() as qdrant:
        qdrant.create_collection(
            name, {"vectors": {"body": params, "title": params}, "sparse_vectors": {"words": {}}}
        )
        qdrant.insert(name, points)
    whole_way(suggested(empty, name, target=target))
    with empty.open() as qdrant:
        new, config = everything(qdrant, target), qdrant.config(target)
    assert config.vectors()["body"]["distance"] == "Dot", "vectors of length one rank the same"
    assert config.sparse() == {"words": {}}, "kept without a modifier, as found"
    right = open_embedder(empty.models.new).embed(TEXTS, "passage").vectors
    for n, point in new.items():
        names = {"title"} if int(n) % 2 else {"body", "words"} if n == 0 else {"body"}
        assert set(point.vectors) == names
        if "body" in names:
            stored: Any = point.vectors["body"]
            np.testing.assert_allclose(np.asarray(stored), np.asarray(right[int(n)]), atol=2e-3)

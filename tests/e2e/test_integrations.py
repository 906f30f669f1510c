"""Collections of known products, planned as suggested, run to the end, and searched as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach, open_embedder
from qdrant_model_migration.engine import change_lines, create_run, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Point, SparseVector
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.world import everything
from support.written import SHAPES, TEXTS, write

from .conftest import Place
from .trips import consent

PLACES = ["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)]


def planned(place: Place, name: str) -> Plan:
    """Blue-green to the new model, all else as it is suggested for this collection."""
    with place.open() as qdrant:
        found = survey(qdrant, name)
    given = {
        "change": "model",
        "model": place.models.new.model_dump(mode="json", exclude_defaults=True),
        "proof": {"kind": "later"},
        "target": f"{name}_{place.alias}_new",
    }
    answers = answer_all(found, given, [ModelChoice(place.models.new, Reach("here"))])
    plan = make_plan(found, answers, by_name("blue_green"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def whole_way(plan: Plan) -> Path:
    folder = create_run(plan)
    while run_here(folder) == 3:
        gate = view(folder).gate
        assert gate is not None
        consent(folder, gate["name"])
    assert view(folder).state == "done", view(folder).error
    return folder


@pytest.mark.parametrize("place", PLACES, indirect=True)
@pytest.mark.parametrize(
    "product", ["langchain", "llamaindex", "mcp_server_qdrant", "mem0", "roo_code"]
)
def test_what_a_product_wrote_gets_there_whole(place: Place, product: str) -> None:
    shape = SHAPES[product]()
    old_model, new_model = open_embedder(place.models.old), open_embedder(place.models.new)
    name = f"{shape.collection}_{place.alias}"
    with place.open() as qdrant:
        write(qdrant, product, lambda t: old_model.embed(t, "passage").vectors, name=name)
    folder = whole_way(planned(place, name))
    target = f"{name}_{place.alias}_new"
    with place.open() as qdrant:
        old, new = everything(qdrant, name), everything(qdrant, target)
    assert new.keys() == old.keys()
    assert all(same_payload(old[i].payload, new[i].payload) for i in old), "strings stay strings"
    texts = {i: text for i, text in zip(shape.ids, shape.embedded, strict=True) if text}
    made = new_model.embed(list(texts.values()), "passage").vectors
    own_name = {"mcp_server_qdrant": f"fast-{place.models.new.short_name}"}
    dense = own_name.get(product, shape.dense)
    for ident, right in zip(texts, made, strict=True):
        stored: Any = new[ident].vectors[dense]
        np.testing.assert_allclose(np.asarray(stored), np.asarray(right), atol=2e-3)
        if shape.sparse:
            kept = old[ident].vectors[shape.sparse], new[ident].vectors[shape.sparse]
            assert same_vector(*kept)
    bare = set(new) - set(texts)
    assert all(not new[ident].vectors for ident in bare), "a note of its own gets no vector"
    facts = view(folder).facts
    assert product in facts["written_by"]
    with_alias = SHAPES[product] is not SHAPES["mem0"]
    assert ("alias" in facts["switched"]) is with_alias, "mem0 finds none"
    assert change_lines.lines(change_lines.of(facts), change_lines.forms(facts)[0])


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_each_point_keeps_the_one_vector_that_it_has_of_several(place: Place) -> None:
    """Half of the points have one named vector, half the other, some a sparse one besides."""
    size = place.models.old.dimensions
    params = {"size": size, "distance": "Dot"}
    name, target = f"both_{place.alias}", f"both_{place.alias}_{place.alias}_new"
    made = open_embedder(place.models.old).embed(TEXTS, "passage").vectors
    points = [
        Point(n, {"body": text}, {"title" if n % 2 else "body": vector})
        for n, (text, vector) in enumerate(zip(TEXTS, made, strict=True))
    ]
    points[0].vectors["words"] = SparseVector((3, 9), (0.5, 1.0))
    with place.open() as qdrant:
        qdrant.create_collection(
            name, {"vectors": {"body": params, "title": params}, "sparse_vectors": {"words": {}}}
        )
        qdrant.insert(name, points)
    whole_way(planned(place, name))
    with place.open() as qdrant:
        new, config = everything(qdrant, target), qdrant.config(target)
    assert config.vectors()["body"]["distance"] == "Dot", "vectors of length one rank the same"
    assert config.sparse() == {"words": {}}, "kept without a modifier, as found"
    right = open_embedder(place.models.new).embed(TEXTS, "passage").vectors
    for n, point in new.items():
        names = {"title"} if int(n) % 2 else {"body", "words"} if n == 0 else {"body"}
        assert set(point.vectors) == names
        if "body" in names:
            stored: Any = point.vectors["body"]
            np.testing.assert_allclose(np.asarray(stored), np.asarray(right[int(n)]), atol=2e-3)

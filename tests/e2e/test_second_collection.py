"""Many vectors for a text in a collection of their own, beside the present one, which stays in use:
planned, run while an application writes, verified, switched, written in both from then on, taken
back and cleaned up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.engine import change_lines, give_consent, run_here, summarize, view
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.qdrant import Point, PointId, Qdrant
from qdrant_model_migration.steps.sweep import Sweep
from support.late_model import late_kind
from support.world import everything

from .conftest import POINTS, Place, document, ident
from .test_multivectors import ALONE, WORDS, plan_for
from .trips import add, switch, to_the_cutover, write_meanwhile

PLACES = ["local", "fake 1.18.3", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture
def late(tmp_path: Path) -> Iterator[ModelRef]:
    with late_kind(tmp_path / "kinds") as model:
        yield model


def made(model: ModelRef, text: str) -> Any:
    return open_embedder(model).embed([text], "passage").vectors[0]


def assert_in_step(qdrant: Qdrant, place: Place, late: ModelRef, second: str) -> None:
    """Each point with a text, by its id: the vectors of the text that it has now, and no more."""
    texts = {i: p.payload.get("text") for i, p in everything(qdrant, place.collection).items()}
    there = everything(qdrant, second)
    assert there.keys() == {i for i, text in texts.items() if (text or "").strip()}
    for i, point in there.items():
        assert (point.payload, list(point.vectors)) == ({}, ["late"])
        right = made(late, str(texts[i]))
        np.testing.assert_allclose(np.asarray(point.vectors["late"]), right, atol=2e-3)


class Both:
    """The application as it is after the switch: it writes both collections, the present first."""

    def __init__(self, place: Place, late: ModelRef, second: str) -> None:
        self.place, self.late, self.second = place, late, second

    def write(self, qdrant: Qdrant, point: PointId, payload: dict[str, Any]) -> None:
        old = made(self.place.models.old, payload["text"])
        qdrant.upsert(self.place.alias, [Point(point, payload, {"": old})])
        qdrant.upsert(self.second, [Point(point, {}, {"late": made(self.late, payload["text"])})])

    def delete(self, qdrant: Qdrant, point: PointId) -> None:
        qdrant.delete(self.place.alias, [point])
        qdrant.delete(self.second, [point])


def test_they_put_in_order_from_a_collection_of_their_own(
    place: Place, late: ModelRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = f"{place.collection}_new"
    plan = plan_for(place, late, "multivectors", vector_names={"new": "late"})
    assert plan.answers["many_for"] == "apart", "it is what is suggested"
    assert "W06" not in plan.must_accept, "nothing stands beside them"
    assert "W04" in plan.must_accept, "that both are written is said before"
    assert place.collection in plan.never_touched
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
        settings, aliases = qdrant.config(place.collection), place.aliases(qdrant)

    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.verdict["judgement"], "finding and ordering are measured as a whole"
    assert seen.gate is not None
    assert [ask["expect"] for ask in seen.gate["asks"] if ask["kind"] == "typed"][-1] == second
    assert any(f"writes {second}, too" in ask["label"] for ask in seen.gate["asks"])
    with place.open() as qdrant:
        assert everything(qdrant, place.collection) == before
        assert_in_step(qdrant, place, late, second)
        params = qdrant.config(second).vectors()["late"]
        assert params["multivector_config"] == {"comparator": "max_sim"}
        if qdrant.capabilities.settings:
            assert (params["on_disk"], params["hnsw_config"]["m"]) == (True, 0)
            assert qdrant.config(second).payload_schema == {}
            for moment in ("before", "after"):
                assert seen.facts[f"search_{moment}"]["milliseconds"] > 0
        searcher = plan.after.searcher(qdrant, open_embedder) if plan.after else None
        alone = plan.before.searcher(qdrant, open_embedder) if plan.before else None
        assert searcher is not None
        assert alone is not None
        (wanted,) = [i for i, p in before.items() if p.payload == ALONE]
        first = searcher.search(WORDS).hits[0]
        assert (first.id, first.score) == (wanted, pytest.approx(10.0, abs=0.05)), "all its words"
        assert first.payload == ALONE, "what it has stands where it is found"
        assert alone.search(WORDS).hits[0].id != wanted
        qdrant.delete(second, [wanted])
        hits = [hit.id for hit in searcher.search(WORDS, limit=100).hits]
        assert hits.index(wanted) >= len(hits) - 3, "behind those that are put in order"

    lines = "\n".join(change_lines.lines(seen.facts["application_changes"], "Python"))
    assert "+ found = <your client>.query_points(" in lines
    assert f'collection_name="{second}", query=vector_2, using="late"' in lines
    assert "has_id=[p.id for p in found]" in lines
    for wrote in ("upsert", "delete"):
        assert f'+ <your client>.{wrote}(collection_name="{second}"' in lines
    told = dict(change_lines.meaning(seen.facts["application_changes"]))
    assert {"Filters", "Missing", "New texts", "Deleted"} <= told.keys()

    write_meanwhile(place)  # not all of the application is changed yet
    application, sweep = Both(place, late, second), Sweep.apply

    def while_the_application_writes_both(self: Sweep, ctx: Any) -> None:
        application.write(ctx.qdrant, ident(20), document(20) | {"text": "changed in both"})
        application.write(ctx.qdrant, 9002, document(9002))
        application.delete(ctx.qdrant, ident(21))
        sweep(self, ctx)
        application.write(ctx.qdrant, ident(22), document(22) | {"text": "and after the sweep"})

    monkeypatch.setattr(Sweep, "apply", while_the_application_writes_both)
    switch(folder)
    with place.open() as qdrant:
        assert_in_step(qdrant, place, late, second)
        now = everything(qdrant, place.collection)
        assert len(now) == POINTS
        same = before.keys() - {ident(3), ident(4), ident(20), ident(21), ident(22)}
        assert all(now[i] == before[i] for i in same), "nobody but the application wrote there"
        assert qdrant.config(place.collection) == settings
        assert place.aliases(qdrant) == aliases

    todo = " ".join(one.text for one in summarize(view(folder)).todo)
    assert f"Everything that writes documents writes {second}, too" in todo
    assert "free the space" not in todo
    give_consent(folder, "cleanup", {"collection": place.collection})
    assert run_here(folder, extra="cleanup") == 4, "the present collection is never left over"
    assert "stays in use" in f"{view(folder).error}"
    add(folder, "rollback")
    todo = " ".join(one.text for one in summarize(view(folder)).todo)
    assert f"it neither asks nor writes {second} any more" in todo
    assert f"Then free the space of {second}" in todo
    give_consent(folder, "cleanup", {"collection": place.collection})
    assert run_here(folder, extra="cleanup") == 3
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(second)
        assert everything(qdrant, place.collection) == now
        assert qdrant.config(place.collection) == settings

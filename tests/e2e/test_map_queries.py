"""The whole of Map queries: nothing is written, and the lines of the report search as measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import ModelRef, Reach, open_embedder
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.engine import change_lines, create_run, run_here, view, write_report
from qdrant_model_migration.plan import Acceptance, Plan, load_plan, save_plan
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.world import everything

from .conftest import Models, Place, document, ident

PLACES = ["local", "fake 1.16.3", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture(scope="module")
def models(models: Models) -> Models:
    """The other way round: more texts than the new model has dimensions."""
    return Models(models.new, models.old)


def plan_for(place: Place, tmp_path: Path) -> Plan:
    with place.open() as qdrant:
        found = survey(qdrant, place.alias)
    given = {
        **by_name("map_queries").implied,
        "change": "model",
        "model": place.models.new.model_dump(mode="json", exclude_defaults=True),
    }
    complete = answer_all(found, given, [ModelChoice(place.models.new, Reach("here"))])
    plan = make_plan(found, complete, by_name("map_queries"), speed=None)
    assert plan.must_accept
    save_plan(plan, tmp_path / "plan.yaml")
    plan = load_plan(tmp_path / "plan.yaml")
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted})


def run_of(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 0, view(folder).error
    return folder


def run_lines(place: Place, lines: list[str], model: ModelRef, question: str) -> list[Any]:
    """What the lines find, with what they leave open filled in."""
    kept = [line[2:] for line in lines if not line.startswith("-")]
    code = "\n".join(kept).replace("<your embedding call>", "embed")
    code = code.replace("<your client>", "client")
    found: list[Any] = []
    with place.open() as qdrant:

        def query_points(collection_name: str, query: list[float]) -> None:
            found.extend(hit.id for hit in qdrant.search(collection_name, query, limit=10))

        def embed(name: str, text: str) -> list[float]:
            assert name == model.name
            return open_embedder(model).embed([text], "query").vectors[0]  # type: ignore[return-value]

        client = SimpleNamespace(query_points=query_points)
        exec(code, {"embed": embed, "client": client, "question": question})
    return found


def test_nothing_is_written_and_the_lines_search_the_vectors_that_stand(
    place: Place, tmp_path: Path
) -> None:
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
        raw = qdrant.config(place.collection).raw
        names = place.collections(qdrant)
    folder = run_of(plan_for(place, tmp_path))
    told = view(folder).facts["learned_map"]
    assert told["word"] in ("GO", "INCONCLUSIVE")
    assert "On the whole collection recall@10 by them is " in told["says"]
    with place.open() as qdrant:
        assert place.collections(qdrant) == names
        assert qdrant.config(place.collection).raw == raw
        after = everything(qdrant, place.collection)
    assert after == before
    rows = change_lines.of(view(folder).facts)
    lines = change_lines.lines(rows, "Python")
    learned, embedder = LearnedMap.load(folder / FILE), open_embedder(place.models.new)
    hits = 0
    for n in range(10, 40):
        title = document(n)["title"]
        found = run_lines(place, lines, place.models.new, title)
        query = learned.of(embedder.embed([title], "query").vectors, length_one=True)[0]
        with place.open() as qdrant:
            right = qdrant.search(place.collection, query.tolist(), limit=10)
        assert found == [hit.id for hit in right]
        hits += ident(n) in found
    assert hits >= 12  # of 30; 1 or 2 by chance
    report = write_report(folder)[0].read_text()
    assert all(line.strip() in report for line in lines)
    assert told["says"].split(".")[0] in report
    assert "alias is switched" not in report
    assert "| dimensions | 256 | stays |" in report
    assert "map.npz" in "\n".join(change_lines.lines(rows, "curl"))


def test_its_plan_says_that_nothing_is_written(place: Place, tmp_path: Path) -> None:
    plan = plan_for(place, tmp_path)
    assert plan.move is None
    assert plan.estimate.disk_bytes.how == "nothing is written"
    assert [step.text(None).writes_to for step in plan.steps] == ["nothing", "nothing"]
    assert place.collection in plan.never_touched

"""The practice application: it searches and writes through the alias, whatever stands behind it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Point, Qdrant, open_qdrant
from qdrant_model_migration.quality.query_file import read_queries
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Application, Sandbox

TARGET = "docs_subwords"
STEPS = 48  # sixteen writes, four of each kind


def everything(qdrant: Qdrant, collection: str = ALIAS) -> dict[Any, Point]:
    points = qdrant.scroll(collection, limit=10_000, vectors=True).points
    return {point.id: point for point in points}


def make_target(qdrant: Qdrant, model: ModelRef) -> None:
    """The collection a migration would make: every text embedded by the new model."""
    vectors = {"size": model.dimensions, "distance": "Cosine"}
    qdrant.create_collection(TARGET, {"vectors": vectors, "metadata": model.to_metadata()})
    points = everything(qdrant).values()
    texts = {one.id: one.payload["text"] for one in points if one.vectors}
    made = open_embedder(model).embed(list(texts.values()), "passage").vectors
    vectors_of = dict(zip(texts, made, strict=True))
    qdrant.insert(
        TARGET,
        [one._replace(vectors={"": vectors_of[one.id]} if one.vectors else {}) for one in points],
    )


def assert_vectors_are_of_the_texts(qdrant: Qdrant, collection: str, model: ModelRef) -> None:
    points = [one for one in everything(qdrant, collection).values() if one.vectors]
    made = open_embedder(model).embed([one.payload["text"] for one in points], "passage").vectors
    stored = np.array([one.vectors[""] for one in points])
    assert stored == pytest.approx(np.array(made), abs=1e-5)


def steps(application: Application, count: int = STEPS) -> dict[str, Any]:
    for _ in range(count):
        application.step()
    return application.report()


def test_every_search_is_answered_and_every_kind_of_write_is_done(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    before = everything(qdrant)
    report = steps(Application(qdrant))
    assert (report["searches"], report["failed"], report["failed_writes"]) == (STEPS, 0, 0)
    assert report["answers_from"] == COLLECTION
    assert 0.2 < report["found"][COLLECTION] < 1
    assert 0 < report["p50_ms"] <= report["p95_ms"]
    after = everything(qdrant)
    shared = before.keys() & after.keys()
    changed_text = [
        i for i in shared if before[i].payload.get("text") != after[i].payload.get("text")
    ]
    changed = [i for i in shared if before[i].payload != after[i].payload]
    assert len(after.keys() - before.keys()) == report["inserted"] == 4
    assert len(before.keys() - after.keys()) == report["deleted"] > 0
    # A point can be changed twice, or be changed and then deleted.
    assert 0 < len(changed_text) <= report["edited"]
    assert 0 < len(changed) - len(changed_text) <= report["payloads"]
    assert report["writes"] <= STEPS // 3
    assert_vectors_are_of_the_texts(qdrant, COLLECTION, sandbox.old_model())


def test_an_edited_payload_keeps_its_vector(qdrant: Qdrant) -> None:
    before = everything(qdrant)
    steps(Application(qdrant))
    seen = [point for point in everything(qdrant).values() if "views" in point.payload]
    assert seen
    for point in seen:
        if point.payload["text"] == before[point.id].payload["text"]:
            assert point.vectors[""] == pytest.approx(before[point.id].vectors[""], abs=1e-6)


def test_right_answers_are_never_changed(sandbox: Sandbox, qdrant: Qdrant) -> None:
    answers = [a for query in read_queries(sandbox.queries).queries for a in query.answers]
    before = everything(qdrant)
    steps(Application(qdrant), 150)
    after = everything(qdrant)
    for one in answers:
        assert before[one].payload == after[one].payload
        # Local mode moves stored values by 1e-9 when it makes room for more points.
        assert before[one].vectors[""] == pytest.approx(after[one].vectors[""], abs=1e-6)


def test_the_same_seed_does_the_same_and_another_does_not(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ends = []
    for seed in (1, 1, 2):
        copy = Sandbox(tmp_path_factory.mktemp("copy") / "practice")
        shutil.copytree(sandbox.folder, copy.folder)
        with open_qdrant(copy.address) as qdrant:
            steps(Application(qdrant, seed=seed))
            ends.append(everything(qdrant))
    assert ends[0] == ends[1] != ends[2]


def test_it_goes_on_where_an_earlier_one_ended(sandbox: Sandbox, qdrant: Qdrant) -> None:
    steps(Application(qdrant), 7)
    report = steps(Application(qdrant), 8)
    assert (report["searches"], report["inserted"]) == (15, 2)
    sandbox.diary.write_text("{}")
    assert Application(qdrant).report()["searches"] == 0


def test_after_the_switch_it_searches_and_writes_with_the_new_model(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    make_target(qdrant, sandbox.new_model())
    application = Application(qdrant)
    steps(application)
    old = everything(qdrant, COLLECTION)
    qdrant.switch_alias(ALIAS, TARGET)
    report = steps(application)
    assert report["answers_from"] == TARGET
    assert (report["failed"], report["failed_writes"]) == (0, 0)
    assert set(report["found"]) == {COLLECTION, TARGET}
    untouched = everything(qdrant, COLLECTION)
    assert {i: p.payload for i, p in untouched.items()} == {i: p.payload for i, p in old.items()}
    assert_vectors_are_of_the_texts(qdrant, TARGET, sandbox.new_model())


@pytest.mark.parametrize("same_size", [True, False])
@pytest.mark.parametrize("when", ["upsert", "after upsert"])
def test_a_switch_between_making_a_vector_and_writing_it_is_noticed(
    sandbox: Sandbox,
    qdrant: Qdrant,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
    same_size: bool,
) -> None:
    model = sandbox.new_model().cut_to(128) if same_size else sandbox.new_model()
    make_target(qdrant, model)
    real: Callable[..., None] = qdrant.upsert

    def upsert(collection: str, points: list[Point]) -> None:
        monkeypatch.undo()
        if when == "upsert":
            qdrant.switch_alias(ALIAS, TARGET)
        real(collection, points)
        if when != "upsert":
            qdrant.switch_alias(ALIAS, TARGET)

    monkeypatch.setattr(qdrant, "upsert", upsert)
    report = steps(Application(qdrant), 6)
    assert (report["inserted"], report["edited"], report["failed_writes"]) == (1, 1, 0)
    assert_vectors_are_of_the_texts(qdrant, TARGET, model)
    inserted = [p for p in everything(qdrant, TARGET).values() if "inserted_by" in p.payload]
    assert len(inserted) == 1


def test_a_switch_between_making_a_vector_and_searching_fails_no_search(
    sandbox: Sandbox, qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_target(qdrant, sandbox.new_model())
    real = qdrant.search

    def search(*given: Any, **more: Any) -> Any:
        monkeypatch.undo()
        qdrant.switch_alias(ALIAS, TARGET)
        return real(*given, **more)

    monkeypatch.setattr(qdrant, "search", search)
    report = steps(Application(qdrant), 2)
    assert (report["searches"], report["failed"], report["answers_from"]) == (2, 0, TARGET)


def test_a_collection_that_names_no_model_fails_the_search_and_not_the_application(
    qdrant: Qdrant,
) -> None:
    qdrant.create_collection("nameless", {"vectors": {"size": 4, "distance": "Cosine"}})
    qdrant.switch_alias(ALIAS, "nameless")
    report = steps(Application(qdrant), 6)
    assert (report["searches"], report["failed"], report["failed_writes"]) == (0, 6, 2)
    assert "nameless" in report["last_error"]
    assert report["p50_ms"] is None


def test_it_runs_until_it_is_stopped_and_says_how_things_stand(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    make_target(qdrant, sandbox.new_model())
    stop, said = threading.Event(), []

    def say(kind: str, text: str, **data: Any) -> None:
        said.append((kind, text, data))
        if kind == "switched":
            return
        if data["searches"] == 3:
            qdrant.switch_alias(ALIAS, TARGET)
        if data["searches"] == 5:
            stop.set()

    Application(qdrant).run(stop, say, pause_s=0)
    assert [kind for kind, _, _ in said] == [*["application"] * 3, "switched", *["application"] * 2]
    assert said[-1][2]["answers_from"] == TARGET
    assert "searched 5 times, 0 failed" in said[-1][1]


def test_a_switch_after_the_last_search_is_said_at_the_end(
    sandbox: Sandbox, qdrant: Qdrant
) -> None:
    make_target(qdrant, sandbox.new_model())
    stop, said = threading.Event(), []

    def say(kind: str, text: str, **data: Any) -> None:
        said.append((kind, text, data))
        qdrant.switch_alias(ALIAS, TARGET)
        stop.set()

    Application(qdrant).run(stop, say, pause_s=0)
    assert [kind for kind, _, _ in said] == ["application"] * 2
    assert said[-1][2]["answers_from"] == TARGET
    assert said[-1][1].endswith(f"docs answers from {TARGET}.")


def test_it_ends_quietly_when_the_connection_is_told_to_stop(
    qdrant: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise Stopped

    monkeypatch.setattr(qdrant, "search", stopped)
    application = Application(qdrant)
    application.run(threading.Event(), pause_s=0)
    assert application.report()["failed"] == 0

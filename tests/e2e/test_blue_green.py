"""The whole of Blue-green by the engine: from the plan to the switched alias, and back."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import (
    RunView,
    create_run,
    give_consent,
    run_here,
    start,
    steer,
    view,
)
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Point, PointId, Qdrant
from support.world import everything

from .conftest import POINTS, Place, document, ident
from .trips import plan_for

CONSENT = {"model": "yes", "alias": "docs", "without_proof": "without proof"}
Make = Callable[..., Plan]


@pytest.fixture
def make_blue_green(place: Place) -> Make:
    return lambda **answers: plan_for(place, "blue_green", "model", **answers)


def consent(place: Place) -> dict[str, str]:
    return {**CONSENT, "alias": place.alias}


def gate_of(seen: RunView) -> str:
    assert seen.state == "waiting", (seen.state, seen.error, [e.text for e in seen.events[-5:]])
    assert seen.gate is not None
    return str(seen.gate["name"])


def to_the_cutover(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    assert gate_of(view(folder)) == "cutover"
    return folder


def assert_moved(place: Place, qdrant: Qdrant, target: str) -> None:
    """Same ids, payloads and settings; each vector is of the new model and the present text."""
    old, new = everything(qdrant, place.collection), everything(qdrant, target)
    assert new.keys() == old.keys()
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    texts = {i: p.payload.get("text") for i, p in new.items()}
    with_text = {i: t for i, t in texts.items() if isinstance(t, str) and t.strip()}
    assert all(not new[i].vectors for i in new.keys() - with_text.keys())
    made = open_embedder(place.models.new).embed(list(with_text.values()), "passage").vectors
    for i, vector in zip(with_text, made, strict=True):
        unit = np.asarray(vector) / np.linalg.norm(np.asarray(vector))
        np.testing.assert_allclose(new[i].vectors[""], unit, atol=1e-4)


def assert_settings_moved(place: Place, qdrant: Qdrant, target: str) -> None:
    old, new = qdrant.config(place.collection), qdrant.config(target)
    assert new.vectors()[""]["size"] == place.models.new.dimensions
    assert new.metadata["owner"] == "search"
    if not qdrant.capabilities.settings:
        return
    for key in ("quantization_config", "optimizer_config", "hnsw_config", "strict_mode_config"):
        assert new.raw[key] == old.raw[key], key
    assert new.vectors()[""]["hnsw_config"] == old.vectors()[""]["hnsw_config"]
    assert {p: s.get("params") for p, s in new.payload_schema.items()} == {
        p: s.get("params") for p, s in old.payload_schema.items()
    }


def test_the_whole_trip_ends_at_a_switched_alias(place: Place, make_blue_green: Make) -> None:
    plan = make_blue_green()
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.dead_letters == 2
    give_consent(folder, "cutover", consent(place))
    assert run_here(folder) == 0, view(folder).error
    assert plan.move is not None
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == plan.move.target
        assert_moved(place, qdrant, plan.move.target)
        assert_settings_moved(place, qdrant, plan.move.target)
        assert qdrant.count(place.collection) == POINTS
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert place.models.new.name in report


def test_what_is_sent_and_what_is_handed_round_names_no_path_of_this_machine(
    place: Place, make_blue_green: Make
) -> None:
    folder = to_the_cutover(make_blue_green())
    give_consent(folder, "cutover", consent(place))
    assert run_here(folder) == 0, view(folder).error
    path = str(Path(str(place.models.new.folder)).parent)
    for name in ("report.md", "report.html", "dead-letters.csv"):
        assert path not in (folder / name).read_text(encoding="utf-8"), name
    assert all(path not in event.text for event in view(folder).events)
    for request in place.fake.requests if place.fake else ():
        assert path.encode() not in request.raw, request.path


@pytest.mark.parametrize("answer", [None, "make"])
def test_points_that_no_search_found_are_found_afterwards_only_where_that_was_chosen(
    place: Place, make_blue_green: Make, answer: str | None
) -> None:
    bare = [POINTS + n for n in range(5)]
    with place.open() as qdrant:
        qdrant.insert(place.collection, [Point(n, document(n), {}) for n in bare])
    plan = make_blue_green(**({} if answer is None else {"bare": answer}))
    assert plan.move is not None
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert all(c["ok"] is not False for c in seen.verdict["integrity"]["checks"]), seen.verdict
    assert seen.dead_letters == 2
    give_consent(folder, "cutover", consent(place))
    assert run_here(folder) == 0, view(folder).error
    with place.open() as qdrant:
        new = everything(qdrant, plan.move.target)
        assert new.keys() == everything(qdrant, place.collection).keys()
        assert [bool(new[n].vectors) for n in bare] == [answer == "make"] * 5
        assert qdrant.count(plan.move.target, without_vector="") == (2 if answer else 7)


def test_a_wrong_name_does_not_open_the_cutover(place: Place, make_blue_green: Make) -> None:
    folder = to_the_cutover(make_blue_green())
    give_consent(folder, "cutover", {**consent(place), "alias": "doc"})
    assert run_here(folder) == 3
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection


def test_rollback_and_cleanup_ask_for_the_name_and_do_what_they_say(
    place: Place, make_blue_green: Make
) -> None:
    plan = make_blue_green()
    assert plan.move is not None
    folder = to_the_cutover(plan)
    give_consent(folder, "cutover", consent(place))
    assert run_here(folder) == 0
    assert run_here(folder, extra="rollback") == 3
    give_consent(folder, "rollback", {"alias": place.alias})
    assert run_here(folder, extra="rollback") == 0
    assert view(folder).state == "rolled back"
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    assert run_here(folder, extra="cleanup") == 3
    give_consent(folder, "cleanup", {"collection": plan.move.target})
    assert run_here(folder, extra="cleanup") == 0
    with place.open() as qdrant:
        assert not qdrant.exists(plan.move.target)
        assert qdrant.exists(place.collection)


def test_cleanup_is_refused_before_the_switch(place: Place, make_blue_green: Make) -> None:
    folder = to_the_cutover(make_blue_green())
    assert run_here(folder, extra="cleanup") == 4
    with place.open() as qdrant:
        assert qdrant.exists(place.collection)
        assert qdrant.exists(f"{place.collection}_new")
    assert gate_of(view(folder)) == "cutover"


class Application(threading.Thread):
    """Writes as fast as it is let, mostly to the same few ids: inserts, edits, deletes, remakes.

    Each write asks the alias first and then goes to the collection behind it, so that some arrive
    at the old collection after the switch. `now` is what it left in each id, None for nothing.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(daemon=True)
        self.place, self.over = place, threading.Event()
        self.choose = random.Random(1)
        self.now: dict[PointId, dict[str, Any] | None] = {}
        self.again: set[PointId] = set()
        self.writes: dict[str, int] = {}
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with self.place.open() as qdrant:
                while not self.over.is_set():
                    self.write(qdrant)
        except Exception as error:
            self.error = error

    def write(self, qdrant: Qdrant) -> None:
        place, count = self.place, sum(self.writes.values())
        number = self.choose.randrange(20 if count % 4 else POINTS)
        point = ident(number)
        payload = document(number) | {"version": count}
        if count % 3:
            payload["text"] = f"{payload['text']} edited {count}"
        if count % 5 == 0:
            point = 10_000 + count
        # An id that is made in the old collection and deleted through the new one before the
        # sweep cannot be told from a late insert; so what was made again stays.
        deletes = count % 7 == 0 and point in map(ident, range(POINTS)) and point not in self.again
        if not deletes and self.now.get(point, {}) is None:
            self.again.add(point)
        behind = qdrant.aliases()[place.alias]
        if deletes:
            qdrant.delete(behind, [point])
            self.now[point] = None
        else:
            model = place.models.old if behind == place.collection else place.models.new
            vector = open_embedder(model).embed([payload["text"]], "passage").vectors[0]
            qdrant.upsert(behind, [Point(point, payload, {"": vector})])
            self.now[point] = payload
        self.writes[behind] = self.writes.get(behind, 0) + 1
        time.sleep(0.002)


def test_nothing_is_lost_while_the_application_writes_across_the_switch_and_the_sweep(
    place: Place, make_blue_green: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that there is a while to write in, also after everything is copied.
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 1.0)
    if place.address.folder:
        pytest.skip("a local folder has one owner; the practice run has its own application")
    if place.fake is not None and str(place.fake.state.version) == "1.16.3":
        pytest.skip("below 1.17 a point deleted in the very moment of a sweep's write comes back")
    plan = make_blue_green()
    assert plan.move is not None
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
    folder = create_run(plan)
    application = Application(place)
    application.start()
    try:
        assert run_here(folder) == 3, view(folder).error
        give_consent(folder, "cutover", consent(place))
        assert run_here(folder) == 0, view(folder).error
        wait_until(lambda: application.writes.get(plan.move.target, 0) > 50)
    finally:
        application.over.set()
        application.join()
    assert application.error is None
    assert application.writes[place.collection] > 50
    # Cleanup carries over what reached the old collection after the sweep.
    given = {"collection": place.collection, "conflicts": "yes"}
    give_consent(folder, "cleanup", given)
    if run_here(folder, extra="cleanup") == 4:  # conflicts that were not there before it
        give_consent(folder, "cleanup", given)
        assert run_here(folder, extra="cleanup") == 0, view(folder).error
    expected = {i: p.payload for i, p in before.items()} | application.now
    with place.open() as qdrant:
        found = everything(qdrant, plan.move.target)
    assert {i for i, payload in expected.items() if payload is not None} == found.keys()
    texts: dict[PointId, str] = {}
    for point, payload in expected.items():
        if payload is not None:
            assert same_payload(found[point].payload, payload), point
            if isinstance(text := payload.get("text"), str) and text.strip():
                texts[point] = text
    made = open_embedder(place.models.new).embed(list(texts.values()), "passage").vectors
    for point, vector in zip(texts, made, strict=True):
        unit = np.asarray(vector) / np.linalg.norm(np.asarray(vector))
        np.testing.assert_allclose(found[point].vectors[""], unit, atol=1e-4)


def test_a_collection_without_an_alias_gets_one_first(place: Place, make_blue_green: Make) -> None:
    with place.open() as qdrant:
        other = "plain" + place.collection
        body = {"vectors": {"size": 128, "distance": "Cosine"}}
        qdrant.create_collection(other, {**body, "metadata": place.models.old.to_metadata()})
        qdrant.insert(other, list(everything(qdrant, place.collection).values()))
    lone = place._replace(collection=other, alias="live" + place.collection)
    plan = plan_for(lone, "blue_green", "model", name={"alias": lone.alias, "exists": False})
    folder = create_run(plan)
    assert run_here(folder) == 3
    assert gate_of(view(folder)) == "adopt_alias"
    with place.open() as qdrant:
        assert qdrant.aliases()[lone.alias] == other
    give_consent(folder, "adopt_alias", {"uses": "yes"})
    assert run_here(folder) == 3
    assert gate_of(view(folder)) == "cutover"


def test_stopping_and_resuming_goes_on(place: Place, make_blue_green: Make) -> None:
    plan = make_blue_green()
    assert plan.move is not None
    folder = create_run(plan)
    start(folder)
    steer(folder, "stop")
    wait_until(lambda: not view(folder).live)
    assert view(folder).state in ("stopped", "waiting")
    assert run_here(folder) == 3, view(folder).error
    with place.open() as qdrant:
        assert_moved(place, qdrant, plan.move.target)


def test_an_engine_killed_at_random_moments_ends_as_an_undisturbed_one(
    place: Place, make_blue_green: Make
) -> None:
    if place.fake is not None and place.fake.state.version != "1.18.3":
        pytest.skip("one fake server is enough for this")
    plan = make_blue_green()
    assert plan.move is not None
    folder = create_run(plan)
    choose = random.Random()
    for _ in range(3):
        start(folder)
        time.sleep(choose.uniform(0.0, 1.2))
        kill_engine(folder)
        wait_until(lambda: not view(folder).live)
        if view(folder).state == "waiting":
            break
        assert view(folder).state == "interrupted"
    if view(folder).state != "waiting":
        assert run_here(folder) == 3, view(folder).error
    give_consent(folder, "cutover", consent(place))
    assert run_here(folder) == 0, view(folder).error
    with place.open() as qdrant:
        assert_moved(place, qdrant, plan.move.target)
        assert_settings_moved(place, qdrant, plan.move.target)
    assert view(folder).dead_letters == 2


def kill_engine(folder: Path) -> None:
    import os

    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and "\0engine\0" in command:
            os.kill(int(entry.name), signal.SIGKILL)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)

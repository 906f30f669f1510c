"""The steps of Blue-green, each on a local folder and on the fake server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.slices import run_slice
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.quality.errors import QueryFileUnusable
from qdrant_model_migration.steps import borders
from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection, settings_that_differ
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.errors import (
    AliasMoved,
    CleanupRefused,
    IntegrityFailed,
    NoRoomForNotes,
    NothingToRollBack,
    PlanOutdated,
    SettingsChanged,
    SettingsDiffer,
    TargetTaken,
)
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.survey.fingerprint import fingerprint
from support.fake_qdrant import FakeQdrant
from support.world import NEW, OLD, HashModel, World, a_move, everything, old_point

NUMBER = 200


def uid(number: int) -> str:
    return str(uuid.UUID(int=number * 7919 + (1 << 90)))


def documents() -> list[Point]:
    points = [
        old_point(n, f"text number {n}", tags=["a", {"b": n}], rank=n / 7, big=2**63 + n)
        for n in range(NUMBER // 2)
    ]
    points += [old_point(uid(n), f"text of {n}", nested={"n": None}) for n in range(NUMBER // 2)]
    points[5] = old_point(5, "")
    points[6] = old_point(6, "   ")
    points[7] = old_point(7, ["a", "b"])
    return points


@pytest.fixture(params=["local", "fake 1.16", "fake 1.18"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "local":
        with open_qdrant(Address(url=None, folder=str(tmp_path / "qdrant"))) as qdrant:
            yield filled(qdrant, tmp_path)
        return
    version = {"fake 1.16": "1.16.3", "fake 1.18": "1.18.3"}[request.param]
    with FakeQdrant(version=version) as fake, open_qdrant(Address(url=fake.url, folder=None)) as q:
        yield filled(q, tmp_path)


def filled(qdrant: Qdrant, folder: Path) -> World:
    qdrant.create_collection(
        "docs_old",
        {
            "vectors": {"size": 8, "distance": "Cosine"},
            "on_disk_payload": True,
            "hnsw_config": {"m": 24},
            "metadata": {"owner": "search"},
        },
    )
    if qdrant.capabilities.settings:
        qdrant.create_payload_index("docs_old", "rank", {"type": "float"})
        qdrant.patch("docs_old", {"strict_mode_config": {"enabled": True, "max_query_limit": 900}})
    qdrant.insert("docs_old", documents())
    qdrant.switch_alias("docs", "docs_old")
    return World(qdrant, folder, a_move())


def load(world: World) -> None:
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)


def assert_equal_sides(world: World) -> None:
    old = everything(world.qdrant, world.move.source)
    new = everything(world.qdrant, world.move.target)
    assert new.keys() == old.keys()
    model = HashModel(NEW)
    for point, mine in old.items():
        theirs = new[point]
        assert theirs.payload == mine.payload
        text = mine.payload.get("text")
        if not isinstance(text, str) or not text.strip():
            assert theirs.vectors == {}
            continue
        expected = model.embed([text], "passage").vectors[0]
        np.testing.assert_allclose(theirs.vectors[""], expected, atol=1e-5)


def test_every_point_arrives_with_its_payload_and_the_new_models_vector(world: World) -> None:
    load(world)
    assert_equal_sides(world)
    assert sorted(world.dead) == [5, 6, 7]


def test_settings_come_along_and_what_was_postponed_is_put_back(world: World) -> None:
    load(world)
    new = world.qdrant.config("docs_new")
    assert new.vectors()[""]["size"] == 12
    assert new.metadata["owner"] == "search"
    assert new.metadata["qmm_model"]["name"] == NEW.name
    if world.qdrant.capabilities.settings:
        assert new.raw["hnsw_config"]["m"] == 24
        assert new.raw["strict_mode_config"]["max_query_limit"] == 900
        assert new.raw["optimizer_config"]["indexing_threshold"] == 10_000
        assert "rank" in new.payload_schema


def test_a_new_vector_that_is_not_made_as_the_plan_has_it_stops_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not world.qdrant.capabilities.settings:
        pytest.skip("the practice Qdrant has no settings")
    (vector,) = world.move.vectors
    tuned = vector.model_copy(update={"params": {**vector.params, "on_disk": True}})
    world._move = world.move.model_copy(update={"vectors": (tuned,)})

    def without(qdrant: Qdrant, name: str, body: dict[str, Any]) -> None:
        create(qdrant, name, {**body, "vectors": {**body["vectors"], "on_disk": False}})

    create = Qdrant.create_collection
    monkeypatch.setattr(Qdrant, "create_collection", without)
    with pytest.raises(SettingsDiffer, match=r"not as asked for: vectors\.\(unnamed\)\.on_disk\."):
        CreateCollection().apply(world)


def test_a_copied_vector_is_made_as_the_plan_says_and_compared_with_the_old_one_before_a_switch(
    world: World,
) -> None:
    """An origin that changes a parameter is not one that carries: Verify finds it."""
    (vector,) = world.move.vectors
    params = {"size": 8, "distance": "Dot"}
    kept = vector.model_copy(update={"origin": as_it_is(""), "params": params})
    world._move = world.move.model_copy(update={"vectors": (kept,)})
    load(world)
    assert settings_that_differ(world, postponed=False) == ("vectors.(unnamed).distance",)


def test_catch_up_mends_inserts_edits_and_deletes(world: World) -> None:
    CreateCollection().apply(world)
    Backfill().apply(world)
    q = world.qdrant
    q.insert("docs_old", [old_point(900, "a late text")])
    q.upsert("docs_old", [old_point(3, "another text"), old_point(4, "text number 4", tags=[])])
    q.upsert("docs_old", [old_point(5, "now it has one"), old_point(8, "")])
    q.delete("docs_old", [9, uid(1)])
    CatchUp().apply(world)
    assert_equal_sides(world)
    assert sorted(world.dead) == [6, 7, 8]


def test_a_backfill_never_overwrites_what_is_there(world: World) -> None:
    CreateCollection().apply(world)
    mine = Point(3, {"text": "newer"}, {"": HashModel(NEW).embed(["newer"], "passage").vectors[0]})
    world.qdrant.insert("docs_new", [mine])
    Backfill().apply(world)
    assert everything(world.qdrant, "docs_new")[3].payload == {"text": "newer"}


def test_a_backfill_that_is_killed_goes_on_and_embeds_only_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    CreateCollection().apply(world)
    calls = 0

    def dies(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return run_slice(*args)

    with monkeypatch.context() as patch:
        patch.setattr("qdrant_model_migration.steps.backfill.run_slice", dies)
        with pytest.raises(KeyboardInterrupt):
            Backfill().apply(world)
    before = world.open_model(NEW).texts
    assert 0 < before < NUMBER - 3
    Backfill().apply(world)
    assert world.open_model(NEW).texts < 2 * NUMBER - before
    CatchUp().apply(world)
    assert_equal_sides(world)


def test_missing_texts_are_judged_by_all_slices_also_after_a_resume(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of 200 are 1.5 %; the last 56 points alone have none, the first 64 have 4.7 %."""
    monkeypatch.setattr("qdrant_model_migration.steps.backfill.FEWEST", 50)
    CreateCollection().apply(world)
    with pytest.raises(Waiting):
        Backfill(expected_missing=0.0).apply(world)
    with pytest.raises(Waiting):  # asked again: a resume knows the slices that are done
        Backfill(expected_missing=0.0).apply(world)
    world.consents["missing_texts"] = {"accept": "yes"}
    Backfill(expected_missing=0.0).apply(world)
    assert world.qdrant.count("docs_new") == NUMBER


def test_verify_finds_everything_there_and_says_it_has_no_proof(world: World) -> None:
    load(world)
    Verify().apply(world)
    verdict = world.kept["verdict"]
    assert verdict["word"] == "INCONCLUSIVE"
    checks = {check["name"]: check for check in verdict["integrity"]["checks"]}
    assert all(check["ok"] is not False for check in checks.values()), checks
    assert checks["Each id once"]["found"] == NUMBER
    assert checks["No vector"]["found"] == 3


def test_a_text_beyond_the_model_is_set_aside_and_does_not_stop_the_run(world: World) -> None:
    bad = Point(30, {"text": "beyond the model"}, {})
    world.qdrant.delete("docs_old", [30])
    world.qdrant.insert("docs_old", [bad])
    load(world)
    world.qdrant.upsert("docs_old", [Point(31, {"text": "beyond it too"}, {})])
    CatchUp().apply(world)
    assert {30, 31} <= world.dead.keys()
    assert "no usable vector" in world.dead[30]
    Verify(sample=NUMBER).apply(world)
    checks = {c["name"]: c for c in world.kept["verdict"]["integrity"]["checks"]}
    assert checks["No vector"]["ok"] is None, checks
    assert everything(world.qdrant, "docs_new")[30].payload == bad.payload


@pytest.mark.parametrize("fault", ["missing", "extra", "payload", "vector", "no vector"])
def test_verify_says_no_go_to_a_collection_that_is_not_whole(world: World, fault: str) -> None:
    load(world)
    q, point = world.qdrant, everything(world.qdrant, "docs_new")[20]
    wrong = HashModel(OLD).embed(["something else, by nobody"], "passage").vectors[0]
    if fault == "missing":
        q.delete("docs_new", [20])
    elif fault == "extra":
        q.insert("docs_new", [Point(999, {"text": "x"}, point.vectors)])
    elif fault == "payload":
        q.upsert("docs_new", [Point(20, {**point.payload, "rank": 0.5}, point.vectors)])
    elif fault == "vector":
        q.upsert("docs_new", [Point(20, point.payload, {"": [*wrong, 0.1, 0.1, 0.1, 0.1]})])
    else:
        q.delete("docs_new", [20])
        q.insert("docs_new", [Point(20, point.payload, {})])
    with pytest.raises(IntegrityFailed):
        Verify(sample=NUMBER).apply(world)
    assert world.kept["verdict"]["word"] == "NO-GO"


def test_writes_after_the_catch_up_are_late_not_missing(world: World) -> None:
    load(world)
    world.qdrant.insert("docs_old", [old_point(900, "a late text")])
    world.qdrant.delete("docs_old", [10])
    Verify().apply(world)
    checks = {c["name"]: c for c in world.kept["verdict"]["integrity"]["checks"]}
    assert checks["Late writes"]["found"] == 2


def verified(world: World) -> None:
    load(world)
    Verify().apply(world)


def switched(world: World) -> None:
    verified(world)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)


def test_the_cutover_waits_for_the_typed_name_and_the_words_without_proof(world: World) -> None:
    verified(world)
    with pytest.raises(Waiting) as waiting:
        Cutover(switch=Aliases(alias="docs")).apply(world)
    gate = waiting.value.gate
    assert {a.expect for a in gate.asks if a.kind == "typed"} == {"docs", "without proof"}
    right = {"model": "yes", "alias": "docs", "without_proof": "without proof"}
    assert gate.missing(right) == ()
    for key in right:
        assert gate.missing({**right, key: "no"})
    assert world.qdrant.aliases()["docs"] == "docs_old"


@pytest.mark.parametrize("what", ["vectors.extra", "payload_schema.text.is"])
def test_what_the_old_collection_is_given_meanwhile_is_not_lost_in_silence(
    world: World, what: str
) -> None:
    """While the work goes on, and while the gate is open."""
    can = world.qdrant.capabilities.add_vector if "extra" in what else True
    if not (can and world.qdrant.capabilities.settings):
        return

    def give() -> None:
        if "extra" in what:
            world.qdrant.add_vector("docs_old", "extra", "dense", {"size": 3, "distance": "Dot"})
        else:
            world.qdrant.create_payload_index("docs_old", "text", "keyword")

    check_for(world).apply(world)
    verified(world)
    world.consents["cutover"] = {"alias": "docs"}
    give()
    with pytest.raises(SettingsChanged, match=what):
        Cutover(switch=Aliases(alias="docs")).apply(world)
    assert world.qdrant.aliases() == {"docs": "docs_old"}
    with pytest.raises(IntegrityFailed, match=what):
        Verify().apply(world)


def test_the_cutover_catches_up_first_and_switches_once(world: World) -> None:
    verified(world)
    world.qdrant.upsert("docs_old", [old_point(3, "edited while it waited")])
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    assert world.qdrant.aliases()["docs"] == "docs_new"
    assert_equal_sides(world)
    Cutover(switch=Aliases(alias="docs")).apply(world)
    assert world.qdrant.exists("docs_old")


def test_an_alias_that_somebody_moved_is_left_alone(world: World) -> None:
    verified(world)
    world.qdrant.create_collection("other", {"vectors": {"size": 8, "distance": "Cosine"}})
    world.qdrant.switch_alias("docs", "other")
    world.consents["cutover"] = {"alias": "docs"}
    with pytest.raises(AliasMoved):
        Cutover(switch=Aliases(alias="docs")).apply(world)
    assert world.qdrant.aliases()["docs"] == "other"


def test_the_sweep_carries_late_writes_over_and_spares_new_ones(world: World) -> None:
    switched(world)
    q, new_model = world.qdrant, HashModel(NEW)

    def new_point(number: int, text: str) -> Point:
        return Point(number, {"text": text}, {"": new_model.embed([text], "passage").vectors[0]})

    q.insert("docs_old", [old_point(900, "late insert")])
    q.upsert("docs_old", [old_point(3, "late edit"), old_point(11, "edited on both sides, old")])
    q.delete("docs_old", [12])
    q.upsert("docs_new", [new_point(11, "edited on both sides, new"), new_point(13, "new edit")])
    q.insert("docs_new", [new_point(901, "new insert")])
    q.delete("docs_new", [14])
    Sweep().apply(world)
    new = everything(q, "docs_new")
    assert new[900].payload["text"] == "late insert"
    assert new[3].payload["text"] == "late edit"
    assert new[11].payload["text"] == "edited on both sides, new"
    assert new[13].payload["text"] == "new edit"
    assert new[901].payload["text"] == "new insert"
    assert 12 not in new
    assert 14 not in new
    assert world.conflicting.keys() == {11}
    assert world.kept["swept"] == 3
    Sweep().apply(world)
    assert world.kept["swept"] == 3
    assert world.conflicting.keys() == {11}


def test_rollback_needs_the_name_switches_back_and_counts_what_stays_behind(world: World) -> None:
    switched(world)
    Sweep().apply(world)
    q = world.qdrant
    vector = HashModel(NEW).embed(["x"], "passage").vectors[0]
    q.insert("docs_new", [Point(901, {"text": "x"}, {"": vector})])
    q.upsert("docs_new", [Point(3, {"text": "x"}, {"": vector})])
    q.delete("docs_new", [10])
    with pytest.raises(Waiting):
        Rollback().apply(world)
    assert q.aliases()["docs"] == "docs_new"
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert q.aliases()["docs"] == "docs_old"
    assert world.kept["left_behind"] == {"inserted": 1, "edited": 1, "deleted": 1}
    switch, count = world.said[-2:]
    assert OLD.name in switch
    assert "3 writes since the cutover, kept in docs_new" in count


def test_rollback_without_a_switch_says_so(world: World) -> None:
    load(world)
    with pytest.raises(NothingToRollBack):
        Rollback().apply(world)


def test_cleanup_refuses_while_an_alias_points_there_or_verification_is_missing(
    world: World,
) -> None:
    load(world)
    with pytest.raises(CleanupRefused, match="has not switched"):
        Cleanup().apply(world)
    switched(world)
    kept = world.kept.pop("verdict")
    with pytest.raises(CleanupRefused, match="never verified"):
        Cleanup().apply(world)
    world.kept["verdict"] = kept
    Sweep().apply(world)
    world.qdrant.switch_alias("second", "docs_old")
    with pytest.raises(CleanupRefused, match="second still points"):
        Cleanup().apply(world)
    assert world.qdrant.exists("docs_old")


def test_cleanup_deletes_only_what_was_typed(world: World) -> None:
    switched(world)
    with pytest.raises(CleanupRefused, match="sweep"):
        Cleanup().apply(world)
    Sweep().apply(world)
    with pytest.raises(Waiting) as waiting:
        Cleanup().apply(world)
    assert waiting.value.gate.asks[-1].expect == "docs_old"
    world.consents["cleanup"] = {"collection": "docs_old"}
    Cleanup().apply(world)
    assert not world.qdrant.exists("docs_old")
    assert world.qdrant.exists("docs_new")


def test_a_foreign_collection_of_the_targets_name_is_never_written_to(world: World) -> None:
    world.qdrant.create_collection("docs_new", {"vectors": {"size": 12, "distance": "Cosine"}})
    with pytest.raises(TargetTaken):
        CreateCollection().apply(world)
    assert world.qdrant.count("docs_new") == 0


def test_a_target_that_another_tool_has_begun_is_told_with_a_name_that_is_free(
    world: World,
) -> None:
    for name in ("docs_new", "docs_new_2"):
        world.qdrant.create_collection(name, {"vectors": {"size": 12, "distance": "Cosine"}})
    world.qdrant.insert("docs_new", [old_point(n, "half")._replace(vectors={}) for n in range(3)])
    with pytest.raises(TargetTaken) as taken:
        route_of(world.move).must_be_free(world)
    total = world.qdrant.count("docs_old")
    assert f"It has 3 points; docs_old has {total}." in taken.value.why
    again = f"qmm plan --from {world.folder.name} --set target=docs_new_3"
    assert again in taken.value.todo, "a run is found by the name of its folder"
    assert world.qdrant.count("docs_new") == 3


def check_for(world: World) -> Check:
    config = world.qdrant.config("docs_old")
    mark = fingerprint(config.raw, config.payload_schema)
    return Check(collection="docs_old", fingerprint=mark, alias="docs")


def test_the_check_lets_an_unchanged_collection_through(world: World) -> None:
    check_for(world).apply(world)


def test_the_check_stops_a_run_whose_notes_have_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better now than in the middle of the catch-up, after days."""
    points = world.qdrant.count("docs_old")
    free = borders.room(points)
    monkeypatch.setattr(
        "qdrant_model_migration.steps.check.disk_usage", lambda folder: SimpleNamespace(free=free)
    )
    check_for(world).apply(world)
    assert any("The run folder takes up to" in said for said in world.said)
    free -= 1
    with pytest.raises(NoRoomForNotes, match="free; this run needs"):
        check_for(world).apply(world)


@pytest.mark.parametrize("content", [None, "not json", ""])
def test_the_check_stops_a_run_whose_searches_cannot_be_read(
    world: World, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "queries.jsonl"
    if content is not None:
        file.write_text(content)
    check = check_for(world).model_copy(update={"queries": str(file)})
    with pytest.raises(QueryFileUnusable):
        check.apply(world)


def test_the_check_stops_a_plan_whose_collection_has_changed(world: World) -> None:
    check = check_for(world)
    if not world.qdrant.capabilities.settings:
        pytest.skip("the practice Qdrant has no settings that could change")
    world.qdrant.create_payload_index("docs_old", "nested.n", "keyword")
    with pytest.raises(PlanOutdated, match="1 payload index was added"):
        check.apply(world)


def test_the_check_stops_where_the_alias_moved(world: World) -> None:
    check = check_for(world)
    world.qdrant.create_collection("other", {"vectors": {"size": 8, "distance": "Cosine"}})
    world.qdrant.switch_alias("docs", "other")
    with pytest.raises(AliasMoved):
        check.apply(world)


def test_adopting_an_alias_creates_it_and_waits_for_the_application(world: World) -> None:
    step = AdoptAlias(alias="docs_live", collection="docs_old")
    with pytest.raises(Waiting):
        step.apply(world)
    assert world.qdrant.aliases()["docs_live"] == "docs_old"
    world.consents["adopt_alias"] = {"uses": "yes"}
    step.apply(world)


def test_a_product_that_lists_collections_is_foretold_to_fail_under_an_alias(world: World) -> None:
    said = foretold(world, "n8n", "haystack")
    assert "In Haystack: index of QdrantDocumentStore." in said
    assert "Tried now: Haystack asks whether there is a docs_live, and finds it." in said
    assert "Tried now: n8n looks for docs_live in the list of collections, and does not" in said
    assert "In n8n" not in said, "no line is named that would lead it nowhere"
    assert "docs_live" not in world.qdrant.collections(), "which is true, and nothing was made"
    assert "Before each search and each write it lists" in said
    assert "it would fail there, and nothing would be lost" in said
    assert "changes the name itself" in said
    assert "fail" not in foretold(world, "haystack")


@pytest.mark.parametrize(
    ("product", "answer"),
    [
        ("anythingllm", '"can use no other name than docs_old".'),
        ("lightrag", '"changes the name itself".'),
        ("cheshire_cat", "gives this run up."),
    ],
)
def test_a_product_that_can_be_told_no_name_is_told_so_at_the_gate(
    world: World, product: str, answer: str
) -> None:
    said = foretold(world, product)
    assert "can be told no name, so it never asks for docs_live." in said
    assert answer in said


def foretold(world: World, *products: str) -> str:
    step = AdoptAlias(alias="docs_live", collection="docs_old", written_by=products)
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    return " ".join(waiting.value.gate.says)

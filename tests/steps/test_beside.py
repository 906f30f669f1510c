"""A second collection beside the present one: each of its vectors is of the text that the point has
in the present one, which is only read and never goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.pipeline.make import TOO_LARGE
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.qdrant import Address, Point, Qdrant, Unmade, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.errors import (
    CleanupRefused,
    DiscardRefused,
    EmptiedBeside,
    TargetTaken,
)
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.second_collection import SecondCollection
from support.fake_qdrant import FakeQdrant
from support.world import NEW, HashModel, World, a_move, everything, new_model, old_point

NUMBER = 150
LATE = TargetVector(name="late", params={"size": 12, "distance": "Cosine"}, origin=new_model())
SECOND = {"payload": False, "source": "docs", "target": "docs_late"}
SWITCHED = {**SecondCollection(name="docs", second="docs_late").model_dump(), "from": "docs",
            "to": "docs", "at": "2026-01-01T00:00:00"}  # fmt: skip


class Killed(BaseException):
    pass


@pytest.fixture(params=["local", "fake 1.18.3"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "local":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as qdrant:
            yield filled(qdrant, tmp_path)
        return
    with FakeQdrant(version="1.18.3") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        yield filled(qdrant, tmp_path)


def filled(qdrant: Qdrant, folder: Path) -> World:
    qdrant.create_collection("docs", {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert("docs", [old_point(n, f"text {n}", views=n) for n in range(NUMBER)])
    beyond = old_point(501, "what")._replace(payload={"text": "beyond it"})
    qdrant.insert("docs", [old_point(500, " "), beyond])
    return World(qdrant, folder, a_move(vectors=(LATE,), **SECOND))


def load(world: World) -> None:
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)


def made(text: str) -> list[float]:
    return HashModel(NEW).embed([text], "passage").vectors[0]


def assert_right(world: World) -> None:
    """The ids with a text, each with the vector of that text, and nothing else."""
    texts = {i: str(p.payload["text"]) for i, p in everything(world.qdrant, "docs").items()}
    there = everything(world.qdrant, "docs_late")
    assert there.keys() == {i for i, t in texts.items() if t.strip() and "beyond" not in t}
    for i, point in there.items():
        assert point.payload == {}
        np.testing.assert_allclose(np.asarray(point.vectors["late"]), made(texts[i]), atol=1e-4)
    found = {check.name: check for check in route_of(world.move).check(world, 60)}
    assert all(check.ok is not False for check in found.values()), found
    assert found["Each text is there"].found == len(there)


def embedded(world: World) -> int:
    return world.open_model(NEW).texts


def in_both(world: World, number: int, text: str) -> None:
    """As the application writes once it is changed: first where it finds, then the second one."""
    world.qdrant.upsert("docs", [old_point(number, text)])
    world.qdrant.upsert("docs_late", [Point(number, {}, {"late": made(text)})])


def test_only_the_vectors_go_along_and_the_present_collection_is_as_it_was(world: World) -> None:
    before, config = everything(world.qdrant, "docs"), world.qdrant.config("docs").raw
    load(world)
    assert everything(world.qdrant, "docs") == before
    assert world.qdrant.config("docs").raw == config
    assert world.qdrant.config("docs_late").payload_schema == {}
    assert_right(world)
    assert {500, 501} <= world.dead.keys()


def test_a_backfill_that_was_killed_makes_again_what_it_had_not_noted(world: World) -> None:
    """Between writing a slice and noting it the application changes a text of it."""
    CreateCollection().apply(world)
    route = route_of(world.move)

    def dies(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(route), "filled", dies)
        with pytest.raises(Killed):
            Backfill().apply(world)
    assert everything(world.qdrant, "docs_late"), "it was written"
    world.qdrant.upsert("docs", [old_point(3, "another text")])
    world.qdrant.delete("docs", [4])
    Backfill().apply(world)
    CatchUp().apply(world)
    assert_right(world)


def test_what_is_written_meanwhile_is_followed_and_only_texts_are_made_again(world: World) -> None:
    load(world)
    q = world.qdrant
    q.upsert("docs", [old_point(3, "another text"), old_point(9000, "a new one")])
    q.upsert("docs", [old_point(7, " ")])
    q.delete("docs", [4])
    q.upsert("docs", [old_point(n, f"text {n}", views=0) for n in range(20, 60)])
    before = embedded(world)
    assert route_of(world.move).catch_up(world) == 4
    assert embedded(world) - before == 2, "another payload makes no other vectors"
    assert world.dead[7] == "text is only spaces"
    assert_right(world)


def test_what_the_application_writes_in_both_while_it_is_swept_ends_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the worst moments: after the text was read, and after it was looked at once more."""
    load(world)
    world.remember("switched", SWITCHED)
    world.qdrant.upsert("docs", [old_point(3, "a late one"), old_point(5, "another late one")])
    embed, upsert = HashModel.embed, world.qdrant.upsert

    def while_it_is_made(model: HashModel, texts: Sequence[str], role: str) -> object:
        if "a late one" in texts:
            monkeypatch.setattr(HashModel, "embed", embed)
            in_both(world, 3, "changed while it was made")
        return embed(model, texts, role)

    def before_it_is_written(collection: str, points: Sequence[Point]) -> list[Unmade]:
        if collection == "docs_late":
            monkeypatch.setattr(world.qdrant, "upsert", upsert)
            in_both(world, 5, "changed before it was written")
            in_both(world, 9001, "added meanwhile")
        return upsert(collection, points)

    monkeypatch.setattr(HashModel, "embed", while_it_is_made)
    monkeypatch.setattr(world.qdrant, "upsert", before_it_is_written)
    route_of(world.move).catch_up(world, most=1)  # as the last pass of a sweep
    assert_right(world)
    assert everything(world.qdrant, "docs")[5].payload["text"] == "changed before it was written"


def test_a_pass_does_not_write_over_what_the_application_writes_while_it_makes_the_vector(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    world.qdrant.upsert("docs", [old_point(3, "a late one")])
    embed = HashModel.embed

    def meanwhile(model: HashModel, texts: Sequence[str], role: str) -> object:
        if "a late one" in texts:
            monkeypatch.undo()
            in_both(world, 3, "changed while it was made")
        return embed(model, texts, role)

    monkeypatch.setattr(HashModel, "embed", meanwhile)
    route_of(world.move).catch_up(world, most=1)
    there = everything(world.qdrant, "docs_late")[3].vectors["late"]
    np.testing.assert_allclose(np.asarray(there), made("changed while it was made"), atol=1e-4)


def test_one_that_is_added_in_both_while_a_slice_is_read_is_not_taken_for_a_deleted_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    world.remember("switched", SWITCHED)
    scroll = world.qdrant.scroll

    def between(collection: str, **given: object) -> object:
        if collection == "docs_late":  # the page of docs is read by now
            monkeypatch.undo()
            in_both(world, 77_000, "added between two pages")
        return scroll(collection, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(world.qdrant, "scroll", between)
    Sweep().apply(world)
    assert 77_000 in everything(world.qdrant, "docs_late")
    assert_right(world)


def test_what_somebody_deletes_in_the_second_one_is_made_again_before_it_is_judged(
    world: World,
) -> None:
    load(world)
    world.qdrant.delete("docs_late", [10, 11])
    found = {check.name: check for check in route_of(world.move).check(world, 60)}
    assert found["Each text is there"].ok
    assert_right(world)


def test_an_emptied_collection_takes_nothing_with_it(world: World) -> None:
    load(world)
    world.qdrant.delete("docs", list(range(NUMBER - 10)))
    with pytest.raises(EmptiedBeside):
        Sweep().apply(world)
    assert len(everything(world.qdrant, "docs_late")) == NUMBER


REMEMBERED: tuple[dict[str, object], ...] = (
    {"switched": SWITCHED},
    {"switched": SWITCHED, "swept": 0},
    {"switched": {**SWITCHED, "to": "docs_late"}, "swept": 0},
    {"switched": {**SWITCHED, "how": "aliases", "alias": "docs"}, "swept": 0},
    {"rolled_back": SWITCHED},
    {"rolled_back": SWITCHED, "switched": SWITCHED, "swept": 0},
    {"rolled_back": {**SWITCHED, "from": "docs_late"}},
    {},
)


def test_whatever_a_run_remembers_and_whatever_is_typed_the_present_collection_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    deleted: list[str] = []
    monkeypatch.setattr(world.qdrant, "delete_collection", deleted.append)
    loaded = dict(world.kept)
    for facts, named, step in product(REMEMBERED, ("docs", "docs_late"), (Cleanup(), Discard())):
        world.kept = {**loaded, "verdict": {"word": "GO"}, **facts}
        world.consents = {step.name(): {"collection": named, "sure": "yes", "conflicts": "yes"}}
        asked = None
        with suppress(CleanupRefused, DiscardRefused):
            try:
                step.apply(world)
            except Waiting as waiting:
                asked = waiting.gate
        assert asked is None or [ask.expect for ask in asked.asks] == ["docs_late"]
        assert route_of(world.move).doomed(world) == "docs_late"
    assert set(deleted) == {"docs_late"}, "what the run has made goes, where its name was typed"
    assert len(everything(world.qdrant, "docs")) == NUMBER + 2


def test_after_the_switch_nothing_is_left_over_and_after_a_rollback_the_second_one(
    world: World,
) -> None:
    load(world)
    world.remember("verdict", {"word": "GO"})
    world.remember("switched", SWITCHED)
    world.remember("swept", 0)
    world.consents["cleanup"] = {"collection": "docs"}
    with pytest.raises(CleanupRefused, match="stays in use"):
        Cleanup().apply(world)
    with pytest.raises(CleanupRefused, match="docs finds"):
        route_of(world.move).leftover(world)
    world.remember("switched", None)
    world.remember("rolled_back", SWITCHED)
    world.consents["cleanup"] = {"collection": "docs"}
    with pytest.raises(Waiting) as asked:
        Cleanup().apply(world)
    assert [ask.expect for ask in asked.value.gate.asks] == ["docs_late"]
    world.consents["cleanup"] = {"collection": "docs_late"}
    Cleanup().apply(world)
    assert not world.qdrant.exists("docs_late")
    assert len(everything(world.qdrant, "docs")) == NUMBER + 2


def test_a_point_that_moves_to_another_shard_key_moves_here_too_also_where_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is deleted under the one key and written under the other."""
    with (
        FakeQdrant("1.18.3", distributed=True) as fake,
        open_qdrant(Address(url=fake.url)) as qdrant,
    ):
        body = {"vectors": {"size": 8, "distance": "Cosine"}, "sharding_method": "custom"}
        qdrant.create_collection("docs", {**body, "shard_number": 1})
        for key in ("a", "b"):
            qdrant._wire.add_shard_key("docs", {"shard_key": key})
        points = [old_point(n, f"text {n}")._replace(key="ab"[n % 2]) for n in range(20)]
        qdrant.insert("docs", points)
        world = World(qdrant, tmp_path, a_move(vectors=(LATE,), **SECOND))
        load(world)
        assert_right(world)
        qdrant.delete("docs", [4])
        qdrant.insert("docs", [points[4]._replace(key="b")])

        def dies(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(qdrant, "upsert", dies)
            with pytest.raises(Killed):
                CatchUp().apply(world)
        assert 4 not in everything(qdrant, "docs_late")
        CatchUp().apply(world)
        there = everything(qdrant, "docs_late")
        assert {i: p.key for i, p in there.items()} == {
            i: p.key for i, p in everything(qdrant, "docs").items()
        }
        assert_right(world)


def test_one_of_that_name_that_somebody_has_made_stays(world: World) -> None:
    world.qdrant.create_collection("docs_late", {"vectors": {"size": 8, "distance": "Cosine"}})
    with pytest.raises(TargetTaken):
        route_of(world.move).must_be_free(world)
    assert route_of(world.move).made(world) is None


def test_a_vector_of_another_text_goes_where_the_new_one_fits_in_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stayed, was noted as made, and was never made again."""
    with FakeQdrant("1.18.3") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        world = filled(qdrant, tmp_path)
        load(world)
        upsert = qdrant.upsert
        qdrant.upsert("docs", [old_point(7, "another text")])
        unmade = Unmade(7, "", None, "600 bytes")
        monkeypatch.setattr(qdrant, "upsert", lambda name, points: [unmade])
        route = route_of(world.move)
        route.catch_up(world, most=1, anew=True)
        assert 7 not in everything(qdrant, "docs_late")
        assert world.dead[7] == TOO_LARGE
        monkeypatch.setattr(qdrant, "upsert", upsert)
        route.catch_up(world, most=1, anew=True)
        assert not {7} & world.dead.keys()
        assert_right(world)

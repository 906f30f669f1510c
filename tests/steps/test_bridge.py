"""Proper vectors behind calculated ones, in a collection whose application writes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import METADATA_KEY, Embedded
from qdrant_model_migration.pipeline.ledger import FILE, open_ledger
from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.pipeline.origins import calculated
from qdrant_model_migration.pipeline.proper import forget
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, PointId, open_qdrant
from qdrant_model_migration.steps import Waiting
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.bridge import BRIDGE, Bridge
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.errors import BridgeRefused, NotProper
from qdrant_model_migration.steps.index import Index
from support.fake_qdrant import FakeQdrant
from support.world import NEW, OLD, HashModel, World, a_move, everything, new_model, old_point

NUMBER = 300
TEXTLESS, HOT = 7, "views"
MAPPED = calculated("", NEW, OLD)
SAID = {"kind": "practice", "name": "test/new", "dimensions": 12}


class Killed(BaseException):
    """kill -9, as far as a step can feel it."""


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant() as fake:
        yield fake


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A copy of 300 points whose vectors are not those of their texts, as a map leaves them."""
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)
    monkeypatch.setattr("qdrant_model_migration.steps.passes.PART", 64)
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        points = [old_point(n, f"text {n}", views=n % 40, at=n / 7) for n in range(NUMBER)]
        points[TEXTLESS] = old_point(TEXTLESS, None, views=3)
        del points[9].payload["views"]
        qdrant.insert("docs_old", points)
        qdrant.create_payload_index("docs_old", HOT, "integer")
        qdrant.create_payload_index("docs_old", "at", "float")
        load = Load(batch=16, streams=2, slice=64)
        world = World(qdrant, tmp_path, a_move(load=load))
        for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
            step.apply(world)
        calculated = [p._replace(vectors={"": _near(p.id)}) for p in points]
        qdrant.upsert("docs_new", calculated)
        qdrant.patch("docs_new", {"metadata": {METADATA_KEY: {**SAID, "mapped_from": OLD.name}}})
        (vector,) = world.move.vectors
        mapped = vector.model_copy(update={"origin": MAPPED})
        world._move = world.move.model_copy(update={"vectors": (mapped,)})
        world.models.clear()
        world.dead.clear()
        world.kept["switched"], world.kept["swept"] = {"from": "docs_old", "to": "docs_new"}, 0
        yield world


def _near(number: PointId) -> list[float]:
    return [float(x) for x in np.random.default_rng(int(number)).normal(size=12)]


def bridge(world: World, hottest: str | None = None, **more: Any) -> Bridge:
    vector = world.move.vectors[0].model_copy(update={"origin": new_model()})
    return Bridge(vector=vector, texts=TextSource(fields=("text",)), hottest=hottest, **more)


def proper(text: str) -> Any:
    return np.asarray(HashModel(NEW).embed([text], "passage").vectors[0])


def is_proper(point: Point) -> bool:
    made = proper(point.payload["text"])
    return bool(np.allclose(np.asarray(point.vectors[""]), made, atol=1e-4))


def metadata(world: World) -> Any:
    return world.qdrant.config("docs_new").metadata[METADATA_KEY]


def embedded(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is embedded from now on, in its order."""
    asked: list[str] = []
    embed = HashModel.embed

    def listens(self: HashModel, texts: Sequence[str], role: str) -> Embedded:
        asked.extend(texts)
        return embed(self, texts, role)

    monkeypatch.setattr(HashModel, "embed", listens)
    return asked


def killed_at(world: World, dies: Callable[[str, Any], bool], act: Callable[[], object]) -> None:
    """`act` dies right after it has noted something that `dies` is true of."""

    def remember(key: str, value: Any) -> None:
        World.remember(world, key, value)
        if dies(key, value):
            raise Killed

    world.remember = remember  # type: ignore[method-assign]
    try:
        with pytest.raises(Killed):
            act()
    finally:
        del world.remember  # type: ignore[method-assign]


@pytest.mark.parametrize("hottest", [None, HOT])
def test_every_point_gets_the_vector_of_its_text_and_the_metadata_says_so(
    world: World, hottest: str | None
) -> None:
    with_text = [p for p in range(NUMBER) if p != TEXTLESS]
    world.qdrant.delete("docs_new", [TEXTLESS])
    bridge(world, hottest).apply(world)
    points = everything(world.qdrant, "docs_new")
    assert sorted(points) == with_text
    assert all(is_proper(point) for point in points.values())
    assert metadata(world) == SAID
    told = {"ended": True, "proper": NUMBER - 1, "calculated": 0, "stays": False}
    assert world.kept[BRIDGE] == told
    assert world.progressed[-1] == (NUMBER - 1, NUMBER - 1) or (NUMBER - 1, NUMBER - 1) in (
        world.progressed
    )
    assert not world.dead
    bridge(world, hottest).apply(world)  # and again: it has ended
    assert world.kept[BRIDGE] == told


def test_a_point_that_cannot_be_embedded_keeps_its_vector_and_the_metadata_says_how_many(
    world: World,
) -> None:
    bridge(world).apply(world)
    points = everything(world.qdrant, "docs_new")
    np.testing.assert_allclose(
        points[TEXTLESS].vectors[""],
        np.asarray(_near(TEXTLESS)) / np.linalg.norm(_near(TEXTLESS)),
        atol=1e-5,
    )
    assert all(is_proper(p) for n, p in points.items() if n != TEXTLESS)
    assert world.dead == {TEXTLESS: "field text is missing"} or TEXTLESS in world.dead
    assert metadata(world) == {**SAID, "mapped_from": OLD.name, "mapped_points": 1}
    assert world.kept[BRIDGE]["calculated"] == 1
    assert "1 calculated" in world.said[-1]


def test_a_point_that_no_search_found_gets_no_vector_though_it_has_a_text(world: World) -> None:
    bare = Point(20, {"text": "text 20", HOT: 20}, {})
    for name in ("docs_old", "docs_new"):
        world.qdrant.delete(name, [20])
        world.qdrant.insert(name, [bare])
    for hottest in (None, HOT):
        bridge(world, hottest).apply(world)
        found = everything(world.qdrant, "docs_new")
        assert found[20].vectors == {}
        assert all(is_proper(p) for i, p in found.items() if i not in (20, TEXTLESS))
    assert world.kept[BRIDGE]["proper"] == NUMBER - 2


def test_what_the_application_writes_meanwhile_stays_and_what_it_deletes_is_not_made_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the vectors of a slice are made, points of it are changed in every way."""
    own = [0.0] * 11 + [1.0]
    done: list[str] = []
    views: list[int] = []
    embed = HashModel.embed

    def meanwhile(self: HashModel, texts: Sequence[str], role: str) -> Embedded:
        made = embed(self, texts, role)
        if "text 22" in texts:  # a counter that never stands still
            views.append(1000 + len(views))
            fake_payload(world, 22, {"views": views[-1]})
        if "text 20" in texts and not done:
            done.append("once")
            qdrant = world.qdrant
            edited = old_point(20, "another text", views=1)
            qdrant.upsert("docs_new", [edited._replace(vectors={"": list(proper("another text"))})])
            qdrant.delete("docs_new", [21])
            fake_payload(world, 23, {"text": "only its payload"})
            qdrant.upsert("docs_new", [Point(9001, {"text": "a new one"}, {"": own})])
        return made

    monkeypatch.setattr(HashModel, "embed", meanwhile)
    bridge(world).apply(world)
    monkeypatch.undo()
    points = everything(world.qdrant, "docs_new")
    assert done
    assert 21 not in points
    np.testing.assert_allclose(points[9001].vectors[""], own)
    assert (points[22].payload["views"], len(views)) == (1000, 1), "embedded once"
    assert [points[n].payload["text"] for n in (20, 23)] == ["another text", "only its payload"]
    others = [p for n, p in points.items() if n not in (9001, TEXTLESS)]
    assert all(is_proper(point) for point in others)


def fake_payload(world: World, number: int | list[int], payload: dict[str, Any]) -> None:
    import httpx

    url = f"{world.qdrant.address.url}/collections/docs_new/points/payload?wait=true"
    body = {"payload": payload, "points": number if isinstance(number, list) else [number]}
    httpx.post(url, json=body).raise_for_status()


@pytest.mark.parametrize("hottest", [None, HOT, "at"])
def test_one_that_was_killed_goes_on_and_embeds_nothing_twice(
    world: World, hottest: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.slice_size.FIRST", 16)
    monkeypatch.setattr("qdrant_model_migration.steps.slice_size.SECONDS", 0.0)
    asked = embedded(world, monkeypatch)
    noted = 0
    for times in (2, 4, 3):
        seen = 0

        def dies(key: str, value: Any, times: int = times) -> bool:
            nonlocal seen
            seen += key.startswith("pass ") and value is not None
            return seen > times

        killed_at(world, dies, lambda: bridge(world, hottest).apply(world))
        assert not world.kept[BRIDGE]["ended"]
        assert metadata(world)["mapped_from"] == OLD.name
        with open_ledger(world.folder / "proper", begin=True) as ledger:
            now = {f"text {point}" for point, _ in ledger.rows()}
        assert len(now) > noted
        noted = len(now)
        asked.clear()
    bridge(world, hottest).apply(world)
    making = asked[:-200]  # these are made again as a proof
    assert not now & set(making)
    assert len(set(making)) == len(making) <= NUMBER - noted
    points = everything(world.qdrant, "docs_new")
    assert all(is_proper(p) for n, p in points.items() if n != TEXTLESS)


@pytest.mark.parametrize(("field", "of"), [(HOT, lambda n: n % 40), ("at", lambda n: n / 7)])
def test_the_hottest_come_first_and_those_without_the_field_last(
    world: World, field: str, of: Callable[[int], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a page texts are sorted by their length, so pages are what is looked at."""
    monkeypatch.setattr("qdrant_model_migration.steps.slice_size.FIRST", 8)
    monkeypatch.setattr("qdrant_model_migration.steps.slice_size.SECONDS", 0.0)
    one_by_one = world.move.load.model_copy(update={"streams": 1})
    world._move = world.move.model_copy(update={"load": one_by_one})
    asked = embedded(world, monkeypatch)
    bridge(world, field).apply(world)
    made = [int(text.split()[1]) for text in asked[: NUMBER - 1]]
    has = [n for n in made if field == "at" or n != 9]
    heat = [of(n) for n in has]
    for place in range(0, len(heat) - 16, 8):
        assert min(heat[place : place + 8]) >= max(heat[place + 16 :], default=0.0)
    if field == HOT:
        assert made[-1] == 9


def test_a_field_without_such_an_index_is_said_and_all_are_made(world: World) -> None:
    bridge(world, "text").apply(world)
    assert any("text has no index" in said for said in world.said)
    assert world.kept[BRIDGE]["proper"] == NUMBER - 1


def test_it_ends_with_what_it_has_where_somebody_says_so(world: World) -> None:
    with pytest.raises(BridgeRefused):
        bridge(world, again=True).apply(world)

    def dies(key: str, value: Any) -> bool:
        return key == "_bridge_settled" and value >= 100

    killed_at(world, dies, lambda: bridge(world).apply(world))
    world.kept["verdict"] = {"word": "GO"}
    refused = Cleanup.refused(world.kept.get, "run")
    assert refused is not None
    assert "proper" in refused.short
    with pytest.raises(Waiting) as waiting:
        bridge(world, again=True).apply(world)
    gate = waiting.value.gate
    proper_ones = sum(
        is_proper(p) for n, p in everything(world.qdrant, "docs_new").items() if n != TEXTLESS
    )
    noted = world.kept["_bridge_settled"] - 1  # one of them has no text
    assert noted <= proper_ones  # what was under way when it died is written, and not noted
    assert gate.title == f"Stay approximate: {noted} of 300 vectors made properly"
    (ask,) = gate.asks
    assert ask.flag == "--stay-approximate"
    assert not world.kept[BRIDGE]["ended"]
    world.consents["bridge"] = {"stays": "yes"}
    bridge(world, again=True).apply(world)
    told = world.kept[BRIDGE]
    assert (told["ended"], told["stays"]) == (True, True)
    assert told["proper"] + told["calculated"] == NUMBER
    assert metadata(world) == {
        **SAID,
        "mapped_from": OLD.name,
        "mapped_points": told["calculated"],
    }
    assert Cleanup.refused(world.kept.get, "run") is None
    with open_ledger(world.folder / "proper") as ledger:
        late = [point for point, _ in ledger.rows() if point != TEXTLESS][:2]
    forget(world.folder, late)
    for _ in range(2):
        Bridge.follow(world)
        assert metadata(world)["mapped_points"] == told["calculated"] + 2
    with pytest.raises(BridgeRefused):
        bridge(world, again=True).apply(world)


def test_vectors_that_are_not_those_of_the_texts_are_found_and_the_metadata_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else writes there by another model, under the same texts."""
    told = "qdrant_model_migration.steps.bridge.wait_until_indexed"

    def other(ctx: World, collection: str) -> None:
        points = [p for p in everything(ctx.qdrant, collection).values() if p.id != TEXTLESS]
        ctx.qdrant.upsert(collection, [p._replace(vectors={"": _near(p.id)}) for p in points])

    monkeypatch.setattr(told, other)
    with pytest.raises(NotProper, match="Not all vectors of docs_new are proper"):
        bridge(world).apply(world)
    assert metadata(world)["mapped_from"] == OLD.name
    assert not world.kept[BRIDGE]["ended"]


def test_a_damaged_list_of_what_was_made_is_written_anew(world: World) -> None:
    def dies(key: str, value: Any) -> bool:
        return key == "_bridge_settled" and value >= 100

    killed_at(world, dies, lambda: bridge(world).apply(world))
    (world.folder / "proper" / FILE).write_bytes(b"nothing of that kind")
    bridge(world).apply(world)
    assert world.kept[BRIDGE]["proper"] == NUMBER - 1
    points = everything(world.qdrant, "docs_new")
    assert all(is_proper(p) for n, p in points.items() if n != TEXTLESS)


def test_late_writes_that_a_cleanup_carries_over_become_proper_too(world: World) -> None:
    """They come calculated, as the sweep makes them; one of them changes nothing but a vector."""
    world.qdrant.delete("docs_new", [TEXTLESS])
    bridge(world).apply(world)
    assert metadata(world) == SAID
    Bridge.follow(world)
    late = [Point(n, {"text": f"late {n}"}, {"": _near(n)}) for n in (50, 51)]
    forget(world.folder, [50, 51])  # as the sweep does, before it writes
    world.qdrant.upsert("docs_new", late)
    world.kept["swept"] = 2
    Bridge.follow(world)
    points = everything(world.qdrant, "docs_new")
    assert all(is_proper(points[n]) for n in (50, 51))
    assert metadata(world) == SAID
    forget(world.folder, [60])
    world.qdrant.upsert("docs_new", [points[60]._replace(vectors={"": _near(60)})])
    for n in (70, 71):  # by the application, with its new model
        edited = points[n]._replace(payload={"text": f"edited {n}"})
        world.qdrant.upsert(
            "docs_new", [edited._replace(vectors={"": list(proper(f"edited {n}"))})]
        )
    world.kept["swept"] = 3
    Bridge.follow(world)
    assert is_proper(everything(world.qdrant, "docs_new")[60])
    assert metadata(world) == SAID
    forget(world.folder, [61])  # then it was killed, and nobody counted what was carried over
    world.qdrant.upsert("docs_new", [points[61]._replace(vectors={"": _near(61)})])
    killed_at(world, lambda key, _: key == "pass bridge", lambda: Bridge.follow(world))
    Bridge.follow(world)
    assert is_proper(everything(world.qdrant, "docs_new")[61])
    assert metadata(world) == SAID
    (world.folder / "proper" / FILE).write_bytes(b"nothing of that kind")
    forget(world.folder, [80])
    world.qdrant.upsert("docs_new", [points[80]._replace(vectors={"": _near(80)})])
    world.kept["swept"] = 4
    Bridge.follow(world)
    assert metadata(world) == {**SAID, "mapped_from": OLD.name, "mapped_points": 1}


def test_what_was_deleted_is_not_taken_for_made(world: World) -> None:
    def dies(key: str, value: Any) -> bool:
        return key == "_bridge_settled" and value >= 100

    killed_at(world, dies, lambda: bridge(world).apply(world))
    points = everything(world.qdrant, "docs_new")
    made = [n for n, point in points.items() if n != TEXTLESS and is_proper(point)]
    world.qdrant.delete("docs_new", made)
    world.consents["bridge"] = {"stays": "yes"}
    bridge(world, again=True).apply(world)
    told = world.kept[BRIDGE]
    assert (told["proper"], told["calculated"]) == (0, NUMBER - len(made))
    assert metadata(world)["mapped_points"] == NUMBER - len(made)


def test_without_its_list_nothing_is_taken_for_made(world: World) -> None:
    killed_at(world, lambda key, _: key == "_bridge_settled", lambda: bridge(world).apply(world))
    (world.folder / "proper" / FILE).write_bytes(b"nothing of that kind")
    world.consents["bridge"] = {"stays": "yes"}
    bridge(world, again=True).apply(world)
    assert metadata(world)["mapped_points"] == NUMBER


LAST_DAY = "9999-12-31T23:59:59Z"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", 2**63 - 1),
        ("integer", 1_764_200_000_123_456_789),
        ("datetime", LAST_DAY),
        ("float", -1.7976931348623157e308),
    ],
)
def test_values_beyond_what_a_double_tells_apart_end_too(
    world: World, kind: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many of one value, as where "never" is the greatest number or the last day."""
    monkeypatch.setattr("qdrant_model_migration.steps.slice_size.FIRST", 8)
    world.qdrant.create_payload_index("docs_new", "until", kind)
    fake_payload(world, list(range(100)), {"until": value})
    asked, highest = 0, type(world.qdrant).highest

    def counts(*args: Any, **more: Any) -> Any:
        nonlocal asked
        asked += 1
        assert asked < 50, "it goes round in a circle"
        return highest(*args, **more)

    monkeypatch.setattr(type(world.qdrant), "highest", counts)
    bridge(world, "until").apply(world)
    assert world.kept[BRIDGE]["proper"] == NUMBER - 1

"""Requantize on the fake server, which keeps its configuration as a real one does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.errors import StillQuantized
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.keep_or_undo import KeepOrUndo
from qdrant_model_migration.steps.probe_search import ProbeSearch
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.requantize import Requantize
from support.fake_qdrant import FakeQdrant
from support.world import World, old_point

SCALAR = {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}}
BINARY = {"binary": {"always_ram": True}}


@pytest.fixture(params=[None, "title"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """With a quantized collection: at the collection, or at one of two named vectors."""
    name = request.param
    vectors: dict[str, Any] = {"size": 8, "distance": "Cosine"}
    body: dict[str, Any] = {"vectors": vectors, "quantization_config": SCALAR}
    if name:
        body = {"vectors": {name: {**vectors, "quantization_config": SCALAR}, "body": vectors}}
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs", body)
        points = [old_point(n, f"text {n}") for n in range(50)]
        qdrant.insert("docs", [Point(p.id, p.payload, {name or "": p.vectors[""]}) for p in points])
        world = World(qdrant, tmp_path, None)
        world.kept["name"] = name
        yield world


def quantization(world: World) -> Any:
    config, name = world.qdrant.config("docs"), world.kept["name"]
    holder = config.vectors()[name] if name else config.raw
    return holder.get("quantization_config")


def line_of(label: str, said: tuple[str, ...]) -> str:
    return next(line for line in said if line.startswith(label))


def step(world: World, wanted: Any = BINARY) -> Requantize:
    return Requantize(collection="docs", vector=world.kept["name"], quantization=wanted)


def test_nothing_is_changed_before_the_name_was_typed(world: World) -> None:
    with pytest.raises(Waiting) as waiting:
        step(world).apply(world)
    assert waiting.value.gate.asks[0].expect == "docs"
    assert "scalar" in quantization(world)


def test_the_setting_is_changed_the_old_one_kept_and_undone(world: World) -> None:
    world.consents["start"] = {"collection": "docs"}
    step(world).apply(world)
    assert "binary" in quantization(world)
    ((place, old),) = world.kept["old_quantization"]["places"]
    assert (place, old) == (world.kept["name"], SCALAR)
    step(world).apply(world)  # a resume asks for nothing again
    with pytest.raises(Waiting):
        KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    world.consents["keep_or_undo"] = {"choice": "undo"}
    KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    assert quantization(world)["scalar"]["quantile"] == 0.99
    assert world.kept["kept"] is False


def test_keeping_leaves_the_new_setting(world: World) -> None:
    world.consents["start"] = {"collection": "docs"}
    step(world).apply(world)
    world.consents["keep_or_undo"] = {"choice": "keep"}
    KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    assert "binary" in quantization(world)


def test_quantization_can_be_taken_off(world: World) -> None:
    world.consents["start"] = {"collection": "docs"}
    step(world, None).apply(world)
    assert not quantization(world)


def test_search_is_measured_with_the_collections_own_vectors(world: World) -> None:
    using = world.kept["name"] or ""
    ProbeSearch(collection="docs", vector=using, moment="before", sample=20).apply(world)
    assert world.kept["search_before"]["recall"] > 0.9
    assert world.kept["search_before"]["searches"] == 20
    assert "nothing is in an index" in world.kept["search_before"]["proves_nothing"]


def test_where_exact_search_is_not_allowed_only_the_time_is_measured(world: World) -> None:
    strict = {"enabled": True, "search_allow_exact": False}
    world.qdrant.patch("docs", {"strict_mode_config": strict})
    using = world.kept["name"] or ""
    for moment in ("before", "after"):
        ProbeSearch(collection="docs", vector=using, moment=moment, sample=5).apply(world)
    assert world.kept["search_before"]["recall"] is None
    assert world.kept["search_before"]["milliseconds"] > 0
    with pytest.raises(Waiting) as waiting:
        KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    assert "not known" in line_of("Before", waiting.value.gate.says)
    assert not [line for line in waiting.value.gate.says if "recall@10:" in line]


def test_a_kill_between_the_change_and_its_note_keeps_the_old_setting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.consents["start"] = {"collection": "docs"}
    remember = world.remember

    def dies(key: str, value: Any) -> None:
        if key == "quantization_set":
            raise KeyboardInterrupt
        remember(key, value)

    with monkeypatch.context() as killed:
        killed.setattr(world, "remember", dies)
        with pytest.raises(KeyboardInterrupt):
            step(world).apply(world)
    assert "binary" in quantization(world)
    step(world).apply(world)
    world.consents["keep_or_undo"] = {"choice": "undo"}
    KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    assert quantization(world)["scalar"]["quantile"] == 0.99


def test_a_decision_that_was_carried_out_is_not_asked_for_again(world: World) -> None:
    world.consents["start"] = {"collection": "docs"}
    step(world).apply(world)
    world.consents["keep_or_undo"] = {"choice": "undo"}
    decide = KeepOrUndo(collection="docs", vector=world.kept["name"])
    decide.apply(world)
    decide.apply(world)  # killed after the consent was spent, before the step was noted as done
    assert world.kept["kept"] is False


def test_one_vector_is_not_said_to_be_free_of_the_collections_quantization(world: World) -> None:
    if world.kept["name"] is None:
        pytest.skip("this is about one of several vectors")
    world.qdrant.patch("docs", {"quantization_config": SCALAR})
    world.consents["start"] = {"collection": "docs"}
    before = world.qdrant.config("docs")
    with pytest.raises(StillQuantized, match="title"):
        step(world, None).apply(world)
    assert world.qdrant.config("docs") == before


def test_a_server_that_restarts_while_it_rebuilds_is_woken_each_time(tmp_path: Path) -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs", [old_point(n, f"text {n}") for n in range(20)])
        collection = fake.state.collections["docs"]
        collection.forced_status = "grey"
        polls = 0

        def restarts(_: object) -> None:
            nonlocal polls
            polls += 1
            if polls in (2, 3):
                collection.forced_status = "grey"
            assert polls < 50, "it waits for ever"

        fake.after("/collections/docs$", restarts, method="GET")
        wait_until_indexed(World(qdrant, tmp_path, None), "docs")
        assert collection.forced_status is None


def test_memory_is_told_as_far_as_the_server_tells_it(world: World) -> None:
    probe = ProbeSearch(collection="docs", vector=world.kept["name"] or "", moment="before")
    probe.apply(world)
    assert world.kept["search_before"]["memory"][0] > 0
    world.qdrant.capabilities = world.qdrant.capabilities.model_copy(
        update={"reports_memory": False}
    )
    probe.apply(world)
    assert world.kept["search_before"]["memory"] is None


def test_the_gate_shows_memory_before_and_after(world: World) -> None:
    world.kept["old_quantization"] = {"value": SCALAR}
    measured = {"recall": 1.0, "milliseconds": 3.0, "searches": 9, "memory": [2_000_000, 0, 0]}
    world.kept |= {"search_before": measured, "search_after": {**measured, "memory": None}}
    with pytest.raises(Waiting) as waiting:
        KeepOrUndo(collection="docs", vector=world.kept["name"]).apply(world)
    said = waiting.value.gate.says
    assert "2.0 MB of memory" in line_of("Before", said)
    assert "does not tell how much memory" in said[-1]

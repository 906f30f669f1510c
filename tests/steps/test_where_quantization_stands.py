"""A change of the quantization is made where it takes effect, and undone to the letter."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.quantization import quantizations
from qdrant_model_migration.steps.errors import SettingNotKept, StillQuantized
from qdrant_model_migration.steps.gate import Gate, Waiting
from qdrant_model_migration.steps.keep_or_undo import KeepOrUndo
from qdrant_model_migration.steps.requantize import Requantize
from support.fake_qdrant import FakeQdrant
from support.world import World, old_point

INT8 = {"scalar": {"type": "int8", "quantile": 0.95, "always_ram": False}}
BINARY = {"binary": {"encoding": "two_bits", "query_encoding": "scalar8bits", "always_ram": True}}
PRODUCT = {"product": {"compression": "x8", "always_ram": True}}
Make = Callable[..., World]
DOCS = f"qmm-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(params=["fake", pytest.param("server", marks=pytest.mark.server)])
def qdrant(request: pytest.FixtureRequest) -> Iterator[Qdrant]:
    url = os.environ.get("QDRANT_URL")
    if request.param == "fake":
        with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
            yield opened
    elif url:
        with open_qdrant(Address.parse(url), os.environ.get("QDRANT_API_KEY")) as opened:
            yield opened
            if opened.exists(DOCS):
                opened.delete_collection(DOCS)
    else:
        pytest.skip("QDRANT_URL names no server")


@pytest.fixture
def made(qdrant: Qdrant, tmp_path: Path) -> Make:
    """A world with a collection: its own quantization, and that of each vector by name."""

    def make(whole: Any = None, **own: Any) -> World:
        named = own or {"": None}
        vectors = {
            name.removeprefix("unnamed"): {
                "size": 8,
                "distance": "Cosine",
                **({"quantization_config": setting} if setting else {}),
            }
            for name, setting in named.items()
        }
        body: dict[str, Any] = {"vectors": vectors.get("") if len(vectors) == 1 else vectors}
        if whole:
            body["quantization_config"] = whole
        qdrant.create_collection(DOCS, body)
        vector = old_point(1, "text").vectors[""]
        qdrant.insert(DOCS, [Point(n, {}, dict.fromkeys(vectors, vector)) for n in range(20)])
        return World(qdrant, tmp_path, None)

    return make


def in_force(qdrant: Qdrant) -> dict[str, Any]:
    now = quantizations(qdrant.config(DOCS))
    return {name: now.in_force(name) for name in now.own}


def change(world: World, wanted: Any, vector: str | None = None) -> None:
    world.consents["start"] = {"collection": DOCS}
    Requantize(collection=DOCS, vector=vector, quantization=wanted).apply(world)


def undo(world: World, vector: str | None = None) -> None:
    world.consents["keep_or_undo"] = {"choice": "undo"}
    KeepOrUndo(collection=DOCS, vector=vector).apply(world)


def gate(world: World, step: Any) -> Gate:
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    return waiting.value.gate


@pytest.mark.parametrize("whole", [None, PRODUCT])
def test_a_vector_with_a_setting_of_its_own_gets_the_new_one_there(made: Make, whole: Any) -> None:
    world = made(whole, unnamed=INT8)
    before = world.qdrant.config(DOCS)
    change(world, BINARY)
    assert in_force(world.qdrant) == {"": BINARY}
    assert world.qdrant.config(DOCS).raw["quantization_config"] == whole
    undo(world)
    assert world.qdrant.config(DOCS) == before


def test_all_of_several_vectors_get_it_wherever_their_setting_stands(made: Make) -> None:
    world = made(PRODUCT, title=INT8, body=None)
    before = world.qdrant.config(DOCS)
    change(world, BINARY)
    assert in_force(world.qdrant) == {"title": BINARY, "body": BINARY}
    assert "quantization_config" not in world.qdrant.config(DOCS).vectors()["body"]
    undo(world)
    assert world.qdrant.config(DOCS) == before


def test_one_of_several_vectors_is_changed_alone(made: Make) -> None:
    world = made(PRODUCT, title=INT8, body=None)
    before = world.qdrant.config(DOCS)
    change(world, BINARY, "body")
    assert in_force(world.qdrant) == {"title": INT8, "body": BINARY}
    undo(world, "body")
    assert world.qdrant.config(DOCS) == before


def test_none_for_all_takes_off_what_would_be_fallen_back_to(made: Make) -> None:
    world = made(PRODUCT, title=INT8, body=BINARY)
    before = world.qdrant.config(DOCS)
    change(world, None)
    assert in_force(world.qdrant) == {"title": None, "body": None}
    undo(world)
    assert world.qdrant.config(DOCS) == before


def test_none_for_one_alone_is_refused_where_the_collection_compresses(made: Make) -> None:
    world = made(PRODUCT, title=INT8, body=None)
    before = world.qdrant.config(DOCS)
    with pytest.raises(StillQuantized, match="title"):
        change(world, None, "title")
    assert world.qdrant.config(DOCS) == before
    assert "old_quantization" not in world.kept


def test_a_change_that_is_not_in_force_is_an_error_and_not_done(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(None, unnamed=INT8)
    monkeypatch.setattr(world.qdrant, "patch", lambda name, body: None)
    with pytest.raises(SettingNotKept, match="tells scalar int8"):
        change(world, BINARY)
    assert "quantization_set" not in world.kept
    assert not [said for said in world.said if "in force" in said]


def test_a_change_by_somebody_else_that_goes_before_is_an_error(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(INT8, unnamed=None)
    patch = world.qdrant.patch

    def and_somebody_else(name: str, body: Any) -> None:
        patch(name, body)
        patch(name, {"vectors": {"": {"quantization_config": PRODUCT}}})

    monkeypatch.setattr(world.qdrant, "patch", and_somebody_else)
    with pytest.raises(SettingNotKept, match="tells product x8"):
        change(world, BINARY)
    assert "quantization_set" not in world.kept


def test_a_kill_in_the_middle_of_the_change_forgets_no_old_setting(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(PRODUCT, title=INT8, body=None)
    before, patch = world.qdrant.config(DOCS), world.qdrant.patch

    def half(name: str, body: Any) -> None:
        patch(name, {"quantization_config": body["quantization_config"]})
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(world.qdrant, "patch", half)
        with pytest.raises(KeyboardInterrupt):
            change(world, BINARY)
    change(world, BINARY)
    assert in_force(world.qdrant) == {"title": BINARY, "body": BINARY}
    undo(world)
    assert world.qdrant.config(DOCS) == before


def test_the_gates_say_what_is_in_force_for_each_vector(made: Make) -> None:
    world = made(None, title=INT8, body=None, note=None)
    start = gate(world, Requantize(collection=DOCS, quantization=BINARY))
    assert start.says[:3] == (
        "Now      body and note: none",
        "         title: scalar int8, quantile 0.95, not kept in memory",
        "After    binary two_bits, searches scalar8bits, kept in memory, for these 3 vectors",
    )
    change(world, BINARY)
    decide = gate(world, KeepOrUndo(collection=DOCS))
    assert decide.says[0] == (
        "In force body, note and title: binary two_bits, searches scalar8bits, kept in memory"
    )


def test_a_run_of_the_first_version_is_undone_from_what_it_noted(made: Make) -> None:
    world = made(BINARY)
    world.kept |= {"old_quantization": {"value": INT8}, "quantization_set": True}
    undo(world)
    assert world.qdrant.config(DOCS).raw["quantization_config"] == INT8


def test_a_run_of_the_first_version_that_waits_at_its_start_goes_on(made: Make) -> None:
    world = made(None, unnamed=INT8)
    world.kept["old_quantization"] = {"value": None}
    before = world.qdrant.config(DOCS)
    change(world, BINARY)
    assert in_force(world.qdrant) == {"": BINARY}
    undo(world)
    assert world.qdrant.config(DOCS) == before


def test_it_is_set_by_hand_while_the_run_waits(made: Make) -> None:
    world = made(None, unnamed=INT8)
    gate(world, Requantize(collection=DOCS, quantization=BINARY))
    world.qdrant.patch(DOCS, {"vectors": {"": {"quantization_config": BINARY}}})
    change(world, BINARY)
    undo(world)
    assert in_force(world.qdrant) == {"": BINARY}

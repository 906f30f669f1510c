"""All aliases of the application move together; the others are named and stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.errors import (
    AliasMoved,
    CleanupRefused,
    SwitchedInPart,
    TargetInUse,
)
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.steps.ways import ways
from support.fake_qdrant import FakeQdrant
from support.world import NEW, HashModel, World, a_move, everything, old_point

CUTOVER = Cutover(switch=Aliases(alias="docs", also=("docs_search", "docs_write"), left=("note",)))
MOVED = {"docs": "docs_new", "docs_search": "docs_new", "docs_write": "docs_new"}
BEFORE = {**dict.fromkeys(MOVED, "docs_old"), "note": "docs_old"}
AFTER = {**MOVED, "note": "docs_old"}


def at_the_cutover(qdrant: Any, folder: Path) -> World:
    qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert("docs_old", [old_point(n, f"text number {n}") for n in range(40)])
    qdrant.switch_aliases(tuple(BEFORE), "docs_old")
    world = World(qdrant, folder, a_move())
    for step in (CreateCollection(), Backfill(), CatchUp(), Index(), Verify()):
        step.apply(world)
    return world


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant(version="1.18.3") as fake:
        yield fake


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path) -> Iterator[World]:
    with open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        yield at_the_cutover(qdrant, tmp_path)


@pytest.fixture(params=["local", "fake"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "local":
        with open_qdrant(Address(url=None, folder=str(tmp_path / "qdrant"))) as qdrant:
            yield at_the_cutover(qdrant, tmp_path)
    else:
        yield request.getfixturevalue("world")


def switch(world: World) -> None:
    world.consents["cutover"] = {"alias": "docs"}
    CUTOVER.apply(world)


def roll_back(world: World) -> None:
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)


def breaks_after_one(fake: FakeQdrant) -> None:
    """As a server does that fails at the second action: the first one stays."""
    applied = fake.state.change_aliases

    def first_only(actions: list[dict[str, Any]]) -> None:
        fake.state.change_aliases = applied  # type: ignore[method-assign]
        applied(actions[:1])
        applied([{"create_alias": {"alias_name": "x", "collection_name": "nope"}}])

    fake.state.change_aliases = first_only  # type: ignore[method-assign]


def test_all_of_them_are_switched_there_and_back(either: World) -> None:
    switch(either)
    assert either.qdrant.aliases() == AFTER
    assert either.kept["switched"]["left"] == ("note",)
    assert "docs, docs_search and docs_write answer from docs_new now." in either.said
    roll_back(either)
    assert either.qdrant.aliases() == BEFORE


def test_one_request_moves_all(world: World, fake: FakeQdrant) -> None:
    for move in (switch, roll_back):
        fake.requests.clear()
        move(world)
        sent = [r.object for r in fake.requests if r.path == "/collections/aliases"]
        assert [len(body["actions"]) for body in sent] == [3]


def test_the_gate_names_all_that_move_and_what_becomes_of_the_others(
    world: World, fake: FakeQdrant
) -> None:
    fake.state.aliases["made_later"] = "docs_old"
    with pytest.raises(Waiting) as waiting:
        CUTOVER.apply(world)
    now, after, others = waiting.value.gate.says[:3]
    assert "docs, docs_search and docs_write → docs_old" in now
    assert "docs, docs_search and docs_write → docs_new" in after
    assert others.endswith("made_later and note → docs_old, also to write; cleanup waits for them")
    assert ways(waiting.value.gate, "r")[0].command == "qmm resume r --without-proof --cutover docs"
    text = CUTOVER.text(world.move)
    assert any("note → docs_old" in line for line in text.details)
    assert "docs_search" in text.writes_to


def test_with_one_alias_the_gate_is_as_short_as_ever(world: World) -> None:
    world.qdrant.switch_aliases(("docs_search", "docs_write", "note"), "docs_new")
    with pytest.raises(Waiting) as waiting:
        Cutover(switch=Aliases(alias="docs")).apply(world)
    assert waiting.value.gate.title == "Cutover: switch the alias docs"
    assert not any(line.startswith("Stays") for line in waiting.value.gate.says)


@pytest.mark.parametrize("consented", [False, True])
def test_one_that_somebody_moved_keeps_all_where_they_are(world: World, consented: bool) -> None:
    world.qdrant.create_collection("other", {"vectors": {"size": 8, "distance": "Cosine"}})
    world.qdrant.switch_alias("docs_write", "other")
    before = world.qdrant.aliases()
    if consented:
        world.consents["cutover"] = {"alias": "docs"}
    with pytest.raises(AliasMoved, match="docs_write points to other"):
        CUTOVER.apply(world)
    assert world.qdrant.aliases() == before


def test_a_switch_in_part_is_told_and_a_resume_moves_the_rest(
    world: World, fake: FakeQdrant
) -> None:
    breaks_after_one(fake)
    with pytest.raises(SwitchedInPart) as told:
        switch(world)
    assert str(told.value).startswith(
        "docs answers from docs_new now, but docs_search points to docs_old, docs_write points "
    )
    # The application writes to the new side by now: a catch-up would take that back.
    vector = HashModel(NEW).embed(["new"], "passage").vectors[0]
    world.qdrant.insert("docs", [Point(900, {"text": "new"}, {"": vector})])
    CUTOVER.apply(world)
    assert world.qdrant.aliases() == AFTER
    assert 900 in everything(world.qdrant, "docs_new")


def test_a_switch_in_part_can_be_rolled_back(world: World, fake: FakeQdrant) -> None:
    breaks_after_one(fake)
    with pytest.raises(SwitchedInPart):
        switch(world)
    assert world.kept["switched"]["also"] == ()  # no screen says that all have moved
    roll_back(world)
    assert world.qdrant.aliases() == BEFORE


def test_a_rollback_in_part_is_told_and_goes_on(world: World, fake: FakeQdrant) -> None:
    switch(world)
    breaks_after_one(fake)
    with pytest.raises(SwitchedInPart, match="docs answers from docs_old now, but"):
        roll_back(world)
    assert world.kept.get("rolled_back") is None
    Rollback().apply(world)
    assert world.qdrant.aliases() == BEFORE


def test_an_answer_that_is_lost_is_no_failure(world: World, fake: FakeQdrant) -> None:
    fake.fail(path="/collections/aliases", status=500, error="x", apply=True)
    switch(world)
    assert world.qdrant.aliases() == AFTER


def test_one_that_somebody_switched_before_the_run_is_not_taken_for_its_own(world: World) -> None:
    world.qdrant.switch_alias("docs_write", "docs_new")
    with pytest.raises(TargetInUse, match="docs_write"):
        switch(world)


def test_killed_between_the_switch_and_the_note_it_is_known(world: World, fake: FakeQdrant) -> None:
    remember = world.remember

    def dies(key: str, value: Any) -> None:
        if key == "switched":
            raise KeyboardInterrupt
        remember(key, value)

    world.remember = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        switch(world)
    world.remember = remember  # type: ignore[method-assign]
    requests = len(fake.requests)
    CUTOVER.apply(world)
    assert world.kept["switched"]["also"] == ("docs_search", "docs_write")
    assert not any("/points" in r.path for r in list(fake.requests)[requests:])


def test_a_switch_of_the_first_version_is_rolled_back(world: World) -> None:
    switch(world)
    world.qdrant.switch_aliases(("docs_search", "docs_write"), "docs_old")
    world.kept["switched"] = {"alias": "docs", "from": "docs_old", "to": "docs_new"}
    roll_back(world)
    assert world.qdrant.aliases() == BEFORE


def test_cleanup_waits_for_those_that_were_left(world: World) -> None:
    switch(world)
    Sweep().apply(world)
    with pytest.raises(CleanupRefused, match="note still points to it"):
        Cleanup().apply(world)

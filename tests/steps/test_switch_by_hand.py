"""Where a person changes the application, nothing changes on the server, and no write is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline.ledger import Ledger
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.errors import NothingToRollBack, VerifyRefused
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches import answering
from qdrant_model_migration.steps.switches.application import Application
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, asked, everything, old_point

CUTOVER = Cutover(switch=Application(changes="collection name"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text number {n}") for n in range(40)])
        world = World(qdrant, tmp_path, a_move())
        for step in (CreateCollection(), Backfill(), CatchUp(), Index(), Verify()):
            step.apply(world)
        yield world


def switch(world: World) -> None:
    asked(CUTOVER, world)
    world.consents["cutover"] = {"alias": "docs_new"}
    CUTOVER.apply(world)


def test_the_gate_asks_for_what_the_application_uses_from_now_on(world: World) -> None:
    gate = asked(CUTOVER, world)
    assert gate.title == "Cutover: change the collection name in your application"
    assert gate.says[0].startswith("Now      collection name docs_old")
    assert gate.says[1].startswith("After    collection name docs_new")
    assert gate.asks[-1].expect == "docs_new"
    assert gate.asks[-1].flag == "--cutover"
    rows = {row["what"]: row for row in world.kept["application_changes"]}
    assert (rows["collection name"]["old"], rows["collection name"]["new"]) == (
        "docs_old", "docs_new",
    )  # fmt: skip


def test_no_alias_is_made_and_the_run_knows_that_it_has_switched(world: World) -> None:
    switch(world)
    assert world.qdrant.aliases() == {}
    fact = world.kept["switched"]
    assert (fact["how"], fact["from"], fact["to"]) == ("application", "docs_old", "docs_new")
    assert answering(world.recall) == "The application is answered from docs_new"
    CUTOVER.apply(world)  # once more changes nothing
    assert world.kept["switched"]["to"] == "docs_new"


def test_what_is_written_before_the_question_is_caught_up_and_later_writes_are_swept(
    world: World,
) -> None:
    world.qdrant.insert("docs_old", [old_point(100, "before the question")])
    asked(CUTOVER, world)
    assert 100 in everything(world.qdrant, "docs_new")
    # From here on the application may write to either side before it is said.
    world.qdrant.insert("docs_old", [old_point(101, "late")])
    new = old_point(102, "written to the new side")
    vector = world.open_model(world.after.models[0]).embed(["written"], "passage").vectors[0]
    world.qdrant.insert("docs_new", [new._replace(vectors={"": vector})])
    asked(CUTOVER, world)
    world.consents["cutover"] = {"alias": "docs_new"}
    CUTOVER.apply(world)
    Sweep().apply(world)
    assert {100, 101, 102} <= everything(world.qdrant, "docs_new").keys()


def test_a_last_look_that_was_killed_before_the_question_is_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    qdrant, remember = world.qdrant, world.remember
    qdrant.insert("docs_old", [old_point(n, f"changes often {n}") for n in (100, 101)])
    CatchUp().apply(world)
    qdrant.delete("docs_old", [101])

    def before_the_look(key: str, value: object) -> None:
        remember(key, value)
        if key == "_switching":
            qdrant.delete("docs_old", [100])
            qdrant.insert("docs_old", [old_point(101, "made again")])

    class Killed(BaseException):
        pass

    def kill(self: Ledger, rows: object) -> None:
        amend(self, rows)  # type: ignore[arg-type]
        raise Killed

    amend = Ledger.amend
    monkeypatch.setattr(world, "remember", before_the_look)
    monkeypatch.setattr(Ledger, "amend", kill)
    with pytest.raises(Killed):
        CUTOVER.apply(world)
    monkeypatch.undo()
    switch(world)
    Sweep().apply(world)
    there = everything(qdrant, "docs_new")
    assert 100 not in there
    assert there[101].payload["text"] == "made again"


def test_once_a_person_was_asked_to_change_it_nothing_is_judged_anew(world: World) -> None:
    asked(CUTOVER, world)
    with pytest.raises(VerifyRefused):
        Verify(again=True).apply(world)


def test_a_discard_after_the_question_says_what_may_be_lost(world: World) -> None:
    asked(CUTOVER, world)
    assert any("change it back first" in said for said in asked(Discard(), world).says)


def test_it_is_taken_back_by_typing_what_is_used_again(world: World) -> None:
    switch(world)
    gate = asked(Rollback(), world)
    assert gate.asks[0].expect == "docs_old"
    world.consents["rollback"] = {"alias": "docs_old"}
    Rollback().apply(world)
    assert world.kept["rolled_back"]["to"] == "docs_old"
    assert world.kept["switched"] is None
    with pytest.raises(NothingToRollBack):
        Rollback().apply(world)


def test_another_vector_of_the_same_collection_is_named(world: World) -> None:
    using = Application(changes="using", name="docs")
    assert using.names(world.before, world.after) == ("docs", "docs")
    assert using.at(world.after) == "using (unnamed)"
    assert using.text(world.move).writes_to == "nothing"

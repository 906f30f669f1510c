"""What a gate says and asks of collections that switch at the same moment; who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps import all_level
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.errors import AliasMoved, CleanupRefused, NothingToRollBack
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.sisters import SWITCH, TAKE_BACK, Level, Sister
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.switches.application import Application
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.steps.ways import ways
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, asked, everything, old_point

BY_ALIAS, BY_HAND = (
    Cutover(switch=Aliases(alias="docs")),
    Cutover(switch=Application(changes="collection name")),
)
READY = Sister("more", "there", "ready, GO", run="more-1", verdict="GO")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text number {n}") for n in range(20)])
        qdrant.switch_alias("docs", "docs_old")
        world = World(qdrant, tmp_path / "docs-1", a_move())
        (tmp_path / "docs-1").mkdir()
        for step in (CreateCollection(), Backfill(), CatchUp(), Index(), Verify()):
            step.apply(world)
        yield world


def beside(world: World, *sisters: Sister) -> None:
    world.beside = lambda: sisters


def test_while_one_is_not_there_nothing_opens_the_gate_and_it_says_what_leads_on(
    world: World,
) -> None:
    late = Sister("more", "before", "running at Backfill, 43 %", "more-1", todo="qmm attach more-1")
    gate = SWITCH.gate(asked(BY_ALIAS, world), (late,))
    assert "With     more: running at Backfill, 43 %" in gate.says
    assert gate.before == (("more: running at Backfill, 43 %", "qmm attach more-1"),)
    everything_given = {ask.key: ask.expect or "yes" for ask in gate.asks}
    assert gate.missing(everything_given) == gate.asks
    assert [way.command for way in ways(gate, "docs-1")] == ["qmm attach more-1"]


def test_one_act_names_each_and_one_that_is_not_proved_by_a_tick_of_its_own(world: World) -> None:
    unproved = READY._replace(
        collection="third", says="ready, INCONCLUSIVE", verdict="INCONCLUSIVE"
    )
    gate = SWITCH.gate(asked(BY_ALIAS, world), (READY, unproved._replace(run="third-1")))
    assert gate.before == ()
    flags = {"--cutover": "docs", "--without-proof": "", "--with": "more"}
    left = gate.missing(gate.given_by(flags))
    assert [ask.key for ask in left] == ["with third", "unproved third"], "none without a name"
    flags |= {"--with": "more\nthird", "--unproved": "third"}
    answers = gate.given_by(flags)
    assert gate.missing(answers) == ()
    assert ways(gate, "docs-1")[0].command == (
        "qmm resume docs-1 --without-proof --with more --with third --unproved third --cutover docs"
    )


def test_the_others_get_all_that_their_gates_ask_and_no_proof_that_nobody_waived(
    world: World,
) -> None:
    own = asked(BY_ALIAS, world)
    assert "without_proof" in [ask.key for ask in own.asks], "no searches were given here"
    theirs = READY._replace(gate=own.model_copy(update={"title": "Cutover: switch more"}))
    gate = SWITCH.gate(own, (theirs,))
    assert any("more goes with it, switch more" in ask.label for ask in gate.asks)
    answers = {ask.key: ask.expect if ask.kind == "typed" else "yes" for ask in gate.asks}
    given = SWITCH.others("docs_old", gate, answers, (theirs,))["more-1"]
    mine = Sister("docs_old", "there", "ready", verdict="INCONCLUSIVE", run="docs-1", gate=own)
    assert SWITCH.gate(own, (mine,)).missing(given) == ()
    del answers["without_proof"]
    given = SWITCH.others("docs_old", gate, answers, (theirs,))["more-1"]
    assert [ask.key for ask in SWITCH.gate(own, (mine,)).missing(given)] == ["unproved docs_old"]


def test_it_switches_when_all_are_level_and_not_before(world: World) -> None:
    order: list[str] = []

    def now() -> tuple[Sister, ...]:
        order.append(world.qdrant.aliases()["docs"])
        level = world.levels[0][0] if world.levels and len(order) > 3 else None
        return (READY._replace(live=True, level=level),)

    world.beside = now
    world.consents["cutover"] = {"alias": "docs"}
    BY_ALIAS.apply(world)
    assert set(order) == {"docs_old"}
    assert [(level.again, stays) for level, stays in world.levels] == [(False, False)]
    assert world.qdrant.aliases()["docs"] == "docs_new"


def test_one_that_was_level_long_before_the_last_one_catches_up_once_more(world: World) -> None:
    def now() -> tuple[Sister, ...]:
        if not world.levels:
            return (READY._replace(live=True),)
        if len(world.levels) == 1:  # meanwhile the application goes on writing
            world.qdrant.upsert("docs_old", [old_point(200, "while it waited")])
        late = Level(world.levels[0][0].at + 2 * all_level.AGAIN)
        return (READY._replace(live=True, level=late),)

    world.beside = now
    world.consents["cutover"] = {"alias": "docs"}
    BY_ALIAS.apply(world)
    assert [level.again for level, _ in world.levels] == [False, True]
    assert 200 in everything(world.qdrant, "docs_new"), "it is not left to the sweep"


@pytest.mark.parametrize("at", ["when it is level", "while it waits"])
def test_an_alias_that_somebody_moved_is_seen_before_any_other_one_switches(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Who waits for this one is to see that it fails, and not that it is level."""
    monkeypatch.setattr(all_level, "LOOKS_EVERY", 0.0)
    world.qdrant.create_collection("theirs", {"vectors": {"size": 8, "distance": "Cosine"}})
    looks = 0

    def now() -> tuple[Sister, ...]:
        nonlocal looks
        looks += 1
        if looks == (1 if at == "when it is level" else 3):
            world.qdrant.switch_alias("docs", "theirs")
        assert looks < 20, "it waits on"
        return (READY._replace(live=True),)

    world.beside = now
    world.consents["cutover"] = {"alias": "docs"}
    with pytest.raises(AliasMoved):
        BY_ALIAS.apply(world)
    assert len(world.levels) == (0 if at == "when it is level" else 1)
    assert world.consents == {}


def test_the_last_one_waits_for_one_that_catches_up_once_more(world: World) -> None:
    looks: list[Level] = []

    def now() -> tuple[Sister, ...]:
        if not world.levels:
            return (READY._replace(live=True),)
        assert world.qdrant.aliases()["docs"] == "docs_old"
        early = Level(world.levels[0][0].at - 2 * all_level.AGAIN, again=len(looks) > 3)
        looks.append(early)
        return (READY._replace(live=True, level=early),)

    world.beside = now
    world.consents["cutover"] = {"alias": "docs"}
    BY_ALIAS.apply(world)
    assert [level.again for level in looks] == [False] * 4 + [True]
    assert world.qdrant.aliases()["docs"] == "docs_new"


@pytest.mark.parametrize(
    "other",
    [
        READY._replace(consent=""),  # nobody is going to start it
        READY._replace(stands="over", says="it was rolled back"),
    ],
)
def test_where_one_will_not_be_level_nothing_is_switched_and_it_waits_anew(
    world: World, other: Sister
) -> None:
    beside(world, other)
    world.consents["cutover"] = {"alias": "docs"}
    asked(BY_ALIAS, world)
    assert world.consents == {}, "the next consent is for how things stand then"
    assert world.qdrant.aliases()["docs"] == "docs_old"
    assert world.said[-1].startswith("Nothing was switched. It goes together with more (")


def test_one_that_ends_before_it_is_level_is_not_waited_for(world: World) -> None:
    looks = iter([READY._replace(live=True, consent="cutover")] * 4)
    world.beside = lambda: (next(looks, READY._replace(stands="before", consent="cutover")),)
    world.consents["cutover"] = {"alias": "docs"}
    asked(BY_ALIAS, world)
    assert world.qdrant.aliases()["docs"] == "docs_old"


def test_one_that_does_not_begin_is_waited_for_only_so_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_level, "PATIENCE", 0.0)
    beside(world, READY._replace(consent="cutover"))
    world.consents["cutover"] = {"alias": "docs"}
    asked(BY_ALIAS, world)
    assert world.qdrant.aliases()["docs"] == "docs_old"


def test_a_consent_given_on_a_proof_that_is_gone_opens_nothing_later(world: World) -> None:
    """It was begun by the consent of another one, say, and nobody has waived the proof."""
    beside(world, READY._replace(live=True, level=Level(0.0, again=True)))
    world.kept["verdict"] = {"word": "GO"}
    asked(BY_ALIAS, world)
    world.consents["cutover"] = {"alias": "docs", "with more": "yes"}
    world.kept["verdict"] = {"word": "INCONCLUSIVE"}
    asked(BY_ALIAS, world)
    assert world.consents == {}
    asked(BY_ALIAS, world)
    assert world.qdrant.aliases()["docs"] == "docs_old"


def test_after_one_has_switched_the_other_follows_alone(world: World) -> None:
    """As after a kill between the two: it waits for nobody."""
    done = Sister("more", "switched", "switched 10:31:02", run="more-1")
    gate = SWITCH.gate(asked(BY_ALIAS, world), (done,))
    assert "With     more: switched 10:31:02" in gate.says
    assert not [ask for ask in gate.asks if ask.key.startswith("with ")]
    beside(world, done)
    world.consents["cutover"] = {"alias": "docs"}
    BY_ALIAS.apply(world)
    assert world.qdrant.aliases()["docs"] == "docs_new"


def test_nobody_is_asked_to_change_the_application_before_all_are_level(world: World) -> None:
    late = Sister("more", "before", "running", "more-1", todo="qmm attach more-1")
    beside(world, late)
    world.qdrant.insert("docs_old", [old_point(100, "written meanwhile")])
    gate = SWITCH.gate(asked(BY_HAND, world), (late,))
    assert gate.before
    assert 100 not in everything(world.qdrant, "docs_new"), "it is read when all are there"
    assert world.levels == []
    gate = SWITCH.gate(gate.model_copy(update={"before": ()}), (READY,))
    assert gate.before == (
        ("Both sides are made level first", "qmm resume docs-1"),
        ("more is made level first", "qmm resume more-1"),
    )
    beside(world, READY)
    gate = asked(BY_HAND, world)
    assert 100 in everything(world.qdrant, "docs_new")
    assert [stays for _, stays in world.levels] == [True]
    assert [said for said, _ in SWITCH.gate(gate, (READY,)).before] == ["more is made level first"]
    ready = SWITCH.gate(gate, (READY._replace(level=Level(0.0), gate=gate),))
    assert ready.before == ()
    assert any(
        "more goes with it, change the collection name in your application: docs_new" in a.label
        for a in ready.asks
    )


def test_where_one_has_gone_back_what_was_said_of_all_counts_for_none(world: World) -> None:
    beside(world, READY)
    asked(BY_HAND, world)
    beside(world, Sister("more", "over", "it was rolled back", run="more-1"))
    world.consents["cutover"] = {"alias": "docs_new"}
    asked(BY_HAND, world)
    assert world.consents == {}
    assert "switched" not in world.kept


def switched(world: World, *sisters: Sister) -> None:
    beside(world)
    world.consents["cutover"] = {"alias": "docs"}
    BY_ALIAS.apply(world)
    Sweep().apply(world)
    beside(world, *sisters)


def test_a_rollback_asks_whether_the_others_go_back_too(world: World) -> None:
    other = Sister("more", "switched", "switched 10:31:02", run="more-1", back="more_live")
    switched(world, other)
    assert world.kept["switched"]["back"] == "docs"
    gate = TAKE_BACK.gate(asked(Rollback(), world), (other,))
    assert [way.command for way in ways(gate, "docs-1")] == [
        "qmm rollback docs-1 --cutover docs --together",
        "qmm rollback docs-1 --cutover docs --alone",
    ]
    together, alone = (
        gate.given_by({"--cutover": "docs", flag: ""}) for flag in ("--together", "--alone")
    )
    assert gate.missing(together) == gate.missing(alone) == ()
    assert TAKE_BACK.others("docs_old", gate, together, (other,)) == {
        "more-1": {"alias": "more_live", "with": "together"}
    }
    assert TAKE_BACK.others("docs_old", gate, alone, (other,)) == {}


def killed_at_the_switch(world: World, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """At this method of its switch or its step, which it never came to."""
    owner = Cutover if hasattr(Cutover, method) else Aliases
    with monkeypatch.context() as dying:
        dying.setattr(owner, method, lambda *_: (_ for _ in ()).throw(Killed))
        world.consents["cutover"] = {"alias": "docs"}
        with pytest.raises(Killed):
            BY_ALIAS.apply(world)
    assert "switched" not in world.kept


class Killed(BaseException):
    pass


def test_what_was_switched_and_not_noted_goes_back_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_at_the_switch(world, monkeypatch, "_remember")
    assert world.qdrant.aliases()["docs"] == "docs_new"
    assert Rollback.refused(world.recall, "docs-1") is None
    asked(Rollback(), world)
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert world.qdrant.aliases()["docs"] == "docs_old"
    assert "cutover" not in world.consents, "else a resume would switch by it"
    assert (world.kept["rolled_back"]["from"], world.recall("switched")) == ("docs_new", None)
    with pytest.raises(NothingToRollBack):
        Rollback().apply(world)


def test_where_nothing_was_switched_yet_nothing_is_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_at_the_switch(world, monkeypatch, "carry_out")
    with pytest.raises(NothingToRollBack):
        Rollback().apply(world)
    assert "rolled_back" not in world.kept
    BY_ALIAS.apply(world)
    assert world.recall("under_way") is None
    assert world.kept["switched"]["to"] == "docs_new"


def test_nothing_is_cleaned_up_while_one_has_not_switched(world: World) -> None:
    switched(world, READY._replace(todo="qmm resume more-1"))
    with pytest.raises(CleanupRefused, match="docs_old") as refused:
        Cleanup().apply(world)
    assert "has not switched: ready, GO" in refused.value.why
    assert "qmm resume more-1" in refused.value.todo


@pytest.mark.parametrize(
    "apart",
    [
        Sister("more", "over", "it was rolled back", run="more-1"),
        Sister("more", "none", "its run was given up: make another"),
    ],
)
def test_the_way_back_from_one_that_switched_alone_is_deleted_only_where_that_was_named(
    world: World, apart: Sister
) -> None:
    switched(world, Sister("more", "switched", "switched 10:31:02", run="more-1"))
    assert [ask.key for ask in asked(Cleanup(), world).asks] == ["collection"]
    beside(world, apart)
    world.consents["cleanup"] = {"collection": "docs_old"}  # given while both had switched
    gate = asked(Cleanup(), world)
    assert f"With     more: {apart.says}" in gate.says
    flags = {"--delete": "docs_old", "--without": "more"}
    given = gate.given_by(flags)
    assert gate.missing(given) == ()
    assert [ask.key for ask in gate.missing(gate.given_by({"--delete": "docs_old"}))] == [
        "without more"
    ]
    assert world.qdrant.exists("docs_old")
    world.consents["cleanup"] = given
    Cleanup().apply(world)
    assert not world.qdrant.exists("docs_old")


def test_who_gives_one_up_is_told_that_the_other_has_switched(world: World) -> None:
    """The application may use what this one has made already, or is left with two models."""
    asked(BY_HAND, world)
    beside(world, Sister("more", "switched", "switched 10:31:02", run="more-1"))
    assert "With     more: switched 10:31:02" in asked(Discard(), world).says

"""Which run is the one of a collection that switches together with another, and how it stands."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qdrant_model_migration.commands.follow import carry_on
from qdrant_model_migration.engine import (
    at_added,
    control,
    give_consent,
    lock,
    process,
    run_here,
    start,
    view,
)
from qdrant_model_migration.engine.errors import OtherStillGoing
from qdrant_model_migration.engine.journal import FILE, Journal
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.steps import Gate
from qdrant_model_migration.steps.switch import NAME
from support.fake_run import AskFirst, Fake, Fill, job, make_run

PAIR = {"models": "practice new 12"}


def pair(runs: Path) -> tuple[Path, Path]:
    return one(runs, "docs", "more"), one(runs, "more", "docs")


def one(runs: Path, collection: str, *others: str, **more: Any) -> Path:
    card = {"plan": f"of {collection} with {others} {more}", **PAIR, **more}
    return make_run(runs, collection=collection, together=others, **card)


def how(run: Path) -> tuple[str, str, str]:
    (sister,) = view(run).with_it
    return sister.run, sister.stands, sister.says


def test_a_run_without_others_has_none(runs: Path) -> None:
    run = make_run(runs)
    assert view(run).with_it == ()
    card = json.loads((run / "run.json").read_text())
    for name in ("together", "models"):
        del card[name]
    (run / "run.json").write_text(json.dumps(card))
    assert view(run).with_it == (), "as earlier versions wrote it"


def test_it_is_the_run_that_names_this_one_on_this_server_with_this_model(runs: Path) -> None:
    docs = one(runs, "docs", "more")
    one(runs, "more", plan="alone")
    one(runs, "more", "another")
    one(runs, "more", "docs", models="practice other 12")
    one(runs, "more", "docs", server="http://elsewhere:6333")
    assert how(docs) == ("", "none", "no run yet: run its plan, or make one")
    (sister,) = view(docs).with_it
    assert sister.todo == f"qmm plan more --from {docs.name} --together"
    more = one(runs, "more", "docs")
    assert how(docs)[0] == more.name
    assert how(more)[0] == docs.name


def test_one_that_was_given_up_is_not_it(runs: Path) -> None:
    docs, more = pair(runs)
    set_state(more, "discarded")
    assert how(docs) == ("", "none", "its run was given up: make another")
    again = one(runs, "more", "docs", plan="another")
    assert how(docs)[0] == again.name


def set_state(run: Path, state: str, gate: dict[str, Any] | None = None, **facts: Any) -> None:
    journal = Journal(run / FILE)
    journal.enter(state, gate=gate, session=1)
    for key, value in facts.items():
        journal.remember(key, value)
    journal.close()


def test_it_is_told_how_it_stands(runs: Path) -> None:
    docs, more = pair(runs)
    assert how(docs)[1:] == ("before", "not begun yet")
    run_here(more, job_of=job(Fill(), Fake(step="verify", does="nothing")))
    set_state(more, "failed")
    assert how(docs)[1] == "before"
    set_state(more, "done", switched={"how": "aliases", "alias": "m", "at": "2026-11-27T09:31:02Z"})
    assert how(docs)[1] == "switched"
    assert how(docs)[2].startswith("switched ")
    set_state(more, "rolled back", switched=None)
    assert how(docs)[1:] == ("over", "it was rolled back")


def test_one_that_is_a_no_go_shuts_the_gate_of_the_other(runs: Path) -> None:
    docs, more = at_the_cutover(runs)
    worse = {"what": "NO-GO: the new model finds less.", "why": "", "todo": ""}
    again = "qmm verify more --queries queries.jsonl"
    set_state(more, "failed", verdict={"word": "NO-GO", "judgement": {}}, judge_again=again)
    journal = Journal(more / FILE)
    journal.set(error=worse)
    journal.close()
    assert how(docs) == (more.name, "before", "failed, NO-GO: the new model finds less")
    asked = view(docs).gate
    assert asked is not None
    assert [command for _, command in asked["before"]] == [again]
    give_consent(docs, "cutover", {"alias": "docs", "with more": "yes", "unproved more": "yes"})
    assert consents(more) == []


def gate(name: str) -> dict[str, Any]:
    ask = NAME.ask(f"Type {name}", name)
    asked = Gate(name="cutover", title=f"Cutover: {name}", says=(), asks=(ask,), button="Switch")
    return asked.model_dump(mode="json")


def at_the_cutover(runs: Path) -> tuple[Path, Path]:
    both = pair(runs)
    for run, name in zip(both, ("docs", "more"), strict=True):
        set_state(run, "waiting", gate=gate(name), verdict={"word": "GO"})
    return both


def consents(run: Path) -> list[dict[str, str]]:
    found = [note for note in control.read(run, settled=True) if isinstance(note, control.Wish)]
    return [note.data["answers"] for note in found]


def test_a_consent_counts_for_all_where_it_names_all_and_else_for_none(runs: Path) -> None:
    docs, more = at_the_cutover(runs)
    assert how(docs) == (more.name, "there", "ready, GO")
    give_consent(docs, "cutover", {"alias": "docs"})
    assert consents(docs) == [{"alias": "docs"}]
    assert consents(more) == []
    give_consent(docs, "cutover", {"alias": "docs", "with more": "yes"})
    (theirs,) = consents(more)
    assert theirs == {"alias": "more", "with docs": "yes"}
    asked = view(more).gate
    assert asked is not None
    assert Gate.model_validate(asked).missing(theirs) == ()


def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str | None]]:
    """The runs that are begun from here on, each with the step that is added."""
    begun: list[tuple[Path, str | None]] = []

    def launch(folder: Path, env: Any, extra: str | None, given: Any) -> Any:
        begun.append((folder, extra))
        journal = Journal(folder / FILE)
        journal.set(session=(journal.get("session") or 0) + 1)
        journal.close()
        return SimpleNamespace(poll=lambda: None)

    monkeypatch.setattr(process, "_launch", launch)
    return begun


def test_those_that_have_the_same_consent_are_begun_with_it_and_no_others(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = launched(monkeypatch)
    docs, more = at_the_cutover(runs)
    start(docs)
    assert begun == [(docs, None)]
    give_consent(docs, "cutover", {"alias": "docs", "with more": "yes"})
    begun.clear()
    start(docs)
    assert begun == [(docs, None), (more, None)]
    for note in control.read(docs, settled=True):
        assert isinstance(note, control.Wish)
        control.settle(note)
    set_state(docs, "done", switched={"how": "aliases", "alias": "docs", "back": "docs"})
    begun.clear()
    start(docs, extra="rollback")  # the other one was killed before it switched
    assert begun == [(docs, "rollback")]
    set_state(more, "done", switched={"how": "aliases", "alias": "more", "back": "more"})
    asked = {**gate("docs"), "name": "rollback"}
    set_state(docs, "waiting", gate=asked)
    give_consent(docs, "rollback", {"alias": "docs", "with": "together"})
    begun.clear()
    start(docs)
    assert begun == [(docs, None), (more, "rollback")]
    begun.clear()
    start(docs, extra="cleanup")  # somebody has thought better of it
    assert begun == [(docs, "cleanup")]


def at_the_rollback(runs: Path) -> tuple[Path, Path]:
    docs, more = at_the_cutover(runs)
    set_state(more, "done", switched={"how": "aliases", "alias": "more", "back": "more"})
    switched = {"how": "aliases", "alias": "docs", "back": "docs"}
    set_state(docs, "waiting", gate={**gate("docs"), "name": "rollback"}, switched=switched)
    return docs, more


def test_one_that_is_being_swept_is_not_left_behind_in_silence(runs: Path) -> None:
    docs, more = at_the_rollback(runs)
    set_state(more, "running")
    with lock.held(more), pytest.raises(OtherStillGoing, match="more"):
        give_consent(docs, "rollback", {"alias": "docs", "with": "together"})
    assert consents(docs) == consents(more) == []
    with lock.held(more):
        give_consent(docs, "rollback", {"alias": "docs", "with": "alone"})
    assert consents(more) == []


def test_a_rollback_that_is_refused_leaves_the_run_where_it_stood(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a gate that nobody asked for any more the next command would find a run that waits."""
    mine = job(AskFirst())

    def launch(folder: Path, env: Any, extra: str | None, given: Any) -> Any:
        run_here(folder, extra=extra, given=given, job_of=mine)
        return SimpleNamespace(poll=lambda: 0)

    monkeypatch.setattr(process, "_launch", launch)
    monkeypatch.setattr("support.fake_run.gate", lambda step, _: typed_at(step))
    docs, more = pair(runs)
    set_state(more, "running", switched={"how": "aliases", "alias": "more", "back": "more"})
    control.send(docs, "consent", {"gate": "cutover", "answers": {"alias": "docs"}})
    start(docs)
    start(docs, extra="rollback")
    assert view(docs).state == "waiting"
    flags = {"--cutover": "docs", "--together": ""}
    with lock.held(more), pytest.raises(OtherStillGoing, match="more"):
        carry_on(docs, flags, {}, going=True)
    left = view(docs)
    assert (left.state, left.gate, at_added(left)) == ("done", None, False)
    assert left.facts["switched"]


def typed_at(step: str) -> Gate:
    return Gate.model_validate({**gate("docs"), "name": step})


def test_one_that_has_just_ended_goes_back_too(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = launched(monkeypatch)
    docs, more = at_the_rollback(runs)
    with lock.held(more):  # it has said its last word, and lets go in a moment
        give_consent(docs, "rollback", {"alias": "docs", "with": "together"})
        start(docs)
    assert begun == [(docs, None), (more, "rollback")]


def test_one_that_switched_with_an_earlier_run_is_none_of_a_second_time(runs: Path) -> None:
    docs, more = pair(runs)
    set_state(docs, "discarded")
    stood = {"how": "aliases", "alias": "more", "at": now()}
    set_state(more, "done", switched=stood)
    second = one(runs, "docs", "more", plan="again")
    assert how(second)[1] == "switched", "the first one was given up, and this one takes its place"
    set_state(docs, "done", switched={"how": "aliases", "alias": "docs", "at": now()})
    assert how(docs)[1] == "switched"
    assert how(second)[1:] == ("none", "no run yet: run its plan, or make one")
    again = one(runs, "more", "docs", plan="that of more")
    assert how(second)[0] == again.name


def test_one_that_has_switched_is_not_held_up_by_a_second_time(runs: Path) -> None:
    """Its Clean up was refused until the second time had switched, and what went with it was not
    taken back with it."""
    docs, more = pair(runs)
    for run, name in ((docs, "docs"), (more, "more")):
        set_state(run, "done", switched={"how": "aliases", "alias": name, "at": now()})
    second, again = one(runs, "docs", "more", plan="2"), one(runs, "more", "docs", plan="2 more")
    assert how(docs)[:2] == (more.name, "switched")
    assert how(more)[:2] == (docs.name, "switched")
    assert how(second)[0] == again.name
    set_state(more, "rolled back", switched=None)
    assert how(docs)[0] == again.name, "the one before went back, and this one takes its place"


def test_one_that_was_killed_before_it_noted_its_switch_goes_back_too(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = launched(monkeypatch)
    docs, more = at_the_rollback(runs)
    under_way = {"how": "aliases", "alias": "more", "back": "more"}
    set_state(more, "running", switched=None, under_way=under_way)
    assert how(docs)[1:] == ("before", "interrupted; it may have switched")
    give_consent(docs, "rollback", {"alias": "docs", "with": "together"})
    start(docs)
    assert begun == [(docs, None), (more, "rollback")]


def test_one_that_was_cleaned_up_is_not_said_to_go_back(runs: Path) -> None:
    docs, more = at_the_rollback(runs)
    set_state(more, "cleaned up")
    (sister,) = view(docs).with_it
    assert (sister.stands, sister.back) == ("switched", "")
    assert sister.says.endswith("cleaned up: there is no way back")
    asked = view(docs).gate
    assert asked is not None
    assert [ask["key"] for ask in asked["asks"]] == ["alias"]

"""A run goes through its steps and gates and ends in a state that says what happened."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine import (
    RunView,
    control,
    give_consent,
    run_here,
    steer,
    view,
)
from qdrant_model_migration.engine.errors import (
    JournalUnwritable,
    NoSuchRun,
    RunBusy,
    RunIsOver,
    RunNotGoing,
    ThrottleUnknown,
)
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import Qdrant, Retry
from qdrant_model_migration.steps import StepContext, Waiting
from support.fake_run import AskFirst, Fake, Fill, gate, job
from support.waiting import until

Deed = Callable[[str, Callable[[StepContext], None]], Fake]
MODEL = ModelRef(kind="practice", name="test/model", dimensions=4)


def texts(run: Path, kind: str) -> list[str]:
    return [event.text for event in view(run).events if event.kind == kind]


def states(found: RunView) -> list[str]:
    return [step.state for step in found.steps]


@contextmanager
def going(run: Path, *steps: Fake, **options: Any) -> Iterator[list[int]]:
    """The run is carried out in a thread for the length of the block; gives its exit code."""
    code: list[int] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=lambda: code.append(run_here(run, stop=stop, job_of=job(*steps), **options))
    )
    thread.start()
    try:
        yield code
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


# --- the straight way -------------------------------------------------------------------------


def test_a_run_does_its_steps_in_order_and_is_done(run: Path, deed: Deed) -> None:
    order: list[str] = []
    steps = [deed(name, lambda ctx, n=name: order.append(n)) for name in ("check", "fill", "index")]  # type: ignore[misc]
    assert run_here(run, job_of=job(*steps)) == 0
    found = view(run)
    assert order == ["check", "fill", "index"]
    assert (found.state, states(found), found.step) == ("done", ["done"] * 3, None)
    assert [step.title for step in found.steps] == ["Check", "Fill", "Index"]
    assert found.steps[1].details == ("Does fill.",)
    assert not found.live
    assert found.ended is not None
    assert texts(run, "run") == ["The run begins.", "Done."]


def test_what_a_step_says_stands_under_the_step(run: Path, deed: Deed) -> None:
    step = deed("check", lambda ctx: ctx.say("check", "Looks good.", points=3))
    run_here(run, job_of=job(step))
    events = {event.text: event for event in view(run).events}
    said = events["Looks good."]
    assert said.data == {"points": 3}
    assert said.parent == events["Check: begins."].id
    assert events["Check: begins."].parent == events["The run begins."].id


def test_a_step_finds_its_world(run: Path, deed: Deed) -> None:
    seen: dict[str, Any] = {}

    def look(ctx: StepContext) -> None:
        seen.update(folder=ctx.folder, id=ctx.run_id, accepted=ctx.accepted, move=ctx.has_move)

    run_here(run, job_of=job(deed("look", look)))
    assert seen == {
        "folder": run,
        "id": view(run).card.id,
        "accepted": frozenset({"W11"}),
        "move": False,
    }
    assert seen["id"] != run.name


def test_a_model_is_opened_once_for_all_steps_and_threads(run: Path, deed: Deed) -> None:
    opened: list[ModelRef] = []

    def open_embedder(model: ModelRef) -> Embedder:
        opened.append(model)
        return cast(Embedder, SimpleNamespace(model=model))

    def use(ctx: StepContext) -> None:
        threads = [threading.Thread(target=ctx.open_model, args=(MODEL,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    steps = deed("one", use), deed("two", use)
    assert run_here(run, job_of=job(*steps, open_embedder=open_embedder)) == 0
    assert opened == [MODEL]


def test_the_qdrant_is_free_before_the_state_says_the_run_has_ended(run: Path) -> None:
    at_close: list[str] = []

    @contextmanager
    def connect(stop: threading.Event, on_retry: Callable[[Retry], None]) -> Iterator[Qdrant]:
        yield cast(Qdrant, SimpleNamespace())
        at_close.append(view(run).state)

    run_here(run, job_of=job(Fake(), connect=connect))
    assert at_close == ["running"]
    assert view(run).state == "done"


# --- gates ------------------------------------------------------------------------------------


def test_a_gate_ends_the_engine_and_a_consent_lets_it_go_on(run: Path) -> None:
    assert run_here(run, job_of=job(Fill(), AskFirst())) == 3
    found = view(run)
    assert (found.state, found.live, found.step) == ("waiting", False, 1)
    assert found.gate is not None
    assert found.gate["title"] == "Switch docs"
    assert found.gate["asks"][0]["expect"] == "docs"
    assert states(found) == ["done", " "]
    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(Fill(), AskFirst())) == 0
    found = view(run)
    assert (found.state, found.gate) == ("done", None)
    (consent,) = found.consents
    assert consent.fits
    assert consent.spent


def test_without_a_consent_it_waits_again(run: Path) -> None:
    for _ in range(2):
        assert run_here(run, job_of=job(AskFirst())) == 3
    assert view(run).session == 2


def test_a_consent_with_a_wrong_word_opens_nothing_and_says_what_is_missing(run: Path) -> None:
    give_consent(run, "cutover", {"alias": "doc"})
    assert run_here(run, job_of=job(AskFirst())) == 3
    found = view(run)
    assert "switched" not in found.facts
    assert found.gate is not None
    assert found.gate["missing"] == ["Type the alias name"]
    assert found.consents[0].fits is False


def test_a_consent_may_be_given_before_its_gate_is_reached(run: Path) -> None:
    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(Fill(), AskFirst())) == 0


def test_a_consent_opens_its_gate_once(run: Path, deed: Deed) -> None:
    def ask(ctx: StepContext) -> None:
        if ctx.consent("cutover") is None:
            raise Waiting(gate("cutover", "docs"))
        ctx.spend("cutover")

    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(deed("one", ask), deed("two", ask))) == 3
    assert states(view(run)) == ["done", " "]


def test_a_consent_written_by_hand_counts(run: Path) -> None:
    path = run / "control" / "consent.json"
    path.write_text(json.dumps({"gate": "cutover", "answers": {"alias": "docs"}}))
    assert run_here(run, job_of=job(AskFirst())) == 0
    assert list((run / "control").iterdir()) == []


def test_the_verdict_of_the_moment_is_kept_with_the_consent(run: Path, deed: Deed) -> None:
    judge = deed("verify", lambda ctx: ctx.remember("verdict", {"word": "GO", "reason": "better"}))
    run_here(run, job_of=job(judge, AskFirst()))
    give_consent(run, "cutover", {"alias": "docs"})
    run_here(run, job_of=job(judge, AskFirst()))
    found = view(run)
    assert found.consents[0].verdict == {"word": "GO", "reason": "better"}
    assert found.verdict == {"word": "GO", "reason": "better"}


def test_the_time_between_a_kill_and_the_resume_is_not_the_steps_time(run: Path) -> None:
    journal = Journal(run / "journal.db")
    journal.enter("running", session=1)
    journal.add_step("fill", "Fill", "", "", [])
    journal.mark_step(1, "running")
    with journal.writing() as sql:
        sql.execute("UPDATE steps SET noted = '2026-01-01T00:00:00.000+00:00', spent = 5")
    journal.close()
    assert view(run).steps[0].seconds == 5
    assert run_here(run, job_of=job(Fill())) == 0
    assert 5 <= view(run).steps[0].seconds < 60


# --- failing ----------------------------------------------------------------------------------


def test_an_error_in_words_fails_the_run_with_these_words(run: Path, deed: Deed) -> None:
    def fail(ctx: StepContext) -> None:
        raise QmmError("The disk is full.", "It said so.", "Make room.")

    steps = Fill(), deed("index", fail), Fake()
    assert run_here(run, job_of=job(*steps)) == 4
    found = view(run)
    assert (found.state, states(found)) == ("failed", ["done", "failed", " "])
    assert found.error == {"what": "The disk is full.", "why": "It said so.", "todo": "Make room."}
    assert found.step == 1


def test_an_unknown_error_is_said_plainly_and_its_traceback_is_in_the_log(
    run: Path, deed: Deed
) -> None:
    def fail(ctx: StepContext) -> None:
        raise KeyError("boom")

    assert run_here(run, job_of=job(deed("index", fail))) == 4
    found = view(run)
    assert found.error is not None
    assert "engine.log" in found.error["why"]
    assert "boom" not in json.dumps(found.error)
    lines = [json.loads(line) for line in (run / "engine.log").read_text().splitlines()]
    assert any("KeyError: 'boom'" in line.get("traceback", "") for line in lines)


def test_a_failed_step_is_tried_again_by_a_resume(run: Path, deed: Deed) -> None:
    fails = [True]

    def fail_once(ctx: StepContext) -> None:
        if fails.pop() if fails else False:
            raise QmmError("No answer.")

    step = deed("index", fail_once)
    assert run_here(run, job_of=job(Fill(), step)) == 4
    assert run_here(run, job_of=job(Fill(), step)) == 0
    found = view(run)
    assert (found.state, found.error) == ("done", None)
    assert texts(run, "step").count("Fill: begins.") == 1


def test_a_qdrant_that_cannot_be_opened_fails_the_run(run: Path) -> None:
    def connect(stop: threading.Event, on_retry: Callable[[Retry], None]) -> Any:
        raise QmmError("No answer from the server.")

    assert run_here(run, job_of=job(Fill(), connect=connect)) == 4
    assert states(view(run)) == [" "]
    assert run_here(run, job_of=job(Fill())) == 0


def test_other_steps_than_those_it_began_with_are_refused(run: Path, deed: Deed) -> None:
    run_here(run, job_of=job(Fill(), AskFirst()))
    assert run_here(run, job_of=job(Fill(), Fake(), AskFirst())) == 4
    error = view(run).error
    assert error is not None
    assert "was changed after the run had begun" in error["what"]


@pytest.fixture
def journals(monkeypatch: pytest.MonkeyPatch) -> list[Journal]:
    """The journals that engines of this test have open."""
    opened: list[Journal] = []
    prepare = Journal._prepare

    def prepared(self: Journal) -> None:
        prepare(self)
        opened.append(self)

    monkeypatch.setattr(Journal, "_prepare", prepared)
    return opened


def test_a_disk_that_is_full_fails_the_run_in_words(
    run: Path, deed: Deed, journals: list[Journal]
) -> None:
    def fill_up(ctx: StepContext) -> None:
        pages = journals[0]._sql.execute("PRAGMA page_count").fetchone()[0]
        journals[0]._sql.execute(f"PRAGMA max_page_count={pages}")
        ctx.remember("slice 1", "x" * 100_000)

    assert run_here(run, job_of=job(deed("fill", fill_up))) == 4
    error = view(run).error
    assert error is not None
    assert "is full" in error["what"]
    assert "is full" in (run / "engine.log").read_text()


def test_a_journal_that_takes_nothing_any_more_ends_the_engine_with_words_in_the_log(
    run: Path, deed: Deed, journals: list[Journal]
) -> None:
    def lock_up(ctx: StepContext) -> None:
        journals[0]._sql.execute("PRAGMA query_only=ON")
        while True:
            ctx.breathe()  # the control loop notices, though this step writes nothing
            ctx.rest(0.01)

    with pytest.raises(JournalUnwritable):
        run_here(run, job_of=job(deed("fill", lock_up)))
    lines = [json.loads(line) for line in (run / "engine.log").read_text().splitlines()]
    assert any("cannot be read or written" in line["text"] for line in lines)
    assert view(run).state == "interrupted"
    assert run_here(run, job_of=job(Fake(step="fill"))) == 0


def test_a_run_that_the_engine_stops_itself_is_not_called_stopped_by_the_operator(
    run: Path, deed: Deed, journals: list[Journal]
) -> None:
    stops: list[threading.Event] = []

    @contextmanager
    def connect(stop: threading.Event, on_retry: Callable[[Retry], None]) -> Iterator[Qdrant]:
        stops.append(stop)
        yield cast(Qdrant, SimpleNamespace())

    def lock_up(ctx: StepContext) -> None:
        """As a step that waits for the server, while the disk is full for a moment."""
        journals[0]._sql.execute("PRAGMA query_only=ON")
        assert stops[0].wait(30)
        journals[0]._sql.execute("PRAGMA query_only=OFF")
        raise Stopped

    assert run_here(run, job_of=job(deed("fill", lock_up), connect=connect)) == 4
    error = view(run).error
    assert error is not None
    assert "cannot be read or written" in error["what"]


def test_a_report_that_cannot_be_written_does_not_change_how_the_run_ended(run: Path) -> None:
    (run / "report.md").mkdir()
    assert run_here(run, job_of=job(Fake())) == 0
    assert view(run).state == "done"
    assert "The report cannot be written." in texts(run, "report")[0]


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun):
        run_here(tmp_path, job_of=job(Fake()))


# --- steering ---------------------------------------------------------------------------------


def endless(ctx: StepContext) -> None:
    done = 0
    while True:
        ctx.breathe()
        done += 1
        ctx.progress(done, None)
        ctx.rest(0.002)


def test_a_run_is_paused_and_goes_on(run: Path, deed: Deed) -> None:
    with going(run, deed("fill", endless)):
        until(lambda: view(run).state == "running")
        steer(run, "pause")
        until(lambda: view(run).state == "paused")
        done = view(run).steps[0].done
        steer(run, "resume")
        until(lambda: view(run).state == "running")
        until(lambda: (view(run).steps[0].done or 0) > (done or 0))
    assert view(run).state == "stopped"
    assert len(texts(run, "pause")) == 2


def test_a_paused_run_does_nothing_until_it_goes_on(run: Path, deed: Deed) -> None:
    breaths = []

    def count(ctx: StepContext) -> None:
        while True:
            ctx.breathe()
            breaths.append(1)
            ctx.rest(0.001)

    with going(run, deed("fill", count)):
        until(lambda: view(run).state == "running")
        steer(run, "pause")
        until(lambda: view(run).state == "paused")
        before = len(breaths)
        # The control loop has turned often while nothing was done.
        until(lambda: view(run).heard > view(run).since)
        assert len(breaths) == before


def test_a_run_is_stopped_cleanly_while_it_works_and_while_it_is_paused(
    run: Path, deed: Deed
) -> None:
    for pause in (False, True):
        with going(run, deed("fill", endless)) as code:
            until(lambda: view(run).state == "running")
            if pause:
                steer(run, "pause")
                until(lambda: view(run).state == "paused")
            steer(run, "stop")
            until(lambda: view(run).state == "stopped")
            until(lambda: code)
        assert code == [130]
        assert states(view(run)) == [" "]


def test_a_stopped_run_goes_on_with_the_step_it_was_at(run: Path, deed: Deed) -> None:
    with going(run, Fake(), deed("fill", endless)):
        until(lambda: view(run).step == 1)
    done = deed("fill", lambda ctx: None)
    assert run_here(run, job_of=job(Fake(), done)) == 0
    assert texts(run, "step").count("Fake: begins.") == 1


def test_a_stop_interrupts_a_long_rest_and_ends_retries(run: Path, deed: Deed) -> None:
    stops: list[threading.Event] = []

    @contextmanager
    def connect(stop: threading.Event, on_retry: Callable[[Retry], None]) -> Iterator[Qdrant]:
        stops.append(stop)
        yield cast(Qdrant, SimpleNamespace())

    code: list[int] = []
    steps = job(deed("index", lambda ctx: ctx.rest(3600)), connect=connect)
    thread = threading.Thread(target=lambda: code.append(run_here(run, job_of=steps)))
    thread.start()
    until(lambda: view(run).state == "running")
    steer(run, "stop")
    thread.join(20)
    assert code == [130]
    assert stops[0].is_set()


def test_an_old_wish_to_stop_does_not_stop_the_next_session(run: Path) -> None:
    control.send(run, "stop", {})
    control.send(run, "pause", {})
    assert run_here(run, job_of=job(Fill())) == 0
    assert len([t for t in texts(run, "control") if "was not carried out" in t]) == 2
    assert control.read(run) == []


def test_a_control_file_that_cannot_be_read_is_said_and_does_no_harm(run: Path) -> None:
    path = run / "control" / "pause.json"
    path.write_text("{")
    os.utime(path, (1e9, 1e9))
    assert run_here(run, job_of=job(Fill())) == 0
    (text,) = texts(run, "control")
    assert "pause.json was not used: it is not JSON" in text
    assert (run / "control" / "unreadable" / "pause.json").exists()


def test_a_wish_that_makes_no_sense_is_said_while_the_run_goes_on(run: Path, deed: Deed) -> None:
    with going(run, deed("fill", endless)) as code:
        until(lambda: view(run).state == "running")
        path = run / "control" / "dance.json"
        path.write_text("{}")
        os.utime(path, (1e9, 1e9))
        until(lambda: any("dance.json" in text for text in texts(run, "control")))
        assert not code


def test_trouble_with_control_files_leaves_the_run_stoppable(
    run: Path, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong there must not end the one thread that can stop the run."""
    read, trouble = control.read, [ValueError("bang")] * 3

    def troubled(folder: Path, *, settled: bool = False) -> Any:
        if trouble and not settled:
            raise trouble.pop()
        return read(folder, settled=settled)

    monkeypatch.setattr(control, "read", troubled)
    with going(run, deed("fill", endless)) as code:
        until(lambda: not trouble)
        steer(run, "stop")
        until(lambda: code)
    assert code == [130]
    assert "bang" in (run / "engine.log").read_text()


def test_only_a_run_that_is_going_can_be_steered(run: Path) -> None:
    run_here(run, job_of=job(AskFirst()))
    for verb, word in (("pause", "pause"), ("resume", "continue"), ("stop", "stop")):
        with pytest.raises(RunNotGoing, match=f"nothing to {word}"):
            steer(run, verb)
    with pytest.raises(ThrottleUnknown, match="gently"):
        steer(run, "throttle", pace="slowly")


def test_a_throttle_is_kept_for_the_next_session(run: Path, deed: Deed) -> None:
    with going(run, deed("fill", endless)):
        until(lambda: view(run).state == "running")
        steer(run, "throttle", pace="gently")
        until(lambda: view(run).throttle == {"pace": "gently"})
        assert "Speed: gently." in texts(run, "control")
    assert view(run).throttle == {"pace": "gently"}
    steer(run, "throttle")
    run_here(run, job_of=job(Fake(step="fill")))
    assert not view(run).throttle


# --- one engine at a time ---------------------------------------------------------------------


def test_a_second_engine_on_the_same_run_is_refused(run: Path, deed: Deed) -> None:
    with going(run, deed("fill", endless)) as code:
        until(lambda: view(run).state == "running")
        with pytest.raises(RunBusy, match="another window"):
            run_here(run, job_of=job(Fake()))
        assert not code


# --- the server is silent ---------------------------------------------------------------------


def test_silence_of_the_server_is_told_and_so_is_its_end(run: Path, deed: Deed) -> None:
    hears: list[Callable[[Retry], None]] = []

    @contextmanager
    def connect(stop: threading.Event, on_retry: Callable[[Retry], None]) -> Iterator[Qdrant]:
        hears.append(on_retry)
        yield cast(Qdrant, SimpleNamespace())

    during: list[RunView] = []

    def fill(ctx: StepContext) -> None:
        ctx.progress(10, 100)
        for attempt in (1, 2, 3):
            hears[0](Retry(attempt, 8.0, "the server cannot be reached"))
        during.append(view(run))
        ctx.progress(20, 100)
        during.append(view(run))

    run_here(run, job_of=job(deed("fill", fill), connect=connect))
    silent, answered = during
    assert silent.retry is not None
    assert silent.retry["attempt"] == 3
    assert silent.retry["reason"] == "the server cannot be reached"
    assert "trying again in 8 s (try 3)" in silent.retry["text"]
    assert answered.retry is None
    first, last = texts(run, "retry")
    assert first.startswith("NO ANSWER from the server for 0 s")
    assert last.startswith("The server answers again")


# --- the sidecar ------------------------------------------------------------------------------


def test_the_application_lives_beside_the_steps_and_reports(run: Path, deed: Deed) -> None:
    ended = threading.Event()

    def application(qdrant: Qdrant, stop: threading.Event, say: Any) -> None:
        say("application", "240 searches, 0 failed", searches=240, failed=0)
        say("note", "The application searches.")
        stop.wait()
        ended.set()

    wait = deed("fill", lambda ctx: until(lambda: ctx.recall("application")))  # type: ignore[arg-type, return-value]
    assert run_here(run, application, job_of=job(wait)) == 0
    assert ended.is_set()
    found = view(run)
    assert found.application is not None
    assert (found.application["searches"], found.application["text"]) == (
        240,
        "240 searches, 0 failed",
    )
    assert texts(run, "note") == ["The application searches."]


def test_an_application_that_dies_does_not_end_the_run(run: Path) -> None:
    def application(qdrant: Qdrant, stop: threading.Event, say: Any) -> None:
        raise ValueError("bang")

    assert run_here(run, application, job_of=job(Fill())) == 0
    assert "bang" in (run / "engine.log").read_text()


# --- steps that are added ---------------------------------------------------------------------

SWITCH = (Fill(), AskFirst())


@pytest.fixture
def switched(run: Path) -> Path:
    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(*SWITCH)) == 0
    return run


def test_a_step_is_added_to_a_run_that_is_done(switched: Path) -> None:
    assert run_here(switched, extra="rollback", job_of=job(*SWITCH)) == 3
    found = view(switched)
    assert found.gate is not None
    assert found.gate["name"] == "rollback"
    assert [step.extra for step in found.steps] == [False, False, True]
    give_consent(switched, "rollback", {"alias": "docs"})
    assert run_here(switched, job_of=job(*SWITCH)) == 0
    assert view(switched).state == "rolled back"


def test_an_added_step_that_is_not_confirmed_leaves_the_run_as_it_was(switched: Path) -> None:
    before = view(switched)
    run_here(switched, extra="rollback", job_of=job(*SWITCH))
    assert run_here(switched, job_of=job(*SWITCH)) == 0
    after = view(switched)
    assert (after.state, after.since, len(after.steps)) == ("done", before.since, 2)


def test_an_added_step_is_asked_for_twice_and_stands_there_once(switched: Path) -> None:
    for _ in range(2):
        assert run_here(switched, extra="rollback", job_of=job(*SWITCH)) == 3
    assert len(view(switched).steps) == 3


def test_an_added_step_that_is_refused_leaves_the_run_as_it_was(run: Path) -> None:
    run_here(run, job_of=job(*SWITCH))
    before = view(run)
    assert run_here(run, extra="rollback", job_of=job(*SWITCH)) == 4
    after = view(run)
    assert (after.state, after.gate, after.since) == ("waiting", before.gate, before.since)
    assert after.error is not None
    assert "nothing to roll back" in after.error["what"]
    assert len(after.steps) == 2
    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(*SWITCH)) == 0


def test_an_added_step_that_was_stopped_in_the_middle_goes_on(
    switched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from support import fake_run

    calls: list[int] = []
    apply = fake_run.Rollback.apply

    def stopped_once(self: fake_run.Rollback, ctx: StepContext) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise Stopped
        apply(self, ctx)

    monkeypatch.setattr(fake_run.Rollback, "apply", stopped_once)
    assert run_here(switched, extra="rollback", job_of=job(*SWITCH)) == 130
    assert run_here(switched, job_of=job(*SWITCH)) == 3
    assert len(calls) == 2


def test_a_run_that_was_rolled_back_is_over(switched: Path) -> None:
    give_consent(switched, "rollback", {"alias": "docs"})
    assert run_here(switched, extra="rollback", job_of=job(*SWITCH)) == 0
    before = view(switched)
    with pytest.raises(RunIsOver, match="rolled back"):
        run_here(switched, job_of=job(*SWITCH))
    assert run_here(switched, extra="rollback", job_of=job(*SWITCH)) == 4
    assert view(switched).state == before.state == "rolled back"


def test_resuming_a_run_that_is_done_changes_nothing(switched: Path) -> None:
    before = view(switched)
    assert run_here(switched, job_of=job(*SWITCH)) == 0
    after = view(switched)
    assert (after.state, after.since, after.steps) == ("done", before.since, before.steps)

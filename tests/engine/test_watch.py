"""Looking at a run: one frozen snapshot, honest about what is not known, and harmless."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from qdrant_model_migration.commands.follow import in_one_line
from qdrant_model_migration.engine import (
    Watch,
    dead_letters,
    list_runs,
    local,
    lock,
    run_here,
    view,
    watch,
)
from qdrant_model_migration.engine import journal as journal_room
from qdrant_model_migration.engine import look as engine_look
from qdrant_model_migration.engine.errors import JournalDamaged, NoSuchRun
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.steering import Steering
from support.fake_run import Fake, Fill, job, make_run


@pytest.fixture
def journal(run: Path) -> Journal:
    journal = Journal(run / "journal.db")
    journal.enter("running", session=1)
    journal.add_step("fill", "Fill", "target", "delete it", ["Fills."])
    return journal


def test_a_run_that_nobody_has_started_yet_is_starting(run: Path) -> None:
    found = view(run)
    assert (found.state, found.what, found.title) == (
        "starting", "docs_old → docs_new", "Blue-green",
    )  # fmt: skip
    assert (found.steps, found.session, found.live) == ((), 0, False)


def test_a_run_that_was_never_started_for_long_is_interrupted(runs: Path) -> None:
    run = make_run(runs, created="2026-01-01T00:00:00.000+00:00")
    assert view(run).state == "interrupted"
    with lock.held(run):
        assert view(run).state == "starting"


def test_running_without_an_engine_is_interrupted(run: Path, journal: Journal) -> None:
    journal.mark_step(1, "running")
    with lock.held(run):
        found = view(run)
        assert (found.state, found.live, found.steps[0].state) == ("running", True, "running")
    found = view(run)
    assert (found.state, found.live, found.steps[0].state) == ("interrupted", False, " ")


@pytest.mark.parametrize("state", ["waiting", "stopped", "failed", "done", "rolled back"])
def test_how_a_run_ended_needs_no_engine_to_be_believed(
    run: Path, journal: Journal, state: str
) -> None:
    journal.enter(state)
    assert view(run).state == state
    with lock.held(run):
        assert view(run).state == state


def test_while_paused_no_time_passes_and_no_speed_is_told(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = ["2026-03-14T09:00:00.000+00:00"]
    monkeypatch.setattr(journal_room, "now", lambda: moment[0])
    monkeypatch.setattr(watch, "now", lambda: moment[0])
    with closing(Journal(run / "journal.db")) as journal, lock.held(run):
        journal.enter("running", session=1)
        journal.add_step("fill", "Fill", "target", "delete it", ["Fills."])
        journal.mark_step(1, "running")
        progress = Progress(journal)
        progress.begin(1)
        steering = Steering(journal, progress, threading.Event())
        moment[0] = "2026-03-14T09:01:00.000+00:00"
        journal.note_progress(1, 600, 1000, "points", 10.0, 0.6)
        assert (view(run).steps[0].seconds, view(run).steps[0].rate) == (60.0, 10.0)
        steering.ask_pause()
        with steering.waiting():
            moment[0] = "2026-03-14T10:01:00.000+00:00"
            journal.note_progress(1, 600, 1000, "points", 10.0, 0.6)
            paused = view(run)
            assert (paused.state, paused.steps[0].seconds) == ("paused", 60.0)
            assert paused.steps[0].rate is None
            assert in_one_line(paused).split("  ")[1:5] == ["PAUSED", "fill", "600/1,000", "60 %"]
            assert "left" not in in_one_line(paused)
            steering.ask_resume()
        moment[0] = "2026-03-14T10:01:30.000+00:00"
        assert (view(run).state, view(run).steps[0].seconds) == ("running", 90.0)


def test_looking_again_gives_the_same_object_until_something_changes(
    run: Path, journal: Journal
) -> None:
    with closing(Watch(run)) as watch:
        first = watch.look()
        assert watch.look() is first
        journal.event("note", "news", {}, None)
        second = watch.look()
        assert second is not first
        assert second.events[-1].text == "news"


def test_a_journal_that_was_replaced_is_opened_anew(run: Path, journal: Journal) -> None:
    with closing(Watch(run)) as watch:
        assert watch.look().state == "interrupted"
        other = run / "other.db"
        journal.enter("done")
        journal.write_copy(other)
        journal.enter("failed")
        journal.close()
        other.replace(run / "journal.db")
        assert watch.look().state == "done"


def test_looking_keeps_no_transaction_open(run: Path, journal: Journal) -> None:
    with closing(Watch(run)) as watch:
        watch.look()
        journal.remember("a", "x" * 100_000)
        busy, in_log, moved = journal._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert (busy, in_log, moved) == (0, 0, 0)


def test_only_facts_under_plain_names_are_shown(run: Path, journal: Journal) -> None:
    journal.remember("switched", {"alias": "docs"})
    journal.remember("slice 1", {"start": 1})
    journal.remember("_private", 1)
    journal.remember("huge", "x" * 300_000)
    assert view(run).facts == {"switched": {"alias": "docs"}}


def test_the_newest_events_are_shown_and_all_can_be_read(run: Path, journal: Journal) -> None:
    for number in range(500):
        journal.event("note", str(number), {}, None)
    assert [event.text for event in view(run, events=3).events] == ["497", "498", "499"]
    with closing(Watch(run)) as watch:
        assert len(watch.events()) == 500
        assert [event.text for event in watch.events(after=498)] == ["498", "499"]


def test_what_was_told_is_not_read_again(run: Path, journal: Journal) -> None:
    """And the newest are shown, whatever was shown before."""
    with closing(Watch(run, events=4)) as looks:
        for number in range(3):
            journal.event("slice", f"{number}", {}, None)
        shown = looks.look().events
        assert [event.text for event in shown] == ["0", "1", "2"]
        asked: list[str] = []
        assert looks._sql is not None
        looks._sql.set_trace_callback(asked.append)
        for number in range(3, 5):
            journal.event("slice", f"{number}", {}, None)
        assert [event.text for event in looks.look().events] == ["1", "2", "3", "4"]
        assert looks.look().events == view(run, events=4).events
        (reading,) = (one for one in asked if "FROM events" in one)
        assert f"id > {shown[-1].id} " in reading


def test_looking_again_and_again_keeps_one_run_open(runs: Path) -> None:
    one, other = make_run(runs), make_run(runs, collection="others", plan="another")
    for folder in (one, other):
        with closing(Journal(folder / "journal.db")) as journal:
            journal.enter("stopped", session=1)
    first = engine_look(one)
    assert engine_look(one) is first
    assert engine_look(other).folder == other
    assert engine_look(one) == first


def test_dead_letters_are_counted_and_listed_with_their_ids(run: Path, journal: Journal) -> None:
    journal.set_aside("u:18446744073709551615", "field text is missing", "nothing")
    journal.set_aside("s:a3f0", "text is empty", '""')
    journal.set_aside("u:7", "text is empty", '""')
    found = view(run)
    assert found.dead_letters == 3
    assert found.dead_letter_reasons == {"field text is missing": 1, "text is empty": 2}
    assert [letter.point for letter in dead_letters(run)] == ["18446744073709551615", "a3f0", "7"]
    first = dead_letters(run, limit=1)[0]
    assert [letter.point for letter in dead_letters(run, after=first.number, limit=1)] == ["a3f0"]
    assert dead_letters(make_run(run.parent, plan="another")) == ()


def test_looking_reads_no_dead_letter(run: Path, journal: Journal) -> None:
    """A window looks twice a second, and there may be a million of them."""
    journal.set_aside("u:7", "text is empty", '""')
    read: list[str] = []
    with closing(Watch(run)) as watch:
        watch.look()
        assert watch._sql is not None
        watch._sql.set_trace_callback(read.append)
        journal.set_aside("u:8", "text is empty", '""')
        assert watch.look().dead_letters == 2
    assert read
    assert not [sql for sql in read if "dead_letters" in sql]


def test_pages_of_dead_letters_meet_each_once_while_some_are_revived(
    run: Path, journal: Journal
) -> None:
    """Counting from the beginning would skip as many as were taken away meanwhile."""
    for number in range(10):
        journal.set_aside(f"u:{number}", "text is empty", "")
    page = dead_letters(run, limit=5)
    journal.revive(["u:0", "u:1"])
    rest = dead_letters(run, after=page[-1].number)
    assert [letter.point for letter in (*page, *rest)] == [str(n) for n in range(10)]


def test_a_run_of_the_first_version_can_be_looked_at(run: Path) -> None:
    path = run / "journal.db"
    with sqlite3.connect(path) as sql:
        sql.executescript(f"{journal_room._FIRST}PRAGMA user_version=1;")
        sql.execute("INSERT INTO run VALUES('state', '\"done\"'), ('since', '\"2026-01-01\"')")
        sql.execute("INSERT INTO dead_letters VALUES('u:1', 'text is empty', '', '2026-01-01')")
    assert view(run).dead_letter_reasons == {"text is empty": 1}
    assert [letter.point for letter in dead_letters(run)] == ["1"]
    assert view(run).conflicts == 0


@pytest.mark.parametrize(
    "damage", [b"", b"no journal " * 500, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_a_damaged_journal_is_a_view_that_says_so(run: Path, damage: bytes) -> None:
    run_here(run, job_of=job(Fake()))
    (run / "journal.db").write_bytes(damage)
    found = view(run)
    if damage:
        assert found.state == "failed"
        assert found.error is not None
        assert "damaged" in found.error["what"]
        with pytest.raises(JournalDamaged):
            dead_letters(run)
    else:
        assert found.state in ("starting", "interrupted")
    assert [listed.run_id for listed in list_runs(run.parent)] == [run.name]


def test_a_journal_with_a_torn_page_is_a_view_that_says_so(run: Path) -> None:
    run_here(run, job_of=job(Fill()))
    path = run / "journal.db"
    raw = bytearray(path.read_bytes())
    raw[4096:] = os.urandom(len(raw) - 4096)
    path.write_bytes(raw)
    found = view(run)
    assert found.state == "failed"
    assert found.error is not None
    assert "damaged" in found.error["what"]


def test_a_journal_of_a_newer_version_is_a_view_that_says_so(run: Path, journal: Journal) -> None:
    journal._sql.execute("PRAGMA user_version=99")
    error = view(run).error
    assert error is not None
    assert "newer version" in error["what"]


def test_one_run_that_cannot_be_read_does_not_hide_the_others(runs: Path) -> None:
    good, bad = make_run(runs), make_run(runs, plan="another", collection="other")
    run_here(good, job_of=job(Fake()))
    (bad / "journal.db").write_bytes(b"nonsense" * 1000)
    assert {found.run_id: found.state for found in list_runs(runs)} == {
        good.name: "done",
        bad.name: "failed",
    }


def test_what_changed_last_stands_first_in_the_list(runs: Path) -> None:
    first, second = make_run(runs), make_run(runs, plan="another", collection="other")
    run_here(second, job_of=job(Fake()))
    run_here(first, job_of=job(Fake()))
    assert [found.run_id for found in list_runs(runs)] == [first.name, second.name]


def test_no_run_no_view(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun):
        view(tmp_path)


def test_times_are_kept_in_utc_and_shown_as_here(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert view(run).began.endswith("+00:00")
        assert f"{local('2026-07-01T10:00:00.000+00:00'):%H:%M %z}" == "12:00 +0200"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_looking_imports_nothing_heavy(run: Path) -> None:
    run_here(run, job_of=job(Fake()))
    script = (
        "import sys, json; from pathlib import Path\n"
        "from qdrant_model_migration.engine import view, list_runs, Watch, steer, summarize\n"
        f"found = view(Path({str(run)!r})); summarize(found)\n"
        "print(json.dumps([found.state, sorted({m.split('.')[0] for m in sys.modules})]))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    state, modules = json.loads(out)
    assert state == "done"
    heavy = {
        "pydantic", "qdrant_client", "yaml", "numpy", "jinja2", "textual", "click", "rich",
        "httpx", "asyncio",
    }  # fmt: skip
    assert heavy.isdisjoint(modules)

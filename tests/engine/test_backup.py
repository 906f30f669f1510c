"""A damaged journal costs what was noted since the last step began, and never a fact."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from qdrant_model_migration.engine import give_consent, run_here, view
from qdrant_model_migration.engine.backup import keep_copy, keep_fact, open_journal
from qdrant_model_migration.engine.errors import JournalDamaged
from qdrant_model_migration.engine.journal import COPY, FILE, Journal
from qdrant_model_migration.errors import RunFolderUnusable, Stopped
from qdrant_model_migration.steps import StepContext, borders, slice_size
from support.fake_run import AskFirst, Fake, Fill, job

LONG_AGO = "1999-01-01T00:00:00.000+00:00"
Deed = Callable[[str, Callable[[StepContext], None]], Fake]


def noise(path: Path) -> None:
    path.write_bytes(b"\x99" * 50_000)


def torn(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[8192:] = b"\x99" * (len(raw) - 8192)
    path.write_bytes(raw)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def gone(path: Path) -> None:
    path.unlink()


DAMAGE = pytest.mark.parametrize("damage", [noise, torn, emptied, gone])


@DAMAGE
def test_a_run_goes_on_from_the_copy(run: Path, damage: Callable[[Path], None]) -> None:
    steps = Fill(), AskFirst()
    give_consent(run, "cutover", {"alias": "wrong"})
    assert run_here(run, job_of=job(*steps)) == 3
    damage(run / "journal.db")
    give_consent(run, "cutover", {"alias": "docs"})
    assert run_here(run, job_of=job(*steps)) == 0
    found = view(run)
    assert (found.state, [step.state for step in found.steps]) == ("done", ["done", "done"])
    assert any("notes of this run were damaged from" in event.text for event in found.events)
    assert sorted(map(int, (run / "target.txt").read_text().split())) == list(range(300))


@DAMAGE
def test_what_a_step_kept_before_it_changed_something_is_never_lost(
    run: Path, deed: Deed, damage: Callable[[Path], None]
) -> None:
    """Else an undo would put back the new setting for the old one."""
    server = {"setting": "old"}

    def change(ctx: StepContext) -> None:
        if ctx.recall("old_setting") is None:
            ctx.remember("old_setting", server["setting"])
        server["setting"] = "new"
        raise Stopped

    step = deed("requantize", change)
    for _ in range(2):
        assert run_here(run, job_of=job(step)) == 130
        damage(run / "journal.db")
    journal = open_journal(run)
    assert journal.recall("old_setting") == "old"


def test_a_journal_that_fell_back_behind_its_copy_is_not_believed(tmp_path: Path) -> None:
    """Losing the file beside it (-wal) takes a journal back in time without a trace."""
    journal = open_journal(tmp_path)
    journal.enter("starting")
    journal._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old = (tmp_path / "journal.db").read_bytes()
    journal.remember("old_setting", "old")
    keep_copy(journal, tmp_path)
    journal._sql.close()
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    (tmp_path / "journal.db").write_bytes(old)
    assert open_journal(tmp_path).recall("old_setting") == "old"


def test_a_whole_journal_is_not_replaced_by_its_copy(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.enter("running")
    keep_copy(journal, tmp_path)
    journal.remember("later", 1)
    journal.close()
    assert open_journal(tmp_path).recall("later") == 1
    assert not (tmp_path / "journal.damaged.db").exists()


def test_a_clock_that_is_set_back_makes_no_journal_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a step had noted for itself since, and the consents and dead letters, went with it."""
    journal = open_journal(tmp_path)
    journal.enter("running")
    keep_copy(journal, tmp_path)
    monkeypatch.setattr("qdrant_model_migration.engine.journal.now", lambda: LONG_AGO)
    journal.event("note", "An hour later by no clock.", {}, None)
    journal.remember("_written", [["u:1", ""]])
    journal.set_aside("u:2", "too large", "")
    journal.close()
    after = open_journal(tmp_path)
    assert after.recall("_written") == [["u:1", ""]]
    assert not (tmp_path / "journal.damaged.db").exists()


def test_where_the_copy_is_damaged_too_nothing_is_touched(run: Path) -> None:
    run_here(run, job_of=job(Fake()))
    noise(run / "journal.db")
    noise(run / "journal.copy.db")
    with pytest.raises(JournalDamaged):
        run_here(run, job_of=job(Fake()))
    assert (run / "journal.db").read_bytes() == b"\x99" * 50_000


def test_a_full_disk_leaves_a_damaged_journal_and_its_copy_as_they_are(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_here(run, job_of=job(Fill(), AskFirst())) == 3
    noise(run / FILE)
    before = {path.name: path.read_bytes() for path in (run / FILE, run / COPY)}

    def full(copy: Path, whole: Path) -> None:
        whole.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(RunFolderUnusable, match="Its disk is full"):
        open_journal(run)
    assert {path.name: path.read_bytes() for path in (run / FILE, run / COPY)} == before
    assert not (run / f".{FILE}").exists()


def test_the_view_says_whether_there_is_a_copy(run: Path) -> None:
    run_here(run, job_of=job(Fake()))
    noise(run / "journal.db")
    for copy, said in ((True, "Resume goes on from the copy"), (False, "Put a backup")):
        if not copy:
            (run / "journal.copy.db").unlink()
        error = view(run).error
        assert error is not None
        assert said in error["todo"]


def test_a_copy_that_cannot_be_made_does_not_end_the_run(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Journal, path: Path) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Journal, "write_copy", fails)
    assert run_here(run, job_of=job(Fill())) == 0
    assert "no second copy" in (run / "engine.log").read_text()


def test_facts_are_added_to_the_copy_without_writing_all_of_it(
    run: Path, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million dead letters were copied for every fact of a step."""
    copies: list[Path] = []
    write_copy = Journal.write_copy

    def counted(self: Journal, path: Path) -> None:
        copies.append(path)
        write_copy(self, path)

    def remembers(ctx: StepContext) -> None:
        for number in range(20):
            ctx.remember("count", number)

    monkeypatch.setattr(Journal, "write_copy", counted)
    assert run_here(run, job_of=job(deed("one", remembers), deed("two", remembers))) == 0
    assert len(copies) == 2, "one where each step begins"
    gone(run / "journal.db")
    assert open_journal(run).recall("count") == 19


def test_a_consent_that_was_spent_is_spent_in_the_copy_too(tmp_path: Path) -> None:
    """Else it would open its gate a second time."""
    journal = open_journal(tmp_path)
    journal.enter("running")
    journal.add_consent("cutover", {"alias": "docs"}, "a")
    journal.judge_consent(1, True)
    keep_copy(journal, tmp_path)
    journal.spend("cutover")
    journal.remember("switched", {"alias": "docs"})
    keep_fact(journal, tmp_path, "switched")
    journal.close()
    gone(tmp_path / "journal.db")
    assert open_journal(tmp_path).consent("cutover") is None


def test_a_change_of_the_copy_that_was_broken_off_is_taken_back(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.enter("running")
    journal.remember("old_setting", "old")
    keep_copy(journal, tmp_path)
    journal.close()
    copy = tmp_path / "journal.copy.db"
    kill = (
        "import os, sqlite3, sys\n"
        "sql = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "sql.execute('PRAGMA cache_size=1')\n"
        "sql.execute('BEGIN')\n"
        "sql.execute(\"UPDATE meta SET value = '1'\")\n"
        "sql.execute(\"INSERT INTO meta VALUES('x', ?, 0)\", ('x' * 500_000,))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", kill, str(copy)], check=False)
    assert (tmp_path / "journal.copy.db-journal").exists()
    gone(tmp_path / "journal.db")
    assert open_journal(tmp_path).recall("old_setting") == "old"


def test_a_slice_takes_no_more_in_the_journal_and_its_copy_than_is_told(tmp_path: Path) -> None:
    def taken(slices: int) -> int:
        folder = tmp_path / str(slices)
        folder.mkdir()
        journal = Journal(folder / FILE)
        for number in range(slices):
            start, end = (str(UUID(int=2**127 + n)) for n in (number, number + 1))
            row = {"start": start, "end": end, "points": 64, "dead": 0}
            journal.remember(f"slice {number}", row, forced=False)
            said = f"Slice {number:,} done: 64 points, 12 texts cut off, checkpoint saved."
            counted = {"points": 64, "tokens": 30_000, "cut_off": 12, "unlisted": 0}
            journal.event("slice", said, counted, 1)
        keep_copy(journal, folder)
        journal.close()
        return sum((folder / name).stat().st_size for name in (FILE, COPY))

    assert 0 < taken(2_000) - taken(0) <= borders.room(2_000 * slice_size.FIRST)

"""Folders that this user may not read or write: said in words, and they hide no other run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from qdrant_model_migration.engine import find_run, list_runs, run_here, steer, view
from qdrant_model_migration.engine.errors import RunNotGoing
from qdrant_model_migration.errors import QmmError, RunFolderUnusable
from qdrant_model_migration.pipeline.ledger import open_ledger, record
from qdrant_model_migration.steps import StepContext
from support.fake_run import Fake, job, make_run

NOBODY = 65_534


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Root may do everything, so the tests step down where they run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def rights(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    for parent in path.parents:
        if parent.owner() == path.owner() and not parent.stat().st_mode & 0o001:
            parent.chmod(0o711)
    try:
        with as_somebody_else():
            yield
    finally:
        path.chmod(before)


def test_whatever_a_run_leaves_is_readable_by_its_owner_alone(
    runs: Path, deed: Callable[[str, Callable[[StepContext], None]], Fake]
) -> None:
    def does(ctx: StepContext) -> None:
        with open_ledger(ctx.folder, begin=True) as ledger:
            ledger.replace(None, None, record(1, bytes(16)))
            ledger.amend({1: bytes(16)})
        ctx.remember("verdict", {"word": "GO", "reason": "it finds more"})
        ctx.dead_letter(1, "text is empty", "")
        ctx.conflict(2, "edited", "edited", bytes(16))

    before = os.umask(0)
    try:
        run = make_run(runs)
        with suppress(RunNotGoing):
            steer(run, "throttle", pace="gently")
        assert run_here(run, job_of=job(deed("fill", does))) == 0
    finally:
        os.umask(before)
    names = {path.name for path in run.iterdir()}
    assert {"dead-letters.csv", "conflicts.csv", "report.html", "ledger.db"} <= names
    assert not [path for path in (run, *run.rglob("*")) if path.stat().st_mode & 0o077]


def test_a_folder_that_may_not_be_written_takes_no_run(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    with rights(runs, 0o555), pytest.raises(RunFolderUnusable, match="lacks the rights"):
        make_run(runs)
    with rights(tmp_path, 0o555), pytest.raises(RunFolderUnusable, match="lacks the rights"):
        make_run(tmp_path / "deeper" / "runs")


def test_a_folder_of_runs_that_may_not_be_read_says_so(runs: Path) -> None:
    make_run(runs)
    with rights(runs, 0o000), pytest.raises(RunFolderUnusable, match="cannot be read"):
        list_runs(runs)


def test_a_run_that_may_not_be_read_says_so(runs: Path) -> None:
    run = make_run(runs)
    runs.chmod(0o755)
    with rights(run, 0o000):
        for look in (lambda: find_run(run.name, runs), lambda: view(run)):
            with pytest.raises(RunFolderUnusable, match="cannot be read"):
                look()
        assert list_runs(runs) == ()


def test_a_journal_that_may_not_be_read_is_a_view_that_says_so(runs: Path) -> None:
    run = make_run(runs)
    run_here(run, job_of=job(Fake()))
    runs.chmod(0o755)
    (run / "run.json").chmod(0o644)
    with rights(run, 0o555):
        found = view(run)
    assert found.state == "failed"
    assert found.error is not None
    assert "cannot be read" in found.error["what"]
    assert "rights" in found.error["why"]


def test_a_finished_run_can_be_looked_at_where_nothing_can_be_written(runs: Path) -> None:
    run = make_run(runs)
    run_here(run, job_of=job(Fake()))
    runs.chmod(0o755)
    for path in run.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    with rights(run, 0o555):
        assert view(run).state == "done"


def test_a_run_that_may_not_be_written_is_neither_started_nor_steered(runs: Path) -> None:
    run = make_run(runs)
    runs.chmod(0o755)
    (run / "run.json").chmod(0o644)
    (run / "control").chmod(0o755)
    with rights(run, 0o555):
        with pytest.raises(RunFolderUnusable, match="lacks the rights"):
            run_here(run, job_of=job(Fake()))
        with pytest.raises(QmmError):
            steer(run, "throttle", pace="gently")

"""Throttle: how long the work rests between two pieces, by share of time or points per second."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.levers import Levers
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.errors import DiskFull, Stopped


class Rested(Levers):
    """Rests in no time and remembers for how long it would have."""

    def __init__(self, journal: Journal, progress: Progress) -> None:
        self.now = 0.0
        self.rests: list[float] = []
        super().__init__(journal, progress, threading.Event(), lambda: self.now)

    def _doze(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    progress = Progress(Journal(tmp_path / "journal.db"))
    progress._journal.add_step("fill", "Fill", "", "", [])
    progress.begin(1)
    return progress


@pytest.fixture
def levers(progress: Progress) -> Rested:
    return Rested(progress._journal, progress)


@pytest.mark.parametrize(
    ("throttle", "rest"),
    [({"pace": "gently"}, 2.0), ({"pace": "normally"}, 0.5), ({"pace": "fast"}, None), ({}, None)],
)
def test_a_pace_is_a_share_of_the_time(
    levers: Rested, throttle: dict[str, Any], rest: float | None
) -> None:
    levers.ask_throttle(throttle)
    levers.now += 1.0
    levers.breathe()
    assert levers.rests == ([] if rest is None else [pytest.approx(rest)])


def test_points_per_second_are_kept_over_many_pieces(levers: Rested, progress: Progress) -> None:
    levers.ask_throttle({"per_second": 100})
    for piece in range(1, 21):
        levers.now += 0.5
        progress.report(piece * 1000, None, "points")
        levers.breathe()
    assert levers.now == pytest.approx(200, rel=0.01)


def test_other_threads_than_the_step_are_not_slowed_down(levers: Rested) -> None:
    levers.ask_throttle({"pace": "gently"})
    levers.now += 1.0
    thread = threading.Thread(target=levers.breathe)
    thread.start()
    thread.join()
    assert levers.rests == []


def test_a_stop_is_raised_at_the_next_breath_and_wins_over_a_pause(levers: Rested) -> None:
    levers.ask_pause()
    levers.ask_stop()
    levers.ask_pause()
    with pytest.raises(Stopped):
        levers.breathe()


def test_a_broken_journal_is_raised_at_the_next_breath(levers: Rested) -> None:
    levers.break_down(DiskFull("journal.db"))
    with pytest.raises(DiskFull):
        levers.breathe()


def test_threads_that_pause_together_go_on_together(progress: Progress) -> None:
    levers = Levers(progress._journal, progress, threading.Event())
    levers.ask_pause()
    threads = [threading.Thread(target=levers.breathe) for _ in range(3)]
    for thread in threads:
        thread.start()
    levers.ask_resume()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert progress._journal.get("state") in (None, "running")

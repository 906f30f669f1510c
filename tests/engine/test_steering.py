"""Throttle: how long the work rests between two pieces, by share of time or points per second."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.steering import Steering
from qdrant_model_migration.errors import DiskFull, Stopped
from support.waiting import until


class Rested(Steering):
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
def steering(progress: Progress) -> Rested:
    return Rested(progress._journal, progress)


@pytest.mark.parametrize(
    ("throttle", "rest"),
    [({"pace": "gently"}, 2.0), ({"pace": "normally"}, None), ({"pace": "fast"}, None), ({}, None)],
)
def test_a_pace_is_a_share_of_the_time(
    steering: Rested, throttle: dict[str, Any], rest: float | None
) -> None:
    steering.ask_throttle(throttle)
    steering.now += 1.0
    steering.breathe()
    assert steering.rests == ([] if rest is None else [pytest.approx(rest)])


def test_points_per_second_are_kept_over_many_pieces(steering: Rested, progress: Progress) -> None:
    steering.ask_throttle({"per_second": 100})
    for piece in range(1, 21):
        steering.now += 0.5
        progress.advance(piece * 1000, None, "points")
        steering.breathe()
    assert steering.now == pytest.approx(200, rel=0.01)


def test_other_threads_than_the_step_are_not_slowed_down(steering: Rested) -> None:
    steering.ask_throttle({"pace": "gently"})
    steering.now += 1.0
    thread = threading.Thread(target=steering.breathe)
    thread.start()
    thread.join()
    assert steering.rests == []


def test_a_stop_is_raised_at_the_next_breath_and_wins_over_a_pause(steering: Rested) -> None:
    steering.ask_pause()
    steering.ask_stop()
    steering.ask_pause()
    with pytest.raises(Stopped):
        steering.breathe()


def test_a_broken_journal_is_raised_at_the_next_breath(steering: Rested) -> None:
    steering.break_down(DiskFull("journal.db"))
    with pytest.raises(DiskFull):
        steering.breathe()


def test_threads_that_pause_together_go_on_together(progress: Progress) -> None:
    steering = Steering(progress._journal, progress, threading.Event())
    steering.ask_pause()
    threads = [threading.Thread(target=steering.breathe) for _ in range(3)]
    for thread in threads:
        thread.start()
    steering.ask_resume()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert progress._journal.get("state") in (None, "running")


def test_a_pause_has_begun_when_the_last_helper_rests_as_well(progress: Progress) -> None:
    steering = Steering(progress._journal, progress, threading.Event())
    writes, written = threading.Event(), threading.Event()

    def help_out() -> None:
        with steering.helping():
            writes.set()
            written.wait(20)
            steering.breathe()

    thread = threading.Thread(target=help_out)
    thread.start()
    writes.wait(20)
    steering.ask_pause()
    with steering.waiting():
        assert progress._journal.get("state") != "paused", "one still writes"
        written.set()
        until(lambda: progress._journal.get("state") == "paused")
        steering.ask_resume()
        thread.join(20)
    assert progress._journal.get("state") == "running"


def test_a_pause_takes_no_time_of_the_step(progress: Progress, steering: Rested) -> None:
    journal = progress._journal
    journal.mark_step(1, "running")
    steering.ask_pause()
    with steering.waiting():
        assert journal._rows("SELECT noted FROM steps") == [(None,)]
        progress.flush()
        assert journal._rows("SELECT noted FROM steps") == [(None,)]
        steering.ask_resume()
    assert journal._rows("SELECT noted FROM steps") != [(None,)]


def test_the_operators_pause_goes_before_that_of_slow_searches(
    progress: Progress, steering: Rested
) -> None:
    journal = progress._journal
    steering.ask_hold("searches are slow")
    with steering.waiting():
        assert journal.get("held") == "searches are slow"
        steering.ask_pause()
        assert journal.get("held") is None
        steering.ask_release()
        assert steering.paused
        steering.ask_hold("searches are slow")
        assert journal.get("held") is None
        steering.ask_resume()
    assert not steering.paused
    steering.ask_hold("searches are slow")
    with steering.waiting():
        steering.ask_release()
    assert (steering.paused, journal.get("held")) == (False, None)


def test_the_slower_of_the_wished_and_the_allowed_share_counts(steering: Rested) -> None:
    steering.ask_share(1 / 4)
    steering.ask_throttle({"pace": "gently"})
    steering.now += 1.0
    steering.breathe()
    assert steering.rests == [pytest.approx(3.0)]
    steering.ask_share(1 / 2)
    steering.now += 1.0
    steering.breathe()
    assert steering.rests[1:] == [pytest.approx(2.0)]


def test_helpers_are_slowed_down_each_by_its_own_work(steering: Rested) -> None:
    steering.ask_share(1 / 2)

    def help_out() -> None:
        with steering.helping():
            steering.now += 1.0
            steering.breathe()

    with steering.waiting():
        thread = threading.Thread(target=help_out)
        thread.start()
        thread.join(20)
    assert steering.rests == [pytest.approx(1.0)]

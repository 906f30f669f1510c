"""How far and how fast: many reports become few writes, and the number shown is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Noted(Journal):
    """A journal that only notes what it was told about progress."""

    def __init__(self) -> None:
        self.progress: list[tuple[int, int | None, float | None]] = []
        self.rates: list[float | None] = []
        self.shares: list[float | None] = []

    def note_progress(
        self, n: int, done: int, total: int | None, unit: str, rate: Any, share: float | None
    ) -> None:
        self.progress.append((done, total, rate))
        self.shares.append(share)

    def share(self, n: int) -> float | None:
        return self.shares[-1] if self.shares else None

    def forget_share(self, n: int) -> None:
        self.shares.append(None)

    def note_rate(self, n: int, done: int, rate: float | None, keep: int) -> None:
        self.rates.append(rate)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal() -> Noted:
    return Noted()


@pytest.fixture
def progress(journal: Noted, clock: Clock) -> Progress:
    progress = Progress(journal, clock)
    progress.begin(1)
    return progress


def test_a_thousand_reports_in_a_second_are_few_writes_and_the_last_is_kept(
    progress: Progress, journal: Noted, clock: Clock
) -> None:
    for done in range(1000):
        clock.now += 0.001
        progress.advance(done, 5000, "points")
    assert 4 <= len(journal.progress) <= 7
    progress.flush()
    assert journal.progress[-1][:2] == (999, 5000)


def test_the_final_report_is_written_at_once(progress: Progress, journal: Noted) -> None:
    progress.advance(1, 10, "points")
    progress.advance(10, 10, "points")
    assert journal.progress[-1][:2] == (10, 10)


def test_a_step_that_ends_leaves_its_last_number(progress: Progress, journal: Noted) -> None:
    progress.advance(1, None, "points")
    progress.advance(2, None, "points")
    progress.end()
    assert journal.progress[-1][:2] == (2, None)
    progress.flush()
    progress.sample()
    assert len(journal.progress) == 2


def test_a_step_begins_at_nothing(progress: Progress, journal: Noted) -> None:
    progress.advance(5, 10, "points")
    progress.begin(2)
    progress.flush()
    assert progress.done == 0
    assert progress.advance(1, 10, "points")
    assert journal.progress == [(5, 10, None), (1, 10, None)]


def test_what_was_done_before_a_resume_is_not_counted_as_speed(
    progress: Progress, clock: Clock, journal: Noted
) -> None:
    progress.advance(50_000, 100_000, "points")
    for _ in range(10):
        clock.now += 1
        progress.advance(progress.done + 60, 100_000, "points")
    assert journal.progress[-1][2] == pytest.approx(60)


def test_no_rate_is_told_before_it_is_known(progress: Progress, journal: Noted) -> None:
    progress.advance(1, 10, "points")
    assert journal.progress[-1][2] is None


def test_the_rate_follows_the_last_half_minute(
    progress: Progress, clock: Clock, journal: Noted
) -> None:
    for speed in [100] * 120 + [10] * 40:
        clock.now += 1
        progress.advance(progress.done + speed, 100_000, "points")
    assert journal.progress[-1][2] == pytest.approx(10)


def test_the_rate_sinks_while_nothing_is_confirmed(
    progress: Progress, clock: Clock, journal: Noted
) -> None:
    for _ in range(20):
        clock.now += 1
        progress.advance(progress.done + 100, 100_000, "points")
    clock.now += 80
    progress.sample()
    assert journal.rates == [pytest.approx(1900 / 99)]


def test_a_pause_is_a_gap_and_not_a_slow_stretch(
    progress: Progress, clock: Clock, journal: Noted
) -> None:
    for _ in range(10):
        clock.now += 1
        progress.advance(progress.done + 100, 100_000, "points")
    clock.now += 1000
    progress.break_off()
    progress.sample()
    assert journal.rates == []
    for _ in range(5):
        clock.now += 1
        progress.advance(progress.done + 100, 100_000, "points")
    assert journal.progress[-1][2] == pytest.approx(100)


def test_another_count_within_a_step_begins_a_new_measure(
    progress: Progress, journal: Noted, clock: Clock
) -> None:
    for done in range(0, 3201, 200):
        progress.advance(done, 3200, "points")
        clock.now += 1
    for done in range(0, 101, 20):
        progress.advance(done, 100, "searches")
        clock.now += 1
    progress.flush()
    rates = [rate for _, total, rate in journal.progress if total == 100 and rate is not None]
    assert rates
    assert all(0 < rate <= 20 for rate in rates)


def told(progress: Progress, journal: Noted, clock: Clock, *counts: tuple[int, str]) -> list[Any]:
    """What is told of a step that counts so: hundreds of a unit."""
    for done, unit in counts:
        clock.now += 1
        progress.advance(done, 100, unit)
    return journal.shares


def test_kinds_of_counts_that_were_named_are_parts_of_one_step(
    journal: Noted, clock: Clock
) -> None:
    progress = Progress(journal, clock)
    progress.begin(1, ("points", "searches"))
    counts = ((50, "points"), (100, "points"), (20, "searches"), (100, "searches"))
    assert told(progress, journal, clock, *counts) == [0.25, 0.5, 0.6, 1.0]


def test_a_count_that_begins_once_more_takes_nothing_back(
    progress: Progress, journal: Noted, clock: Clock
) -> None:
    counts = ((60, "points"), (10, "points"), (40, "points"), (70, "points"), (5, "hidden points"))
    assert told(progress, journal, clock, *counts) == [0.6, None, None, 0.7, None]


def test_a_total_that_grows_takes_nothing_back(
    progress: Progress, journal: Noted, clock: Clock
) -> None:
    for total in (100, 200):
        clock.now += 1
        progress.advance(90, total, "points")
    assert journal.shares == [0.9, 0.9]


def test_a_step_that_is_resumed_takes_nothing_back(journal: Noted, clock: Clock) -> None:
    for _ in range(2):
        progress = Progress(journal, clock)
        progress.begin(1)
        told(progress, journal, clock, (30, "points"), (60, "points"))
        progress.end()
    assert journal.shares == [0.3, 0.6, None, 0.6]


def test_at_a_gate_no_share_is_told_and_after_it_the_count_begins_anew(
    progress: Progress, journal: Noted, clock: Clock
) -> None:
    told(progress, journal, clock, (100, "points"))
    progress.put_off()
    progress.end()
    assert journal.shares[-1] is None
    progress.begin(1)
    assert told(progress, journal, clock, (10, "points"))[-1] == 0.1


def test_the_curve_keeps_its_newest_points(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for done in range(10):
        journal.note_rate(1, done, 1.0, keep=4)
    assert journal._rows("SELECT done FROM rates ORDER BY rowid") == [(6,), (7,), (8,), (9,)]

"""How long a piece of work takes, and so a stop; and whether anybody is at work."""

from __future__ import annotations

import threading

import pytest

from qdrant_model_migration.engine.activity import WINDOW, Activity, stop_takes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def activity(clock: Clock) -> Activity:
    return Activity(clock)


def test_a_stop_takes_as_long_as_the_longest_piece_of_the_last_minutes(
    activity: Activity, clock: Clock
) -> None:
    assert activity.longest() is None
    for seconds in (1.0, 7.0, 2.0):
        clock.now += seconds
        assert activity.mark() == seconds
    assert activity.longest() == 7.0
    for _ in range(int(WINDOW) + 1):
        clock.now += 1.0
        activity.mark()
    assert activity.longest() == 1.0


def test_a_piece_that_is_longer_by_now_counts_already(activity: Activity, clock: Clock) -> None:
    clock.now += 1.0
    activity.mark()
    clock.now += 30.0
    assert activity.longest() == 30.0


def test_rest_and_waiting_for_others_are_no_work(activity: Activity, clock: Clock) -> None:
    clock.now += 1.0
    activity.mark()
    with activity.away():
        clock.now += 100.0
        assert not activity.at_work
        assert activity.longest() == 1.0
    assert activity.at_work
    clock.now += 2.0
    assert activity.mark() == 2.0


def test_the_wait_for_another_try_is_no_work(activity: Activity, clock: Clock) -> None:
    clock.now += 1.0
    activity.mark(ahead=60.0)
    clock.now += 61.0
    assert activity.mark() == 1.0


def test_helpers_count_while_they_help_and_strangers_never(activity: Activity) -> None:
    took: list[float] = []
    at_work: list[bool] = []

    def help() -> None:
        took.append(activity.mark())
        with activity.away():
            at_work.append(activity.at_work)
        with activity.help():
            at_work.append(activity.at_work)

    with activity.away():
        thread = threading.Thread(target=help)
        thread.start()
        thread.join()
    assert (took, at_work) == ([0.0], [False, True])


@pytest.mark.parametrize(
    ("within", "said"), [(None, "a few seconds"), (3.2, "up to 4 s"), (200.0, "up to 3 min")]
)
def test_how_long_a_stop_takes_is_said(within: float | None, said: str) -> None:
    assert stop_takes(within) == said

"""How long a piece of work takes, and so a stop; and whether anybody is at work."""

from __future__ import annotations

import threading

import pytest

from qdrant_model_migration.engine.crew import WINDOW, Crew, stop_takes


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crew(clock: Clock) -> Crew:
    return Crew(clock)


def test_a_stop_takes_as_long_as_the_longest_piece_of_the_last_minutes(
    crew: Crew, clock: Clock
) -> None:
    assert crew.longest() is None
    for seconds in (1.0, 7.0, 2.0):
        clock.now += seconds
        assert crew.look() == seconds
    assert crew.longest() == 7.0
    for _ in range(int(WINDOW) + 1):
        clock.now += 1.0
        crew.look()
    assert crew.longest() == 1.0


def test_a_piece_that_is_longer_by_now_counts_already(crew: Crew, clock: Clock) -> None:
    clock.now += 1.0
    crew.look()
    clock.now += 30.0
    assert crew.longest() == 30.0


def test_rest_and_waiting_for_others_are_no_work(crew: Crew, clock: Clock) -> None:
    clock.now += 1.0
    crew.look()
    with crew.away():
        clock.now += 100.0
        assert not crew.at_work
        assert crew.longest() == 1.0
    assert crew.at_work
    clock.now += 2.0
    assert crew.look() == 2.0


def test_the_wait_for_another_try_is_no_work(crew: Crew, clock: Clock) -> None:
    clock.now += 1.0
    crew.look(ahead=60.0)
    clock.now += 61.0
    assert crew.look() == 1.0


def test_helpers_count_while_they_help_and_strangers_never(crew: Crew) -> None:
    took: list[float] = []
    at_work: list[bool] = []

    def help() -> None:
        took.append(crew.look())
        with crew.away():
            at_work.append(crew.at_work)
        with crew.help():
            at_work.append(crew.at_work)

    with crew.away():
        thread = threading.Thread(target=help)
        thread.start()
        thread.join()
    assert (took, at_work) == ([0.0], [False, True])


@pytest.mark.parametrize(
    ("within", "said"), [(None, "a few seconds"), (3.2, "up to 4 s"), (200.0, "up to 3 min")]
)
def test_how_long_a_stop_takes_is_said(within: float | None, said: str) -> None:
    assert stop_takes(within) == said

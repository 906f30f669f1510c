"""When slow searches slow the work down, when they pause it, and when it goes faster again."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from qdrant_model_migration.engine.brake import CALM, SEEN, SHARES, Brake
from qdrant_model_migration.pipeline.move import Searches

GENTLY = Searches(slow=1.2, pause=2.0)


def told(brake: Brake, rounds: Iterable[float], *, paused: bool = False) -> list[str]:
    changes = []
    for milliseconds in rounds:
        if (change := brake.take(milliseconds, paused=paused)) is not None:
            changes.append(change.what)
            paused = {"pause": True, "go on": False}.get(change.what, paused)
    return changes


def test_a_fifth_longer_slows_down_and_twice_as_long_pauses() -> None:
    assert told(Brake(GENTLY, 100.0), [119.0] * 20) == []
    assert told(Brake(GENTLY, 100.0), [121.0] * SEEN) == ["slower"]
    assert told(Brake(GENTLY, 100.0), [201.0] * SEEN) == ["pause"]


@pytest.mark.parametrize(("before", "now"), [(1.0, 1.3), (1.0, 10.0), (12.0, 21.0), (0.0, 9.0)])
def test_a_few_milliseconds_are_no_reason(before: float, now: float) -> None:
    assert told(Brake(GENTLY, before), [now] * 20) == []


def test_milliseconds_that_a_person_feels_are_one() -> None:
    assert told(Brake(GENTLY, 12.0), [38.0] * SEEN) == ["slower"]
    assert told(Brake(GENTLY, 1.0), [52.0] * SEEN) == ["pause"]


def test_single_slow_searches_are_no_reason() -> None:
    assert told(Brake(GENTLY, 10.0), [10.0, 900.0, 11.0, 10.0, 900.0, 12.0] * 10) == []


def test_it_becomes_slower_step_by_step_and_each_step_is_given_time() -> None:
    brake = Brake(GENTLY, 100.0)
    shares = []
    for _ in range(5):
        told(brake, [150.0] * SEEN)
        shares.append(brake.share)
    assert shares == [*SHARES[1:], SHARES[-1], SHARES[-1]]


def test_it_becomes_faster_only_when_searches_are_clearly_quick_again() -> None:
    brake = Brake(GENTLY, 100.0)
    told(brake, [150.0] * 2 * SEEN)
    assert brake.share == SHARES[2]
    assert told(brake, [117.0] * 50) == [], "within what is allowed, but only just"
    assert told(brake, [105.0] * (CALM + 1)) == ["faster"]
    assert told(brake, [105.0] * CALM) == ["faster"]
    assert (brake.share, told(brake, [105.0] * 50)) == (1.0, [])


def test_a_pause_ends_slowly() -> None:
    brake = Brake(GENTLY, 100.0)
    assert told(brake, [300.0] * 10) == ["pause"]
    assert told(brake, [150.0] * 20, paused=True) == []
    assert told(brake, [110.0] * (CALM + 1), paused=True) == ["go on"]
    assert brake.share == SHARES[-1]

"""Several aliases through the engine: switched together, told, rolled back, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine import summarize
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.switches.aliases import Aliases
from support.fake_qdrant import FakeQdrant
from support.trip import ALIAS, NEW_NAME, OLD_NAME, Trip, fill, plan_of

ALSO, NOTE = "docs search", "note #1"


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant(version="1.18.3") as fake:
        yield fake


@pytest.fixture
def trip(fake: FakeQdrant, tmp_path: Path) -> Trip:
    """At the cutover, with two aliases to switch and one that nobody has claimed."""
    address = Address(url=fake.url, folder=None)
    with open_qdrant(address) as qdrant:
        fill(qdrant)
        qdrant.switch_aliases((ALSO, NOTE), OLD_NAME)
        plan = plan_of(qdrant)
    all_of_them = Aliases(alias=ALIAS, also=(ALSO,), left=(NOTE,))
    more: dict[str, dict[str, Any]] = {
        "check": {"also": (ALSO,)},
        "cutover": {"switch": all_of_them},
    }
    steps = tuple(step.model_copy(update=more.get(step.step, {})) for step in plan.steps)
    trip = Trip(address, tmp_path / "runs", plan=plan.model_copy(update={"steps": steps}))
    assert trip.go() == 3, trip.seen.error
    trip.allow_the_switch()
    return trip


def first_only(fake: FakeQdrant) -> None:
    """As a server that fails at the second action of the next switch: the first one stays."""
    applied = fake.state.change_aliases

    def once(actions: list[dict[str, Any]]) -> None:
        fake.state.change_aliases = applied  # type: ignore[method-assign]
        applied(actions[:1])
        applied([{"create_alias": {"alias_name": "x", "collection_name": "nope"}}])

    fake.state.change_aliases = once  # type: ignore[method-assign]


def test_they_are_switched_and_rolled_back_and_the_report_names_the_others(
    fake: FakeQdrant, trip: Trip
) -> None:
    assert trip.go() == 0, trip.seen.error
    assert fake.state.aliases == {ALIAS: NEW_NAME, ALSO: NEW_NAME, NOTE: OLD_NAME}
    told = summarize(trip.seen)
    assert told.title == "Done: docs and docs search answer from docs_new"
    assert dict(told.rows)["Not switched"].startswith("note #1: ")
    assert any("note #1" in todo.text for todo in told.todo)
    assert trip.go("cleanup") == 4
    assert "note #1 still points to it" in trip.error["why"]
    trip.consent("rollback", alias=ALIAS)
    assert trip.go("rollback") == 0, trip.seen.error
    assert set(fake.state.aliases.values()) == {OLD_NAME}
    assert (
        summarize(trip.seen).title == "Rolled back: docs and docs search answer from docs_old again"
    )


def test_a_part_of_them_is_told_and_a_resume_switches_the_rest(
    fake: FakeQdrant, trip: Trip
) -> None:
    first_only(fake)
    assert trip.go() == 4
    assert trip.error["what"] == (
        "docs answers from docs_new now, but docs search points to docs_old."
    )
    assert "docs_old" not in summarize(trip.seen).title
    assert trip.go() == 0, trip.seen.error
    assert fake.state.aliases == {ALIAS: NEW_NAME, ALSO: NEW_NAME, NOTE: OLD_NAME}


def test_a_part_of_them_can_be_taken_back(fake: FakeQdrant, trip: Trip) -> None:
    first_only(fake)
    assert trip.go() == 4
    trip.consent("rollback", alias=ALIAS)
    assert trip.go("rollback") == 0, trip.seen.error
    assert set(fake.state.aliases.values()) == {OLD_NAME}
    assert trip.seen.state == "rolled back"


def test_a_rollback_that_is_stopped_while_it_counts_is_done(fake: FakeQdrant, trip: Trip) -> None:
    assert trip.go() == 0, trip.seen.error
    fake.after("/collections/aliases", lambda _: trip.stop.set(), times=1)
    trip.consent("rollback", alias=ALIAS)
    assert trip.go("rollback") == 0, trip.seen.error
    assert trip.seen.state == "rolled back"
    assert dict(summarize(trip.seen).rows)["Left behind"].endswith("were not counted")
    trip.stop.clear()
    assert trip.go("rollback") == 4
    assert "it was rolled back already" in trip.error["why"]
    assert trip.seen.state == "rolled back"

"""Slow searches on the old collection pause a real run, and quick ones let it go on to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedded
from qdrant_model_migration.pipeline.move import Searches
from qdrant_model_migration.qdrant import Address, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.trip import OLD_NAME, POINTS, Trip, fill, plan_of
from support.waiting import until
from support.world import HashModel

SEARCH = f"/collections/{OLD_NAME}/points/query$"


@pytest.fixture
def trip(fake_qdrant: FakeQdrant, tmp_path: Path) -> Trip:
    address = Address(url=fake_qdrant.url, folder=None)
    with open_qdrant(address) as qdrant:
        fill(qdrant)
        plan = plan_of(qdrant)
    assert plan.move is not None
    load = plan.move.load.model_copy(update={"searches": Searches(every_s=0.01)})
    move = plan.move.model_copy(update={"load": load})
    return Trip(address, tmp_path / "runs", plan=plan.model_copy(update={"move": move}))


def takes(fake: FakeQdrant, seconds: float) -> Any:
    """Let each search on the old collection take so long, as the server counts it."""
    body = {"result": {"points": []}, "status": "ok", "time": seconds}
    return fake.fail(path=SEARCH, status=200, body=body, times=None)


def at_the_first_text(trip: Trip, does: Callable[[], object]) -> None:
    """Something happens while the model embeds for the first time after the check."""
    calls: list[int] = []

    class Model(HashModel):
        def embed(self, texts: Sequence[str], role: str) -> Embedded:
            if len(texts) > 1 and not calls:
                calls.append(1)
                does()
            return super().embed(texts, role)

    trip.open_model = Model


def said(trip: Trip) -> list[str]:
    return [event.text for event in trip.seen.events if event.kind == "pace"]


def test_slow_searches_pause_a_run_and_it_goes_on_when_they_are_quick_again(
    trip: Trip, fake_qdrant: FakeQdrant
) -> None:
    slow: list[Any] = []

    def become_slow() -> None:
        slow.append(takes(fake_qdrant, 0.31))
        until(lambda: any(text.startswith("Pausing") for text in said(trip)))

    at_the_first_text(trip, become_slow)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(trip.go()))
    thread.start()
    until(lambda: trip.seen.state == "paused")
    assert trip.seen.held == "a test search takes 310 ms, 0.0 ms before"
    asked = [request.path for request in fake_qdrant.requests if request.method == "PUT"]
    until(lambda: fake_qdrant.requests[-1].path.endswith("/query"))
    assert [r.path for r in fake_qdrant.requests if r.method == "PUT"] == asked
    slow[0].remove()
    thread.join(60)
    assert (codes, trip.gate) == ([3], "cutover")
    with trip.open() as qdrant:
        assert qdrant.count("docs_new") == POINTS
    assert any(text.startswith("Going on at an eighth of the time") for text in said(trip))


def test_nothing_is_searched_where_the_plan_says_so(trip: Trip, fake_qdrant: FakeQdrant) -> None:
    move = trip.plan.move
    assert move is not None
    load = move.load.model_copy(update={"searches": None})
    plan = trip.plan.model_copy(update={"move": move.model_copy(update={"load": load})})
    other = Trip(trip.address, trip.folder.parent.parent / "others", plan=plan)
    searched: list[int] = []
    at_the_first_text(
        other,
        lambda: searched.append(sum("/query" in r.path for r in fake_qdrant.requests)),
    )
    assert other.go() == 3
    assert searched == [0]

"""Every command in the reports of a whole trip is one that `qmm` understands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Address, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.printed import in_words, parse
from support.trip import NEW_NAME, OLD_NAME, Trip, fill


@pytest.fixture
def trip(tmp_path: Path) -> Iterator[Trip]:
    with FakeQdrant() as fake:
        address = Address(url=fake.url, folder=None)
        with open_qdrant(address) as qdrant:
            fill(qdrant)
        yield Trip(address, tmp_path / "runs")


def assert_understood(trip: Trip, *expected: str) -> None:
    """The report, the gate and the error of this moment; each expected command is among them."""
    told = [(trip.folder / "report.md").read_text()]
    told += (trip.seen.gate or {}).get("says", ())
    told += (trip.seen.error or {}).values()
    found = [command for text in told for command in in_words(text)]
    for command in found:
        parse(command)
    for command in expected:
        assert f"qmm {command.format(run=trip.folder.name)}" in found


def test_from_the_gate_to_the_end_and_back(trip: Trip) -> None:
    assert trip.go("cleanup") == 4
    assert_understood(trip)
    assert trip.go() == 3
    assert_understood(trip, "resume {run} --without-proof --cutover docs", "discard {run}")
    assert trip.go("discard") == 3
    assert_understood(trip, f"discard {{run}} --delete {NEW_NAME}")
    trip.allow_the_switch()
    assert trip.go() == 0
    assert_understood(trip, "rollback {run}", "cleanup {run}")
    assert trip.go("discard") == 4
    assert_understood(trip)
    assert trip.go("cleanup") == 3
    assert_understood(trip, f"cleanup {{run}} --delete {OLD_NAME}")
    assert trip.go("rollback") == 3
    assert_understood(trip, "rollback {run} --cutover docs")
    trip.consent("rollback", alias="docs")
    assert trip.go() == 0
    assert_understood(trip)
    trip.consent("cleanup", collection=NEW_NAME)
    assert trip.go("cleanup") == 0
    assert_understood(trip)

from __future__ import annotations

from collections.abc import Callable

import pytest

from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant


@pytest.mark.parametrize(
    ("version", "insert_only", "add_vector", "reports", "turbo"),
    [
        ("1.16.0", "update_filter", False, False, False),
        ("1.17.0", "update_mode", False, True, False),
        ("1.17.1", "update_mode", False, True, False),
        ("1.18.0", "update_mode", False, True, True),
        ("1.18.1", "update_mode", True, True, True),
        ("1.19.0", "update_mode", True, True, True),
    ],
)
def test_a_server_is_offered_only_what_its_version_can(
    scripted: Callable[..., object],
    version: str,
    insert_only: str,
    add_vector: bool,
    reports: bool,
    turbo: bool,
) -> None:
    with open_qdrant(Address(url=scripted(version).url)) as qdrant:  # type: ignore[attr-defined]
        can = qdrant.capabilities
    assert (can.insert_only, can.add_vector, can.reports_optimizations) == (
        insert_only,
        add_vector,
        reports,
    )
    assert ("turbo" in can.quantization) is turbo
    assert can.clone is add_vector
    assert can.version == version
    assert can.indexes
    assert can.settings
    assert not can.local


def test_the_practice_qdrant_says_what_it_cannot_do(folder: Qdrant) -> None:
    can = folder.capabilities
    assert can.local
    assert can.quantization == ()
    assert not can.indexes
    assert not can.settings
    assert not can.reports_optimizations
    assert "an embedded Qdrant does not compress" in can.notes

"""Fixtures that every room's tests may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.fake_qdrant import FakeQdrant


@pytest.fixture
def fake_qdrant() -> Iterator[FakeQdrant]:
    """A fresh fake server of version 1.18.3 without keys; make others with `FakeQdrant(...)`."""
    with FakeQdrant() as fake:
        yield fake

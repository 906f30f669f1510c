"""Many computers: what they take together, and that the page on it says the same."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration import words
from qdrant_model_migration.advice.scale import Scale

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
rates = st.floats(0.1, 1e6)


@given(st.integers(1, 10**10), rates, rates, st.integers(1, 1000))
def test_more_computers_never_take_longer_and_never_less_than_writing(
    texts: int, each: float, written: float, computers: int
) -> None:
    scale = Scale(texts, each, written)
    assert scale.least <= scale.seconds(computers + 1) <= scale.seconds(computers)
    assert scale.seconds(scale.enough) <= scale.least * 1.000001


def test_the_table_of_the_page_is_computed() -> None:
    table = PAGE.read_text(encoding="utf-8").split("<!-- scale table -->")[1].split("<!-- end")[0]
    rows = [line for line in table.strip().splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == 6
    for row in rows:
        points, each, *told, limit = (cell.strip() for cell in row.strip("|").split("|"))
        scale = Scale(int(points.replace(",", "")), float(each.replace(",", "")), 5_000)
        assert told == [words.duration(scale.seconds(n)) for n in (1, 10, 100)]
        assert limit == words.plural(scale.enough, "computer")

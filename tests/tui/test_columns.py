"""Columns of a table: what is cut although there is room for it is not cut."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Column, Row, Table
from qdrant_model_migration.tui.widgets.blocks import fitted

COLUMNS = (Column("NAME"), Column("ALIAS", 9), Column("POINTS", 8, right=True), Column("MODEL", 10))


def widths(cells: tuple[str, ...], width: int) -> dict[str, int]:
    table = Table("t", (Row("one", cells),), COLUMNS, "T", "below")
    return {one.column.head: one.width for one in fitted(table, width)}


def test_a_column_that_is_cut_gets_what_another_does_not_need() -> None:
    found = widths(("docs", "an_alias_of_twenty_two", "120", "e5"), 100)
    assert found == {"NAME": 54, "ALIAS": 22, "POINTS": -8, "MODEL": 10}


def test_the_column_with_the_rest_keeps_what_its_own_texts_need() -> None:
    found = widths(("n" * 60, "an_alias_of_twenty_two", "120", "e5"), 100)
    assert found == {"NAME": 60, "ALIAS": 16, "POINTS": -8, "MODEL": 10}
    assert sum(map(abs, found.values())) + 3 * 2 == 100


def test_in_a_narrow_window_the_last_ones_are_left_out() -> None:
    assert widths(("docs", "live", "120", "e5"), 38) == {"NAME": 17, "ALIAS": 9, "POINTS": -8}
    assert widths(("docs", "live", "120", "e5"), 20) == {"NAME": 20}

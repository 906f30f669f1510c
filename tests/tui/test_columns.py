"""Columns of a table: what is cut although there is room for it is not cut."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.widgets import Static

from qdrant_model_migration.pages.page import Column, Row, Table
from qdrant_model_migration.tui.widgets.blocks import TableBlock, fitted
from qdrant_model_migration.tui.widgets.lines import Lines

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


class Page(App[None]):
    """A table in a page that scrolls, above a text of so many lines."""

    CSS = """
    #body { height: 100%; overflow-y: auto; scrollbar-size-vertical: 1; }
    TableBlock { height: 4; }
    Lines { scrollbar-size-vertical: 1; }
    #below { height: auto; }
    """

    def compose(self) -> ComposeResult:
        with Container(id="body"):
            yield TableBlock(TABLE)
            yield Static("", id="below")


TABLE = Table(
    "t",
    (Row("one", ("docs", "a_name_that_ends_at_the_edge_of_the_window")),),
    (Column("COLLECTION", 24), Column("TO")),
    "T",
    "below",
)


async def test_what_a_scrollbar_of_the_page_takes_away_ends_in_a_sign_too() -> None:
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        await app.query_one(TableBlock).show(TABLE)
        await pilot.pause()
        before = rows_of(app)
        app.query_one("#below", Static).update("\n" * 20)
        await pilot.pause()
        await pilot.pause()
        after = rows_of(app)
        room = app.query_one(Lines).size.width
    assert before.endswith("…"), before
    assert after.endswith("…"), after
    assert cell_len(after) == room == cell_len(before) - 1


def rows_of(app: App[None]) -> str:
    """The row of the table as it is drawn."""
    lines = app.query_one(Lines)
    found = (lines.render_line(y).text.rstrip() for y in range(lines.size.height))
    return next(row for row in found if "docs" in row)


async def test_a_scrollbar_of_the_list_takes_its_cell_once() -> None:
    many = TABLE._replace(rows=tuple(TABLE.rows[0]._replace(key=f"{n}") for n in range(9)))
    app = Page()
    async with app.run_test(size=(60, 12)) as pilot:
        lines = app.query_one(Lines)
        for _ in range(3):
            await app.query_one(TableBlock).show(many)
            await pilot.pause(0.1)
        assert lines.show_vertical_scrollbar
        assert cell_len(rows_of(app)) == lines.scrollable_content_region.width

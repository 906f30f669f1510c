"""Numbers, bars, rows, intervals as the screens draw them: honest and never too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qdrant_model_migration.pages.page import Scale
from qdrant_model_migration.tui import run_drawing, typeset
from qdrant_model_migration.tui.signs import TABLE, needed
from qdrant_model_migration.tui.widgets.frame import wrap
from support.screens import a_run, until


@given(st.text(), st.integers(1, 40))
def test_a_cropped_text_fills_exactly_its_cells_whatever_is_in_it(text: str, width: int) -> None:
    assert cell_len(typeset.crop(text, width)) == width


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.integers(4, 40))
def test_wrapped_lines_are_never_wider_than_the_box(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))


@given(st.floats(0, 1e6), st.floats(1, 1e6))
def test_a_bar_is_full_only_when_it_is_over(done: float, total: float) -> None:
    shown = typeset.bar(done, total, 40, over=False)
    assert "100 %" not in shown
    assert "░" in shown
    assert typeset.bar(done, total, 40, over=True).endswith("100 %")


def test_a_gap_in_the_speed_stays_a_gap() -> None:
    assert typeset.sparkline([1.0, None, 8.0], 10) == "▁ █"


def test_control_signs_in_foreign_text_cannot_reach_the_terminal() -> None:
    assert typeset.plain("a\x1b[31mb\nc\u202e") == "a [31mb c "


def test_plain_signs_are_one_ascii_sign_for_one() -> None:
    assert all(len(sign) == 1 and sign.isascii() for sign in TABLE.values())


def test_more_steps_than_rows_show_the_present_one(tmp_path: Path) -> None:
    lines = run_drawing.step_lines(a_run(tmp_path, at=6), 4, 50)
    assert len(lines) == 4
    assert any(line.startswith("»  7") for line in lines)


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LC_ALL": "de_DE.ISO-8859-1", "LANG": "de_DE.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, False),
        ({"TERM": "screen"}, False),
    ],
)
def test_plain_signs_are_taken_where_the_terminal_cannot_draw_the_others(
    environment: dict[str, str], plain: bool
) -> None:
    assert needed(environment) is plain


@given(st.floats(-0.9, 0.9), st.floats(0.001, 0.3), st.integers(40, 120))
def test_the_interval_is_drawn_within_the_box(middle: float, half: float, width: int) -> None:
    low, high = middle - half, middle + half
    edge = max(abs(low), abs(high), 0.02) * 1.25
    line = typeset.scale(Scale(low, middle, high, -0.02, edge, ""), width)
    assert cell_len(line) <= width
    assert "●" in line


def test_in_plain_signs_what_is_possible_is_not_drawn_as_a_branch() -> None:
    """A map whose ✓ is the sign of its branches, and whose ✗ that of its lines, says nothing."""
    drawn = {sign: sign.translate(TABLE) for sign in "✓✗?»▸·├└│─"}
    said = [drawn[sign] for sign in "✓✗?»"]
    assert len(set(said)) == len(said)
    assert not set(said) & {drawn[sign] for sign in "├└│─"}
    assert not set(said) & {drawn[sign] for sign in "▸·"}


async def test_the_map_can_be_read_in_plain_signs(wizard: Any, explored: Any) -> None:
    app = wizard("map", session=explored, ascii_signs=True)
    async with app.run_test(size=(80, 24)) as pilot:
        lines = (await until(pilot, "you are here")).split("\n")
    assert any("| compress differently --" in one and "> x Requantize" in one for one in lines)
    assert any("` one replaces the other --" in one and "> + Blue-green" in one for one in lines)

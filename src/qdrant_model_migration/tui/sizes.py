"""From which size of the window on there is room for what; `style.tcss` follows."""

from __future__ import annotations

from textual.geometry import Size

NARROW = 72  # columns; in fewer there is one pane above the other
WIDE = (110, 36)  # columns and rows; room for what stands beside
LOW = 36  # rows; in fewer a fact below a table has one line


def is_wide(size: Size) -> bool:
    return size.width >= WIDE[0] and size.height >= WIDE[1]

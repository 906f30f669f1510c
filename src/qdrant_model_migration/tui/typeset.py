"""Numbers, sizes, times, bars and table rows as the screens write them. Pure text, no widgets."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from qdrant_model_migration.pages.page import Scale

BLOCKS = "▁▂▃▄▅▆▇█"


def plain(text: object) -> str:
    """Foreign text on one line: control characters and line breaks become spaces."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))


def crop(text: str, width: int) -> str:
    """The text in exactly `width` cells, ending in … where it was longer."""
    text = plain(text)
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


def row(cells: Sequence[tuple[str, int]]) -> str:
    """Cells side by side, two spaces between; a negative width sets its cell flush right."""
    parts = []
    for text, width in cells:
        cut = crop(text, abs(width))
        bare = cut.rstrip()
        parts.append(" " * (abs(width) - cell_len(bare)) + bare if width < 0 else cut)
    return "  ".join(parts)


def bar(done: float, total: float | None, width: int, *, over: bool) -> str:
    """A bar with its percentage; 100 % only when it is over. Without a total: no percentage."""
    if not total:
        return ("░" * width) if not over else "█" * (width - 7) + "  100 %"
    share = min(1.0, done / total)
    percent = 100 if over else min(99, math.floor(share * 100))
    cells = max(1, width - 7)
    full = cells if over else min(cells - 1, math.floor(share * cells))
    return "█" * full + "░" * (cells - full) + f" {percent:>4} %"


def scale(scale: Scale, width: int) -> str:
    """The interval on its scale, with zero and the limit (┆)."""
    cells, edge = max(20, width - 16), scale.edge

    def at(value: float) -> int:
        return min(cells - 1, max(0, round((value + edge) / (2 * edge) * (cells - 1))))

    line = [" "] * cells
    line[at(0)] = "0"
    line[at(scale.limit)] = "┆"
    for cell in range(at(scale.low), at(scale.high) + 1):
        line[cell] = "─"
    line[at(scale.low)], line[at(scale.high)] = "├", "┤"
    line[at(scale.at)] = "●"
    return f"{-edge:+.2f} {''.join(line)} {edge:+.2f}"


def bar_of(part: float, most: float, width: int) -> str:
    """A bar as long as its part of the largest; at least a sign where there is anything."""
    if part <= 0 or most <= 0:
        return ""
    return "█" * max(1, round(width * part / most))


def sparkline(values: Sequence[float | None], width: int) -> str:
    """The last `width` values as little bars; a gap where nothing was measured."""
    shown = list(values)[-width:]
    top = max((v for v in shown if v is not None), default=0.0)
    if top <= 0:
        return ""
    return "".join(
        " " if v is None else BLOCKS[min(7, max(0, math.ceil(v / top * 8) - 1))] for v in shown
    )

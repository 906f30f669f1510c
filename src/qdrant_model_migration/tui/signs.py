"""Plain signs for terminals that cannot draw the others: one for one, so that widths stay."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

PAIRS = """
    ▸> »* ✓+ ✗- •o ●o ▲^ ▼v →> ←< ↑^ ↓v ►> …. ·- █# ░. ┌+ ┐+ └+ ┘+ ├+ ┤+ ┬+ ┴+ ┼+ ─- ━- │| ┃|
    ┆: ┄- ═= ▁_ ▂_ ▃- ▄- ▅= ▆= ▇# ▊| ▎| ▔- ▌| ▐| ╶- ╴-
"""
TABLE = {ord(pair[0]): pair[1] for pair in PAIRS.split()}


class PlainSigns(LineFilter):
    """Replaces the drawn signs, boxes and bars by ASCII ones in everything that is shown."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text.translate(TABLE), style, control) for text, style, control in segments]

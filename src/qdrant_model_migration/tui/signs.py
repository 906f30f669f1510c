"""Plain signs for terminals that cannot draw the others: one for one, so that widths stay.

What says something is never drawn as what only connects: ✓ is +, ✗ is x, lines are -, | and `.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

PAIRS = """
    ▸> »* ✓+ ✗x •o ●o ▲^ ▼v →> ←< ↑^ ↓v ►> …. ·- █# ░. ┌. ┐. └` ┘' ├| ┤| ┬+ ┴+ ┼+ ─- ━- │| ┃|
    ┆: ┄- ═= ▁_ ▂_ ▃- ▄- ▅= ▆= ▇# ▊| ▎| ▔- ▌| ▐| ╶- ╴-
"""
TABLE = {ord(pair[0]): pair[1] for pair in PAIRS.split()}


def needed(environment: Mapping[str, str]) -> bool:
    """Whether this terminal cannot draw the others: the Linux console, or a line without UTF-8."""
    if environment.get("TERM") in ("linux", "dumb"):
        return True
    # Python itself puts C.UTF-8 there where the locale is C, so it says nothing about the terminal.
    kind = environment.get("LC_CTYPE", "")
    said = (
        environment.get("LC_ALL")
        or (kind if kind != "C.UTF-8" else "")
        or environment.get("LANG")
        or ""
    )
    return bool(said) and "utf" not in said.lower()


class PlainSigns(LineFilter):
    """Replaces the drawn signs, boxes and bars by ASCII ones in everything that is shown."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text.translate(TABLE), style, control) for text, style, control in segments]

"""How long several computers take together, and what limits them: their models, or the server."""

from __future__ import annotations

import math
from typing import NamedTuple


class Scale(NamedTuple):
    """texts: to be embedded. each: texts that one computer embeds per second. written: points that
    the server takes per second, from all of them together."""

    texts: int
    each: float
    written: float

    def seconds(self, computers: int) -> float:
        """All of it: embedding and writing go on side by side, so only the slower one counts."""
        return max(self.texts / (self.each * computers), self.least)

    @property
    def least(self) -> float:
        """Seconds of writing, which no further computer shortens."""
        return self.texts / self.written

    @property
    def enough(self) -> int:
        """Computers from which on the server is the limit."""
        return max(1, math.ceil(self.written / self.each))

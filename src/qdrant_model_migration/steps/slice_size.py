"""How many points a slice should have, so that it takes some seconds. Not a step."""

from __future__ import annotations

SECONDS = 20.0  # that a slice should take: at most so much is repeated after a stop
FIRST = 64  # points of the first slices, while the speed of the model is not known


class SliceSize:
    """As many points as the model is fast, the plan's size at most. now: at this moment."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.now = min(FIRST, most)

    def fit(self, points: int, seconds: float) -> None:
        """After a slice of so many points, which took so long."""
        fits = points * SECONDS / max(seconds, 1e-9)
        grown = min(fits, 4 * self.now, self._most)
        self.now = max(min(FIRST, self._most), round(grown))

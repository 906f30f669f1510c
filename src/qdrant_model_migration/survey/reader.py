"""What every part of a survey reads by: one collection, and an operator who may stop it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Point, Qdrant, pages
from qdrant_model_migration.survey import texts
from qdrant_model_migration.survey.path import payload_of, stored_at

SMALL = 20_000
"""Up to this many points the texts that are missing are counted one by one."""

LARGE = 5_000_000
"""From this many points on those without a vector are not counted: the server looks at each."""

AT_A_TIME = 16  # points whose vectors are read by one request; multivectors are large


class Reader:
    """Reads; between two requests it ends with Stopped where the operator wants that."""

    def __init__(
        self, qdrant: Qdrant, collection: str, count: int, stop: threading.Event | None
    ) -> None:
        self.qdrant, self.collection, self.count, self._stop = qdrant, collection, count, stop

    @property
    def counts_lacking(self) -> bool:
        """Whether the server is asked how many points lack a vector."""
        return self.count < LARGE

    def one_by_one(self, points: int) -> bool:
        """Whether so many points are few enough to look at each."""
        return points <= SMALL

    def check(self) -> None:
        heed(self._stop)

    def with_vectors(self, points: Sequence[Point]) -> list[Point]:
        """These points with all of their vectors."""
        found: list[Point] = []
        for start in range(0, len(points), AT_A_TIME):
            self.check()
            ids = [point.id for point in points[start : start + AT_A_TIME]]
            found += self.qdrant.retrieve(self.collection, ids, vectors=True)
        return found

    def tally_all(
        self, field: str, also: Sequence[str], like: Sequence[Mapping[str, Any]]
    ) -> Counter[texts.Held]:
        """What each point of the collection holds in a field, or has as a text in one of those
        `also` meant. like: some payloads, which show what has to be sent to see it."""
        read = payload_of(dict.fromkeys(stored_at(one, like) for one in (field, *also)))
        held: Counter[texts.Held] = Counter()
        for page in pages(self.qdrant, self.collection, payload=read):
            self.check()
            held += texts.tally((point.payload for point in page), field, also)
        return held


def heed(stop: threading.Event | None) -> None:
    """Raises Stopped where the operator has asked for it."""
    if stop is not None and stop.is_set():
        raise Stopped

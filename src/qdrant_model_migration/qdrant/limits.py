"""How much one request may hold: a limit of our own, and smaller ones learned from refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from qdrant_model_migration.qdrant.errors import (
    LimitExceeded,
    PointTooLarge,
    RequestTooLarge,
    TooManyAtOnce,
)
from qdrant_model_migration.qdrant.points import Point, PointId, holds_text

T = TypeVar("T")

BODY_BYTES = 24_000_000
"""Bytes of points in one request. The server takes 32 MiB; a proxy may take less."""

DOCUMENTS = 64
"""Points with texts in one request, where nothing else is said, until the service is known to take
fewer."""

IDS = 1_000
"""Ids in one request."""

FIRST_PAGE = 64
"""Points with all of their payload in a first page, before it is known how large they are."""

PAGE_BYTES = 16_000_000
"""Bytes of points that are read at once, once it is known how large they are."""

Encoded = tuple[PointId, bytes]
"""A point to write: its id, and all of it as JSON."""


class Limits:
    """What is known of the limits of one server. Several threads may learn at once."""

    def __init__(self) -> None:
        self._body_bytes = BODY_BYTES
        self._page: dict[str, int] = {}
        self._write: dict[str, int] = {}
        self._documents = DOCUMENTS
        self._point_bytes: dict[str, float] = {}

    def page(self, collection: str, wanted: int, what: str = "", *, unknown: int = IDS) -> int:
        """How many points of this collection may be read at once. what: of them is read. unknown:
        how many as long as nobody knows how large they are."""
        known = self._point_bytes.get(f"{collection} {what}")
        fits = unknown if known is None else PAGE_BYTES / known
        return max(1, min(wanted, self._page.get(collection, wanted), int(fits)))

    def learn_size(self, collection: str, what: str, points: int, size: int) -> None:
        """So many points came in an answer of so many bytes. Larger ones count at once, smaller
        ones slowly."""
        if points:
            key, now = f"{collection} {what}", size / points
            before = self._point_bytes.get(key, now)
            self._point_bytes[key] = max(now, (3 * before + now) / 4)

    def takes(self, source: str, target: str, points: int, size: int = 0, what: str = "") -> bool:
        """Whether so many points may be read from the one and written to the other at once. what:
        of them is read."""
        few = points <= min(self.page(source, points, what), self._write.get(target, points))
        return few and size <= self._body_bytes

    def learn_page(self, collection: str, asked: int, refusal: LimitExceeded) -> None:
        """Strict mode allows shorter pages. Raises the refusal if it is about something else."""
        if refusal.setting != "limit" or not 0 < refusal.limit < asked:
            raise refusal
        self._page[collection] = refusal.limit

    def first(self, collection: str, waiting: Sequence[Encoded]) -> Sequence[Encoded]:
        """As many of the first points as one request may hold, and at least one."""
        size = count = 0
        for _, body in waiting[: self._write.get(collection, len(waiting))]:
            if count and size + len(body) > self._body_bytes:
                break
            size, count = size + len(body) + 1, count + 1
        return waiting[:count]

    def of_few_documents(self, points: Sequence[Point]) -> Iterator[Sequence[Point]]:
        """All of them; in parts where the server has to make vectors of texts, which it asks its
        service for in one call."""
        at = 0
        while at < len(points):
            most = self._documents if any(map(holds_text, points[at:])) else len(points)
            yield points[at : at + most]
            at += most

    def allow_documents(self, most: int) -> None:
        """So many texts in one call, as somebody who knows the service says."""
        self._documents = most

    def learn_documents(self, taken: int) -> None:
        """The service took so many texts in one call, and not twice as many."""
        self._documents = max(1, min(self._documents, taken))

    def learn_write(
        self, collection: str, part: Sequence[Encoded], refusal: LimitExceeded | RequestTooLarge
    ) -> None:
        """The server takes less than this part. Raises where less is not possible."""
        if isinstance(refusal, LimitExceeded):
            if not 0 < refusal.limit < len(part):
                raise refusal
            self._write[collection] = refusal.limit
        elif isinstance(refusal, TooManyAtOnce):
            if len(part) == 1:
                raise refusal
            self._write[collection] = len(part) // 2
        else:
            size = sum(len(body) + 1 for _, body in part)
            if len(part) == 1:
                raise PointTooLarge(collection, part[0][0], size)
            self._body_bytes = min(self._body_bytes, size // 2)


def in_parts(ids: Sequence[T], do: Callable[[Sequence[T]], None], most: int = IDS) -> None:
    """Do it for at most so many ids (or points) at once, and for halves where the server wants
    less."""
    for start in range(0, len(ids), most):
        _halving(ids[start : start + most], do)


def _halving(ids: Sequence[T], do: Callable[[Sequence[T]], None]) -> None:
    try:
        do(ids)
    except RequestTooLarge:
        if len(ids) == 1:
            raise
        middle = len(ids) // 2
        _halving(ids[:middle], do)
        _halving(ids[middle:], do)

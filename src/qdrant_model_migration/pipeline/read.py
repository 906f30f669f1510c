"""Reading a collection in the server's id order, and walking several readings side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar, overload

from qdrant_model_migration.qdrant import Point, PointId, Qdrant, ShardKey, order

PAGE = 256  # a page blocks writers of its shard while it is read, so it stays small

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
Reading: TypeAlias = Iterator[tuple[PointId, A]]


def scan(
    qdrant: Qdrant,
    collection: str,
    *,
    start: PointId | None = None,
    end: PointId | None = None,
    payload: bool | Sequence[str] = True,
    vectors: bool | Sequence[str] = False,
    page: int = PAGE,
    key: ShardKey | None = None,
    between: Callable[[], None] | None = None,
) -> Iterator[Point]:
    """All points with start <= id < end, ascending; `between` is called before each page. key: only
    those of this shard key."""
    following = start
    border = order(end) if end is not None else None
    while True:
        if between is not None:
            between()
        got = qdrant.scroll(
            collection, start=following, limit=page, payload=payload, vectors=vectors, key=key
        )
        last = got.next is None or (border is not None and order(got.next) >= border)
        for point in got.points:
            if last and border is not None and order(point.id) >= border:
                return
            yield point
        if last:
            return
        following = got.next


@overload
def align(
    one: Reading[A], two: Reading[B], /
) -> Iterator[tuple[PointId, tuple[A | None, B | None]]]: ...
@overload
def align(
    one: Reading[A], two: Reading[B], three: Reading[C], /
) -> Iterator[tuple[PointId, tuple[A | None, B | None, C | None]]]: ...
def align(*readings: Reading[Any]) -> Iterator[tuple[PointId, tuple[Any, ...]]]:
    """Walk ascending readings side by side: each id once, with what each reading has for it.

    Holds one item per reading in memory, whatever their length.
    """
    heads = [next(reading, None) for reading in readings]
    while any(head is not None for head in heads):
        first = min((head[0] for head in heads if head is not None), key=order)
        yield (
            first,
            tuple(head[1] if head is not None and head[0] == first else None for head in heads),
        )
        heads = [
            next(reading, None) if head is not None and head[0] == first else head
            for head, reading in zip(heads, readings, strict=True)
        ]

"""One query, old and new next to each other: what moved, what is new, what is gone. As data; the
faces draw it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.qdrant import Hit, Qdrant
from qdrant_model_migration.quality.errors import QueryEmpty, SideNotKnown
from qdrant_model_migration.quality.searcher import Found, Searcher
from qdrant_model_migration.quality.side import Side
from qdrant_model_migration.words import vector

# How many times deeper than shown the old side is searched, to tell "was 18" from "new".
DEEPER = 5


class Row(NamedTuple):
    """One result of the new side. was: its rank on the old side, None if it was not found there.

    move: "" where there is no old side to compare with.
    """

    rank: int
    hit: Hit
    was: int | None
    move: Literal["up", "down", "same", "new", ""]


class SideBySide(NamedTuple):
    """old: the first `limit` results, None where the old side cannot search (its model is unknown).

    gone: results that the old side shows and the new one does not.
    """

    query: str
    old: Found | None
    new: Found
    rows: tuple[Row, ...]
    gone: tuple[Hit, ...]


def both_sides(qdrant: Qdrant, before: Side, after: Side) -> tuple[Searcher | None, Searcher]:
    """What searches the old side, None where its model is out of reach, and the new one.

    Raises SideNotKnown, and what opening the models of the new side raises.
    """
    if unknown := [vector(leg.using) for leg in after.legs if leg.model is None]:
        raise SideNotKnown(unknown[0])
    new = after.searcher(qdrant, open_embedder, here=after.models)
    assert new is not None, "all its models are known, and are opened whatever it takes"
    return before.searcher(qdrant, open_embedder), new


def side_by_side(
    query: str,
    old: Searcher | None,
    new: Searcher,
    limit: int = 5,
    language: str | None = None,
) -> SideBySide:
    """Search for real on both sides. language: of the query, by its code, where it is known. Raises
    QueryEmpty, and what the searches raise."""
    if not query.strip():
        raise QueryEmpty
    after = new.search(query, limit, language)
    if old is None:
        rows = tuple(Row(rank, hit, None, "") for rank, hit in enumerate(after.hits, 1))
        return SideBySide(query, None, after, rows, ())
    before = old.search(query, limit * DEEPER, language)
    ranks = {hit.id: rank for rank, hit in enumerate(before.hits, 1)}
    rows = tuple(
        Row(rank, hit, ranks.get(hit.id), _move(rank, ranks.get(hit.id)))
        for rank, hit in enumerate(after.hits, 1)
    )
    shown = before._replace(hits=before.hits[:limit])
    still = {hit.id for hit in after.hits}
    gone = tuple(hit for hit in shown.hits if hit.id not in still)
    return SideBySide(query, shown, after, rows, gone)


def _move(rank: int, was: int | None) -> Literal["up", "down", "same", "new"]:
    if was is None:
        return "new"
    if was == rank:
        return "same"
    return "up" if rank < was else "down"

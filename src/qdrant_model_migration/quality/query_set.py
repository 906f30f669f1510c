"""The searches that a model is judged by, and what is known of their right answers. No reading of
files here (query_file.py), no making up (made_up.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.qdrant import PointId

Origin = Literal["labelled", "made up", "unlabelled"]


class Query(BaseModel):
    """One search. `answers`: ids of the points that answer it, none if nobody marked them.

    part: the share of the searches it belongs to (a language, a product), judged on its own too.
    language: as it was told, None where it was not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    answers: tuple[PointId, ...] = ()
    part: str | None = None
    language: str | None = None


class QuerySet(BaseModel):
    """Searches of one origin. `source` says in a few words where they come from, for the report.

    "labelled" means that a person marked the right answers; "made up" that a program did, from the
    documents themselves, which is weak evidence; "unlabelled" that nobody did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queries: tuple[Query, ...]
    origin: Origin
    source: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts, in the order of their first search."""
        return tuple(dict.fromkeys(q.part for q in self.queries if q.part is not None))


def merged(queries: Iterable[Query]) -> tuple[Query, ...]:
    """The same search, given several times, as one with all its answers.

    Without this a repeated search would count as that many independent ones.
    """
    seen: dict[Query, dict[PointId, None]] = {}
    for query in queries:
        bare = query.model_copy(update={"answers": ()})
        seen.setdefault(bare, {}).update(dict.fromkeys(query.answers))
    return tuple(
        query.model_copy(update={"answers": tuple(answers)}) for query, answers in seen.items()
    )

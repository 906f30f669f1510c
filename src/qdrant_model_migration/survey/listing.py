"""The list of collections to choose from: the names at once, then two cheap requests for each.

Nothing is counted. Several collections are looked at at a time, since each answer may take long to
come from afar; no more than a server does not notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import CollectionConfig, Qdrant
from qdrant_model_migration.qdrant.errors import CollectionMissing, RightMissing
from qdrant_model_migration.qdrant.quantization import kind_of, quantizations
from qdrant_model_migration.survey import old_model
from qdrant_model_migration.survey.collection import (
    status_fact,
    vector_facts,
    vectors_in_short,
    vectors_in_words,
)
from qdrant_model_migration.survey.leftovers import kept_for
from qdrant_model_migration.survey.sizes import payload_bytes, vector_bytes
from qdrant_model_migration.survey.texts import choose, text_fields

AT_ONCE = 8
_PEEK = 16


class Listed(NamedTuple):
    """One collection in the list. None or "": not known.

    aliases: all of them. points: as the server sums them up, not counted. vectors: for a column;
    vectors_in_words: for a sentence. bytes: vectors and payload, roughly. model: said by the
    collection's metadata. text_field: seen in a few points. problem: why it cannot be read.
    unseen: nobody knows whether it has aliases. Of one that was not looked at yet neither points
    nor a problem is known.
    """

    collection: str
    aliases: tuple[str, ...] = ()
    points: int | None = None
    vectors: str = ""
    vectors_in_words: str = ""
    bytes: int | None = None
    model: str = ""
    text_field: str = ""
    status: str = ""
    status_in_words: str = ""
    quantization: str = ""
    indexes: int = 0
    problem: str = ""
    unseen: bool = False

    @property
    def alias(self) -> str | None:
        """The first alias, None without one."""
        return self.aliases[0] if self.aliases else None

    @property
    def kept_for(self) -> str:
        """What it holds for another tool, "" where it is somebody's own."""
        return kept_for(self.collection)

    @property
    def looked_at(self) -> bool:
        return self.points is not None or bool(self.problem)


def named(qdrant: Qdrant, collections: Sequence[str]) -> tuple[Listed, ...]:
    """These collections with their aliases and nothing else: one request for all of them."""
    behind: dict[str, list[str]] = {}
    aliases = qdrant.known_aliases()
    for alias, collection in sorted((aliases or {}).items()):
        behind.setdefault(collection, []).append(alias)
    return tuple(
        Listed(name, tuple(behind.get(name, ())), unseen=aliases is None) for name in collections
    )


def look_at(
    qdrant: Qdrant, listed: Sequence[Listed], stop: Event | None = None
) -> Iterator[Listed]:
    """Each with what a short look tells, in the order given, as soon as it is known.

    One that cannot be read comes with its problem; one that vanished meanwhile is left out.
    stop: ends it after the looks that are under way.
    """
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look")
    try:
        looks = [pool.submit(_look, qdrant, one) for one in listed]
        for look in looks:
            if stop is not None and stop.is_set():
                return
            if (found := look.result()) is not None:
                yield found
    finally:
        pool.shutdown(cancel_futures=True)


def _look(qdrant: Qdrant, listed: Listed) -> Listed | None:
    try:
        return _told(qdrant, listed)
    except CollectionMissing:
        return None
    except RightMissing as error:
        return listed._replace(problem=error.what)


def _told(qdrant: Qdrant, listed: Listed) -> Listed:
    name = listed.collection
    config, state = qdrant.overview(name)
    vectors = vector_facts(config)
    uneven = [v.name for v in vectors if v.kind != "dense"]
    try:
        peek = qdrant.scroll(name, limit=_PEEK, vectors=uneven or False).points
    except RightMissing:
        raise
    except QmmError:
        peek = []  # custom shards, limits: the list still shows what the settings say
    payloads = [point.payload for point in peek]
    of_vectors = vector_bytes(vectors, state.points, [point.vectors for point in peek])
    of_payload = payload_bytes(payloads, state.points) if state.points else 0
    said = old_model.told(config, next((v.name for v in vectors if v.kind == "dense"), ""))
    return listed._replace(
        points=state.points,
        vectors=vectors_in_short(vectors),
        vectors_in_words=vectors_in_words(vectors),
        bytes=None if of_vectors is None or of_payload is None else of_vectors + of_payload,
        model=said.label if isinstance(said, ModelRef) else said or "",
        text_field=choose(text_fields(payloads)).path or "",
        status=state.status,
        status_in_words=status_fact(state).note,
        quantization=words.listing(_compressions(config)),
        indexes=len(config.payload_schema),
    )


def _compressions(config: CollectionConfig) -> list[str]:
    """The kinds that are in force for any vector."""
    now = quantizations(config)
    return sorted({kind_of(now.in_force(vector)) for vector in now.own} - {"none"})

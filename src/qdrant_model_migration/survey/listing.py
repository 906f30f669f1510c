"""The list of collections to choose from: a few cheap requests for each, nothing counted."""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import CollectionMissing, QmmError, RightMissing
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey import old_model
from qdrant_model_migration.survey.collection import (
    status_fact,
    vector_facts,
    vectors_in_short,
    vectors_in_words,
)
from qdrant_model_migration.survey.sizes import payload_bytes, vector_bytes
from qdrant_model_migration.survey.texts import choose, text_fields

_PEEK = 16


class Listed(NamedTuple):
    """One collection in the list. None or "": not known.

    aliases: all of them. points: as the server sums them up, not counted. vectors: for a column;
    vectors_in_words: for a sentence. bytes: vectors and payload, roughly. model: said by the
    collection's metadata. text_field: seen in a few points. problem: why it cannot be read.
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

    @property
    def alias(self) -> str | None:
        """The first alias, None without one."""
        return self.aliases[0] if self.aliases else None


def catalogue(qdrant: Qdrant) -> tuple[Listed, ...]:
    """All collections that this key may list, sorted by name.

    One that cannot be read is listed with its problem; one that vanished meanwhile is left out.
    Raises RightMissing where the key may not list collections at all.
    """
    behind: dict[str, list[str]] = {}
    for alias, collection in sorted(qdrant.aliases().items()):
        behind.setdefault(collection, []).append(alias)
    found = []
    for name in qdrant.collections():
        try:
            found.append(_look(qdrant, name, tuple(behind.get(name, ()))))
        except CollectionMissing:
            continue
        except RightMissing as error:
            found.append(Listed(name, tuple(behind.get(name, ())), problem=error.what))
    return tuple(found)


def _look(qdrant: Qdrant, name: str, aliases: tuple[str, ...]) -> Listed:
    config, state = qdrant.config(name), qdrant.state(name)
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
    said = old_model.told(config)
    return Listed(
        collection=name,
        aliases=aliases,
        points=state.points,
        vectors=vectors_in_short(vectors),
        vectors_in_words=vectors_in_words(vectors),
        bytes=None if of_vectors is None or of_payload is None else of_vectors + of_payload,
        model=said.label if isinstance(said, ModelRef) else said or "",
        text_field=choose(text_fields(payloads)).path or "",
        status=state.status,
        status_in_words=status_fact(state).note,
        quantization=words.listing(sorted(config.raw.get("quantization_config") or {})),
        indexes=len(config.payload_schema),
    )

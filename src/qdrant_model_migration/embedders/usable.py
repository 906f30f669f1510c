"""Embedding texts of which a few may be beyond the model: those get no vector, the others do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.embedders.embedder import Embedder
from qdrant_model_migration.embedders.errors import BadVector

if TYPE_CHECKING:
    from qdrant_model_migration.embedders.model import Role
    from qdrant_model_migration.qdrant.points import WritableVector


class Usable(NamedTuple):
    """vectors: one per text, in their order, None where the model made none that can be used.

    bad: what was wrong with those, None where all are good.
    """

    vectors: list[WritableVector | None]
    tokens: int
    cut_off: int
    bad: BadVector | None


def embed_usable(embedder: Embedder, texts: Sequence[str], role: Role) -> Usable:
    """As `embed`, but a bad vector costs only its own text. Raises BadVector where the model does
    not say which texts are bad."""
    try:
        done = embedder.embed(texts, role)
        return Usable([*done.vectors], done.tokens, done.cut_off, None)
    except BadVector as bad:
        if not bad.positions:
            raise
        good = [text for i, text in enumerate(texts) if i not in bad.positions]
        rest = embed_usable(embedder, good, role) if good else Usable([], 0, 0, None)
        vectors = iter(rest.vectors)
        whole = [None if i in bad.positions else next(vectors) for i in range(len(texts))]
        return Usable(whole, rest.tokens, rest.cut_off, bad)

"""What a server has its service make vectors of, request by request, and what it says that it took.

The server tells it in the answer to the very request (usage.inference.models), and only of one that
it has carried out: what a lost or refused answer took, nobody hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from qdrant_model_migration.qdrant.points import Document

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

OWN_MODELS = ("qdrant/bm25", "bm25")
"""Made inside the server, by no service; in small letters."""


class Meter(Protocol):
    """Counts what is sent; called by whichever thread sends it."""

    def before(self, documents: Sequence[Document]) -> None:
        """They are about to be sent in one request. What it raises keeps them here."""

    def after(self, documents: Sequence[Document], tokens: int | None) -> None:
        """They were. tokens: as the server tells; None: it does not."""


class Unmetered:
    def before(self, documents: Sequence[Document]) -> None:
        """Nothing keeps them."""

    def after(self, documents: Sequence[Document], tokens: int | None) -> None:
        """Nobody counts."""


def documents_in(vectors: Iterable[WritableVector]) -> tuple[Document, ...]:
    """The texts among these of which the server makes vectors."""
    return tuple(vector for vector in vectors if isinstance(vector, Document))


def served(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Those that the server's service is asked for, each once, as the server asks."""
    asked = (one for one in documents if one.model.lower() not in OWN_MODELS)
    return tuple(dict.fromkeys(asked))


_told: ContextVar[list[int] | None] = ContextVar("_told", default=None)


@contextmanager
def listening() -> Iterator[list[int]]:
    """The tokens that each answer to this thread tells meanwhile."""
    heard: list[int] = []
    was = _told.set(heard)
    try:
        yield heard
    finally:
        _told.reset(was)


def hear(answer: Mapping[str, Any]) -> None:
    """What an answer tells of its usage, for whoever listens."""
    heard = _told.get()
    usage = (answer.get("usage") or {}).get("inference") if heard is not None else None
    if heard is None or not usage:
        return
    heard.append(sum(int(of_model["tokens"]) for of_model in usage["models"].values()))

"""Models at the Qdrant server: it gets the texts and makes the vectors itself, by their names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from qdrant_model_migration.embedders.embedder import Embedded, Embedder
from qdrant_model_migration.embedders.kind import Kind, Reach
from qdrant_model_migration.embedders.model import ModelRef, Role, Setting
from qdrant_model_migration.qdrant import OWN_MODELS, PROVIDERS, Document, provider_of

_DENSE = (
    ("sentence-transformers/all-minilm-l6-v2", 384, 256, ("en",)),
    ("intfloat/multilingual-e5-small", 384, 512, ("many",)),
    ("mixedbread-ai/mxbai-embed-large-v1", 1024, 512, ("en",)),
)
BM25 = "Qdrant/bm25"

VectorKind = Literal["dense", "sparse", "multivector"]


class Server(Kind):
    """In its list are those of Qdrant Cloud for texts, and BM25, which every server has."""

    name = "server"
    order = 40
    service = "the Qdrant server"
    calls = 4
    at_server: ClassVar[bool] = True

    def models(self, beside: Path | None) -> Iterator[ModelRef]:
        for name, dimensions, tokens, languages in _DENSE:
            yield server_model(name, dimensions, max_tokens=tokens, languages=languages)
        yield bm25()
        splade = "prithivida/splade_pp_en_v1"
        yield server_model(splade, 0, vector="sparse", max_tokens=128, languages=("en",))
        colbert = "answerdotai/answerai-colbert-small-v1"
        yield server_model(colbert, 96, vector="multivector", max_tokens=512, languages=("en",))

    def named(self, name: str) -> ModelRef | None:
        """NAME=DIMENSIONS, or NAME alone: 0 dimensions, until the server is asked."""
        known, equals, size = name.rpartition("=")
        if equals and known and size.isdecimal():
            return server_model(known, int(size))
        return server_model(name, 0)

    def reach(self, model: ModelRef) -> Reach:
        secret = self.secret_of(model)
        if secret is not None and not os.environ.get(secret, "").strip():
            return Reach("no", why=f"The environment variable {secret} is not set.")
        return Reach("remote")

    def who_reads(self, model: ModelRef) -> str:
        provider = provider_of(model.name)
        return f"{provider.title}, by {self.service}" if provider else self.service

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(provider.variable for provider in PROVIDERS.values())

    def secret_of(self, model: ModelRef) -> str | None:
        provider = provider_of(model.name)
        return None if provider is None else provider.variable

    def wants_idf(self, model: ModelRef) -> bool:
        return model.name.lower() in OWN_MODELS

    def counts_words(self, model: ModelRef) -> bool:
        return model.name.lower() in OWN_MODELS

    def as_written(self, model: ModelRef) -> tuple[str, Setting]:
        """Of a language that it does not know it takes off no endings and leaves out no words."""
        return ("language", "none")

    def billed(self, model: ModelRef) -> str:
        if (provider := provider_of(model.name)) is not None:
            return provider.title
        return "" if model.name.lower() in OWN_MODELS else "whoever runs the server"

    def open(self, model: ModelRef, threads: int | None) -> Embedder:
        return Documents(model)


class Documents:
    """Puts texts in the place of their vectors; how many tokens they are is known to the server."""

    def __init__(self, model: ModelRef) -> None:
        self._model = model

    @property
    def model(self) -> ModelRef:
        return self._model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """See Embedder. The server knows a search from a document by where it is."""
        name, told = self._model.name, self._model.options
        prefix = self._model.query_prefix if role == "query" else self._model.passage_prefix
        return Embedded([Document(prefix + text, name, told) for text in texts], 0, 0)


def server_model(name: str, dimensions: int, vector: VectorKind = "dense", **more: Any) -> ModelRef:
    """A model of the server by its name there. more: further fields of a ModelRef."""
    more = {"distance": "Dot" if vector == "sparse" else "Cosine", **more}
    return ModelRef(kind="server", name=name, dimensions=dimensions, vector=vector, **more)


def bm25(**options: Setting) -> ModelRef:
    """The server's own BM25: language, avg_len, k, b, stopwords and so on as it names them. Its
    vectors need the modifier IDF."""
    return server_model(BM25, 0, vector="sparse", options=tuple(sorted(options.items())))

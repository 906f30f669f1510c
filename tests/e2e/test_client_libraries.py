"""Written by the libraries themselves, planned as suggested, run, and searched by them afterwards.

Each is skipped where its library is not installed: `pip install -e '.[dev,integrations]'`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from qdrant_model_migration.embedders import Embedder, open_embedder
from qdrant_model_migration.engine import change_lines, view
from qdrant_model_migration.pipeline.sameness import same_vector
from qdrant_model_migration.survey.integrations import named
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.survey.starting import starts
from support.sentences import sentence
from support.world import everything
from support.written import TEXTS

from .conftest import Place
from .trips import suggested, whole_way

pytestmark = [pytest.mark.integrations, pytest.mark.filterwarnings("ignore")]

SOURCES = [{"source": f"manual_{n % 3}.pdf", "author": "Jane Doe"} for n in range(len(TEXTS))]

LATE = sentence(len(TEXTS) + 1)  # what the application adds when it has switched


class Library(NamedTuple):
    """write(url, name, model, texts): into a collection, which it makes if there is none. search(
    url, name, model, text): the texts that it finds, the best first; both by the library's own
    code. embedded: what it makes a vector of, by number in TEXTS."""

    write: Callable[[str, str, Embedder, Sequence[str]], None]
    search: Callable[[str, str, Embedder, str], list[str]]
    embedded: Callable[[int], str] = TEXTS.__getitem__


def passages(model: Embedder, texts: Sequence[str]) -> list[list[float]]:
    return [[float(x) for x in vector] for vector in model.embed(list(texts), "passage").vectors]


def query(model: Embedder, text: str) -> list[float]:
    return [float(x) for x in model.embed([text], "query").vectors[0]]


def counted(text: str) -> tuple[list[int], list[float]]:
    """A sparse vector: the words of the text, however they stand."""
    words = sorted({sum(map(ord, word)) for word in text.split()})
    return words, [1.0] * len(words)


def langchain(*, hybrid: bool) -> Library:
    pytest.importorskip("langchain_qdrant")
    from langchain_core.embeddings import Embeddings
    from langchain_qdrant import QdrantVectorStore, RetrievalMode
    from langchain_qdrant.sparse_embeddings import SparseEmbeddings, SparseVector

    class Ours(Embeddings):
        def __init__(self, model: Embedder) -> None:
            self.model = model

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return passages(self.model, texts)

        def embed_query(self, text: str) -> list[float]:
            return query(self.model, text)

    class Sparse(SparseEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[SparseVector]:
            return [self.embed_query(text) for text in texts]

        def embed_query(self, text: str) -> SparseVector:
            indices, values = counted(text)
            return SparseVector(indices=indices, values=values)

    both = {"retrieval_mode": RetrievalMode.HYBRID, "sparse_embedding": Sparse()} if hybrid else {}

    def write(url: str, name: str, model: Embedder, texts: Sequence[str]) -> None:
        said = SOURCES[: len(texts)]
        QdrantVectorStore.from_texts(
            texts, Ours(model), said, url=url, collection_name=name, **both
        )

    def search(url: str, name: str, model: Embedder, text: str) -> list[str]:
        store = QdrantVectorStore.from_existing_collection(name, Ours(model), url=url, **both)
        return [found.page_content for found in store.similarity_search(text, k=3)]

    return Library(write, search)


def llamaindex(*, hybrid: bool) -> Library:
    pytest.importorskip("llama_index.vector_stores.qdrant")
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import MetadataMode, TextNode
    from llama_index.core.vector_stores.types import VectorStoreQueryMode
    from llama_index.vector_stores.qdrant import QdrantVectorStore
    from qdrant_client import QdrantClient

    class Ours(BaseEmbedding):
        model: Any

        def _get_query_embedding(self, text: str) -> list[float]:
            return query(self.model, text)

        async def _aget_query_embedding(self, text: str) -> list[float]:
            return query(self.model, text)

        def _get_text_embedding(self, text: str) -> list[float]:
            return passages(self.model, [text])[0]

    def sparse(texts: list[str]) -> tuple[list[list[int]], list[list[float]]]:
        both = [counted(text) for text in texts]
        return [one for one, _ in both], [one for _, one in both]

    def store(url: str, name: str) -> QdrantVectorStore:
        fns = {"enable_hybrid": True, "sparse_doc_fn": sparse, "sparse_query_fn": sparse}
        return QdrantVectorStore(name, QdrantClient(url), **(fns if hybrid else {}))

    def nodes(texts: Sequence[str]) -> list[TextNode]:
        return [TextNode(text=text, metadata=SOURCES[n]) for n, text in enumerate(texts)]

    def write(url: str, name: str, model: Embedder, texts: Sequence[str]) -> None:
        context = StorageContext.from_defaults(vector_store=store(url, name))
        VectorStoreIndex(nodes(texts), storage_context=context, embed_model=Ours(model=model))

    def search(url: str, name: str, model: Embedder, text: str) -> list[str]:
        index = VectorStoreIndex.from_vector_store(store(url, name), embed_model=Ours(model=model))
        how = {"vector_store_query_mode": VectorStoreQueryMode.HYBRID} if hybrid else {}
        found = index.as_retriever(similarity_top_k=3, **how).retrieve(text)
        return [one.node.get_content(metadata_mode=MetadataMode.NONE) for one in found]

    def embedded(number: int) -> str:
        return str(nodes(TEXTS)[number].get_content(metadata_mode=MetadataMode.EMBED))

    return Library(write, search, embedded)


def haystack(*, hybrid: bool) -> Library:
    pytest.importorskip("haystack_integrations.document_stores.qdrant")
    from haystack import Document
    from haystack.dataclasses import SparseEmbedding
    from haystack_integrations.components.retrievers.qdrant import (
        QdrantEmbeddingRetriever,
        QdrantHybridRetriever,
    )
    from haystack_integrations.document_stores.qdrant import QdrantDocumentStore

    def store(url: str, name: str, model: Embedder) -> QdrantDocumentStore:
        size = len(query(model, "size"))
        return QdrantDocumentStore(
            url=url,
            index=name,
            embedding_dim=size,
            use_sparse_embeddings=hybrid,
            progress_bar=False,
        )

    def write(url: str, name: str, model: Embedder, texts: Sequence[str]) -> None:
        vectors = passages(model, texts)
        store(url, name, model).write_documents(
            [
                Document(
                    content=text,
                    meta=SOURCES[n],
                    embedding=vectors[n],
                    sparse_embedding=SparseEmbedding(*counted(text)) if hybrid else None,
                )
                for n, text in enumerate(texts)
            ]
        )

    def search(url: str, name: str, model: Embedder, text: str) -> list[str]:
        asked = {"query_embedding": query(model, text), "top_k": 3}
        if hybrid:
            asked["query_sparse_embedding"] = SparseEmbedding(*counted(text))
        kind = QdrantHybridRetriever if hybrid else QdrantEmbeddingRetriever
        found = kind(store(url, name, model)).run(**asked)["documents"]
        return [one.content for one in found]

    return Library(write, search)


def mem0(monkeypatch: pytest.MonkeyPatch) -> Library:
    pytest.importorskip("mem0")
    from mem0 import Memory
    from mem0.memory import main

    monkeypatch.setattr(main, "MEM0_TELEMETRY", False)
    monkeypatch.setattr(main, "capture_event", lambda *_, **__: None)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    class Ours:
        def __init__(self, model: Embedder) -> None:
            self.model = model
            self.config = type("Config", (), {"embedding_dims": len(query(model, "size"))})

        def embed(self, text: str, memory_action: str = "add") -> list[float]:
            return query(self.model, text) if memory_action == "search" else self.add(text)

        def add(self, text: str) -> list[float]:
            return passages(self.model, [text])[0]

    def memory(url: str, name: str, model: Embedder) -> Memory:
        monkeypatch.setattr(main.EmbedderFactory, "create", lambda *_: Ours(model))
        monkeypatch.setattr(main.LlmFactory, "create", lambda *_: None)
        size = len(query(model, "size"))
        where = {"url": url, "collection_name": name, "embedding_model_dims": size}
        return Memory.from_config(
            {"vector_store": {"provider": "qdrant", "config": where}, "history_db_path": ":memory:"}
        )

    def write(url: str, name: str, model: Embedder, texts: Sequence[str]) -> None:
        ours = memory(url, name, model)
        for text in texts:
            ours.add(text, user_id="user_1", infer=False)

    def search(url: str, name: str, model: Embedder, text: str) -> list[str]:
        found = memory(url, name, model).search(text, filters={"user_id": "user_1"}, top_k=3)
        return [one["memory"] for one in found["results"]]

    return Library(write, search)


LIBRARIES: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], Library]]] = {
    "langchain": ("langchain", lambda _: langchain(hybrid=False)),
    "langchain, hybrid": ("langchain", lambda _: langchain(hybrid=True)),
    "llamaindex": ("llamaindex", lambda _: llamaindex(hybrid=False)),
    "llamaindex, hybrid": ("llamaindex", lambda _: llamaindex(hybrid=True)),
    "haystack": ("haystack", lambda _: haystack(hybrid=False)),
    "haystack, hybrid": ("haystack", lambda _: haystack(hybrid=True)),
    "mem0": ("mem0", mem0),
}


@pytest.mark.parametrize("which", LIBRARIES)
def test_what_a_library_wrote_is_found_by_it_after_the_switch(
    empty: Place, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    product, make = LIBRARIES[which]
    library, (known,) = make(monkeypatch), named([product])
    old_model, new_model = open_embedder(empty.models.old), open_embedder(empty.models.new)
    url, name = str(empty.address.url), f"docs_{empty.alias}"
    library.write(url, name, old_model, TEXTS)
    assert found(library, url, name, old_model) == TEXTS, "or nothing is shown by what follows"
    plan = suggested(empty, name)
    assert plan.move is not None
    facts = view(whole_way(plan)).facts
    assert product in facts["written_by"]
    with empty.open() as qdrant:
        old, new = everything(qdrant, name), everything(qdrant, plan.move.target)
    dense = plan.move.new_vectors[0].name
    assert len(new) == len(TEXTS)
    for ident, point in new.items():
        was = old[ident]
        assert json.dumps(point.payload, sort_keys=True) == json.dumps(was.payload, sort_keys=True)
        kept = {vector for vector in was.vectors if vector != dense}
        assert set(point.vectors) == {dense, *kept}
        assert all(same_vector(was.vectors[one], point.vectors[one]) for one in kept)
        number = TEXTS.index(next(filter(None, (value_at(was.payload, p) for p in known.text))))
        (right,) = passages(new_model, [library.embedded(number)])
        stored: Any = point.vectors[dense]
        np.testing.assert_allclose(np.asarray(stored), np.asarray(right), atol=2e-3)
    rows = {row["what"]: row["new"] for row in change_lines.of(facts)}
    used = rows["collection name"]
    assert found(library, url, used, new_model) == TEXTS
    library.write(url, used, new_model, [LATE])
    assert LATE in library.search(url, used, new_model, LATE)
    with empty.open() as qdrant:
        assert qdrant.count(plan.move.target) == len(TEXTS) + 1
        assert qdrant.count(name) == len(TEXTS)


@pytest.mark.parametrize("which", [name for name in LIBRARIES if "hybrid" not in name])
def test_a_library_does_with_an_alias_what_is_foretold(
    empty: Place, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    from qdrant_client.http.exceptions import UnexpectedResponse

    product, make = LIBRARIES[which]
    library, model = make(monkeypatch), open_embedder(empty.models.old)
    url, name, alias = str(empty.address.url), f"docs_{empty.alias}", f"{empty.alias}_live"
    library.write(url, name, model, TEXTS)
    with empty.open() as qdrant:
        qdrant.switch_alias(alias, name)
        lost = starts(qdrant, alias, [product]).lost
    assert bool(lost) is (product == "mem0")
    if lost:
        with pytest.raises(UnexpectedResponse, match="Alias with the same name already exists"):
            library.search(url, alias, model, TEXTS[0])
    else:
        assert library.search(url, alias, model, TEXTS[0])[0] == TEXTS[0]
    with empty.open() as qdrant:
        assert (qdrant.aliases()[alias], qdrant.count(name)) == (name, len(TEXTS))


def found(library: Library, url: str, name: str, model: Embedder) -> list[str]:
    """The best of what is found of each text."""
    return [library.search(url, name, model, text)[0] for text in TEXTS]

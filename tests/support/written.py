"""What twenty products leave in Qdrant, in small: ids, vectors and payloads as their own code makes
them, around texts of our own. Where each was read stands in `survey/integrations/`."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from qdrant_model_migration.qdrant import Point, PointId, Qdrant, SparseVector

from .sentences import sentence

Embed = Callable[[Sequence[str]], list[list[float]]]

POINTS = 24
TEXTS = [sentence(number) for number in range(POINTS)]
CODE = [
    f"def part_{n}(value):\n    # {text}\n    return value + {n}" for n, text in enumerate(TEXTS)
]
CODE[5] = json.dumps({"name": "a package", "description": TEXTS[5], "scripts": {"test": "vitest"}})
_SPACE = uuid.UUID(int=7)


class Shape(NamedTuple):
    """payloads: of each point; embedded: what its vector is made of, None for one of zeros, "" for
    none.

    dense, sparse: names of the vectors; as_map: the only one stands in a map under "". tuning: of
    the dense one; idf: the sparse one is weighed by the server. indexes: of payload fields, as they
    are asked for.
    """

    payloads: list[dict[str, Any]]
    ids: list[PointId]
    embedded: list[str | None]
    collection: str = "docs"
    dense: str = ""
    sparse: str = ""
    as_map: bool = False
    more: Mapping[str, Any] = MappingProxyType({})
    tuning: Mapping[str, Any] = MappingProxyType({})
    idf: bool = False
    indexes: Mapping[str, Any] = MappingProxyType({})


def _each(payload: Callable[[int, str], dict[str, Any]], texts: Sequence[str] = TEXTS) -> Any:
    return [payload(number, text) for number, text in enumerate(texts)]


def _v4(number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.md5(f"{number}".encode()).digest(), version=4))


def _v5(number: int) -> str:
    return str(uuid.uuid5(_SPACE, f"doc-{number}"))


V4, V5 = [_v4(n) for n in range(POINTS)], [_v5(n) for n in range(POINTS)]


def _source(number: int) -> dict[str, Any]:
    return {"source": f"/data/manual_{number % 3}.pdf", "page": number}


def _langchain() -> Shape:
    payloads = _each(lambda n, text: {"page_content": text, "metadata": _source(n) if n else None})
    return Shape(payloads, V4, TEXTS, as_map=True, sparse="langchain-sparse")


def _langchain_js() -> Shape:
    payloads = _each(
        lambda n, text: {
            "content": text,
            "metadata": {"source": "blob", "loc": {"lines": {"from": n, "to": n + 4}}},
        }
    )
    return Shape(payloads, V4, TEXTS)


def _metadata(number: int) -> dict[str, Any]:
    return {"author": "Jane Doe", "file_name": f"manual_{number % 3}.pdf"}


_EXCLUDED = (*_metadata(0),)


def _node(number: int, said: Mapping[str, Any], excluded: Sequence[str] = ()) -> dict[str, Any]:
    """As llama_index.core's node_to_metadata_dict leaves a node."""
    metadata = _metadata(number)
    node = {
        "id_": V4[number],
        "embedding": None,
        "metadata": metadata,
        "excluded_embed_metadata_keys": [*excluded],
        "excluded_llm_metadata_keys": [],
        "relationships": {"1": {"node_id": f"doc-{number % 3}", "node_type": "4"}},
        "metadata_template": "{key}: {value}",
        "metadata_separator": "\n",
        **said,
        "mimetype": "text/plain",
        "start_char_idx": None,
        "end_char_idx": None,
        "text_template": "{metadata_str}\n\n{content}",
        "class_name": "TextNode",
    }
    whose = dict.fromkeys(("document_id", "doc_id", "ref_doc_id"), f"doc-{number % 3}")
    return {**metadata, "_node_content": json.dumps(node), "_node_type": "TextNode", **whose}


def _llamaindex() -> Shape:
    """Unless they are excluded, the lines of the metadata are embedded with the text."""
    lines = [[f"{key}: {value}" for key, value in _metadata(n).items()] for n in range(POINTS)]
    embedded = ["\n".join([*lines[n], "", text]) for n, text in enumerate(TEXTS)]
    return Shape(
        _each(lambda n, text: _node(n, {"text": text})),
        V4,
        embedded,
        dense="text-dense",
        sparse="text-sparse-new",
        indexes={"doc_id": "keyword"},
    )


def _kotaemon() -> Shape:
    """With the text in a part of its own, and the metadata excluded."""
    payloads = _each(
        lambda n, text: _node(n, {"text_resource": {"embeddings": None, "text": text}}, _EXCLUDED)
    )
    return Shape(payloads, V4, TEXTS, "index_1", indexes={"doc_id": "keyword"})


def _haystack() -> Shape:
    payloads = _each(
        lambda n, text: {
            "id": f"doc-{n}",
            "content": text,
            "blob": None,
            "meta": _source(n),
            "score": None,
        }
    )
    payloads[3]["content"] = None  # written without an embedding, so without a vector
    embedded = ["" if n == 3 else text for n, text in enumerate(TEXTS)]
    return Shape(payloads, V5, embedded, "Document", dense="text-dense", sparse="text-sparse")


def _open_webui() -> Shape:
    payloads = _each(
        lambda n, text: {
            "text": text,
            "metadata": {"name": f"manual_{n % 3}.pdf", "file_id": V4[n % 3], "hash": f"{n:08x}"},
            "tenant_id": f"file-{n % 3}",
        }
    )
    hnsw = {"hnsw_config": {"m": 0, "payload_m": 16}}
    indexes = {
        "tenant_id": {"type": "keyword", "is_tenant": True, "on_disk": False},
        "metadata.hash": "keyword",
        "metadata.file_id": "keyword",
    }
    return Shape(payloads, V4, TEXTS, "open-webui_files", more=hnsw, indexes=indexes)


def _mem0() -> Shape:
    payloads = _each(
        lambda n, text: {
            "user_id": f"user_{n % 2}",
            "role": "user",
            "data": text,
            "hash": hashlib.md5(text.encode()).hexdigest(),
            "created_at": "2026-11-01T09:00:00.730849+00:00",
            "updated_at": "2026-11-01T09:00:00.730849+00:00",
            "text_lemmatized": text.lower(),
        }
    )
    indexes = dict.fromkeys(("user_id", "agent_id", "run_id", "actor_id"), "keyword")
    return Shape(payloads, V4, TEXTS, "mem0", sparse="bm25", idf=True, indexes=indexes)


def _dify() -> Shape:
    payloads = _each(
        lambda n, text: {
            "page_content": text,
            "metadata": {"doc_id": V4[n], "doc_hash": f"{n:08x}", "document_id": f"doc-{n % 3}"},
            "group_id": "knowledge-1",
        }
    )
    hnsw = {"hnsw_config": {"m": 0, "payload_m": 16, "ef_construct": 100}}
    words = {"type": "text", "tokenizer": "multilingual", "min_token_len": 2, "max_token_len": 20}
    indexes = {"group_id": "keyword", "page_content": {**words, "lowercase": True}}
    return Shape(payloads, V4, TEXTS, "Vector_index_7_Node", more=hnsw, indexes=indexes)


def _spring_ai() -> Shape:
    payloads = _each(lambda n, text: {"doc_content": text, **_source(n)})
    return Shape(payloads, V4, TEXTS, "vector_store")


def _langchain4j() -> Shape:
    payloads = _each(lambda n, text: {"text_segment": text, "index": f"{n}"} if n != 4 else {})
    return Shape(payloads, V4, TEXTS)


def _semantic_kernel() -> Shape:
    payloads = _each(
        lambda n, text: {
            "id": f"memory-{n}",
            "text": None if n % 2 else text,
            "description": text if n % 2 else None,
            "additional_metadata": "",
            "external_source_name": "wiki" if n % 2 else "",
            "timestamp": None,
        }
    )
    return Shape(payloads, V4, TEXTS, "aboutMe")


def _roo_code() -> Shape:
    payloads = _each(
        lambda n, text: {
            "filePath": f"src/app/part_{n}.py",
            "codeChunk": text,
            "startLine": n * 10 + 1,
            "endLine": n * 10 + 9,
            "pathSegments": {"0": "src", "1": "app", "2": f"part_{n}.py"},
        },
        CODE,
    )
    marker = {"type": "metadata", "indexing_complete": True, "completed_at": 1_764_200_000_000}
    ids = [*V5, str(uuid.uuid5(_SPACE, "__indexing_metadata__"))]
    hnsw = {"hnsw_config": {"m": 64, "ef_construct": 512, "on_disk": True}}
    name = "ws-" + hashlib.sha256(b"/home/jane/app").hexdigest()[:16]
    indexes = {"type": "keyword", **{f"pathSegments.{n}": "keyword" for n in range(5)}}
    return Shape(
        [*payloads, marker],
        ids,
        [*CODE, None],
        name,
        more=hnsw,
        tuning={"on_disk": True},
        indexes=indexes,
    )


def _anythingllm() -> Shape:
    payloads = _each(
        lambda n, text: {
            "url": f"file:///app/manual_{n % 3}.txt",
            "title": f"manual_{n % 3}.txt",
            "docAuthor": "Unknown",
            "description": "No description found.",
            "docSource": "a text file uploaded by the user.",
            "chunkSource": "",
            "published": "11/1/2026, 9:00:00 AM",
            "wordCount": len(text.split()),
            "token_count_estimate": 2 * len(text.split()),
            "text": text,
        }
    )
    return Shape(payloads, V4, TEXTS, "my-workspace")


def _txtai() -> Shape:
    return Shape(_each(lambda n, text: {}), list(range(POINTS)), TEXTS, "txtai-embeddings")


def _lightrag() -> Shape:
    payloads = _each(
        lambda n, text: {
            "id": f"chunk-{n:08x}",
            "workspace_id": "_",
            "created_at": 1_764_200_000,
            "content": text,
            "full_doc_id": f"doc-{n % 3}",
            "file_path": f"manual_{n % 3}.pdf",
        }
    )
    hnsw = {"hnsw_config": {"m": 0, "payload_m": 16}}
    indexes = {"workspace_id": {"type": "keyword", "is_tenant": True}}
    name = "lightrag_vdb_chunks_old_model_128d"
    return Shape(payloads, V4, TEXTS, name, more=hnsw, indexes=indexes)


def _cheshire_cat() -> Shape:
    payloads = _each(
        lambda n, text: {
            "page_content": text,
            "metadata": {"source": "manual.pdf", "when": 1_764_200_000.5 + n, "hash": f"{n:08x}"},
        }
    )
    int8 = {"scalar": {"type": "int8", "quantile": 0.95, "always_ram": True}}
    return Shape(payloads, V4, TEXTS, "declarative", more={"quantization_config": int8})


def _mcp_server_qdrant() -> Shape:
    payloads = _each(lambda n, text: {"document": text, "metadata": {"n": n} if n % 2 else None})
    return Shape(payloads, V4, TEXTS, "memories", dense="fast-words-128")


def _chatgpt_retrieval_plugin() -> Shape:
    payloads = _each(
        lambda n, text: {
            "id": f"doc-{n % 3}_{n}",
            "text": text,
            "metadata": {
                "source": "file",
                "source_id": None,
                "author": "Jane Doe",
                "document_id": f"doc-{n % 3}",
            },
            "created_at": 1_764_200_000,
        }
    )
    indexes = {"metadata.document_id": "keyword", "created_at": "integer"}
    return Shape(payloads, V5, TEXTS, "document_chunks", indexes=indexes)


SHAPES: dict[str, Callable[[], Shape]] = {
    "anythingllm": _anythingllm,
    "chatgpt_retrieval_plugin": _chatgpt_retrieval_plugin,
    "cheshire_cat": _cheshire_cat,
    "dify": _dify,
    "flowise": _langchain_js,
    "haystack": _haystack,
    "kotaemon": _kotaemon,
    "langchain": _langchain,
    "langchain4j": _langchain4j,
    "langchain_js": _langchain_js,
    "lightrag": _lightrag,
    "llamaindex": _llamaindex,
    "mcp_server_qdrant": _mcp_server_qdrant,
    "mem0": _mem0,
    "n8n": _langchain_js,
    "open_webui": _open_webui,
    "roo_code": _roo_code,
    "semantic_kernel": _semantic_kernel,
    "spring_ai": _spring_ai,
    "txtai": _txtai,
}


def write(qdrant: Qdrant, product: str, embed: Embed, *, name: str = "") -> str:
    """The collection as the product leaves it; returns its name. name: another one than its own."""
    shape = SHAPES[product]()
    name = name or shape.collection
    texts = [text for text in shape.embedded if text]
    made = iter(embed(texts))
    size = len(embed(texts[:1])[0])
    params = {"size": size, "distance": "Cosine", **shape.tuning}
    named = bool(shape.dense) or shape.as_map
    body: dict[str, Any] = {"vectors": {shape.dense: params} if named else params, **shape.more}
    if shape.sparse:
        body["sparse_vectors"] = {shape.sparse: {"modifier": "idf"} if shape.idf else {}}
    qdrant.create_collection(name, body)
    if qdrant.capabilities.settings:
        for path, schema in shape.indexes.items():
            qdrant.create_payload_index(name, path, schema)
    points = []
    for ident, payload, text in zip(shape.ids, shape.payloads, shape.embedded, strict=True):
        vectors: dict[str, Any] = {}
        if text != "":
            vectors[shape.dense] = [0.0] * size if text is None else next(made)
        if shape.sparse and text:
            vectors[shape.sparse] = SparseVector((len(text), 1000), (0.5, 1.0))
        points.append(Point(ident, payload, vectors))
    qdrant.insert(name, points)
    return name

"""fastembed's text models as ModelRefs, with the files each one needs. Reads no folder."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from qdrant_model_migration.embedders.kinds.fastembed.known import KNOWN, NOT_OFFERED, Known
from qdrant_model_migration.embedders.kinds.fastembed.quiet import import_quietly
from qdrant_model_migration.embedders.model import ModelRef

CUSTOM = "qmm-folder/"
"""Models from folders are registered with fastembed under names that start like this."""

TOKENIZER: tuple[str, ...] = ("tokenizer.json", "tokenizer_config.json")

_NORMALISES = (
    "OnnxTextEmbedding", "PooledNormalizedEmbedding", "LastTokenNormalizedEmbedding",
    "JinaEmbeddingV3", "StaticTextEmbedding",
)  # fmt: skip
"""Classes of fastembed; the others leave vectors as the model gives them."""

_Kind = Literal["dense", "sparse", "multivector"]


class Entry(NamedTuple):
    """A model of fastembed's list. repo: on the hub; legacy: folder name of an older download."""

    model: ModelRef
    repo: str
    legacy: str | None
    weights: tuple[str, ...]
    """The file that is loaded, then what belongs to it."""
    needed: tuple[str, ...]
    idf: bool
    """Its sparse vectors are made for the server's modifier idf."""
    length_one: bool
    """Its vectors are made to length one."""


@cache
def catalogue() -> dict[str, Entry]:
    """All models that are offered, by name in lower case, in fastembed's order."""
    import_quietly()
    from fastembed import LateInteractionTextEmbedding, SparseTextEmbedding, TextEmbedding

    kinds: tuple[tuple[_Kind, list[dict[str, Any]]], ...] = (
        ("dense", TextEmbedding.list_supported_models()),
        ("sparse", SparseTextEmbedding.list_supported_models()),
        ("multivector", LateInteractionTextEmbedding.list_supported_models()),
    )
    even = _of_length_one(TextEmbedding.EMBEDDINGS_REGISTRY)
    return {
        description["model"].lower(): _entry(kind, description, description["model"] in even)
        for kind, descriptions in kinds
        for description in descriptions
        if description["model"] not in NOT_OFFERED and not description["model"].startswith(CUSTOM)
    }


def _of_length_one(classes: Iterable[Any]) -> frozenset[str]:
    """Names of the models whose class ends in making each vector to length one."""
    return frozenset(
        description.model
        for one in classes
        if one.__name__ in _NORMALISES
        for description in one._list_supported_models()
    )


def _entry(kind: _Kind, description: dict[str, Any], length_one: bool) -> Entry:
    name, file = description["model"], description["model_file"]
    known = KNOWN.get(name, Known((), None))
    model = ModelRef(
        kind="fastembed",
        name=name,
        dimensions=0 if kind == "sparse" else description["dim"],
        vector=kind,
        distance="Dot" if kind == "sparse" else "Cosine",
        query_prefix=known.query_prefix,
        passage_prefix=known.passage_prefix,
        max_tokens=known.max_tokens,
        languages=known.languages,
        size_bytes=round(description["size_in_GB"] * 1e9),
        license=description["license"],
        matryoshka=known.matryoshka,
    )
    weights = (file, *description["additional_files"])
    # ONNX models need both files, static ones the tokenizer alone, BM25 none.
    tokenizer = TOKENIZER[: {"onnx": 2, "safetensors": 1}.get(file.rsplit(".", 1)[-1], 0)]
    sources = description["sources"]
    return Entry(
        model=model,
        repo=sources["hf"],
        legacy=f"fast-{name.rsplit('/', 1)[-1]}" if sources["_deprecated_tar_struct"] else None,
        weights=weights,
        needed=(*weights, *tokenizer),
        idf=bool(description.get("requires_idf")),
        length_one=length_one,
    )

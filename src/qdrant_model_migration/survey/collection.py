"""What a collection's own configuration and state say, as facts: vectors, compression, status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.qdrant import CollectionConfig, CollectionState
from qdrant_model_migration.qdrant.quantization import in_words
from qdrant_model_migration.survey.facts import Fact, VectorFact

_STATUS = {
    "green": "everything indexed",
    "yellow": "the server is optimizing",
    "grey": "work is pending that starts with the next change",
    "red": "the server reports an error",
}


def vector_facts(config: CollectionConfig) -> tuple[VectorFact, ...]:
    """Dense vectors and multivectors first, then sparse ones, in the order of the configuration."""
    dense = [
        VectorFact(
            name=name,
            kind="multivector" if raw.get("multivector_config") else "dense",
            size=raw.get("size"),
            distance=raw.get("distance"),
            datatype=raw.get("datatype"),
            raw=raw,
        )
        for name, raw in config.vectors().items()
    ]
    sparse = [
        VectorFact(
            name=name,
            kind="sparse",
            datatype=(raw.get("index") or {}).get("datatype"),
            raw=raw,
        )
        for name, raw in config.sparse().items()
    ]
    return (*dense, *sparse)


def vectors_in_words(vectors: Sequence[VectorFact]) -> str:
    """ "1 without a name: 384 dimensions, cosine", "2: text 1536 cosine; bm25 sparse"."""
    if not vectors:
        return "none"
    if len(vectors) == 1:
        only = vectors[0]
        name = f"named {only.name}" if only.name else "without a name"
        return f"1 {name}: {_shape(only, ' dimensions, ')}"
    each = [f"{words.vector(v.name)}: {_shape(v, ' dimensions, ')}" for v in vectors]
    return f"{len(vectors)}; {'; '.join(each)}"


def vectors_in_short(vectors: Sequence[VectorFact]) -> str:
    """For a column: "384", "1536 + sparse", "384 + 128 multi"."""
    each = [
        "sparse" if v.kind == "sparse" else f"{v.size}{' multi' if v.kind == 'multivector' else ''}"
        for v in vectors
    ]
    return " + ".join(each) or "none"


def quantization_fact(config: CollectionConfig) -> Fact[dict[str, Any]]:
    """value: the collection's own raw setting, {} for none; note: all of it in words."""
    own = config.raw.get("quantization_config") or {}
    said = [in_words(own)]
    for name, raw in config.vectors().items():
        if raw.get("quantization_config"):
            whose = words.vector(name)
            said.append(f"{whose}: {in_words(raw['quantization_config'])}")
    return Fact[dict[str, Any]](value=dict(own), how="asked", note="; ".join(said))


def status_fact(state: CollectionState) -> Fact[str]:
    """value: the server's colour; note: what it means, and the error if there is one."""
    note = _STATUS.get(state.status, "")
    if state.error and state.error != "None":
        note = f"the server reports: {state.error}"
    elif state.queue_length:
        note = f"{note}; {words.plural(state.queue_length, 'write')} not applied yet"
    return Fact[str](value=state.status, how="asked", note=note)


def points_fact(count: int, config: CollectionConfig, state: CollectionState) -> Fact[int]:
    """value: the points that can be read; note: those that cannot, and why."""
    prevents = (config.raw.get("optimizer_config") or {}).get("prevent_unoptimized")
    note = ""
    if state.deferred:
        note = (
            f"{words.plural(state.deferred, 'more point')} cannot be read yet: the server holds "
            "new points back until they are optimized (prevent_unoptimized)"
        )
    elif prevents:
        note = "the server holds new points back until they are optimized (prevent_unoptimized)"
    return Fact[int](value=count, how="counted", note=note)


def lacking_note(lacking: Mapping[str, int]) -> str:
    """How many points have no vector of each name; "" where none lacks one."""
    said = [
        f"{words.plural(number, 'point')} {'has' if number == 1 else 'have'} no vector"
        f"{f' {name}' if name else ''}"
        for name, number in lacking.items()
        if number
    ]
    return words.listing(said)


def index_paths(config: CollectionConfig) -> tuple[str, ...]:
    """The indexed payload paths, sorted."""
    return tuple(sorted(config.payload_schema))


def _shape(vector: VectorFact, between: str) -> str:
    if vector.kind == "sparse":
        modifier = vector.raw.get("modifier")
        return "sparse, idf" if modifier == "idf" else "sparse"
    text = f"{words.count(vector.size or 0)}{between}{(vector.distance or 'not known').lower()}"
    if vector.kind == "multivector":
        text += ", multivector"
    return f"{text}, {vector.datatype}" if vector.datatype not in (None, "float32") else text

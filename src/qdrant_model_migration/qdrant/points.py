"""Points as this program sees them: ids, vectors, payloads, pages, hits, and the order of ids.

Their translation from and to Qdrant's JSON lives here too. Nothing here sends anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from qdrant_model_migration.qdrant.errors import PointNotWritable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PointId = int | str
"""An unsigned 64-bit integer, or the text of a UUID."""

ShardKey = str | int
"""Where a collection with custom sharding keeps a point."""


class SparseVector(NamedTuple):
    """Indices (each once) and their values, of the same length."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


class Document(NamedTuple):
    """A text in place of its vector, which the server makes by a model that it knows.

    options: what the model is told, by name, as the server passes it on.
    """

    text: str
    model: str
    options: tuple[tuple[str, Any], ...] = ()


Vector = list[float] | SparseVector | list[list[float]] | Document
"""Dense, sparse, or multivector (one row per token); what is written or asked may be a document."""

if TYPE_CHECKING:
    WritableVector = Vector | NDArray[np.floating[Any]]


class Presence(str):
    """The name of a vector of which is only asked whether a point has it: its values are not read.

    A point that has it is given THERE under its name.
    """

    __slots__ = ()


THERE: Vector = [1.0]


class Point(NamedTuple):
    """One point. vectors: by name, "" is the unnamed one, {} is a point without any vector.

    What is read has lists; what is written may have numpy arrays (1-d dense, 2-d multivector).
    key: its shard key, None where the collection has none.
    """

    id: PointId
    payload: dict[str, Any]
    vectors: Mapping[str, WritableVector]
    key: ShardKey | None = None


class Hit(NamedTuple):
    """One result of a search. score: as the server gives it, its scale depends on the distance."""

    id: PointId
    score: float
    payload: dict[str, Any]


class Query(NamedTuple):
    """One search of several whose results are fused. using: the vector's name, "" is unnamed."""

    using: str
    vector: WritableVector


Fusion = Literal["rrf", "dbsf"]
"""How the server makes one list of several: by rank, or by the spread of the scores."""


class Page(NamedTuple):
    """Points in the server's order of ids, and the first id of the next page (None: the end)."""

    points: list[Point]
    next: PointId | None


def order(point_id: PointId) -> tuple[int, int]:
    """Sort key with the server's order: all integers ascending, then UUIDs by their bytes.

    Raises ValueError for text that is not a UUID. Source: lib/segment/src/types.rs of Qdrant.
    """
    if isinstance(point_id, int):
        return 0, point_id
    return 1, UUID(point_id).int


def point_from_json(record: Mapping[str, Any]) -> Point:
    """A record of scroll or retrieve. A vector that was not asked for is absent, not empty."""
    vectors = vectors_from_json(record.get("vector"))
    return Point(record["id"], record.get("payload") or {}, vectors, record.get("shard_key"))


def vectors_from_json(value: object) -> dict[str, Vector]:
    """Qdrant's `vector` field, which is a plain list where only the unnamed vector is there."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {name: _vector_from_json(vector) for name, vector in value.items()}
    return {"": _vector_from_json(value)}


def _vector_from_json(value: Any) -> Vector:
    if isinstance(value, Mapping):
        return SparseVector(tuple(value["indices"]), tuple(value["values"]))
    vector: Vector = value
    return vector


def vector_to_json(vector: WritableVector) -> Any:
    """The JSON shape of one vector, in plain Python values."""
    shape = _shape(vector)
    return shape if isinstance(shape, (list, dict)) else shape.tolist()


def _shape(vector: WritableVector) -> Any:
    """The JSON shape of one vector; an array stays one, of the same values.

    Every value is written as a float: the server reads two rows, the first of whole numbers, as a
    sparse vector (lib/api/src/rest/schema.rs of Qdrant: an untagged enum).
    """
    if isinstance(vector, SparseVector):
        return {"indices": list(vector.indices), "values": list(map(float, vector.values))}
    if isinstance(vector, Document):
        told = {"options": dict(vector.options)} if vector.options else {}
        return {"text": vector.text, "model": vector.model, **told}
    if not isinstance(vector, list):
        return vector if vector.dtype.kind == "f" else vector.astype("float64")
    rows: list[Any] = vector
    if rows and isinstance(rows[0], list):
        return [list(map(float, row)) for row in rows]
    return list(map(float, rows))


def holds_text(point: Point) -> bool:
    """Whether the server has to make a vector of it."""
    return any(isinstance(vector, Document) for vector in point.vectors.values())


def point_to_json(point: Point) -> dict[str, Any]:
    """The JSON shape of a point to write, in plain Python values."""
    return _whole(point, vector_to_json, payload=True)


def _whole(
    point: Point, shape: Callable[[WritableVector], Any], *, payload: bool
) -> dict[str, Any]:
    vectors = {name: shape(vector) for name, vector in point.vectors.items()}
    # A named "" is refused by collections that have one unnamed vector and nothing else.
    vector = vectors[""] if list(vectors) == [""] else vectors
    return {"id": point.id, "vector": vector, **({"payload": point.payload} if payload else {})}


def encode(point: Point, *, payload: bool = True) -> bytes:
    """A point as JSON bytes, so that requests can be cut by their true size.

    payload: False for a change of vectors alone.

    Raises PointNotWritable for NaN, infinity, or a payload value that JSON does not have.
    """
    import orjson

    whole = _whole(point, _shape, payload=payload)
    # What json refuses, orjson may take: it is passed on to json, to be refused there.
    strictly = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    try:
        written = orjson.dumps(whole, option=orjson.OPT_SERIALIZE_NUMPY | strictly)
    except TypeError:  # whole numbers beyond 64 bits, keys that are no text
        return _slowly(point, payload=payload)
    if b"null" in written and not _finite(whole):  # it writes null for what is not finite
        return _slowly(point, payload=payload)
    return written


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    return not hasattr(value, "dtype") or math.isfinite(value.sum(dtype="float64"))


def _slowly(point: Point, *, payload: bool) -> bytes:
    """By the standard library, which takes larger numbers and refuses what is not finite."""
    whole = _whole(point, vector_to_json, payload=payload)
    try:
        text = json.dumps(whole, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError) as error:
        raise PointNotWritable(
            str(point.id), f"Its payload or vector has no form in JSON: {error}."
        ) from None

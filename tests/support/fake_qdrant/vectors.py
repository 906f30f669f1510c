"""Vectors on their way in and out: parsing, checking, normalising, and JSON numbers as REST gives.

Stored shapes: dense float32/float16/uint8 of shape (d,), multivector (rows, d), or Sparse.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import bm25, replies
from .sparse import Sparse, as_sparse

Json = dict[str, Any]
Array = npt.NDArray[Any]


StoredVector = Array | Sparse
_NUMBERS = {int, float}


def by_name(raw: object) -> Json:
    """The `vector` of a point as raw vector per name; `""` is the unnamed one.

    Documents for the server's own BM25 are embedded on the way.
    """
    if is_document(raw):
        raw = as_read(raw)
    if isinstance(raw, list):
        return {"": raw}
    if isinstance(raw, dict):
        refuse_inference(raw)
        read = {name: as_read(one) for name, one in raw.items()}
        return {
            name: bm25.embedded(one, query=False) if bm25.is_bm25(one) else one
            for name, one in read.items()
        }
    raise replies.format_error("data did not match any variant of untagged enum VectorStruct")


def is_document(raw: object) -> bool:
    """Two texts: the server takes the first for a document and the second for its model."""
    return isinstance(raw, list) and len(raw) == 2 and all(isinstance(one, str) for one in raw)


def as_read(raw: Any) -> Any:
    """Facts §17: a list of two may be read as an object with two fields.

    Two texts as a document and its model; two rows, the first of whole numbers, as the indices and
    values of a sparse vector. Written as `1.0`, they are rows. The unnamed vector of a point is
    never read as sparse.
    """
    if is_document(raw):
        return {"text": raw[0], "model": raw[1]}
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(row, list) for row in raw):
        indices, values = raw
        whole = all(type(index) is int and 0 <= index < 2**32 for index in indices)
        if whole and set(map(type, values)) <= _NUMBERS:
            return {"indices": indices, "values": values}
    return raw


def refuse_inference(raw: Json) -> None:
    """Facts §9: a server without an inference service answers any remote model with 500."""
    if "model" in raw and {"text", "image", "object"} & raw.keys():
        raise replies.Refusal(
            500,
            "Service internal error: InferenceService URL not configured - "
            "please provide valid address in config",
        )


def check_shape(raw: object) -> None:
    """What the server validates in the body before it looks at the collection (422 and 400)."""
    if isinstance(raw, Sparse):
        return
    if isinstance(raw, dict):
        refuse_inference(raw)
        indices, values = raw.get("indices"), raw.get("values")
        if not isinstance(indices, list) or not isinstance(values, list):
            raise replies.format_error("data did not match any variant of untagged enum Vector")
        if len(indices) != len(values):
            raise replies.invalid("values", "must be the same length as indices")
        if len(set(indices)) != len(indices):
            raise replies.invalid("indices", "must be unique")
        return
    if not isinstance(raw, list):
        raise replies.format_error("data did not match any variant of untagged enum Vector")
    if raw and isinstance(raw[0], list):
        lengths = {len(row) if isinstance(row, list) else -1 for row in raw}
        if lengths == {0}:
            raise replies.invalid("data", "all vectors must be non-empty")
        if len(lengths) != 1:
            raise replies.invalid("data", "all vectors must have the same dimension")
        rows = raw
    else:
        rows = [raw]
    for row in rows:
        if not set(map(type, row)) <= _NUMBERS:
            raise replies.format_error("data did not match any variant of untagged enum Vector")


def is_empty(raw: object) -> bool:
    """Facts §4: what REST calls no vector at all."""
    if isinstance(raw, Sparse):
        # Facts §4: a BM25 document without a token is accepted.
        return False
    if isinstance(raw, dict) and "indices" in raw:
        return not raw["indices"]
    return not raw


def stored(name: str, raw: object, dense: dict[str, Json], sparse: dict[str, Json]) -> StoredVector:
    """The vector as the collection keeps it; `raw` has passed `check_shape`."""
    if name in sparse:
        if isinstance(raw, Sparse):
            return raw
        if not isinstance(raw, dict):
            raise replies.wrong_input("Conversion between sparse and regular vectors failed")
        return as_sparse(raw)
    if name not in dense:
        raise replies.wrong_input(f"Not existing vector name error: {name}")
    if isinstance(raw, (dict, Sparse)):
        raise replies.wrong_input("Conversion between sparse and regular vectors failed")
    params = dense[name]
    array = np.asarray(raw, dtype=np.float32)
    check_dimensions(array, params)
    if "multivector_config" in params:
        array = np.atleast_2d(array)
    elif array.ndim == 2:
        raise replies.wrong_input("Conversion between multi and regular vectors failed")
    datatype = params.get("datatype", "float32")
    if datatype == "uint8":
        return np.clip(np.trunc(array), 0, 255).astype(np.uint8)
    if params["distance"] == "Cosine":
        array = normalized(array)
    return array.astype(np.float16) if datatype == "float16" else array


def check_dimensions(array: Array, params: Json) -> None:
    """400 as the server words it (facts §14)."""
    got = array.shape[-1] if array.size else 0
    if got != params["size"]:
        raise replies.wrong_input(
            f"Vector dimension error: expected dim: {params['size']}, got {got}"
        )


def normalized(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Unit length by row, as Cosine collections do at write.

    Already normalized input is left alone and zeros stay zeros (facts §4, §13).
    """
    squared = np.sum(array * array, axis=-1, keepdims=True, dtype=np.float32)
    leave = (np.abs(squared - 1.0) < 1e-6) | (squared < np.finfo(np.float32).eps)
    length = np.where(leave, np.float32(1.0), np.sqrt(squared))
    return (array / length).astype(np.float32)


def json_floats(array: Array) -> list[Any]:
    """The shortest decimals that read back as the same float32, as REST writes them (facts §11)."""
    if array.dtype == np.uint8:
        return (
            [float(value) for value in array] if array.ndim == 1 else array.astype(float).tolist()
        )
    single = array.astype(np.float32)
    exact = single.astype(np.float64)
    magnitude = np.abs(exact)
    usable = np.isfinite(exact) & (magnitude > 0)
    exponent = np.floor(np.log10(np.where(usable, magnitude, 1.0)))
    out = exact.copy()
    missing = usable.copy()
    for digits in (6, 7, 8, 9):
        scale = 10.0 ** (digits - 1 - exponent)
        short = np.rint(exact * scale) / scale
        hit = missing & (short.astype(np.float32) == single)
        out[hit] = short[hit]
        missing &= ~hit
        if not missing.any():
            break
    result: list[Any] = out.tolist()
    return result


def shown(vector: StoredVector) -> Any:
    """One vector as JSON."""
    if isinstance(vector, Sparse):
        return {"indices": vector.indices.tolist(), "values": json_floats(vector.values)}
    return json_floats(vector)


def shown_all(rows: list[dict[str, StoredVector]]) -> list[Any]:
    """The `vector` field of many records, one array operation per name.

    Facts §3: a record with only the default vector shows a plain list, else a map by name.
    """
    named: list[Json] = [{} for _ in rows]
    for name in {name for row in rows for name in row}:
        places = [place for place, row in enumerate(rows) if name in row]
        vectors = [rows[place][name] for place in places]
        first = vectors[0]
        if not isinstance(first, Sparse) and first.ndim == 1:
            shapes = np.stack([vector for vector in vectors if not isinstance(vector, Sparse)])
            for place, value in zip(places, json_floats(shapes), strict=True):
                named[place][name] = value
        else:
            for place, vector in zip(places, vectors, strict=True):
                named[place][name] = shown(vector)
    return [value[""] if value.keys() == {""} else value for value in named]

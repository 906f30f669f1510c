"""What a plan was made for, as a short text that changes with a collection's settings. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from qdrant_model_migration import words

_PARTS = {
    # part: (one of them, several of them, or the sentence's subject where they are not counted)
    "vectors": ("vector", "vectors"),
    "sparse": ("sparse vector", "sparse vectors"),
    "indexes": ("payload index", "payload indexes"),
    "quantization": ("", "the quantization"),
    "placement": ("", "shards, replicas or where payloads are kept"),
    "tuning": ("", "index, optimizer or strict mode settings"),
}
_COUNTED = ("vectors", "sparse", "indexes")
# What makes a vector comparable at all; the rest can change while it stays the same vector.
_SHAPE = ("size", "distance", "datatype", "multivector_config", "modifier")


class _Part(NamedTuple):
    digest: str
    number: int | None


def fingerprint(raw: Mapping[str, Any], payload_schema: Mapping[str, Any]) -> str:
    """`part:digest` for each part of a collection's settings, such as "vectors:1:9f2c… tuning:…".

    raw: `result.config` of GET /collections/x. Counts of points, status and metadata do not enter:
    they change while an application works. A setting that is null counts as one that is not there,
    so that a newer server with more settings gives the same fingerprint.
    """
    params = _dict(raw.get("params"))
    vectors = _dict(params.get("vectors"))
    if not isinstance(vectors.get("size", {}), Mapping):  # one unnamed vector stands by itself
        vectors = {"": vectors}
    sparse = _dict(params.get("sparse_vectors"))
    rest = {k: v for k, v in params.items() if k not in ("vectors", "sparse_vectors")}
    indexes = {
        path: {k: v for k, v in _dict(schema).items() if k != "points"}
        for path, schema in payload_schema.items()
    }
    each = {**vectors, **{f"sparse {name}": value for name, value in sparse.items()}}
    parts: dict[str, tuple[Any, int | None]] = {
        "vectors": (_shapes(vectors), len(vectors)),
        "sparse": (_shapes(sparse), len(sparse)),
        "indexes": (indexes, len(indexes)),
        "quantization": (
            {
                "own": raw.get("quantization_config"),
                "each": {
                    name: _dict(vector).get("quantization_config") for name, vector in each.items()
                },
            },
            None,
        ),
        "placement": (rest, None),
        "tuning": (
            {
                "own": _without(raw, ("params", "quantization_config", "metadata")),
                "each": {
                    name: tuned
                    for name, vector in each.items()
                    if (tuned := _said(_without(vector, (*_SHAPE, "quantization_config"))))
                },
            },
            None,
        ),
    }
    return " ".join(
        f"{name}:{_digest(value)}" if count is None else f"{name}:{count}:{_digest(value)}"
        for name, (value, count) in parts.items()
    )


def describe_change(old: str, new: str, *, ignore: Sequence[str] = ()) -> tuple[str, ...]:
    """What differs between two fingerprints, in words such as "2 payload indexes were added".

    Empty if nothing does. ignore: parts that a run changes itself, such as "quantization".
    """
    before, after = _read(old), _read(new)
    if not before:
        return () if old == new else ("its settings were changed",)
    said = []
    for name in dict.fromkeys((*_PARTS, *before, *after)):
        if name in ignore or before.get(name) == after.get(name):
            continue
        said.append(_sentence(name, before.get(name), after.get(name)))
    return tuple(said)


def changed_since(
    old: str, raw: Mapping[str, Any], payload_schema: Mapping[str, Any], ignore: Sequence[str] = ()
) -> str:
    """`describe_change` against the settings as they are now, in one phrase; "" if nothing did."""
    return words.listing(describe_change(old, fingerprint(raw, payload_schema), ignore=ignore))


def _sentence(name: str, before: _Part | None, after: _Part | None) -> str:
    one, many = _PARTS.get(name, ("", f"the {name}"))
    if name not in _COUNTED or before is None or after is None:
        return f"{many} {'was' if name == 'quantization' else 'were'} changed"
    more = (after.number or 0) - (before.number or 0)
    if more == 0:
        return f"{many} were changed"
    noun = f"{one} was" if abs(more) == 1 else f"{many} were"
    return f"{abs(more)} {noun} {'added' if more > 0 else 'removed'}"


def _read(text: str) -> dict[str, _Part]:
    parts = {}
    for word in text.split():
        name, *rest = word.split(":")
        if len(rest) == 2 and rest[0].isdigit():
            parts[name] = _Part(rest[1], int(rest[0]))
        elif len(rest) == 1:
            parts[name] = _Part(rest[0], None)
        else:
            return {}
    return parts


def _shapes(vectors: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {key: value for key, value in _dict(vector).items() if key in _SHAPE}
        for name, vector in vectors.items()
    }


def _without(value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: item for key, item in _dict(value).items() if key not in keys}


def _dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _digest(value: Any) -> str:
    text = json.dumps(_said(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _said(value: Any) -> Any:
    """Without nulls, at every depth; an empty object says something (binary: {} is a setting)."""
    if isinstance(value, Mapping):
        return {str(key): _said(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_said(item) for item in value]
    return value

"""Payload indexes as the server lists them: types, parameters, and how many points each covers."""

from __future__ import annotations

import copy
from typing import Any

from . import replies
from .versions import ALWAYS, V1_16, V1_17, V1_19, Version

Json = dict[str, Any]

_COMMON: dict[str, Version] = {"on_disk": ALWAYS, "enable_hnsw": V1_17, "memory": V1_19}
# Facts §2.
PARAMS: dict[str, dict[str, Version]] = {
    "keyword": {"is_tenant": ALWAYS, "prefix": V1_19} | _COMMON,
    "integer": {"lookup": ALWAYS, "range": ALWAYS, "is_principal": ALWAYS} | _COMMON,
    "float": {"is_principal": ALWAYS} | _COMMON,
    "geo": dict(_COMMON),
    "datetime": {"is_principal": ALWAYS} | _COMMON,
    "bool": dict(_COMMON),
    "uuid": {"is_tenant": ALWAYS} | _COMMON,
    "text": {
        "tokenizer": ALWAYS,
        "min_token_len": ALWAYS,
        "max_token_len": ALWAYS,
        "lowercase": ALWAYS,
        "ascii_folding": V1_16,
        "phrase_matching": ALWAYS,
        "stopwords": ALWAYS,
        "stemmer": ALWAYS,
    }
    | _COMMON,
}


# The server tells these as null where they were not given.
_TOLD_AS_NULL = {
    "integer": ("lookup", "range", "is_principal"),
    "float": ("is_principal",),
    "datetime": ("is_principal",),
}


def listed(schema: object, version: Version) -> Json:
    """`{data_type, params?}` for a field_schema of `PUT /collections/{name}/index`.

    params is left out when the index was made from a bare type (facts §2).
    """
    if isinstance(schema, str):
        return {"data_type": _kind(schema)}
    if not isinstance(schema, dict):
        raise replies.format_error(
            "data did not match any variant of untagged enum PayloadFieldSchema"
        )
    kind = _kind(schema.get("type"))
    params: Json = {"type": kind} | dict.fromkeys(_TOLD_AS_NULL.get(kind, ()))
    for name, since in PARAMS[kind].items():
        value = schema.get(name)
        if value is not None and since <= version:
            params[name] = copy.deepcopy(value)
    if kind == "text":
        params.setdefault("tokenizer", "word")
    if kind == "integer" and params.get("lookup") is False and params.get("range") is False:
        raise replies.invalid(
            "field_schema", 'the "lookup" and "range" capabilities can\'t be both disabled'
        )
    return {"data_type": kind, "params": params}


def _kind(name: object) -> str:
    if not isinstance(name, str) or name not in PARAMS:
        raise replies.format_error(
            "data did not match any variant of untagged enum PayloadFieldSchema"
        )
    return name

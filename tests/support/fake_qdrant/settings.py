"""A collection's configuration as the server keeps it: creation defaults, and PATCH as an overlay.

Values are plain JSON, exactly as `GET /collections/{name}` tells them under `result.config`. Fields
that the given version does not know are dropped in silence, as the server does (facts, fact 7).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from . import replies
from .versions import ALWAYS, V1_16, V1_17, V1_18, V1_18_2, V1_19, Version

Json = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """A field: since which version, and the fields inside it if it is an object."""

    since: Version = ALWAYS
    inside: dict[str, Known] = field(default_factory=dict)


def _plain(*names: str, since: Version = ALWAYS) -> dict[str, Known]:
    return {name: Known(since) for name in names}


MEMORY = _plain("memory", since=V1_19)
QUANTIZATION = {
    "scalar": Known(inside=_plain("type", "quantile", "always_ram") | MEMORY),
    "product": Known(inside=_plain("compression", "always_ram") | MEMORY),
    "binary": Known(inside=_plain("always_ram", "encoding", "query_encoding") | MEMORY),
    "turbo": Known(V1_18, _plain("always_ram", "bits") | MEMORY),
}
HNSW = (
    _plain(
        "m", "ef_construct", "full_scan_threshold", "max_indexing_threads", "on_disk", "payload_m"
    )
    | _plain("inline_storage", since=V1_16)
    | MEMORY
)
VECTOR = (
    _plain("size", "distance", "on_disk", "datatype")
    | {
        "hnsw_config": Known(inside=HNSW),
        "quantization_config": Known(inside=QUANTIZATION),
        "multivector_config": Known(inside=_plain("comparator")),
    }
    | MEMORY
)
SPARSE = {
    "index": Known(inside=_plain("full_scan_threshold", "on_disk", "datatype") | MEMORY),
    "modifier": Known(),
}
OPTIMIZERS = _plain(
    "deleted_threshold",
    "vacuum_min_vector_number",
    "default_segment_number",
    "max_segment_size",
    "memmap_threshold",
    "indexing_threshold",
    "flush_interval_sec",
    "max_optimization_threads",
) | _plain("prevent_unoptimized", since=V1_17)
WAL = _plain("wal_capacity_mb", "wal_segments_ahead", "wal_retain_closed")
PARAMS_AT_CREATION = _plain(
    "shard_number",
    "sharding_method",
    "replication_factor",
    "write_consistency_factor",
    "on_disk_payload",
) | {"payload": Known(V1_19, MEMORY)}
# Facts §1: read_fan_out_* are ignored at creation and need a PATCH; shard_number cannot be patched.
PARAMS_IN_PATCH = (
    _plain("replication_factor", "write_consistency_factor", "read_fan_out_factor")
    | _plain("read_fan_out_delay_ms", since=V1_17)
    | _plain("on_disk_payload")
    | {"payload": Known(V1_19, MEMORY)}
)
STRICT_MODE = (
    _plain(
        "enabled",
        "max_query_limit",
        "max_timeout",
        "unindexed_filtering_retrieve",
        "unindexed_filtering_update",
        "search_max_hnsw_ef",
        "search_allow_exact",
        "search_max_oversampling",
        "upsert_max_batchsize",
        "max_collection_vector_size_bytes",
        "max_collection_payload_size_bytes",
        "max_points_count",
        "read_rate_limit",
        "write_rate_limit",
        "filter_max_conditions",
        "condition_max_size",
        "multivector_config",
        "sparse_config",
        "max_payload_index_count",
    )
    | _plain("search_max_batchsize", since=V1_17)
    | _plain("max_resident_memory_percent", since=V1_18)
    | _plain("max_disk_usage_percent", since=V1_18_2)
)

ALIASES = {
    "full_scan_threshold_kb": "full_scan_threshold",
    "indexing_threshold_kb": "indexing_threshold",
    "max_segment_size_kb": "max_segment_size",
    "memmap_threshold_kb": "memmap_threshold",
}
RANGES: dict[str, tuple[float, float | None]] = {
    "size": (1, 65536),
    "ef_construct": (4, None),
    "full_scan_threshold": (10, None),
    "vacuum_min_vector_number": (100, None),
    "deleted_threshold": (0.0, 1.0),
    "max_segment_size": (1, None),
    "wal_capacity_mb": (1, None),
}
DISTANCES = ("Cosine", "Euclid", "Dot", "Manhattan")
DATATYPES: dict[str, Version] = {
    "float32": ALWAYS,
    "float16": ALWAYS,
    "uint8": ALWAYS,
    "turbo4": V1_18_2,
}

# Facts §1, §7: what the shipped configuration sets; a fresh collection reads 10000.
DEFAULT_HNSW: Json = {
    "m": 16,
    "ef_construct": 100,
    "full_scan_threshold": 10000,
    "max_indexing_threads": 0,
    "on_disk": False,
}
DEFAULT_OPTIMIZERS: Json = {
    "deleted_threshold": 0.2,
    "vacuum_min_vector_number": 1000,
    "default_segment_number": 0,
    "max_segment_size": None,
    "memmap_threshold": None,
    "indexing_threshold": 10000,
    "flush_interval_sec": 5,
    "max_optimization_threads": None,
}
DEFAULT_WAL: Json = {"wal_capacity_mb": 32, "wal_segments_ahead": 0, "wal_retain_closed": 1}


def known(raw: object, fields: dict[str, Known], version: Version, where: str) -> Json:
    """The fields of `raw` that `version` knows and that are not null, checked for their range."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise replies.format_error(f"invalid type: {where} must be an object")
    kept: Json = {}
    given: Json = raw
    for told, value in given.items():
        name: str = ALIASES.get(told, told)
        entry = fields.get(name)
        if entry is None or entry.since > version or value is None:
            continue
        if entry.inside:
            value = known(value, entry.inside, version, f"{where}.{name}")
        elif name in RANGES and not isinstance(value, bool):
            _check_range(value, *RANGES[name], f"{where}.{name}".lstrip("."))
        kept[name] = copy.deepcopy(value)
    return kept


def _check_range(value: object, low: float, high: float | None, where: str) -> None:
    if not isinstance(value, (int, float)):
        raise replies.format_error(f"invalid type: {where} must be a number")
    # The sparse full_scan_threshold counts vectors and has no minimum (facts §1).
    if where.endswith("index.full_scan_threshold"):
        return
    if value < low or (high is not None and value > high):
        bounds = f"must be {low} or larger" if high is None else f"must be from {low} to {high}"
        raise replies.invalid(where, f"value {value} invalid, {bounds}")


def created(body: Json, version: Version) -> Json:
    """`result.config` of a collection made by `PUT /collections/{name}` with this body."""
    params: Json = {
        "vectors": _vectors(body.get("vectors"), version),
        "shard_number": 1,
        "replication_factor": 1,
        "write_consistency_factor": 1,
        "on_disk_payload": True,
    }
    params |= known(body, PARAMS_AT_CREATION, version, "")
    sparse = body.get("sparse_vectors")
    if sparse is not None:
        params["sparse_vectors"] = {
            vector_name(name): known(given or {}, SPARSE, version, f"sparse_vectors[{name}]")
            for name, given in sparse.items()
        }
    optimizers = dict(DEFAULT_OPTIMIZERS)
    if version >= V1_17:
        optimizers["prevent_unoptimized"] = None
    config: Json = {
        "params": params,
        "hnsw_config": DEFAULT_HNSW | known(body.get("hnsw_config"), HNSW, version, "hnsw_config"),
        "optimizer_config": optimizers | _optimizers(body.get("optimizers_config"), version),
        "wal_config": DEFAULT_WAL | known(body.get("wal_config"), WAL, version, "wal_config"),
        "quantization_config": _quantization(body.get("quantization_config"), version),
    }
    # Facts §1: unset is the target server's default; the shipped configuration sets no strict mode.
    if body.get("strict_mode_config") is not None:
        config["strict_mode_config"] = known(
            body["strict_mode_config"], STRICT_MODE, version, "strict_mode_config"
        )
    if body.get("metadata") is not None:
        config["metadata"] = copy.deepcopy(body["metadata"])
    return config


def patched(config: Json, body: Json, version: Version) -> Json:
    """A new configuration with the diffs of `PATCH /collections/{name}` laid over `config`.

    Diffs overlay, null means "leave" (facts §1). The parts are checked before any is applied.
    """
    new = copy.deepcopy(config)
    params = new["params"]
    new["optimizer_config"] |= _optimizers(body.get("optimizers_config"), version)
    params |= known(body.get("params"), PARAMS_IN_PATCH, version, "params")
    new["hnsw_config"] |= known(body.get("hnsw_config"), HNSW, version, "hnsw_config")
    dense = dense_params(new)
    for name, diff in (body.get("vectors") or {}).items():
        if name not in dense:
            raise replies.wrong_input(f"Not existing vector name error: {name}")
        _patch_vector(dense[name], diff or {}, version)
    if body.get("quantization_config") is not None:
        new["quantization_config"] = _quantization(body["quantization_config"], version)
    for name, diff in (body.get("sparse_vectors") or {}).items():
        if name not in sparse_params(new):
            raise replies.wrong_input(f"Not existing vector name error: {name}")
        _overlay(sparse_params(new)[name], known(diff, SPARSE, version, "sparse_vectors"))
    if body.get("strict_mode_config") is not None:
        new["strict_mode_config"] = new.get("strict_mode_config", {}) | known(
            body["strict_mode_config"], STRICT_MODE, version, "strict_mode_config"
        )
    if body.get("metadata") is not None:
        new["metadata"] = merged_metadata(new.get("metadata", {}), body["metadata"])
    return new


def merged_metadata(old: Json, diff: Json) -> Json:
    """Facts §1: by top-level key; null deletes the key; nested objects are replaced whole."""
    new = dict(old)
    for key, value in diff.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = copy.deepcopy(value)
    return new


def warnings(config: Json) -> list[Json]:
    """Facts §8: what the configuration asks for in vain."""
    found: list[Json] = []
    for name, params in dense_params(config).items():
        hnsw = config["hnsw_config"] | (params.get("hnsw_config") or {})
        if not hnsw.get("inline_storage"):
            continue
        if "multivector_config" in params:
            reason = "is not compatible with multivectors"
        elif not params.get("quantization_config") and not config["quantization_config"]:
            reason = "requires quantization to be enabled"
        else:
            continue
        message = (
            f"The `hnsw_config.inline_storage` option for vector '{name}' {reason}. "
            "This option will be ignored."
        )
        found.append({"message": message})
    return found


def dense_params(config: Json) -> dict[str, Json]:
    """Parameters per dense or multivector name; `""` names the unnamed one. Live objects."""
    vectors: Json = config["params"]["vectors"]
    return {"": vectors} if isinstance(vectors.get("size"), int) else vectors


def sparse_params(config: Json) -> dict[str, Json]:
    """Parameters per sparse vector name. Live objects."""
    found: dict[str, Json] = config["params"].get("sparse_vectors") or {}
    return found


def with_vector_name(config: Json, name: str, body: Json, version: Version) -> Json:
    """A new configuration with one more vector name (facts §3); the same one if it is there."""
    vector_name(name)
    dense, sparse = dense_params(config), sparse_params(config)
    new = copy.deepcopy(config)
    if "dense" in body:
        if name in sparse:
            raise replies.wrong_input(f"Vector `{name}` already exists as a sparse vector")
        # Facts §3: only these four; hnsw, quantization and on_disk wait for a PATCH.
        fields = {
            key: value
            for key, value in VECTOR.items()
            if key in ("size", "distance", "multivector_config", "datatype")
        }
        wanted = known(body["dense"], fields, version, "dense")
        _check_vector(wanted, version, "dense")
        if name in dense:
            have = {key: value for key, value in dense[name].items() if key in fields}
            if have != wanted:
                raise replies.wrong_input(
                    f"Vector `{name}` already exists with a different configuration"
                )
            return config
        # Facts §3: an unnamed collection turns into a map for good.
        new["params"]["vectors"] = {**copy.deepcopy(dense), name: wanted}
        return new
    if "sparse" in body:
        if name in dense:
            raise replies.wrong_input(f"Vector `{name}` already exists as a dense vector")
        given = known(body["sparse"], _plain("modifier", "datatype"), version, "sparse")
        wanted = {"modifier": given["modifier"]} if "modifier" in given else {}
        if "datatype" in given:
            wanted["index"] = {"datatype": given["datatype"]}
        if name in sparse:
            have = sparse[name]
            same = have.get("modifier") == wanted.get("modifier") and (
                have.get("index", {}).get("datatype") == given.get("datatype")
            )
            if not same:
                raise replies.wrong_input(
                    f"Vector `{name}` already exists with a different configuration"
                )
            return config
        new["params"]["sparse_vectors"] = {**copy.deepcopy(sparse), name: wanted}
        return new
    raise replies.format_error("data did not match any variant of untagged enum VectorNameConfig")


def without_vector_name(config: Json, name: str) -> Json:
    """A new configuration without that name; a missing name is fine (facts §3)."""
    new = copy.deepcopy(config)
    vectors = new["params"]["vectors"]
    if not isinstance(vectors.get("size"), int):
        vectors.pop(name, None)
    if "sparse_vectors" in new["params"]:
        new["params"]["sparse_vectors"].pop(name, None)
    return new


def vector_name(name: str) -> str:
    """The name if the server takes it (facts §3), else 422."""
    for sign in '/\\:*?"<>|\0':
        if sign in name:
            raise replies.invalid("vector_name", f'vector name cannot contain "{sign}" char')
    if len(name.encode()) > 200:
        raise replies.invalid("vector_name", "value invalid, must be at most 200 characters")
    return name


def _vectors(raw: object, version: Version) -> Json:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise replies.format_error("data did not match any variant of untagged enum VectorsConfig")
    if isinstance(raw.get("size"), int):
        return _vector(raw, version, "vectors")
    return {
        vector_name(name): _vector(given, version, f"vectors[{name}]")
        for name, given in raw.items()
    }


def _vector(raw: object, version: Version, where: str) -> Json:
    kept = known(raw, VECTOR, version, where)
    _check_vector(kept, version, where)
    # The server leaves an empty per-vector hnsw_config out of its answers.
    if not kept.get("hnsw_config", True):
        del kept["hnsw_config"]
    if "quantization_config" in kept:
        kept["quantization_config"] = _quantization(kept["quantization_config"], version)
    return kept


def _check_vector(kept: Json, version: Version, where: str) -> None:
    if not isinstance(kept.get("size"), int):
        raise replies.format_error("data did not match any variant of untagged enum VectorsConfig")
    if DATATYPES.get(kept.get("datatype", "float32"), (99, 0, 0)) > version:
        raise replies.format_error(f"{where}: unknown variant `{kept['datatype']}`")
    if kept.get("distance") not in DISTANCES:
        raise replies.format_error(
            f"{where}: unknown variant `{kept.get('distance')}`, expected one of "
            "`Cosine`, `Euclid`, `Dot`, `Manhattan`"
        )


def _patch_vector(params: Json, diff: Json, version: Version) -> None:
    # Facts §1: an empty or null hnsw_config does not clear it; §8: quantization is replaced whole,
    # and per-vector Disabled sets null, which falls back to the collection level.
    quantization = diff.get("quantization_config")
    if quantization == "Disabled":
        params.pop("quantization_config", None)
    elif quantization is not None:
        params["quantization_config"] = _quantization(quantization, version)
    hnsw = known(diff.get("hnsw_config"), HNSW, version, "hnsw_config")
    if hnsw:
        params["hnsw_config"] = params.get("hnsw_config", {}) | hnsw
    params |= known(diff, _plain("on_disk") | MEMORY, version, "vectors")


def _overlay(old: Json, diff: Json) -> None:
    for key, value in diff.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            _overlay(old[key], value)
        else:
            old[key] = value


def _optimizers(raw: object, version: Version) -> Json:
    kept = known(raw, OPTIMIZERS, version, "optimizers_config")
    # Facts §1: "auto" is the exception that restores null.
    if kept.get("max_optimization_threads") == "auto":
        kept["max_optimization_threads"] = None
    return kept


def _quantization(raw: object, version: Version) -> Json | None:
    if raw is None or raw == "Disabled":
        return None
    kept = known(raw, QUANTIZATION, version, "quantization_config")
    needed = {"scalar": "type", "product": "compression"}
    if len(kept) != 1 or any(needed.get(kind, "") not in {"", *kept[kind]} for kind in kept):
        raise replies.format_error(
            "data did not match any variant of untagged enum QuantizationConfigDiff"
        )
    return kept

"""The settings of a collection, as the server tells them, and how they come into a new one.

Works on raw JSON: typed models lose what they do not know. Pure; nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration import words

JsonObject = dict[str, Any]

# These two are ignored at creation and need a PATCH (create_collection.rs:112 @v1.18.3).
_ONLY_BY_PATCH = ("read_fan_out_factor", "read_fan_out_delay_ms")
_NEVER_COMPARED = ("params.vectors", "params.sparse_vectors", "metadata")


class CollectionConfig(BaseModel):
    """raw: result.config of GET /collections/NAME. payload_schema: result.payload_schema, which
    the practice Qdrant leaves empty. warnings: what the server says about these settings."""

    model_config = ConfigDict(frozen=True)

    raw: JsonObject
    payload_schema: dict[str, JsonObject]
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, info: JsonObject) -> CollectionConfig:
        """info: result of GET /collections/NAME."""
        said = info.get("warnings") or ()
        return cls(
            raw=info["config"],
            payload_schema=info.get("payload_schema") or {},
            warnings=tuple(str(warning.get("message", warning)) for warning in said),
        )

    @property
    def params(self) -> JsonObject:
        """The part that holds vectors, shards, replicas and payload storage."""
        return _object(self.raw.get("params"))

    @property
    def custom_sharding(self) -> bool:
        """Whether each point lies where its shard key says."""
        return self.params.get("sharding_method") == "custom"

    def vectors(self) -> dict[str, JsonObject]:
        """Raw parameters of each dense vector and multivector; "" names the unnamed one."""
        vectors = _object(self.params.get("vectors"))
        # One unnamed vector stands there by itself; a *name* "size" would hold an object.
        if "size" in vectors and not isinstance(vectors["size"], dict):
            return {"": vectors}
        return {name: _object(params) for name, params in vectors.items()}

    def sparse(self) -> dict[str, JsonObject]:
        """Raw parameters of each sparse vector, by name."""
        sparse = _object(self.params.get("sparse_vectors"))
        return {name: _object(params) for name, params in sparse.items()}

    @property
    def metadata(self) -> JsonObject:
        """The collection's own notes, as applications and this program left them."""
        return _object(self.raw.get("metadata"))

    @property
    def allows_exact_search(self) -> bool:
        """Whether strict mode lets a search do without the index."""
        strict = _object(self.raw.get("strict_mode_config"))
        return not (strict.get("enabled") and strict.get("search_allow_exact") is False)

    @property
    def most_per_search(self) -> int | None:
        """How many results strict mode lets a search ask for; None: any number."""
        strict = _object(self.raw.get("strict_mode_config"))
        limit = strict.get("max_query_limit")
        return limit if strict.get("enabled") and isinstance(limit, int) else None

    @property
    def most_oversampling(self) -> float | None:
        """How much oversampling strict mode lets a search ask for; None: any."""
        strict = _object(self.raw.get("strict_mode_config"))
        limit = strict.get("search_max_oversampling")
        return float(limit) if strict.get("enabled") and isinstance(limit, int | float) else None


class NotCarried(NamedTuple):
    """A setting that stays behind. effect: what that means, in one sentence."""

    setting: str
    effect: str


class Difference(NamedTuple):
    """A setting that is not the same in two collections; None means not set."""

    setting: str
    old: Any
    new: Any


def create_body(
    config: CollectionConfig,
    *,
    vectors: Mapping[str, JsonObject] | None = None,
    sparse: Mapping[str, JsonObject] | None = None,
    metadata: JsonObject | None = None,
) -> JsonObject:
    """The PUT body for a collection with every setting of this one but its vectors.

    vectors, sparse: what to have instead (None: the same). metadata: laid over the old one's.
    Strict mode is left out, as it would throttle the load (`strict_mode_body`); deferring the
    index is the caller's, by optimizers_config.indexing_threshold.
    """
    body = {name: value for name, value in config.params.items() if name not in _ONLY_BY_PATCH}
    # Everything beside params is set by the same name, what newer servers tell included ...
    body.update(config.raw)
    for name in ("params", "strict_mode_config", "optimizer_config"):
        body.pop(name, None)
    # ... but for this one, which is read in the singular.
    body["optimizers_config"] = config.raw.get("optimizer_config")
    dense = dict(config.vectors() if vectors is None else vectors)
    body["vectors"] = dense[""] if list(dense) == [""] else dense
    body["sparse_vectors"] = dict(config.sparse() if sparse is None else sparse)
    body["metadata"] = {**config.metadata, **(metadata or {})}
    return {name: value for name, value in _set(body).items() if value != {} or name == "vectors"}


def carried_later(config: CollectionConfig) -> tuple[JsonObject, ...]:
    """PATCH bodies, right after creation, for what creation cannot set."""
    late = {name: value for name, value in _set(config.params).items() if name in _ONLY_BY_PATCH}
    return ({"params": late},) if late else ()


def strict_mode_body(config: CollectionConfig) -> JsonObject | None:
    """The PATCH body that puts strict mode on, for after the load; None if there is none."""
    strict = _set(_object(config.raw.get("strict_mode_config")))
    return {"strict_mode_config": strict} if strict else None


def cannot_carry(config: CollectionConfig) -> tuple[NotCarried, ...]:
    """What this collection has and a new one cannot take over, to be shown and acknowledged.

    Access tokens by its name, snapshots and overrides in the server's own file cannot be seen from
    here; docs/operations.md speaks of them.
    """
    lost = []
    if config.custom_sharding:
        lost.append(
            NotCarried(
                "placement of shard keys",
                "The shard keys are made again, with as many shards and replicas, and each point "
                "goes to its own; the server chooses anew on which computers they lie.",
            )
        )
    if (config.params.get("replication_factor") or 1) > 1:
        lost.append(
            NotCarried(
                "placement of replicas",
                "The number of replicas is the same, but the server chooses anew where they lie.",
            )
        )
    return tuple(lost)


def differences(
    old: CollectionConfig,
    new: CollectionConfig,
    *,
    kept: Mapping[str, str] | None = None,
    strict_mode: bool = True,
) -> tuple[Difference, ...]:
    """Settings that are not the same, for the read-back after creation and before the switch.

    The parameters of vectors are left out, but for those that are kept: the new name of each, and
    the old one. Metadata may have more keys in
    the new collection. Payload indexes are compared by type and parameters. strict_mode=False
    leaves strict mode out, while it is not on yet. Not set and null are the same.
    """
    skip = _NEVER_COMPARED if strict_mode else (*_NEVER_COMPARED, "strict_mode_config")
    before, after = dict(_flat(old.raw, skip)), dict(_flat(new.raw, skip))
    before.update(_flat(_named(old, kept or {})))
    after.update(_flat(_named(new, {name: name for name in kept or {}})))
    before.update(_flat({"payload_schema": _indexes(old)}))
    after.update(_flat({"payload_schema": _indexes(new)}))
    for key, value in old.metadata.items():
        before[f"metadata.{key}"], after[f"metadata.{key}"] = value, new.metadata.get(key)
    return tuple(
        Difference(name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def not_as_asked(vectors: Mapping[str, JsonObject], there: CollectionConfig) -> tuple[str, ...]:
    """The parameters of these vectors that read back in another way, for after creation.

    A server tells what was set, and nulls are not: it may add a default, which counts for nothing.
    """
    every = {**there.vectors(), **there.sparse()}
    missing = [f"vectors.{name or words.UNNAMED}" for name in vectors if name not in every]
    asked = dict(_flat({"vectors": {name or words.UNNAMED: v for name, v in vectors.items()}}))
    found = dict(_flat(_named(there, {name: name for name in vectors})))
    return (*missing, *sorted(name for name in asked if asked[name] != found.get(name)))


def index_schema(info: Mapping[str, Any]) -> JsonObject | str:
    """What creates this payload index again: its parameters, or its bare type if it has none."""
    params = info.get("params")
    return _set(params) if params else str(info["data_type"])


def _named(config: CollectionConfig, names: Mapping[str, str]) -> JsonObject:
    """The parameters of vectors, each under the name that stands for it."""
    every = {**config.vectors(), **config.sparse()}
    return {"vectors": {new or words.UNNAMED: every.get(name) for new, name in names.items()}}


def _indexes(config: CollectionConfig) -> JsonObject:
    return {path: {"is": index_schema(info)} for path, info in config.payload_schema.items()}


def _flat(value: Any, skip: Sequence[str] = (), path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf that is set, with its dotted path."""
    if path in skip or value is None:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, skip, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _set(values: Mapping[str, Any]) -> JsonObject:
    """Without nulls: a null at creation and an absent field mean the same, the server's default."""
    return {
        name: _set(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value is not None
    }


def _object(value: object) -> JsonObject:
    return dict(value) if isinstance(value, Mapping) else {}

"""Quantization: its kinds and parameters, what is in force for a vector, and where to change it.

A vector's own setting goes before the collection's, and one that is taken off falls back to it
(lib/collection/src/optimizers_builder.rs of Qdrant). Pure; nothing here sends anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration.qdrant.settings import CollectionConfig

Quantization = dict[str, Any]
"""The server's JSON: a kind and its parameters, e.g. {"scalar": {"type": "int8"}}."""

Place = str | None
"""Where a setting stands: None for the collection, else the name of a vector ("" unnamed)."""

PARAMETERS: dict[str, dict[str, tuple[str, ...]]] = {
    "scalar": {"quantile": ()},
    "binary": {
        "encoding": ("one_bit", "one_and_half_bits", "two_bits"),
        "query_encoding": ("default", "binary", "scalar4bits", "scalar8bits"),
    },
    "product": {"compression": ("x4", "x8", "x16", "x32", "x64")},
    "turbo": {"bits": ("bits1", "bits1_5", "bits2", "bits4")},
}
"""What can be chosen for each kind, beside `always_ram`, and its values; () is a number."""

_UNSAID: dict[str, dict[str, Any]] = {
    "scalar": {"type": "int8", "quantile": None},
    "binary": {"encoding": "one_bit", "query_encoding": "default"},
    "product": {},
    "turbo": {"bits": "bits4"},
}
_BITS = {
    "one_bit": 1.0, "one_and_half_bits": 1.5, "two_bits": 2.0,
    "x4": 8.0, "x8": 4.0, "x16": 2.0, "x32": 1.0, "x64": 0.5,
    "bits1": 1.0, "bits1_5": 1.5, "bits2": 2.0, "bits4": 4.0,
}  # fmt: skip


def kind_of(quantization: Mapping[str, Any] | None) -> str:
    """scalar, binary, product, turbo, none, or what a newer server calls its own."""
    return next(iter(quantization or ()), "none")


def parameters_of(quantization: Mapping[str, Any] | None) -> dict[str, Any]:
    """All parameters, with what the server takes for those that are not set."""
    kind = kind_of(quantization)
    given = (quantization or {}).get(kind) or {}
    usual = {} if kind == "none" else {"always_ram": False, **_UNSAID.get(kind, {})}
    return usual | {key: value for key, value in given.items() if value is not None}


def rescores(quantization: Mapping[str, Any] | None) -> bool:
    """Whether a search that does not say so looks at the original vectors again."""
    kind, said = kind_of(quantization), parameters_of(quantization)
    return kind == "binary" or (kind == "turbo" and said["bits"] != "bits4")


def search_params(rescore: bool | None, oversampling: float | None) -> dict[str, Any]:
    """`params.quantization` of a search; {} where the server decides."""
    said = {"rescore": rescore, "oversampling": oversampling}
    return {key: value for key, value in said.items() if value is not None}


def same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two settings mean the same to the server."""
    return kind_of(one) == kind_of(other) and parameters_of(one) == parameters_of(other)


def in_memory(quantization: Mapping[str, Any] | None) -> bool:
    """Whether the compressed vectors are kept in memory; from 1.19 `memory` says it first."""
    said = parameters_of(quantization)
    return bool(said["memory"] == "pinned" if "memory" in said else said.get("always_ram"))


def bits(quantization: Mapping[str, Any] | None) -> float:
    """Bits for each value of a vector; 32 where it is not compressed."""
    kind, said = kind_of(quantization), parameters_of(quantization)
    if kind in ("none", "scalar"):
        return 32.0 if kind == "none" else 8.0
    chosen = next((said[key] for key in ("encoding", "compression", "bits") if key in said), "")
    return _BITS.get(str(chosen), 32.0)


def body(
    kind: str, chosen: Mapping[str, Any], present: Mapping[str, Any] | None
) -> Quantization | None:
    """The setting of that kind; what was not chosen is kept where the kind stays. None for none."""
    if kind == "none":
        return None
    kept = dict((present or {}).get(kind) or {})
    if kind == "scalar":
        kept.setdefault("type", "int8")
    if "memory" in kept and chosen.get("always_ram") == in_memory(present):
        chosen = {key: value for key, value in chosen.items() if key != "always_ram"}
    else:
        kept.pop("memory", None)
    merged = {**kept, **chosen}
    return {kind: {key: value for key, value in merged.items() if value is not None}}


def in_short(quantization: Mapping[str, Any] | None) -> str:
    """ "scalar int8", "binary two_bits", "none"."""
    kind = kind_of(quantization)
    said = (quantization or {}).get(kind) or {}
    main = (str(said[key]) for key in ("type", "encoding", "compression", "bits") if said.get(key))
    return " ".join([kind, *main])


def in_words(quantization: Mapping[str, Any] | None) -> str:
    """All that is set: "scalar int8, quantile 0.99, kept in memory", "none"."""
    text, kind = in_short(quantization), kind_of(quantization)
    said = {k: v for k, v in ((quantization or {}).get(kind) or {}).items() if v is not None}
    if "quantile" in said:
        text += f", quantile {said['quantile']:g}"
    if said.get("query_encoding", "default") != "default":
        text += f", searches {said['query_encoding']}"
    if "memory" in said:
        return f"{text}, memory {said['memory']}"
    if "always_ram" in said:
        text += ", kept in memory" if said["always_ram"] else ", not kept in memory"
    return text


class Quantizations(NamedTuple):
    """whole: the collection's own setting. own: that of each dense vector and multivector."""

    whole: Quantization | None
    own: dict[str, Quantization | None]

    def at(self, place: Place) -> Quantization | None:
        return self.whole if place is None else self.own.get(place)

    def in_force(self, vector: str) -> Quantization | None:
        return self.own.get(vector) or self.whole

    def meant(self, vector: Place) -> tuple[str, ...]:
        """The vectors that a change is for; None: all of them."""
        return tuple(self.own) if vector is None else (vector,)

    def to_come(
        self, vector: Place, wanted: Quantization | None
    ) -> dict[Place, Quantization | None]:
        """What to set where, so that `wanted` is in force for the vector (None: for all).

        A setting is changed where it stands. One vector of several without a setting gets its own,
        so that the others stay as they are.
        """
        meant = self.meant(vector)
        if set(meant) < set(self.own):
            places: list[Place] = list(meant)
        else:
            places = [name for name in meant if self.own[name]]
            if len(places) < len(meant) or (self.whole and wanted is None):
                places.insert(0, None)
        return {place: wanted for place in places if not same(self.at(place), wanted)}

    def after(self, changes: Mapping[Place, Quantization | None]) -> Quantizations:
        """As it would be with these changes."""
        whole = changes.get(None, self.whole)
        return Quantizations(whole, {n: changes.get(n, own) for n, own in self.own.items()})


def quantizations(config: CollectionConfig) -> Quantizations:
    """As the server tells it."""
    return Quantizations(
        config.raw.get("quantization_config") or None,
        {name: raw.get("quantization_config") or None for name, raw in config.vectors().items()},
    )

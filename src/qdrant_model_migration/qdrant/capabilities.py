"""What a Qdrant can do, decided by its version, or declared by the practice Qdrant itself.

Unknown fields are dropped in silence by servers, so the version is asked before they are sent.
Nothing about servers is concluded from local mode.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.qdrant.version import Version

QuantizationKind = Literal["scalar", "binary", "product", "turbo"]


class Capabilities(BaseModel):
    """What may be offered here. Each field is a promise that the server keeps it."""

    model_config = ConfigDict(frozen=True)

    local: bool
    """A folder opened by this program (the practice Qdrant), no server."""
    version: str
    insert_only: Literal["update_mode", "update_filter"]
    """How a write leaves existing points alone: update_mode from 1.17, a filter that matches
    nothing below it."""
    add_vector: bool
    """A named vector can be added to a collection in place (1.18.1; 1.18.0 loses vectors)."""
    drop_vector: bool = False
    """A named vector can be deleted (1.19; before, a crash can lose points afterwards)."""
    quantization: tuple[QuantizationKind, ...]
    reports_optimizations: bool
    """Running and queued optimizations can be asked for (1.17)."""
    reports_memory: bool = False
    """Memory and disk of a collection can be asked for (1.18)."""
    indexes: bool
    """Payload indexes are kept and used."""
    settings: bool
    """HNSW, optimizer, strict mode and quantization settings are kept and acted on."""
    snapshots: bool = True
    """A collection can be written into a file on the server."""
    clone: bool = False
    """A collection that such a file was restored into can get a further vector (1.18.1)."""
    aliases: bool = True
    bm25: bool = False
    """It makes BM25 vectors of texts itself, without any service (1.15.2)."""
    passes_keys: bool = False
    """It passes the keys of providers on to its inference service, from headers (1.17)."""
    notes: tuple[str, ...] = ()
    """What a person should know about these limits, in plain words."""


def of_server(version: Version) -> Capabilities:
    """The capabilities of a server of this version."""
    kinds: tuple[QuantizationKind, ...] = ("scalar", "binary", "product")
    notes = []
    if version < (1, 17, 0):
        notes.append("this server does not tell which optimizations run")
    if version < (1, 18, 1):
        notes.append("this server cannot add a vector to a collection in place")
    return Capabilities(
        local=False,
        version=str(version),
        insert_only="update_mode" if version >= (1, 17, 0) else "update_filter",
        add_vector=version >= (1, 18, 1),
        drop_vector=version >= (1, 19, 0),
        clone=version >= (1, 18, 1),
        quantization=(*kinds, "turbo") if version >= (1, 18, 0) else kinds,
        reports_optimizations=version >= (1, 17, 0),
        reports_memory=version >= (1, 18, 0),
        indexes=True,
        settings=True,
        bm25=version >= (1, 15, 2),
        passes_keys=version >= (1, 17, 0),
        notes=tuple(notes),
    )


def of_practice(version: Version) -> Capabilities:
    """The capabilities of the practice Qdrant in a folder; version: the client's own."""
    return Capabilities(
        local=True,
        version=str(version),
        insert_only="update_mode",
        add_vector=True,
        drop_vector=True,
        quantization=(),
        reports_optimizations=False,
        indexes=False,
        settings=False,
        snapshots=False,
        notes=(
            "an embedded Qdrant does not compress",
            "an embedded Qdrant has no payload indexes",
            "an embedded Qdrant ignores index, optimizer and strict mode settings",
        ),
    )

"""What the screens do in worker threads: plain functions over the rooms. No widgets, no state.

A local folder has room for one client only, so each task opens the Qdrant, works and closes it
again, and holds the wizard's door meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, NamedTuple

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.tui.trip import CollectionLine, Connected, Trip

CONNECT_SECONDS = 10.0
METADATA_KEY = "qmm_model"


class Checked(NamedTuple):
    """One line of what connecting found. sign: ✓, !, i."""

    sign: str
    what: str
    found: str


@contextmanager
def opened(trip: Trip, door: threading.Lock, *, timeout: float = 60.0) -> Iterator[Qdrant]:
    """The trip's Qdrant, open for one task."""
    address = trip.address
    if address is None:
        raise QmmError("No server is chosen.", "", "Go back to Connect.")
    with (
        door,
        open_qdrant(
            address, trip.key.get_secret_value() if trip.key else None, timeout=timeout
        ) as qdrant,
    ):
        yield qdrant


def connect(trip: Trip, door: threading.Lock, report: Callable[[object], None]) -> Connected:
    """Reach the server, see whether the key is accepted, list the collections. Reads only."""
    began = perf_counter()
    with opened(trip, door, timeout=CONNECT_SECONDS) as qdrant:
        seconds = perf_counter() - began
        report(
            Checked(
                "✓",
                "The server answers",
                f"in {seconds * 1000:.0f} ms, Qdrant {qdrant.version}",
            )
        )
        names = qdrant.collections()
        report(
            Checked(
                "✓",
                "The key is accepted" if trip.key else "No key is needed",
                "reading is allowed",
            )
        )
        may_write = qdrant.may_manage()
        report(_writing(may_write))
        if isinstance(trip.address, Address):
            report(_line(trip.address, with_key=trip.key is not None))
        report(Checked("✓" if names else "!", "Collections", f"{len(names)} found"))
        return Connected(
            version=str(qdrant.version),
            local=qdrant.capabilities.local,
            seconds=seconds,
            collections=_listed(qdrant, names),
            may_write=may_write,
            notes=qdrant.capabilities.notes,
        )


def _writing(may_write: bool | None) -> Checked:
    if may_write:
        return Checked("✓", "Writing", "the key may create collections and change aliases")
    if may_write is None:
        return Checked("i", "Writing", "tested in step 1 of the plan, before anything is created")
    return Checked("!", "Writing", "this key may only read: survey and plan work, a run does not")


def _line(address: Address, *, with_key: bool) -> Checked:
    if address.encrypted:
        return Checked("✓", "The line is encrypted", "https" if address.url else "this computer")
    if address.on_this_computer:
        return Checked("✓", "The line", "http, on this computer")
    words = "http: anyone on the way can read the key" if with_key else "http, not encrypted"
    return Checked("!", "The line", words)


def list_collections(
    trip: Trip, door: threading.Lock, report: Callable[[object], None]
) -> tuple[CollectionLine, ...]:
    """Read the list of collections again."""
    with opened(trip, door) as qdrant:
        return _listed(qdrant, qdrant.collections())


def _listed(qdrant: Qdrant, names: tuple[str, ...]) -> tuple[CollectionLine, ...]:
    pointing: dict[str, list[str]] = {}
    for alias, collection in qdrant.aliases().items():
        pointing.setdefault(collection, []).append(alias)
    return tuple(_one(qdrant, name, tuple(sorted(pointing.get(name, ())))) for name in names)


def _one(qdrant: Qdrant, name: str, aliases: tuple[str, ...]) -> CollectionLine:
    """One line; a collection that cannot be read stays on the list and says why."""
    try:
        config, state = qdrant.config(name), qdrant.state(name)
    except QmmError as error:
        return CollectionLine(name, aliases, None, "not known", "", "", None, "", error.what)
    dense, sparse = config.vectors(), config.sparse()
    sizes = [str(params.get("size", "?")) for params in dense.values()]
    words = [
        f"{vector or 'without a name'}: {params.get('size')} dimensions, "
        f"{str(params.get('distance', '')).lower()} distance"
        for vector, params in dense.items()
    ] + [f"{vector}: sparse" for vector in sparse]
    each = sum(4 * int(params.get("size", 0)) for params in dense.values())
    return CollectionLine(
        name=name,
        aliases=aliases,
        points=state.points,
        status=state.status,
        vectors="; ".join(words) or "none",
        dimensions=", ".join(sizes) + (" + sparse" if sparse else ""),
        about_bytes=each * state.points if dense else None,
        model=_model(config.metadata),
        trouble=state.error or "",
    )


def _model(metadata: dict[str, Any]) -> str:
    told = metadata.get(METADATA_KEY) or metadata.get("model")
    if isinstance(told, dict):
        told = told.get("name")
    return str(told).rsplit("/", 1)[-1] if told else "unknown"

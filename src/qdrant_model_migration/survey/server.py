"""What the server is and what it can do, as the survey's first lines."""

from __future__ import annotations

from qdrant_model_migration.qdrant import Capabilities, Qdrant
from qdrant_model_migration.survey.facts import Fact


def server_fact(capabilities: Capabilities) -> Fact[str]:
    """ "Qdrant 1.18.3", or an embedded Qdrant; note: what it leaves out."""
    note = "; ".join(capabilities.notes)
    name = "an embedded Qdrant" if capabilities.local else f"Qdrant {capabilities.version}"
    return Fact[str](value=name, how="asked", note=note)


def can_add_vector(capabilities: Capabilities) -> Fact[bool]:
    """Whether a named vector can be added in place."""
    return Fact[bool](
        value=capabilities.add_vector,
        how="by its version",
        note="add a named vector in place (1.18.1+)",
    )


def can_insert_only(capabilities: Capabilities) -> Fact[bool]:
    """Whether points can be inserted without touching those that are there; from 1.16 always."""
    by_filter = capabilities.insert_only == "update_filter"
    return Fact[bool](
        value=True,
        how="by its version",
        note=f"insert-only writes{' by a filter (1.16)' if by_filter else ' (1.17+)'}",
    )


def embeds(qdrant: Qdrant, collection: str) -> Fact[bool]:
    """Whether the server has a service that makes vectors. No version tells; one search does."""
    if qdrant.capabilities.local:
        return Fact[bool](value=False, how="by its version")
    found = qdrant.infers(collection)
    return Fact[bool]() if found is None else Fact[bool](value=found, how="asked")


def alone(qdrant: Qdrant) -> Fact[bool]:
    """Whether it is not one of several in a cluster: a snapshot holds what one computer has."""
    if not qdrant.capabilities.clone:
        return Fact[bool]()
    found = qdrant.is_alone()
    return Fact[bool]() if found is None else Fact[bool](value=found, how="asked")

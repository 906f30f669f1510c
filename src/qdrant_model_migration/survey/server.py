"""What the server is and what it can do, as the survey's first lines."""

from __future__ import annotations

from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey.facts import Fact


def server_fact(qdrant: Qdrant) -> Fact[str]:
    """ "Qdrant 1.18.3", or the practice Qdrant with what it leaves out."""
    capabilities = qdrant.capabilities
    if capabilities.local:
        return Fact[str](
            value="the practice Qdrant, in a folder",
            how="asked",
            note="; ".join(capabilities.notes),
        )
    return Fact[str](value=f"Qdrant {qdrant.version}", how="asked")


def can_add_vector(qdrant: Qdrant) -> Fact[bool]:
    """Whether a named vector can be added in place."""
    return Fact[bool](
        value=qdrant.capabilities.add_vector,
        how="by its version",
        note="add a named vector in place (1.18.1+)",
    )


def can_insert_only(qdrant: Qdrant) -> Fact[bool]:
    """Whether points can be inserted without touching those that are there; always, from 1.16."""
    way = "" if qdrant.capabilities.insert_only == "update_mode" else ", by a filter"
    return Fact[bool](value=True, how="by its version", note=f"insert-only writes{way}")


def embeds(qdrant: Qdrant) -> Fact[bool]:
    """Whether the server makes vectors itself. A version does not tell; only a folder cannot."""
    if qdrant.capabilities.local:
        return Fact[bool](value=False, how="by its version")
    return Fact[bool]()

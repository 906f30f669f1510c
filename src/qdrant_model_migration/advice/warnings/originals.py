"""Warnings about a collection that is loaded again from a file."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration import words
from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.survey.writes import writes_in_words


@warning("W50", "Nothing is followed", own=True)
def not_followed(case: Case) -> Said | None:
    name = case.survey.collection
    seen = case.survey.writes.value or 0
    writes = case.answers.get("writes") != "none" or seen > 0
    here = f" Found: {writes_in_words(case.survey.writes)}." if seen > 0 else ""
    return Said(
        "must" if writes else "note",
        f"What your application writes to {name} after the file was made is not in the new "
        "collection, and is not carried over: neither changes nor new points nor deletions.",
        f"The file is read once.{here}",
        "Stop the writes until the switch, or write them to the new collection by the way that "
        "made the file.",
    )


@warning("W51", "Other vectors stay behind", own=True)
def other_vectors(case: Case) -> Said | None:
    taken = case.vector.name if case.vector else ""
    others = [v.name for v in case.survey.vectors.value or () if v.name != taken]
    if not others:
        return None
    named = words.listing([words.vector(name) for name in others])
    return Said(
        "must",
        f"A file has no vectors, so the new collection does not have {named}.",
        f"{case.survey.collection} has {words.plural(len(others), 'vector')} besides the one that "
        "is made anew.",
        "Choose Blue-green if searches use them: it copies them.",
    )


@warning("W52", "Another payload", own=True)
def other_payload(case: Case) -> Said | None:
    originals, chosen = case.answers.get("originals"), case.answers.get("columns")
    known = originals.get("columns") if isinstance(originals, Mapping) else None
    if not known or not isinstance(chosen, Mapping):
        return None
    taken = (
        (*chosen.get("payload", ()), *chosen.get("text", ())) if chosen.get("payload") else known
    )
    lacking = [name for name in case.survey.payload_fields.value or () if name not in taken]
    if not lacking:
        return None
    shown = f"{words.listing(lacking[:5])}{' and others' if len(lacking) > 5 else ''}"
    more = chosen.get("more")
    where = "Points whose id is new" if more else "The new points"
    return Said(
        "note" if more else "caution",
        f"{where} have no {shown} in their payload: filters on that do not find them, and the "
        "application does not get it.",
        f"The points of {case.survey.collection} have it; the chosen columns do not.",
        "Add these columns to the file, change the application"
        + (", or accept." if more else ", or take the payload of the same id along."),
    )

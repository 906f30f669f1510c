"""Warnings about kinds of vectors: many for a text, shortened, calculated, compressed, added."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.questions.compression import BINARY_DIMENSIONS
from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.qdrant.quantization import bits, kind_of
from qdrant_model_migration.strategies.answered.compression import (
    compressed_now,
    vector_meant,
    wanted_quantization,
)
from qdrant_model_migration.strategies.answered.vectors import dropped_vector, shorter_of_old
from qdrant_model_migration.survey.facts import VectorFact

_SLOWS = (
    "Many vectors for a text (ColBERT) beside normal ones make every search slower, even those "
    "that do not use them. A reported case: 13 s per search, 2 s after taking them out."
)
_LARGE_TODO = "Put them into a collection of their own, or on disk without an index."


@warning("W06", "Large vectors slow all")
def large(case: Case) -> Said | None:
    there = [v for v in case.survey.vectors.value or () if v.kind == "multivector"]
    new = case.model is not None and case.model.vector == "multivector"
    if case.apart:
        return None  # nothing stands beside them
    beside = case.adds or len(case.survey.dense) > 1
    if new and beside:
        return _new_ones(case)
    if not there or not case.builds:
        return None
    on_disk = all(map(_on_disk, there))
    names = words.listing([words.vector(v.name) for v in there])
    return Said(
        "caution" if on_disk else "must",
        _SLOWS,
        f"Kept beside the others: {names}. They are {'on disk' if on_disk else 'in memory'}.",
        _LARGE_TODO,
    )


def _new_ones(case: Case) -> Said:
    """They are made, and other vectors stand beside them."""
    ordering = case.adds and case.answers.get("many_for") != "search"
    where = "on disk and without an index" if ordering else "where searches read them"
    return Said(
        "caution" if ordering else "must",
        _SLOWS,
        f"New: {case.model.label if case.model else ''}, {where}, beside "
        f"{words.listing([words.vector(v.name) for v in case.survey.dense])}.",
        "Give them a collection of their own. Or look at the time of the present searches before "
        "and after; the run measures it."
        if case.adds
        else _LARGE_TODO,
    )


def _on_disk(vector: VectorFact) -> bool:
    return vector.raw.get("on_disk") is True


@warning("W09", "Shorter finds less", own=True, risk=True)
def shorter(case: Case) -> Said | None:
    new, old = (case.model.dimensions if case.model else None), case.old_size
    below_half = new is not None and old is not None and new * 2 < old
    lengths = f"{new} of {old} dimensions." if new and old else "The new length is still open."
    if _must_prove(case):
        return Said(
            "must",
            "Nobody knows yet how much is left of these vectors when they are shorter. It is "
            "measured on a sample of them; where it is too little, the run ends before anything is "
            "made.",
            lengths,
            "Look at what was measured, then at the searches in Verify.",
        )
    return Said(
        "must" if below_half else "caution",
        "A shortened vector keeps most, not all, of its meaning; a published example keeps 98 % "
        "at 256 of 768 dimensions and 90 % at 64.",
        lengths,
        "See the measured loss before the cutover.",
    )


def _must_prove(case: Case) -> bool:
    """Whether the model was not made for being shortened so."""
    cut = shorter_of_old(case.survey, case.answers)
    if cut is None:
        return case.old_model is not None and not case.old_model.matryoshka
    return cut.unproven or case.answers.get("shortened_by") == "projection"


@warning("W10", "Calculated finds less", own=True, risk=True)
def calculated(case: Case) -> Said | None:
    return Said(
        "must",
        "Calculated vectors find less than proper ones. How much is measured on a sample of your "
        "texts; until then it is not known.",
        f"All {words.count(case.points)} vectors would be calculated."
        if case.builds
        else "Every query would be calculated.",
        "Compare in Verify; embed properly if it matters.",
    )


@warning("W17", "New collection needed")
def too_old_to_add(case: Case) -> Said | None:
    if not case.adds or case.apart or case.survey.capabilities.add_vector:
        return None
    return Said(
        "note",
        "This server cannot add a vector to an existing collection; that begins with Qdrant "
        "1.18.1. All vectors are defined when a collection is created, so a new one is built.",
        f"This is Qdrant {case.survey.capabilities.version}.",
        "Nothing, or upgrade the server first.",
    )


@warning("W18", "Live collection changes")
def in_place(case: Case) -> Said | None:
    if not case.in_place:
        return None
    return Said(
        "must",
        "The new vector is added to the collection your application is using. A server takes a "
        "vector out again safely from Qdrant 1.19 on.",
        f"{case.survey.collection} itself is changed."
        + ("" if case.survey.capabilities.drop_vector else " The vector stays there."),
        "A snapshot is made first, where the server has room. A new collection is easier to undo.",
    )


@warning("W27", "Compression finds less", own=True, risk=True)
def compression(case: Case) -> Said | None:
    vector = vector_meant(case.quantization)
    wanted = wanted_quantization(case.survey, case.quantization)
    now = max(compressed_now(case.survey, vector), key=bits)
    if bits(wanted) >= bits(now):
        return None
    smallest = min(case.sizes(vector), default=0)
    risky = kind_of(wanted) == "binary" and smallest < BINARY_DIMENSIONS
    what = f"From {kind_of(now)} to {kind_of(wanted)}, at {smallest or 'not known'} dimensions."
    text = (
        f"Binary compression suits vectors of {words.count(BINARY_DIMENSIONS)} dimensions or "
        "more; below it loses much."
        if risky
        else "Stronger compression finds a little less; scoring again with the original vectors "
        "makes up for most of it."
    )
    return Said(
        "must" if risky else "caution",
        text,
        what,
        "Look at the searches before and after; the original vectors are kept for re-scoring.",
    )


@warning("W37", "Placeholder vectors")
def placeholders(case: Case) -> Said | None:
    found = case.survey.placeholders.get(case.vector.name) if case.vector else None
    if found is None or not (case.embeds and case.replaces):
        return None
    return Said(
        "caution",
        "Some points have a vector that stands for none. Where they have a text they get a proper "
        "one, and begin to turn up in searches where they never were.",
        f"{found.found} of {found.of} sampled vectors: {found.what}.",
        "Take the texts of such points out before, if searches must not find them.",
    )


@warning("W39", "Nobody may search it", own=True)
def dropped(case: Case) -> Said | None:
    vector = dropped_vector(case.survey, case.answers)
    if vector is None:
        return None
    unnamed = vector.name == ""
    return Said(
        "must",
        "A search that names a vector which is not there fails with an error"
        + (", and so does one that names none." if unnamed else "."),
        f"Taken out: {words.vector(vector.name)}, of {words.count(case.points)} points.",
        "Look into every application first. "
        + (
            "It is deleted for good: nothing brings it back but a snapshot."
            if case.takes_out
            else "The old collection keeps the vector until you clean up."
        ),
    )


@warning("W35", "Dense vectors copied", own=True)
def copied(case: Case) -> Said | None:
    made = case.vector if case.model is not None else None
    names = [words.vector(vector.name) for vector in case.survey.dense if vector != made]
    if not names or case.in_place:
        return None
    return Said(
        "note",
        "Adding keywords makes only the sparse vectors; the present ones are copied, not embedded "
        "again.",
        f"Copied: {words.listing(names)}.",
        "Nothing.",
    )

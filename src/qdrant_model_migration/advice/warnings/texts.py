"""Warnings about texts, languages and the present vectors."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.model_rows import cut_off, uncovered
from qdrant_model_migration.advice.warnings.warning import Case, Said, Severity, warning
from qdrant_model_migration.strategies.answered.texts import missing_texts, other_text
from qdrant_model_migration.survey.languages import NAMES

_ENOUGH_MATCHES = 60 / 64
_ENOUGH_QUERIES = 30


@warning("W12", "Points without text", risk=True)
def missing(case: Case) -> Said | None:
    number = missing_texts(case.survey, case.answers)
    if not case.embeds or case.loads or not number:
        return None
    part = number / case.points if case.points else 1.0
    severity: Severity = "must" if part > 0.01 else "caution"
    have = "point gets" if number == 1 else "points get"
    return Said(
        severity,
        f"{words.count(number)} {have} no new vector{_then(case)}.",
        f"{words.share(part)} of {words.count(case.points)} points have no text.",
        "Correct the texts, or accept.",
    )


def _then(case: Case) -> str:
    """The present vectors stay where only keyword search is added, and where a second collection
    puts in order what they find."""
    if case.apart:
        return ": found as before, and not put in order"
    searches = "keyword search" if case.adds and case.model is None else "searches"
    return f" and will not be found by {searches}"


@warning("W13", "Texts cut off", risk=True)
def cut(case: Case) -> Said | None:
    part = cut_off(case.survey, case.model) if case.model and case.embeds else None
    if case.model is None or part is None or part <= 0.01:
        return None
    severity: Severity = "must" if part > 0.25 else "caution" if part > 0.05 else "note"
    longest = case.survey.longest_tokens.value
    here = f"The longest sampled text has {words.count(longest)} tokens; " if longest else ""
    reads = f"{case.model.label} reads {words.count(case.model.max_tokens or 0)}."
    return Said(
        severity,
        f"{words.share(part)} of the texts are longer than the model reads; the rest of those is "
        "not read.",
        f"{here}{reads}",
        "Choose a model that reads more, or cut the texts into smaller pieces.",
    )


@warning("W63", "Texts were cut before")
def cut_before(case: Case) -> Said | None:
    old = case.old_model
    if old is None or old.cut_texts is None or not case.takes_model or not case.embeds:
        return None
    unit, most = old.cut_texts
    return Said(
        "caution",
        "The new vectors are made of whole texts, as far as the model reads them. What your "
        "application adds later is cut as before, as long as it cuts.",
        f"The present vectors fit their texts cut after {words.count(most)} {unit}.",
        "Take the cut out of your application together with the switch.",
    )


@warning("W14", "Language not covered", risk=True)
def language(case: Case) -> Said | None:
    part = uncovered(case.survey, case.model) if case.model and case.embeds else None
    if case.model is None or part is None or part <= 0.02:
        return None
    found = case.survey.languages.value or {}
    named = [
        f"{NAMES.get(code, code)} {words.share(share)}"
        for code, share in sorted(found.items(), key=lambda item: -item[1])
        if code != "other" and case.model.speaks(code) is False
    ]
    return Said(
        "must" if part > 0.10 else "caution",
        f"{words.share(part)} of the texts are in languages this model was not made for.",
        f"{words.listing(named[:3])}; {case.model.label} knows {case.model.languages_label}.",
        "Choose a multilingual model.",
    )


@warning("W15", "Old model not proved")
def guessed(case: Case) -> Said | None:
    old, matches = case.survey.old_model, case.survey.matches
    if not case.takes_model:
        return None
    if matches and (matches[0] >= _ENOUGH_MATCHES * matches[1] or matches[0] > 0):
        return None  # proved, or two models, which W29 says
    if old.value is None:
        here = "It is not known, so the old side cannot be searched."
    else:
        how = old.note or old.how
        here = f"{old.value.label}: {how}."
    return Said(
        "caution",
        "Nothing proves which model made the present vectors, so the comparison may be unfair.",
        here,
        "Name it (in the survey, line Old model, or --old-model), or judge the new side only.",
    )


@warning("W16", "Too little to judge by")
def evidence(case: Case) -> Said | None:
    proof = case.answers.get("proof")
    kind = proof.get("kind") if isinstance(proof, dict) else None
    if kind in ("later", "log"):
        here = (
            "Searches from a log have no right answers marked."
            if kind == "log"
            else "No searches with known answers were given."
        )
        text = "Without known answers nothing can show whether searches find more than before."
    elif kind == "made up" and 0 < case.points < _ENOUGH_QUERIES:
        number = words.plural(case.points, "query", "queries")
        text = f"{number} cannot show whether searches find more than before."
        here = f"There are only {words.plural(case.points, 'document')} to make queries of."
    else:
        return None
    return Said("caution", text, here, "Add queries with their right answers; else INCONCLUSIVE.")


@warning("W29", "Two models mixed")
def mixed(case: Case) -> Said | None:
    matches, old = case.survey.matches, case.survey.old_model.value
    if matches is None or not 0 < matches[0] < _ENOUGH_MATCHES * matches[1]:
        return None
    label = old.label if old else "one model"
    title = case.strategy.title if case.embeds and case.replaces else ""
    todo = f"{title} repairs it" if title else "Only new vectors repair it"
    return Said(
        "must",
        "Part of the present vectors come from another model.",
        f"{matches[0]} of {matches[1]} sample texts match {label}, {matches[1] - matches[0]} do "
        "not.",
        f"{todo}; find out who writes the others.",
    )


@warning("W36", "Not the old texts", risk=True)
def another_text(case: Case) -> Said | None:
    here = case.embeds and not case.loads
    other = other_text(case.survey, case.answers) if here else None
    if other is None:
        return None
    chosen = " and ".join(other.chosen)
    same, tried = other.proof
    tested = (
        f"with {chosen} {other.tried[0]} of {other.tried[1]}"
        if other.tried
        else (f"{chosen} was not tried")
    )
    return Said(
        "must",
        f"The present vectors were made from {other.made_of}, and the new ones would be made from "
        f"{chosen}: searches would look in another text than today.",
        f"With {other.made_of} {same} of {tried} sample texts give their stored vector again, "
        f"{tested}.",
        f"Choose {other.made_of} at question Text, unless another text is what you want.",
    )

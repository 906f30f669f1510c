"""Truncate: shorter vectors of the same model, cut from the stored ones. Nothing is embedded."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.strategies.answered import chosen_model, no_dense, ruled_out_by_change
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class Truncate(Strategy):
    name = "truncate"
    title = "Truncate"
    subtitle = "shorter vectors of the same model (Matryoshka)"
    what = (
        "A new collection gets the first dimensions of every stored vector, made to length one "
        "again. Models made for it (Matryoshka) keep most of their quality; no text is needed."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read."
    runs = False
    order = 20

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        old = survey.old_model.value
        cut = _cut_of(old, answers)
        if cut is not None:
            return Fit("first", f"the same model with {cut} dimensions", "model")
        if ruled := ruled_out_by_change(answers, "shorter") or no_dense(survey):
            return ruled
        if old is None:
            return Fit("ruled out", "the old model is not known, so it may not be cut", "survey")
        if not old.matryoshka:
            return Fit("ruled out", "the model was not made for shortening", "survey")
        return Fit("first", "the model was made for shortening", "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        old = survey.old_model.value
        lengths = words.listing([str(length) for length in old.matryoshka], "or") if old else ""
        return (
            "the model stays, so no text has to be embedded again",
            f"{old.label if old else 'the model'} was made for {lengths} dimensions as well",
        )

    def warnings(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return ("W01", "W09", "W32", "W33")


def _cut_of(old: ModelRef | None, answers: Answers) -> int | None:
    """The length asked for, where the chosen model is the old one made for fewer dimensions."""
    chosen = chosen_model(answers)
    if old is None or chosen is None or answers.get("change") not in ("model", "shorter"):
        return None
    made_for_it = chosen.name == old.name and chosen.dimensions in old.matryoshka
    return chosen.dimensions if made_for_it else None

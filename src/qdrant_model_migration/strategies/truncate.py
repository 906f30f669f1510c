"""Truncate: shorter vectors of the same model, cut from the stored ones. Nothing is embedded."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.origins import first_values
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.measure_cut import MeasureCut
from qdrant_model_migration.strategies.answered import (
    both_for_good,
    chosen_model,
    no_dense,
    no_new_collection,
    old_model,
    replaced_vector,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.new_collection import plan_replacing
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
    facets = ("builds", "takes_model", "replaces")
    warns = ("W09",)
    order = 20

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        cut = _cut_of(survey, answers)
        # The old model with a length that it was made for is no change of the model.
        fitting = ("shorter",) if cut is None else ("shorter", "model")
        ruled = (
            ruled_out_by_change(answers, *fitting)
            or both_for_good(answers)
            or no_new_collection(survey, answers)
            or no_dense(survey)
            or _ruled_out_by_the_vectors(survey, answers)
        )
        if ruled:
            return ruled
        if cut is not None:
            same = f"the same model with {cut.dimensions} dimensions"
            return Fit("possible" if answers.get("both") == "test" else "first", same, "model")
        if chosen_model(answers) is not None:
            return Fit("ruled out", "the chosen model is no cut of the present one", "model")
        return Fit("first", "the model was made for shortening", "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        old = old_model(survey, answers)
        lengths = words.listing([str(length) for length in old.matryoshka], "or") if old else ""
        return (
            "the model stays, so no text has to be embedded again",
            f"{old.label if old else 'the model'} was made for {lengths} dimensions as well",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model = _cut_of(survey, answers)
        assert model is not None, "the questions ask for a length before a plan is made"
        source = replaced_vector(survey, answers)
        assert source is not None, "where a model is known there is a vector that it made"
        origin = first_values(source.name, model)
        old = old_model(survey, answers)
        measured = MeasureCut(
            collection=survey.collection,
            vector=source.name,
            size=model.dimensions,
            lengths=old.matryoshka if old is not None else (),
        )
        return plan_replacing(self, survey, answers, model, origin, prepared_by=measured)


def _cut_of(survey: Survey, answers: Answers) -> ModelRef | None:
    """The old model at the length asked for; None where another model, or none, is chosen.

    Always a cut of the old model itself: an answer typed by hand knows its name and length only.
    """
    old, chosen = old_model(survey, answers), chosen_model(answers)
    vector = replaced_vector(survey, answers)
    if old is None or chosen is None or vector is None or not old.has_cut(chosen):
        return None
    shorter = vector.size is None or chosen.dimensions < vector.size
    return old.cut_to(chosen.dimensions) if shorter else None


def _ruled_out_by_the_vectors(survey: Survey, answers: Answers) -> Fit | None:
    old, vector = old_model(survey, answers), replaced_vector(survey, answers)
    if old is None or vector is None:
        return Fit("ruled out", "the old model is not known, so it may not be cut", "survey")
    if not old.matryoshka:
        return Fit("ruled out", "the model was not made for shortening", "survey")
    if vector.name in survey.approximate:
        return Fit("ruled out", "the vectors are approximate; proper ones can be cut", "survey")
    if vector.datatype == "uint8":
        return Fit("ruled out", "whole numbers (uint8) cannot be made to length one", "survey")
    return None

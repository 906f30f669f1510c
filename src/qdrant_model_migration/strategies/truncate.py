"""Truncate: shorter vectors of the same model, made of the stored ones. Nothing is embedded."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.origins import first_values, projected
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.measure_cut import PROJECTION, MeasureCut
from qdrant_model_migration.strategies.answered.change import both_for_good, ruled_out_by_change
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.place import no_new_collection
from qdrant_model_migration.strategies.answered.vectors import (
    no_dense,
    old_model,
    replaced_vector,
    shorter_of_old,
)
from qdrant_model_migration.strategies.compared import compared
from qdrant_model_migration.strategies.moving import Asked, Own
from qdrant_model_migration.strategies.new_collection import plan_new_collection, replacing
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey, VectorFact

PROVEN = 0.7
"""The share of the nearest neighbours that a length has to keep for which the model was not made,
for sure; of one that it was made for half of them is enough, and less a person's decision."""

SAMPLE = 3_000
"""Stored vectors of which two thirds teach a projection and the others judge it; twice as many as
the shorter ones have values, where that is more."""

_PROVES = "measured on your vectors first; ends there where too little is left"


class Truncate(Strategy):
    name = "truncate"
    title = "Truncate"
    subtitle = "shorter vectors of the same model"
    what = (
        "A new collection gets the first dimensions of every stored vector, made to length one "
        "again. Models made for it (Matryoshka) keep most of their quality; any other has to prove "
        "it on your own vectors first, or a projection is learned from them that keeps more. No "
        "text is needed."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read."
    facets = ("builds", "takes_model", "replaces")
    asks = ("shortened_by", "text")
    evens = True
    warns = ("W09",)
    order = 20

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        cut = shorter_of_old(survey, answers)
        # The old model with a length that it was made for is no change of the model.
        made_for = cut is not None and not cut.unproven
        fitting = ("shorter", "model") if made_for else ("shorter",)
        ruled = (
            ruled_out_by_change(answers, *fitting)
            or both_for_good(answers)
            or no_new_collection(survey, answers)
            or no_dense(survey)
            or _ruled_out_by_the_vectors(survey, answers)
        )
        if ruled:
            return ruled
        if cut is not None and cut.unproven:
            return Fit("possible", _PROVES, "model")
        if cut is not None:
            same = f"the same model with {cut.dimensions} dimensions"
            return Fit("possible" if answers.get("both") == "test" else "first", same, "model")
        if chosen_model(answers) is not None:
            return Fit("ruled out", "the chosen model is no cut of the present one", "model")
        if (old := old_model(survey, answers)) is not None and not old.matryoshka:
            return Fit("open", "not made for shortening; a length of it has to prove itself",
                       "model")  # fmt: skip
        return Fit("first", "the model was made for shortening", "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        old, cut = old_model(survey, answers), shorter_of_old(survey, answers)
        same = "the model stays, so no text has to be embedded again"
        if old is None or not old.matryoshka or (cut is not None and cut.unproven):
            how = "by a projection" if _projects(answers) else "by cutting"
            return (same, f"what is left {how} is measured on your vectors before anything is made")
        lengths = words.listing([str(length) for length in old.matryoshka], "or")
        return (same, f"{old.label} was made for {lengths} dimensions as well")

    def build(self, survey: Survey, answers: Answers) -> Plan:
        cut, source = shorter_of_old(survey, answers), replaced_vector(survey, answers)
        assert cut is not None, "the questions ask for a length before a plan is made"
        assert source is not None, "where a model is known there is a vector that it made"
        old = old_model(survey, answers)
        assert old is not None, "it is known which one is cut"
        cut = compared(self, survey, answers, cut)
        origin = first_values(source.name, cut)
        projects = _projects(answers)
        if projects:
            # Under Dot and Euclid projected vectors keep their length, so the distance stays.
            whole = old.model_copy(update={"distance": source.distance or old.distance})
            cut = cut.model_copy(update={"distance": whole.distance})
            origin = projected(source.name, whole, cut.dimensions, PROJECTION)
        vectors, leg = replacing(survey, answers, cut, origin)
        if projects:
            leg = Leg(using=leg.using, model=whole, size=cut.dimensions, map=PROJECTION)
        measuring = _measuring(survey, source, old, cut, projects)
        return plan_new_collection(
            self, survey, answers, vectors, Asked((leg,)), Own(prepared_by=measuring)
        )


def _measuring(
    survey: Survey, source: VectorFact, old: ModelRef, cut: ModelRef, projects: bool
) -> MeasureCut:
    whole = source.size or old.dimensions
    step = MeasureCut(
        collection=survey.collection,
        vector=source.name,
        size=cut.dimensions,
        lengths=old.matryoshka or tuple(n for n in (whole // 2, whole // 4, whole // 8) if n),
    )
    if not projects and not cut.unproven:
        return step
    proof = {"by": "projection" if projects else "cut", "proves": True}
    return step.model_copy(update={**proof, "least": PROVEN, "sample": max(SAMPLE, 2 * step.size)})


def _projects(answers: Answers) -> bool:
    return answers.get("shortened_by") == "projection"


def _ruled_out_by_the_vectors(survey: Survey, answers: Answers) -> Fit | None:
    old, vector = old_model(survey, answers), replaced_vector(survey, answers)
    if vector is not None and vector.name in survey.approximate:
        return Fit("ruled out", "the vectors are approximate; proper ones can be cut", "survey")
    if old is None or vector is None:
        return Fit("ruled out", "the old model is not known, so it may not be cut", "survey")
    if vector.datatype == "uint8":
        return Fit("ruled out", "whole numbers (uint8) cannot be made to length one", "survey")
    return None

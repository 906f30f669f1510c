"""The vector whose place a new one takes, the model it was made by, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.strategy import Answers, Fit
from qdrant_model_migration.survey.facts import Bare, Survey, VectorFact
from qdrant_model_migration.survey.integrations import named


def no_dense(survey: Survey) -> Fit | None:
    """Ruled out because there is no dense vector whose model could change."""
    if survey.dense:
        return None
    if survey.vectors.value is None:
        return Fit("ruled out", "it is not known which vectors there are", "survey")
    return Fit("ruled out", "the collection has no dense vector", "survey")


def replaced_vector(survey: Survey, answers: Answers) -> VectorFact | None:
    """The dense vector whose place a new one takes: the answered one, else the first."""
    named = answers.get("replace")
    first = survey.dense[0] if survey.dense else None
    return next((vector for vector in survey.dense if vector.name == named), first)


def old_model(survey: Survey, answers: Answers) -> ModelRef | None:
    """The model of that vector, None where it is not known."""
    vector = replaced_vector(survey, answers)
    return survey.model_of(vector.name) if vector else None


def shorter_of_old(survey: Survey, answers: Answers) -> ModelRef | None:
    """The old model at the shorter length that is chosen; None where another model, or none, is.

    Always a cut of the old model itself: an answer typed by hand knows its name and length only.
    One that it was not made for counts only where shorter vectors are what is wanted.
    """
    old, chosen = old_model(survey, answers), chosen_model(answers)
    vector = replaced_vector(survey, answers)
    if old is None or chosen is None or vector is None or not old.has_cut(chosen):
        return None
    if vector.size is not None and chosen.dimensions >= vector.size:
        return None
    cut = old.cut_to(chosen.dimensions, unproven=True)
    return cut if not cut.unproven or answers.get("change") == "shorter" else None


def dropped_vector(survey: Survey, answers: Answers) -> VectorFact | None:
    """The vector that is taken out; None where none is chosen."""
    named = answers.get("drop")
    return next((v for v in survey.vectors.value or () if v.name == named), None)


class VectorNames(NamedTuple):
    """What two vectors beside each other are called; old: "" where it stays without a name."""

    new: str
    old: str


def vector_names(survey: Survey, answers: Answers) -> VectorNames:
    """As answered. Only an unnamed vector of a new collection gets another name than it has."""
    answer = answers.get("vector_names")
    assert isinstance(answer, Mapping), "the questions ask for names before a plan is made"
    present = replaced_vector(survey, answers)
    stands = present.name if present is not None else ""
    return VectorNames(str(answer["new"]), stands or str(answer.get("old", "")))


def name_with_model(survey: Survey, answers: Answers) -> str | None:
    """What the vector whose name says the old model is called once it says the chosen one; None
    where its name says none."""
    old, model = replaced_vector(survey, answers), chosen_model(answers)
    if old is None or old.name == "" or model is None:
        return None
    asked_for = (one.vector_for(model) for one in named(products(survey)))
    wanted = next((name for name in asked_for if name is not None), None)
    made_by = old_model(survey, answers)
    if wanted is None and made_by is not None:
        before, after = made_by.short_name.lower(), model.short_name.lower()
        wanted = old.name.lower().replace(before, after) if before in old.name.lower() else None
    taken = {vector.name for vector in survey.vectors.value or ()}
    return wanted if wanted not in taken else None


def bare(survey: Survey, answers: Answers) -> Bare | None:
    """The points that lack the vector whose place the new one takes; None where none is known."""
    vector = replaced_vector(survey, answers)
    return (survey.bare.value or {}).get(vector.name) if vector else None


def kept_bare(survey: Survey, answers: Answers) -> str | None:
    """The vector that a point must have to get a new one; None where each with a text gets one."""
    vector = replaced_vector(survey, answers)
    keep = vector is not None and answers.get("bare") == "keep"
    return vector.name if vector is not None and keep else None

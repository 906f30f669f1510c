"""The plan of every strategy that puts a vector of a chosen model beside the present ones: in a
collection that holds both, in the one that stands, or in a second one. No strategy lives here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.place import apart, in_place
from qdrant_model_migration.strategies.answered.texts import missing_share, text_source
from qdrant_model_migration.strategies.answered.vectors import (
    kept_bare,
    replaced_vector,
    vector_names,
)
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.strategies.in_place import plan_in_place
from qdrant_model_migration.strategies.moving import Asked, Own, vector_of
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.second_collection import plan_second_collection
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey


class Beside(NamedTuple):
    """new: the vector that is made; searched, old: how it and the present one are asked then."""

    new: TargetVector
    searched: Leg
    old: Leg


def vector_beside(
    strategy: Strategy, survey: Survey, answers: Answers, tuning: Mapping[str, Any] | None
) -> Beside:
    """tuning: raw parameters of the new vector; None: the collection's."""
    model, text = new_model(strategy, survey, answers), text_source(answers)
    old = replaced_vector(survey, answers)
    assert model is not None, "the questions ask for a model before a plan is made"
    assert text is not None, "without a text this is ruled out"
    assert old is not None, "without a dense vector this is ruled out"
    names = vector_names(survey, answers)
    origin = embedded(model, text, where=kept_bare(survey, answers))
    stays = in_place(survey, answers) or apart(answers)
    stands = old.name if stays else names.old
    return Beside(
        vector_of(names.new, model, origin, tuning),
        Leg(using=names.new, model=model),
        Leg(using=stands, model=survey.model_of(old.name), size=old.size),
    )


def plan_beside(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    beside: Beside,
    asked: Asked,
    *,
    probed: str | None = None,
) -> Plan:
    """Afterwards the collection is searched as asked. See `plan_moving`."""
    own = Own(missing_share(survey, answers), probed=probed)
    if apart(answers):
        return plan_second_collection(strategy, survey, answers, (beside.new,), asked, own)
    if in_place(survey, answers):
        return plan_in_place(strategy, survey, answers, (beside.new,), asked, own)
    both = (*kept(survey, unnamed=beside.old.using), beside.new)
    return plan_new_collection(strategy, survey, answers, both, asked, own)

"""The plan of every strategy that puts vectors into a second collection, beside the present one,
which stays in use. No strategy lives here."""

from __future__ import annotations

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.switches.second_collection import SecondCollection
from qdrant_model_migration.strategies.answered.names import switched_aliases
from qdrant_model_migration.strategies.moving import Asked, Own, load_of, plan_moving
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey


def plan_second_collection(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    vectors: tuple[TargetVector, ...],
    asked: Asked,
    own: Own = Own(),  # noqa: B008 - immutable
) -> Plan:
    """A second collection with these vectors, by the same ids and without payload. asked: its last
    leg is asked there."""
    target = str(answers["target"])
    move = Move(
        source=survey.collection,
        target=target,
        vectors=vectors,
        payload=False,
        load=load_of(survey, answers),
    )
    *first, last = asked.legs
    there = last.model_copy(update={"second": target})
    name = next(iter(switched_aliases(survey, answers)), survey.collection)
    return plan_moving(
        strategy,
        survey,
        answers,
        move,
        asked._replace(legs=(*first, there)),
        own._replace(switch=SecondCollection(name=name, second=target)),
        first=(CreateCollection(),),
    )

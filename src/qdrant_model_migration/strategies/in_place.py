"""The plan of every strategy that adds vectors to the collection as it stands. The application
chooses between them by `using`. No strategy lives here."""

from __future__ import annotations

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.add_vectors import AddVectors
from qdrant_model_migration.steps.snapshot import Snapshot
from qdrant_model_migration.steps.switches.application import Application
from qdrant_model_migration.strategies.answered.names import switched_aliases
from qdrant_model_migration.strategies.moving import Asked, Own, load_of, plan_moving
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


def cannot_be_added(survey: Survey) -> Fit | None:
    """Ruled out because this server cannot add a vector to a collection that stands."""
    if survey.capabilities.add_vector:
        return None
    return Fit("ruled out", "this server cannot add a vector in place", "survey")


def plan_in_place(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    vectors: tuple[TargetVector, ...],
    asked: Asked,
    own: Own = Own(),  # noqa: B008 - immutable
) -> Plan:
    """These vectors are added; afterwards the collection is searched as asked."""
    move = Move(
        source=survey.collection,
        target=survey.collection,
        vectors=vectors,
        load=load_of(survey, answers),
    )
    saved = (Snapshot(collection=survey.collection),) if survey.capabilities.snapshots else ()
    name = next(iter(switched_aliases(survey, answers)), survey.collection)
    return plan_moving(
        strategy,
        survey,
        answers,
        move,
        asked,
        own._replace(switch=Application(changes="using", name=name)),
        first=(*saved, AddVectors()),
    )

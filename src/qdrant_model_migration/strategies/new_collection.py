"""The plan of every strategy that fills a new collection and switches an alias to it. What differs
is what its vectors are made of. No strategy lives here."""

from __future__ import annotations

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import Origin, as_it_is
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.strategies.answered import replaced_vector
from qdrant_model_migration.strategies.moving import (
    Asked,
    Own,
    load_of,
    plan_moving,
    tuning_like,
    vector_of,
)
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey


def kept(survey: Survey, *, unnamed: str = "") -> tuple[TargetVector, ...]:
    """All vectors of the collection as they are; unnamed: what the one without a name is called."""
    return tuple(
        TargetVector(
            name=vector.name or unnamed,
            kind=vector.kind,
            params=vector.raw,
            origin=as_it_is(vector.name),
        )
        for vector in survey.vectors.value or ()
    )


def plan_new_collection(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    vectors: tuple[TargetVector, ...],
    asked: Asked,
    own: Own = Own(),  # noqa: B008 - immutable
    *,
    rows: Source | None = None,
) -> Plan:
    """A collection with these vectors, searched as asked. rows: where its points come from, None:
    from the present one. See `plan_moving`."""
    move = Move(
        source=survey.collection,
        target=str(answers["target"]),
        vectors=vectors,
        rows=rows,
        load=load_of(survey, answers),
    )
    return plan_moving(
        strategy,
        survey,
        answers,
        move,
        asked,
        own,
        first=(CreateCollection(was=_compared_before(strategy, survey, answers, vectors)),),
    )


def _compared_before(
    strategy: Strategy, survey: Survey, answers: Answers, vectors: tuple[TargetVector, ...]
) -> dict[str, str]:
    """The distance of each old vector in whose place one is compared by another distance."""
    there = {vector.name: vector for vector in survey.vectors.value or ()}
    replaced = replaced_vector(survey, answers) if "replaces" in strategy.facets else None
    found = {}
    for vector in vectors:
        old, new = there.get(vector.name, replaced), vector.params.get("distance")
        if old and old.distance and new and old.distance != new and vector.origin.carries is None:
            found[vector.name] = old.distance
    return found


def plan_replacing(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    model: ModelRef,
    origin: Origin,
    own: Own,
) -> Plan:
    """One dense vector is replaced, and nothing else. See `replacing`."""
    vectors, leg = replacing(survey, answers, model, origin)
    return plan_new_collection(strategy, survey, answers, vectors, Asked((leg,)), own)


def replacing(
    survey: Survey, answers: Answers, model: ModelRef, origin: Origin
) -> tuple[tuple[TargetVector, ...], Leg]:
    """The vectors where one dense vector is replaced, with its tuning, and every other one is kept;
    and how the new one is searched. model: of the new vector, and of its queries."""
    old = replaced_vector(survey, answers)
    new = new_one(survey, answers, model, origin)
    vectors = tuple(new if old and v.origin.carries == old.name else v for v in kept(survey))
    return vectors, Leg(using=new.name, model=model)


def new_one(survey: Survey, answers: Answers, model: ModelRef, origin: Origin) -> TargetVector:
    """The vector that takes the place of a dense one, with its tuning."""
    old = replaced_vector(survey, answers)
    assert old is not None, "a strategy that replaces a vector fits only where there is one"
    name = str(answers.get("vector_name", old.name))
    return vector_of(name, model, origin, tuning_like(old))

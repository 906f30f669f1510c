"""The plan of every strategy that fills a new collection and switches an alias to it. What differs
is what its vectors are made of. No strategy lives here."""

from __future__ import annotations

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import Origin, as_it_is, embedded
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.clone_collection import CloneCollection
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.strategies.answered.cloning import cloned
from qdrant_model_migration.strategies.answered.texts import missing_share, text_source
from qdrant_model_migration.strategies.answered.vectors import kept_bare, replaced_vector
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.strategies.keyword_vector import free_vector_name, slug
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
    from the present one. Where that was chosen the server copies what stays. See `plan_moving`."""
    stays = {v.name for v in vectors if v.origin.carries == v.name}
    whole = rows is None and stays == {v.name for v in survey.vectors.value or ()}
    by_server = whole and cloned(survey, answers, strategy)
    move = Move(
        source=survey.collection,
        target=str(answers["target"]),
        vectors=vectors,
        rows=rows,
        load=load_of(survey, answers),
        cloned=by_server,
    )
    return plan_moving(
        strategy,
        survey,
        answers,
        move,
        asked,
        own,
        first=(
            CloneCollection()
            if by_server
            else CreateCollection(was=_compared_before(strategy, survey, answers, vectors)),
        ),
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


def plan_embedding(strategy: Strategy, survey: Survey, answers: Answers) -> Plan:
    """One dense vector is replaced by what the chosen model makes of every text."""
    model, text = new_model(strategy, survey, answers), text_source(answers)
    assert model is not None, "the questions ask for a model before a plan is made"
    assert text is not None, "without a text this is ruled out"
    origin = embedded(model, text, where=kept_bare(survey, answers))
    own = Own(missing_share(survey, answers))
    return plan_replacing(strategy, survey, answers, model, origin, own)


def plan_replacing(
    strategy: Strategy,
    survey: Survey,
    answers: Answers,
    model: ModelRef,
    origin: Origin,
    own: Own,
) -> Plan:
    """One dense vector is replaced, and nothing else. See `replacing`."""
    stays = cloned(survey, answers, strategy)
    vectors, leg = replacing(survey, answers, model, origin, stays=stays)
    return plan_new_collection(strategy, survey, answers, vectors, Asked((leg,)), own)


def replacing(
    survey: Survey, answers: Answers, model: ModelRef, origin: Origin, *, stays: bool = False
) -> tuple[tuple[TargetVector, ...], Leg]:
    """The vectors where one dense vector is replaced, with its tuning, and every other one is kept;
    and how the new one is searched. model: of the new vector, and of its queries. stays: the old
    one too, and the new one has a name of its own."""
    old = replaced_vector(survey, answers)
    new = new_one(survey, answers, model, origin)
    if stays:
        named = old is not None and new.name not in ("", old.name)
        name = free_vector_name(survey, new.name if named else slug(model))
        new = new.model_copy(update={"name": name})
        return (*kept(survey), new), Leg(using=name, model=model)
    vectors = tuple(new if old and v.origin.carries == old.name else v for v in kept(survey))
    return vectors, Leg(using=new.name, model=model)


def new_one(survey: Survey, answers: Answers, model: ModelRef, origin: Origin) -> TargetVector:
    """The vector that takes the place of a dense one, with its tuning."""
    old = replaced_vector(survey, answers)
    assert old is not None, "a strategy that replaces a vector fits only where there is one"
    name = str(answers.get("vector_name", old.name))
    return vector_of(name, model, origin, tuning_like(old))

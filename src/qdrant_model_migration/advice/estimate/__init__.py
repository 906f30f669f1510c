"""What a plan costs in time, room and money, computed from facts, and how each number was made."""

from __future__ import annotations

from qdrant_model_migration.advice.estimate.counted import ALONE, UNCOUNTED, texts_among
from qdrant_model_migration.advice.estimate.money import cost_of, usd_of
from qdrant_model_migration.advice.estimate.room import notes, room, room_for_copy
from qdrant_model_migration.advice.estimate.time import (
    behind_of,
    embedding,
    seconds_of,
    with_behind,
)
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Estimate, Plan, Range
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.place import apart
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.new_collection import kept
from qdrant_model_migration.survey.facts import Survey


def estimate(survey: Survey, plan: Plan, speed: Speed | None) -> Estimate:
    """The estimate for a plan. speed: None: not tried, so no time is given."""
    seconds, behind = seconds_of(survey, plan, speed), behind_of(survey, plan, speed)
    disk, memory = room(survey, plan, speed)
    return Estimate(
        seconds=seconds if behind is None else with_behind(seconds, behind),
        disk_bytes=disk,
        memory_bytes=memory,
        notes_bytes=notes(survey, plan),
        usd=usd_of(survey, plan),
        step_seconds=tuple(
            {"backfill": seconds, "bridge": behind or Range()}.get(step.name(), Range()).likely
            for step in plan.steps
        ),
    )


def reckoned(survey: Survey, answers: Answers, strategy: Strategy, speed: Speed | None) -> Estimate:
    """Without a plan, from what the way has in common with others. answers: settled."""
    points, facets = survey.points.value, strategy.facets
    if points is None:
        return Estimate(seconds=Range(how=UNCOUNTED), usd=None)
    if "builds" not in facets:
        return Estimate(seconds=Range(how=ALONE))
    model = _chosen(answers, strategy)
    move, texts = like(survey, answers, strategy), texts_among(survey, answers, points)
    if strategy.embeds:
        seconds = embedding(survey, move, points, texts, speed)
    else:
        seconds = Range(how="not known: some of the texts have to be tried first")
    disk, memory = room_for_copy(survey, move, points, speed)
    return Estimate(
        seconds=seconds,
        disk_bytes=disk,
        memory_bytes=memory,
        usd=cost_of(texts, survey, [model] if model is not None else []),
    )


def _chosen(answers: Answers, strategy: Strategy) -> ModelRef | None:
    return chosen_model(answers) if "takes_model" in strategy.facets else None


def like(survey: Survey, answers: Answers, strategy: Strategy) -> Move:
    """A move with the vectors that it would have, as far as they count for time and room."""
    facets, model = strategy.facets, _chosen(answers, strategy)
    in_place = "adds" in facets and (answers.get("in_place") == "in place" or apart(answers))
    replaced = replaced_vector(survey, answers) if "replaces" in facets else None
    stays = [] if in_place else [
        vector.model_copy(update={"params": {"size": fact.size, **vector.params}})
        for vector, fact in zip(kept(survey), survey.vectors.value or (), strict=True)
        if replaced is None or fact.name != replaced.name
    ]  # fmt: skip
    kind = "sparse" if model is None else model.vector
    params = dict(replaced.raw) if replaced is not None else {}
    params |= {} if model is None else {"size": model.dimensions}
    new = TargetVector(name="new", kind=kind, params=params, origin=as_it_is("new"))
    target = survey.collection if in_place else "new"
    return Move(source=survey.collection, target=target, vectors=(new, *stays))

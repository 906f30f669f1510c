"""Linear map: new vectors calculated from the old ones by a formula learned from a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.origins import calculated, embedded
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.bridge import Bridge
from qdrant_model_migration.steps.learn_map import LearnMap
from qdrant_model_migration.strategies.answered.learned_map import (
    HUGE_POINTS,
    bridged_texts,
    cannot_be_mapped,
    map_saves_much,
    sampled_texts,
)
from qdrant_model_migration.strategies.answered.vectors import bare, old_model, replaced_vector
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.strategies.moving import Own, proof_of
from qdrant_model_migration.strategies.new_collection import new_one, plan_replacing
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class LinearMap(Strategy):
    name = "linear_map"
    title = "Linear map"
    subtitle = "new vectors calculated from the old ones, with some loss"
    what = (
        "A formula is learned from a sample of texts that both models embed; it turns every old "
        "vector into a nearly new one. The loss is measured on your data before anything is "
        "decided."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read."
    facets = ("builds", "samples", "takes_model", "replaces")
    asks = ("accuracy", "text", "bridge")
    warns = ("W10",)
    implied: ClassVar[Mapping[str, Any]] = {"accuracy": "approximate"}
    order = 38

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if ruled := cannot_be_mapped(survey, answers):
            return ruled
        huge = (survey.points.value or 0) >= HUGE_POINTS
        accuracy, much = answers.get("accuracy"), map_saves_much(survey, answers)
        if accuracy in (None, "approximate") and answers.get("both") is None:
            return Fit("open", "decided by whether both models must answer", "both")
        if accuracy == "approximate":
            return Fit("first" if huge else "possible", "some loss is acceptable", "accuracy")
        if accuracy == "queries":
            return Fit("ruled out", "only queries are to be calculated", "accuracy")
        if accuracy is None:
            open_ = Fit("open", "decided by how exact the vectors must be", "accuracy")
            return Fit("possible", much, "survey") if much else open_
        if much:
            return Fit("ruled out", "every vector is to be made properly", "accuracy")
        return Fit("ruled out", "saves little below 100 million points, costs quality", "accuracy")

    def embeds_all(self, answers: Answers) -> bool:
        after = answers.get("bridge")
        embeds = isinstance(after, Mapping) and after.get("kind") == "embed"
        return embeds and bridged_texts(answers) is not None

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        much = map_saves_much(survey, answers)
        points = words.plural(survey.points.value or 0, "point")
        saved = much or f"{points} need not be embedded again, but for a sample"
        return (saved, "you accept some loss, which is measured first")

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model, source = new_model(self, survey, answers), replaced_vector(survey, answers)
        text = sampled_texts(survey, answers)
        assert model is not None, "the questions ask for a model before a plan is made"
        assert source is not None, "it fits only where there is a dense vector"
        assert text is not None, "without a sample this is ruled out"
        found, points = bare(survey, answers), survey.points.value
        learning = LearnMap(
            collection=survey.collection,
            source=source.name,
            model=model,
            texts=text,
            proof=proof_of(answers, text),
        )
        plan = plan_replacing(
            self,
            survey,
            answers,
            model,
            calculated(source.name, model, old_model(survey, answers)),
            Own(round(found.points / points, 6) if found and points else 0.0, learning),
        )
        texts = bridged_texts(answers)
        if texts is None or not self.embeds_all(answers):
            return plan
        proper = new_one(survey, answers, model, embedded(model, texts))
        bridge = Bridge(
            vector=proper, texts=texts, hottest=answers["bridge"].get("hottest") or None
        )
        return plan.model_copy(update={"steps": (*plan.steps, bridge)})

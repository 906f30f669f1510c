"""Map queries: the new model's queries, calculated back, search the vectors that stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.learn_map import Back, LearnMap
from qdrant_model_migration.strategies.answered.learned_map import cannot_be_mapped, sampled_texts
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.vectors import old_model, replaced_vector
from qdrant_model_migration.strategies.moving import proof_of
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class MapQueries(Strategy):
    name = "map_queries"
    title = "Map queries"
    subtitle = "the new model searches the vectors that stand, with some loss"
    what = (
        "A formula is learned from a sample of texts that turns vectors of the new model into "
        "nearly those of the old one. The application puts its queries through it; nothing is "
        "written. For an old model that is not to be had any more."
    )
    way_back = "search by the old model again"
    never = "Nothing is written to Qdrant."
    facets = ("samples", "takes_model")
    asks = ("accuracy", "text", "replace", "proof")
    warns = ("W10",)
    implied: ClassVar[Mapping[str, Any]] = {"accuracy": "queries"}
    order = 39

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if ruled := cannot_be_mapped(survey, answers):
            return ruled
        accuracy = answers.get("accuracy")
        if accuracy == "queries":
            return Fit("first", "only queries are to be calculated", "accuracy")
        if accuracy is None:
            return Fit("open", "decided by how exact the vectors must be", "accuracy")
        return Fit("ruled out", "the vectors are to be new ones", "accuracy")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the stored vectors stay, only queries are calculated",
            "you accept some loss, which is measured first",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model, source = chosen_model(answers), replaced_vector(survey, answers)
        text = sampled_texts(survey, answers)
        assert model is not None, "the questions ask for a model before a plan is made"
        assert source is not None, "it fits only where there is a dense vector"
        assert text is not None, "without a sample this is ruled out"
        proof, collection = proof_of(answers, text), survey.collection
        learning = LearnMap(
            collection=collection,
            source=source.name,
            model=model,
            texts=text,
            back=Back(old=old_model(survey, answers), name=survey.alias or collection),
            proof=proof,
        )
        return self.plan(
            survey,
            answers,
            steps=(
                Check(collection=collection, fingerprint=survey.fingerprint, queries=proof.file),
                learning,
            ),
            never_touched=(collection, *(n for n in survey.others if n != collection)),
        )

"""Linear map: new vectors calculated from the old ones by a formula learned from a sample."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.strategies.answered import (
    HUGE_POINTS,
    MAP_SAMPLE,
    no_dense,
    one_model_is_not_enough,
    ruled_out_by_change,
    sample_texts,
    text_gone,
)
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
    runs = False
    facets = ("builds", "needs_text", "takes_model", "replaces")
    asks = ("accuracy",)
    warns = ("W10",)
    order = 38

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model")
            or one_model_is_not_enough(answers)
            or no_dense(survey)
        )
        if ruled:
            return ruled
        if text_gone(answers) and sample_texts(survey) < MAP_SAMPLE:
            return Fit("ruled out", "no sample texts to learn from", "text")
        points = survey.points.value
        huge = points is not None and points >= HUGE_POINTS
        accuracy = answers.get("accuracy")
        if accuracy == "exact":
            return Fit("ruled out", "every vector is to be made properly", "accuracy")
        if accuracy == "approximate":
            return Fit("first" if huge else "possible", "some loss is acceptable", "accuracy")
        if huge:
            return Fit("possible", "saves weeks of embedding, costs quality", "survey")
        return Fit("ruled out", "saves little below 100 million points, costs quality", "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            f"embedding {words.count(survey.points.value or 0)} points again can take weeks",
            "you accept some loss, which is measured first",
        )

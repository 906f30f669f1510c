"""Drop vector: a new collection without a vector that no search asks any more."""

from __future__ import annotations

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered import dropped_vector, ruled_out_by_change
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class DropVector(Strategy):
    name = "drop_vector"
    title = "Drop vector"
    subtitle = "a new collection without a vector that nobody searches any more"
    what = (
        "A new collection gets everything but one vector of each point; then searches "
        "move over to it. All other vectors and the payloads are copied as they are."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read, and keeps the vector until you clean up."
    facets = ("builds",)
    asks = ("drop",)
    warns = ("W39",)
    order = 65

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if ruled := ruled_out_by_change(answers, "drop"):
            return ruled
        if len(survey.vectors.value or ()) < 2:
            return Fit("ruled out", "the collection has one vector only", "survey")
        return Fit("first", "one vector is not needed any more", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "nothing is embedded: what stays is copied",
            "it can be undone as long as the old collection stays",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        dropped = dropped_vector(survey, answers)
        assert dropped is not None, "the questions ask which one before a plan is made"
        stay = tuple(v for v in kept(survey) if v.name != dropped.name)
        searched = next((v for v in stay if v.kind == "dense"), stay[0])
        size = searched.params.get("size")
        leg = Leg(using=searched.name, model=survey.model_of(searched.name), size=size)
        return plan_new_collection(self, survey, answers, stay, (leg,), searched=leg)

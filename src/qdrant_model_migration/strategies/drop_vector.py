"""Drop vector: without a vector that no search asks any more, in a new collection or in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.snapshot import Snapshot
from qdrant_model_migration.steps.take_out_vector import TakeOutVector
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.place import taken_out_in_place
from qdrant_model_migration.strategies.answered.vectors import dropped_vector
from qdrant_model_migration.strategies.moving import Asked, Own
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class DropVector(Strategy):
    name = "drop_vector"
    title = "Drop vector"
    subtitle = "a new collection without a vector that nobody searches any more"
    what = (
        "A new collection gets everything but one vector of each point; then searches "
        "move over to it. All other vectors and the payloads are copied as they are. From "
        "Qdrant 1.19 on the vector can be deleted in place as well, for good."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read, and keeps the vector until you clean up."
    facets = ("builds",)
    asks = ("drop", "in_place")
    warns = ("W39",)
    implied: ClassVar[Mapping[str, Any]] = {"change": "drop"}
    order = 65

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if ruled := ruled_out_by_change(answers, "drop"):
            return ruled
        if len(survey.vectors.value or ()) < 2:
            return Fit("ruled out", "the collection has one vector only", "survey")
        if "drop" in answers and dropped_vector(survey, answers) is None:
            return Fit("ruled out", "which vector goes is not said", "drop")
        return Fit("first", "one vector is not needed any more", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        if taken_out_in_place(survey, answers):
            return (
                "nothing is embedded and nothing copied",
                "it cannot be undone, but for a snapshot",
            )
        older = "in place it is ruled out: below 1.19 a server can lose points by it"
        return (
            "nothing is embedded: what stays is copied",
            "it can be undone as long as the old collection stays",
            *(() if survey.capabilities.drop_vector else (older,)),
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        dropped = dropped_vector(survey, answers)
        assert dropped is not None, "the questions ask which one before a plan is made"
        if taken_out_in_place(survey, answers):
            return self._in_place(survey, answers, dropped.name)
        stay = tuple(v for v in kept(survey) if v.name != dropped.name)
        searched = next((v for v in stay if v.kind == "dense"), stay[0])
        size = searched.params.get("size")
        leg = Leg(using=searched.name, model=survey.model_of(searched.name), size=size)
        return plan_new_collection(self, survey, answers, stay, Asked((leg,)), Own(searched=leg))

    def _in_place(self, survey: Survey, answers: Answers, vector: str) -> Plan:
        collection = survey.collection
        saved = (Snapshot(collection=collection),) if survey.capabilities.snapshots else ()
        return self.plan(
            survey,
            answers,
            steps=(
                Check(collection=collection, fingerprint=survey.fingerprint),
                *saved,
                TakeOutVector(collection=collection, vector=vector),
            ),
            never_touched=tuple(name for name in survey.others if name != collection),
        )

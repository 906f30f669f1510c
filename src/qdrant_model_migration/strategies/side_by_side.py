"""Side by side: the vectors of both models in one collection, each under its own name."""

from __future__ import annotations

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.cloning import BY_SERVER, cloned
from qdrant_model_migration.strategies.answered.model import makes_many
from qdrant_model_migration.strategies.answered.place import in_place
from qdrant_model_migration.strategies.answered.texts import no_text
from qdrant_model_migration.strategies.answered.vectors import no_dense, replaced_vector
from qdrant_model_migration.strategies.moving import Asked, tuning_like
from qdrant_model_migration.strategies.second_vector import plan_beside, vector_beside
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey

_BOTH = {
    "test": Fit("first", "both models answer, for a test", "both"),
    "always": Fit("first", "both models answer, for good", "both"),
    "no": Fit("ruled out", "one model at a time is enough", "both"),
}


class SideBySide(Strategy):
    name = "side_by_side"
    title = "Side by side"
    subtitle = "both models in one collection, for a test or for good"
    what = (
        "A collection holds two named vectors for each point: the old one, as it is, and the new "
        "one, filled in while searches go on. Each search says in using which one it means."
    )
    way_back = "search with the old vector name again; nothing has to be moved"
    never = "The stored vectors of the old model are kept as they are."
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    asks = ("replace", "vector_names", "copied_by")
    order = 45

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = ruled_out_by_change(answers, "model", "second") or no_text(answers)
        ruled = ruled or no_dense(survey)
        if makes_many(answers):
            ruled = ruled or Fit("ruled out", "many vectors for a text are for ordering", "model")
        if ruled:
            return ruled
        if answers.get("change") == "second":
            return Fit("first", "meant for a second model next to the first", "change")
        open_ = Fit("open", "decided by whether both models must answer", "both")
        return _BOTH.get(str(answers.get("both")), open_)

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        if in_place(survey, answers):
            where = "this server can add a named vector to the collection as it stands"
        elif cloned(survey, answers, self):
            where = BY_SERVER
        elif survey.capabilities.add_vector:
            where = "a new collection is easier to undo than a vector in the present one"
        else:
            where = "this server needs a new collection with both vectors defined from the start"
        return ("both models have to answer searches for a while", where)

    def build(self, survey: Survey, answers: Answers) -> Plan:
        old = replaced_vector(survey, answers)
        assert old is not None, "without a dense vector this is ruled out"
        beside = vector_beside(self, survey, answers, tuning_like(old))
        return plan_beside(self, survey, answers, beside, Asked((beside.searched,)))

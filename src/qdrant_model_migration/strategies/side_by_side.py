"""Side by side: the vectors of both models in one collection, each under its own name."""

from __future__ import annotations

from qdrant_model_migration.strategies.answered import no_dense, no_text, ruled_out_by_change
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
        "A collection holds two named vectors for each point: the old one, copied, and the new "
        "one, filled in while searches go on. Each search says with `using` which one it means."
    )
    way_back = "search with the old vector name again; nothing has to be moved"
    never = "The stored vectors of the old model are kept as they are."
    runs = False
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    order = 45

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = ruled_out_by_change(answers, "model", "second") or no_text(answers)
        ruled = ruled or no_dense(survey)
        if ruled:
            return ruled
        if answers.get("change") == "second":
            return Fit("first", "meant for a second model next to the first", "change")
        open_ = Fit("open", "decided by whether both models must answer", "both")
        return _BOTH.get(str(answers.get("both")), open_)

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        where = (
            "this server can add a named vector to the collection, or to a new one"
            if survey.capabilities.add_vector
            else "this server needs a new collection with both vectors defined from the start"
        )
        return ("both models have to answer searches for a while", where)

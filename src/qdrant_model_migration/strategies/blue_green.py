"""Blue-green: a new collection is filled beside the old one, and one alias is switched."""

from __future__ import annotations

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.change import both_for_good, ruled_out_by_change
from qdrant_model_migration.strategies.answered.cloning import BY_SERVER, cloned
from qdrant_model_migration.strategies.answered.model import at_the_server, makes_many
from qdrant_model_migration.strategies.answered.names import switched_aliases
from qdrant_model_migration.strategies.answered.place import no_new_collection, present_one_stays
from qdrant_model_migration.strategies.answered.texts import no_text
from qdrant_model_migration.strategies.answered.vectors import no_dense, shorter_of_old
from qdrant_model_migration.strategies.new_collection import plan_embedding
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class BlueGreen(Strategy):
    name = "blue_green"
    title = "Blue-green"
    subtitle = "a new collection beside the old one, then one switch"
    what = (
        "A new collection is filled next to the old one. Searches go on using the old one until "
        "{switched}."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read. Nothing old is deleted."
    facets = ("builds", "embeds", "needs_text", "takes_model", "replaces")
    asks = ("copied_by",)
    order = 40

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model", "second", "shorter")
            or no_text(answers)
            or both_for_good(answers)
            or at_the_server(answers)
            or no_new_collection(survey, answers)
            or present_one_stays(answers)
            or no_dense(survey)
            or _nothing_to_gain(survey, answers)
        )
        if ruled:
            return ruled
        if answers.get("change") == "model":
            if answers.get("keywords") == "yes":
                return Fit("possible", "without keyword search, which can come later", "keywords")
            here = answers.get("query_side") != "server"
            if here and answers.get("both") == "no":
                many = "many vectors for a text get a collection of their own"
                one = "the new model replaces the old one"
                return Fit("first", many if makes_many(answers) else one, "both")
            return Fit("possible", "replaces the old model without a pause", "change")
        return Fit("possible", "embeds everything again into a new collection", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        reasons = ["the model changes, so every vector has to be made again"]
        if cloned(survey, answers, self):
            reasons.append(f"{BY_SERVER}, and the old vector stays beside the new one")
        else:
            reasons.append("searches go on while the new collection is filled")
        aliases = switched_aliases(survey, answers)
        reasons.append(
            f"your application already uses the alias {aliases[0]}"
            if aliases
            else "one switch back undoes it, as long as the old collection stays"
        )
        return tuple(reasons)

    def build(self, survey: Survey, answers: Answers) -> Plan:
        return plan_embedding(self, survey, answers)


def _nothing_to_gain(survey: Survey, answers: Answers) -> Fit | None:
    shorter = shorter_of_old(survey, answers)
    if shorter is None or not shorter.unproven:
        return None
    return Fit("ruled out", "the same model would only be cut again", "model")

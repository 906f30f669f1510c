"""Multivectors: a vector for each token of a text (ColBERT), to put in order what the dense one
finds: in a second collection, or beside it."""

from __future__ import annotations

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.model import chosen_model, makes_many
from qdrant_model_migration.strategies.answered.place import apart
from qdrant_model_migration.strategies.answered.texts import no_text
from qdrant_model_migration.strategies.answered.vectors import no_dense
from qdrant_model_migration.strategies.moving import Asked
from qdrant_model_migration.strategies.second_vector import plan_beside, vector_beside
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey

RERANKED = 100
"""Results of the dense search that are put in order; each costs the server a read from disk."""


class Multivectors(Strategy):
    name = "multivectors"
    title = "Multivectors"
    subtitle = "many vectors for a text (ColBERT), to put the results in order"
    what = (
        "Every text gets a vector for each of its tokens. The present vector finds, the new ones "
        "put in order what it found. The present vectors {kept}."
    )
    way_back = "search by the present vector alone, as before; the alias is switched back"
    never = "The stored vectors of the present model are kept as they are."
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    asks = ("replace", "vector_names", "many_for")
    order = 46

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model", "second") or no_text(answers) or no_dense(survey)
        )
        if ruled:
            return ruled
        if chosen_model(answers) is None:
            return Fit("open", "decided by the model", "model")
        if not makes_many(answers):
            return Fit("ruled out", "the model makes one vector for a text", "model")
        if apart(answers):
            return Fit("first", "a collection of their own puts in order what is found", "many_for")
        if answers.get("change") == "second" or answers.get("both") in ("test", "always"):
            return Fit("first", "the present vector finds, the new ones put in order", "model")
        return Fit("possible", "beside the present vector, to put results in order", "model")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the model makes many vectors for a text, too many to be searched by themselves",
            "in a collection of their own they slow no search that does not use them"
            if apart(answers)
            else "on disk and without an index they slow the other searches least",
            "no present vector is made again",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        alone = answers.get("many_for") == "search"
        beside = vector_beside(self, survey, answers, None if alone else _ON_DISK)
        return plan_beside(
            self,
            survey,
            answers,
            beside,
            Asked((beside.searched,))
            if alone
            else Asked((beside.old, beside.searched), rerank=RERANKED),
            probed=beside.old.using,
        )


_ON_DISK = {"on_disk": True, "hnsw_config": {"m": 0}}

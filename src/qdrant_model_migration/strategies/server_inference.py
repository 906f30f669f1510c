"""Server inference: the Qdrant server itself makes the vectors, of documents and of searches."""

from __future__ import annotations

from qdrant_model_migration.strategies.answered import (
    no_dense,
    no_text,
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class ServerInference(Strategy):
    name = "server_inference"
    title = "Server inference"
    subtitle = "the server makes the vectors; only a model name changes"
    what = (
        "Texts are sent instead of vectors, and the server embeds them with the model named in "
        "the request. The stored vectors are still made again, by the server, in a new collection."
    )
    way_back = "switch the alias back and name the old model in the requests"
    never = "The old collection is only read."
    runs = False
    facets = ("builds", "needs_text", "takes_model", "replaces")
    asks = ("query_side",)
    warns = ("W25",)
    order = 30

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model")
            or no_text(answers)
            or one_model_is_not_enough(answers)
            or no_dense(survey)
        )
        if ruled:
            return ruled
        embeds, asks = survey.server_embeds.value, answers.get("query_side")
        if embeds is False or survey.capabilities.local:
            return Fit("ruled out", "this server cannot embed", "survey")
        if asks == "server":
            return Fit("first", "the server embeds searches already", "query_side")
        if embeds:
            return Fit("possible", "this server can embed", "survey")
        if asks is None:
            return Fit("open", "decided by who makes the query vectors", "query_side")
        return Fit("ruled out", "the application makes the query vectors", "query_side")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the server turns searches into vectors already",
            "in the application only the model name in the requests changes",
        )

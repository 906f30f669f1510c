"""Server inference: the Qdrant server itself makes the vectors, of documents and of searches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qdrant_model_migration.embedders import ModelRef, kind_of, server_model
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.change import (
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.place import present_one_stays
from qdrant_model_migration.strategies.answered.texts import no_text
from qdrant_model_migration.strategies.answered.vectors import no_dense
from qdrant_model_migration.strategies.new_collection import plan_embedding
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
    facets = ("builds", "infers", "needs_text", "takes_model", "replaces")
    asks = ("query_side",)
    implied: ClassVar[Mapping[str, Any]] = {"query_side": "server"}
    warns = ("W25",)
    order = 45

    def as_taken(self, model: ModelRef) -> ModelRef:
        """The model of the same name at the server, which puts prefixes before texts itself."""
        if kind_of(model).at_server:
            return model
        return server_model(
            model.name,
            model.dimensions,
            model.vector,
            max_tokens=model.max_tokens,
            languages=model.languages,
        )

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model")
            or no_text(answers)
            or one_model_is_not_enough(answers)
            or present_one_stays(answers)
            or no_dense(survey)
            or _no_model_of_a_server(answers)
        )
        if ruled:
            return ruled
        embeds, asks = survey.server_embeds.value, answers.get("query_side")
        if embeds is False or survey.capabilities.local:
            return Fit("ruled out", "this server cannot embed", "survey")
        model = chosen_model(answers)
        if model is not None and kind_of(model).at_server:
            return Fit("first", "the model is at the server", "model")
        if asks == "server":
            return Fit("first", "the server embeds searches already", "query_side")
        if embeds:
            return Fit("possible", "this server can embed", "survey")
        if asks is None:
            return Fit("open", "decided by who makes the query vectors", "query_side")
        return Fit("ruled out", "the application makes the query vectors", "query_side")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the server turns texts into vectors itself",
            "in the application only the model name in the requests changes",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        return plan_embedding(self, survey, answers)


def _no_model_of_a_server(answers: Answers) -> Fit | None:
    """Ruled out because no server can have the chosen model: it is files of this computer."""
    model = chosen_model(answers)
    if model is None or not (kind_of(model).toy or model.folder is not None):
        return None
    return Fit("ruled out", "that model is only on this computer", "model")

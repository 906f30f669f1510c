"""Requantize: other compression of the stored vectors, in place; the server does the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality.rescoring import FACTORS
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.keep_or_undo import KeepOrUndo
from qdrant_model_migration.steps.probe_search import ProbeSearch
from qdrant_model_migration.steps.requantize import Requantize as SetQuantization
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.compression import (
    searched_with,
    vector_meant,
    wanted_quantization,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class Requantize(Strategy):
    name = "requantize"
    title = "Requantize"
    subtitle = "other compression, in place; nothing is embedded"
    what = (
        "The server compresses the stored vectors in another way. No text, no model and no new "
        "collection is needed; the original vectors stay."
    )
    way_back = "set the old compression again; the server rebuilds once more"
    never = "Points, payloads and original vectors are not changed."
    asks = ("quantization", "search_params")
    warns = ("W27", "W28")
    implied: ClassVar[Mapping[str, Any]] = {"change": "compression"}
    order = 10

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if ruled := ruled_out_by_change(answers, "compression"):
            return ruled
        if survey.capabilities.local:
            return Fit("ruled out", "an embedded Qdrant does not compress", "survey")
        if not survey.capabilities.quantization:
            return Fit("ruled out", "this server does not compress", "survey")
        if survey.vectors.value is not None and not survey.quantizations.own:
            return Fit("ruled out", "the collection has no dense vector", "survey")
        return Fit("first", "only the compression changes", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the vectors stay, only their compression changes",
            "the server does it by itself, without an embedding model",
            "the original vectors are kept, so it can be undone",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        wanted = answers["quantization"]
        vector, quantization = vector_meant(wanted), wanted_quantization(survey, wanted)
        compressed = () if quantization is None else FACTORS
        first, *also = survey.quantizations.meant(vector) or ("",)
        collection = survey.collection
        before = ProbeSearch(
            collection=collection,
            vector=first,
            also=tuple(also),
            moment="before",
            **searched_with(answers),
        )
        return self.plan(
            survey,
            answers,
            steps=(
                Check(collection=collection, fingerprint=survey.fingerprint),
                before,
                SetQuantization(collection=collection, vector=vector, quantization=quantization),
                before.model_copy(update={"moment": "after", "factors": compressed}),
                KeepOrUndo(collection=collection, vector=vector),
            ),
            never_touched=tuple(name for name in survey.others if name != collection),
        )

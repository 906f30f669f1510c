"""The model that a plan embeds with: how fast it is on this computer, and whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qdrant_model_migration.advice import Advice
    from qdrant_model_migration.embedders import ModelRef
    from qdrant_model_migration.pipeline.speed import Speed
    from qdrant_model_migration.strategies import Strategy
    from qdrant_model_migration.survey import Survey


def speed_of(qdrant: Any, found: Survey, advice: Advice, strategy: Strategy) -> Speed | None:
    from qdrant_model_migration.embedders import open_embedder, within_reach
    from qdrant_model_migration.pipeline.speed import measure_speed
    from qdrant_model_migration.pipeline.text import TextSource

    chosen, text = _chosen(advice, strategy), advice.settled.get("text")
    if chosen is None or not text or not text.get("fields") or not within_reach(chosen):
        return None
    source = TextSource(fields=tuple(text["fields"]))
    return measure_speed(qdrant, found.collection, source, open_embedder(chosen))


def _chosen(advice: Advice, strategy: Strategy) -> ModelRef | None:
    from qdrant_model_migration.strategies.answered import chosen_model

    return chosen_model(advice.settled) if strategy.runs and strategy.embeds else None


def not_here(advice: Advice, strategy: Strategy) -> str:
    """The name of the new model where it has to be fetched first, else ""."""
    from qdrant_model_migration.embedders import within_reach

    model = _chosen(advice, strategy)
    if model is None or model.folder is not None or within_reach(model):
        return ""
    return model.name

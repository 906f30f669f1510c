"""What a vector takes, and how many tokens a text has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.qdrant.quantization import bits
from qdrant_model_migration.survey.facts import Survey

BYTES = {"float16": 2.0, "uint8": 1.0, "turbo4": 0.5}
BYTES_PER_WORD = 8
"""An index and a weight. A word that occurs twice in a text takes no more: an upper limit."""


def tokens_of_a_text(survey: Survey, speed: Speed | None) -> tuple[float | None, str]:
    """How many tokens a text has on average, and how that is known. speed: of the model, where it
    was tried on the texts; another model counts otherwise."""
    if speed is not None and speed.tokens is not None:
        return speed.tokens, "as the model counts them, on a sample"
    return survey.average_tokens.value, "estimated by the survey"


def vector_bytes(vector: TargetVector, points: int, tokens: float | None) -> int | None:
    values = values_of(vector, tokens)
    if values is None:
        return None
    each = BYTES_PER_WORD / 2 if vector.kind == "sparse" else bytes_per_value(vector.params)
    return round(points * values * each)


def values_of(vector: TargetVector, tokens: float | None) -> float | None:
    """Numbers that a point's vector has on average; None where nobody knows."""
    if vector.kind == "sparse":
        average = words_of(vector.model)
        return None if average is None else 2 * average
    size = vector.params.get("size")
    if not isinstance(size, int):
        return None
    if vector.kind == "multivector":
        return None if tokens is None else size * tokens
    return float(size)


def words_of(model: ModelRef | None) -> float | None:
    """How many a text has on average, for a model that counts them."""
    average = dict(model.options).get("avg_len") if model is not None else None
    return average if isinstance(average, float) else None


def bytes_per_value(params: Mapping[str, Any]) -> float:
    return BYTES.get(str(params.get("datatype")), 4.0)


def quantized_share(quantization: Mapping[str, Any] | None) -> float:
    """The compressed vectors as a part of the original ones."""
    return bits(quantization) / 32 if quantization else 0.0

"""The compression that is wanted, the one in force, and how the application searches with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.qdrant.quantization import Quantization, body
from qdrant_model_migration.strategies.strategy import Answers
from qdrant_model_migration.survey.facts import Survey


def vector_meant(compression: Mapping[str, Any]) -> str | None:
    """The vector that the answer to `quantization` is for; None: all of them."""
    name = compression.get("vector")
    return ("" if name == words.UNNAMED else str(name)) if name else None


def compressed_now(survey: Survey, vector: str | None) -> tuple[Quantization | None, ...]:
    """What is in force for the vectors meant."""
    now = survey.quantizations
    return tuple(now.in_force(name) for name in now.meant(vector)) or (now.whole,)


def searched_with(answers: Answers) -> dict[str, Any]:
    """The search params of the application, as the answer to `search_params` says."""
    said = answers.get("search_params") or {}
    times = float(said.get("oversampling", 1.0))
    return {
        "rescore": {"yes": True, "no": False}.get(said.get("rescore", "default")),
        "oversampling": times if times > 1 else None,
    }


def wanted_quantization(survey: Survey, compression: Mapping[str, Any]) -> Quantization | None:
    """The server's JSON for the answer to `quantization`; None for none."""
    chosen = {key: value for key, value in compression.items() if key not in ("vector", "kind")}
    now = compressed_now(survey, vector_meant(compression))[0]
    return body(str(compression.get("kind", "none")), chosen, now)

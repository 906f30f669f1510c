"""How compressed vectors are searched, in Qdrant's words, and what other search params bring. Pure.

Search params are the server's JSON, `params.quantization` of a search; {} lets it decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.qdrant.quantization import Quantization, rescores

SearchParams = Mapping[str, Any]
Tried = Mapping[str, Any]
"""{"params": search params, "recall": or None, "milliseconds": or None}."""

FACTORS = (1.0, 2.0, 3.0)
"""The oversampling that is tried after a change."""

_AS_GOOD = 0.01
"""A recall that is lower by so much or less counts as not lower."""


def others(
    own: SearchParams,
    quantization: Quantization | None,
    factors: Sequence[float],
    most: float | None = None,
) -> list[dict[str, Any]]:
    """What is tried besides `own`: no rescoring, and rescoring of more and more. most: the
    oversampling that strict mode allows. Nothing where nothing is compressed."""
    if quantization is None or not factors:
        return []
    allowed = [factor for factor in factors if most is None or factor <= most]
    more: list[dict[str, Any]] = [
        {"rescore": False},
        *({"rescore": True, "oversampling": factor} for factor in allowed),
    ]
    known = _meaning(own, quantization)
    return [params for params in more if _meaning(params, quantization) != known]


def advised(before: float | None, own: Tried, tried: Sequence[Tried]) -> dict[str, Any] | None:
    """What the application should set, of what was tried: the least that finds as much as before,
    else what finds the most. None where nothing finds more than it needs, or it cannot be said."""
    if _finds_enough(before, own) is not False:
        return None
    here = own["recall"]
    better = [
        one for one in tried if one["params"].get("rescore") and (one["recall"] or 0.0) > here
    ]
    enough = next((one for one in better if _finds_enough(before, one)), None)
    best = enough or max(better, key=lambda one: one["recall"], default=None)
    return None if best is None else {**best, "enough": enough is not None}


def _finds_enough(before: float | None, one: Tried) -> bool | None:
    """Whether it finds as much as was found before; None: not known."""
    recall = one["recall"]
    return None if before is None or recall is None else recall >= before - _AS_GOOD


def in_words(params: SearchParams) -> str:
    """ "rescore true, oversampling 2", or that Qdrant decides."""
    said = []
    if "rescore" in params:
        said.append(f"rescore {'true' if params['rescore'] else 'false'}")
    if "oversampling" in params:
        said.append(f"oversampling {params['oversampling']:g}")
    return ", ".join(said) or "as Qdrant decides"


def line_of(one: Tried) -> str:
    """One way of searching with what it finds and takes."""
    recall = "not known" if one["recall"] is None else f"{one['recall']:.3f}"
    return f"{in_words(one['params'])}: recall@10 {recall}, {one['milliseconds']:.0f} ms"


def advice(before: float | None, own: Tried, best: Tried | None) -> str:
    """The same as a sentence; "" where it cannot be said."""
    if best is not None:
        end = "" if best["enough"] else "; that finds less than before all the same"
        return f"Let the application search with {line_of(best)}{end}."
    enough = _finds_enough(before, own)
    if enough is None:
        return ""
    if enough:
        return "The application finds as much as before, as it searches now: nothing to set."
    return "Nothing that was tried finds more than the application's own search params."


def python(params: SearchParams) -> str:
    """The line for the application's search."""
    said = ", ".join(f"{key}={value!r}" for key, value in params.items())
    return (
        f"search_params=models.SearchParams(quantization=models.QuantizationSearchParams({said}))"
    )


def as_json(params: SearchParams) -> str:
    """The same for a request."""
    return f'"params": {json.dumps({"quantization": dict(params)})}'


def _meaning(params: SearchParams, quantization: Quantization) -> tuple[bool, float]:
    said = params.get("rescore")
    rescored = rescores(quantization) if said is None else bool(said)
    return rescored, float(params.get("oversampling") or 1.0)

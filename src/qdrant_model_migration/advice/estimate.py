"""What a plan costs in time and room, computed from facts, and how each number was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline import ledger
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Estimate, Plan, Range
from qdrant_model_migration.qdrant.quantization import bits
from qdrant_model_migration.strategies.answered import (
    missing_texts,
    vector_meant,
    wanted_quantization,
)
from qdrant_model_migration.survey.facts import Survey, VectorFact

OVERHEAD = 1.5
"""Vectors, index and optimizing together, for each byte of a vector (Qdrant's capacity rule)."""

_BYTES = {"float16": 2.0, "uint8": 1.0, "turbo4": 0.5}
_SPREAD = 0.10
_TO_SERVER = (10_000, 5_000, 2_000)
"""Measured with 256 dimensions and a small payload over REST, two cores for both sides."""
_TO_FOLDER = (600, 200, 60)
"""An embedded Qdrant writes each point to disk by itself."""


def estimate(survey: Survey, plan: Plan, speed: Speed | None) -> Estimate:
    """The estimate for a plan. speed: None: not tried, so no time is given."""
    seconds = _seconds(survey, plan, speed)
    disk, memory = _room(survey, plan, speed)
    return Estimate(
        seconds=seconds,
        disk_bytes=disk,
        memory_bytes=memory,
        notes_bytes=_notes(survey, plan),
        usd=_usd(survey, plan),
        step_seconds=tuple(
            seconds.likely if step.name() == "backfill" else None for step in plan.steps
        ),
    )


def costs_nothing_because(plan: Plan) -> str:
    """A few words beside a price of nothing; "" where there are none."""
    served = any(kind_of(model).service for model in _models(plan))
    return "" if plan.estimate.usd or served else "the model runs on this computer"


def _usd(survey: Survey, plan: Plan) -> float | None:
    """What the services that make vectors take for the tokens of all texts, and of samples."""
    points, tokens = survey.points.value, survey.average_tokens.value
    every = 0 if points is None else _texts(survey, plan, points)
    embedded = [(model, every) for model in _models(plan)]
    embedded += [found for step in plan.steps if (found := step.embeds()) is not None]
    priced = [(p, n) for model, n in embedded if (p := kind_of(model).usd(model)) is not None]
    if not priced:
        return 0.0
    if points is None or tokens is None:
        return None
    return sum(price * min(n, points) for price, n in priced) * tokens / 1e6


def _models(plan: Plan) -> list[ModelRef]:
    """Those that embed the texts."""
    origins = plan.move.origins if plan.move is not None else ()
    return [o.query_model for o in origins if o.embeds and o.query_model is not None]


def _texts(survey: Survey, plan: Plan, points: int) -> int:
    return max(0, points - (missing_texts(survey, plan.answers) or 0))


def _only_reads(plan: Plan) -> bool:
    return all(step.text(plan.move).writes_to == "nothing" for step in plan.steps)


def _seconds(survey: Survey, plan: Plan, speed: Speed | None) -> Range:
    if _only_reads(plan):
        return Range(how="not known: the run tells how fast the sample is embedded")
    if plan.move is None:
        return Range(how="not known: the server works alone and does not say how far it is")
    points = _points(survey, plan)
    if points is None:
        return Range(how="not known: the points were not counted")
    if not plan.move.embeds:
        rates = _written(survey)
        low, likely, high = (round(points / rate, 1) for rate in rates)
        how = f"about {rates[1]} points/s are written; without index and verify"
        return Range(low=low, likely=likely, high=high, how=how)
    if speed is None or speed.texts_per_second <= 0:
        return Range(how="not known: the speed was not tried")
    pace = speed.texts_per_second
    texts = _texts(survey, plan, points)
    low, likely, high = (
        max(texts / pace * (1 + spread), points / written)
        for spread, written in zip((-_SPREAD, 0.0, _SPREAD), _written(survey), strict=True)
    )
    rate = f"{pace:,.0f}" if pace >= 10 else f"{pace:.1f}"
    how = f"{rate} texts/s{f', {speed.how}' if speed.how else ''}; without index and verify"
    if points / _written(survey)[1] > texts / pace:
        how = f"writing is the limit: about {_written(survey)[1]} points/s; " + how
    return Range(low=round(low, 1), likely=round(likely, 1), high=round(high, 1), how=how)


def _points(survey: Survey, plan: Plan) -> int | None:
    """How many points are made; None where nobody has counted them."""
    rows = plan.move.rows if plan.move is not None else None
    return survey.points.value if rows is None else None


def _written(survey: Survey) -> tuple[int, int, int]:
    """Points written per second at best, likely, and at worst."""
    return _TO_FOLDER if survey.capabilities.local else _TO_SERVER


def _notes(survey: Survey, plan: Plan) -> int | None:
    points = _points(survey, plan)
    return ledger.room(points) if plan.move is not None and points is not None else None


def _room(survey: Survey, plan: Plan, speed: Speed | None) -> tuple[Range, Range]:
    points = _points(survey, plan)
    if points is None:
        unknown = Range(how="not known: the points were not counted")
        return unknown, unknown
    if _only_reads(plan):
        return Range(how="nothing is written"), Range(how="nothing is written")
    if plan.move is None:
        return _room_in_place(survey, plan, points)
    return _room_for_copy(survey, plan.move, points, speed)


def _room_for_copy(
    survey: Survey, move: Move, points: int, speed: Speed | None
) -> tuple[Range, Range]:
    tokens, counted = tokens_of_a_text(survey, speed)
    sized = [(v, n) for v in move.vectors if (n := _vector_bytes(v, points, tokens)) is not None]
    raw = sum(size for _, size in sized)
    in_memory = sum(size for vector, size in sized if not vector.params.get("on_disk"))
    if not sized:
        unknown = Range(how="not known: the vectors have no size that could be computed")
        return unknown, unknown
    payload = 0 if move.in_place else survey.payload_bytes.value or 0
    whole = survey.quantization.value
    quantized = sum(
        size * _quantized_share(vector.params.get("quantization_config") or whole)
        for vector, size in sized
    )
    with_size = [vector for vector, _ in sized]
    first = next((v for v in move.new_vectors if v in with_size), with_size[0])
    dims = first.params.get("size")
    many = first.kind == "multivector" and tokens is not None
    each = f"{words.count(round(tokens or 0))} tokens ({counted}) x {dims}" if many else f"{dims}"
    formula = f"{words.count(points)} x {each} x {_bytes_per_value(first.params):g} bytes"
    skipped = [vector.name for vector in move.vectors if vector not in with_size]
    without = f", without {words.listing(skipped)} (size not known)" if skipped else ""
    kept = f" and {len(sized) - 1} kept" if len(sized) > 1 else ""
    how = f"computed: {formula}{kept}, x {OVERHEAD:g} for the index{without}"
    payload_how = "payload" if payload or move.in_place else "payload not known"
    return (
        Range(
            low=raw + payload,
            likely=round(raw * OVERHEAD + payload + quantized),
            high=round(raw * 2 * OVERHEAD + payload + quantized),
            how=f"{how}, plus {payload_how}; up to twice that while the index is built",
        ),
        Range(
            low=in_memory,
            likely=round(in_memory * OVERHEAD + quantized),
            high=round(in_memory * 2 + quantized),
            how=how if in_memory == raw else f"{how}; vectors that stay on disk are not counted",
        ),
    )


def _room_in_place(survey: Survey, plan: Plan, points: int) -> tuple[Range, Range]:
    """Other compression: the compressed copy, and one segment more while it is rebuilt."""
    answer = plan.answers.get("quantization")
    answer = answer if isinstance(answer, Mapping) else {}
    meant = survey.quantizations.meant(vector_meant(answer))
    touched = [v for v in survey.dense if v.name in meant]
    sizes = [points * v.size * _BYTES.get(v.datatype or "", 4.0) for v in touched if v.size]
    raw = sum(sizes)
    part = _quantized_share(wanted_quantization(survey, answer))
    how = (
        f"computed: {words.count(points)} x {_dimensions(touched)} x 4 bytes, "
        f"{words.share(part)} of it compressed"
    )
    return (
        Range(
            low=raw * part,
            likely=round(raw * part + raw / 8),
            high=round(raw * (1 + part)),
            how=f"{how}, and one part of the collection twice while it is rebuilt",
        ),
        Range(low=raw * part, likely=round(raw * part), high=round(raw * part * 1.1), how=how),
    )


def _dimensions(vectors: Sequence[VectorFact]) -> str:
    return " + ".join(str(vector.size) for vector in vectors if vector.size) or "0"


def tokens_of_a_text(survey: Survey, speed: Speed | None) -> tuple[float | None, str]:
    """How many tokens a text has on average, and how that is known. speed: of the model, where it
    was tried on the texts; another model counts otherwise."""
    if speed is not None and speed.tokens is not None:
        return speed.tokens, "as the model counts them, on a sample"
    return survey.average_tokens.value, "estimated by the survey"


def _vector_bytes(vector: TargetVector, points: int, tokens: float | None) -> int | None:
    size = vector.params.get("size")
    if vector.kind == "sparse" or not isinstance(size, int):
        return None
    per_point = 1.0
    if vector.kind == "multivector":
        if tokens is None:
            return None
        per_point = tokens
    return round(points * per_point * size * _bytes_per_value(vector.params))


def _bytes_per_value(params: Mapping[str, Any]) -> float:
    return _BYTES.get(str(params.get("datatype")), 4.0)


def _quantized_share(quantization: Mapping[str, Any] | None) -> float:
    """The compressed vectors as a part of the original ones."""
    return bits(quantization) / 32 if quantization else 0.0

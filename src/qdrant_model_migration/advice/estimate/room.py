"""How much room it takes, on disk and in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qdrant_model_migration import words
from qdrant_model_migration.advice.estimate.counted import UNCOUNTED, only_reads, points_of
from qdrant_model_migration.advice.estimate.values import (
    BYTES,
    BYTES_PER_WORD,
    bytes_per_value,
    quantized_share,
    tokens_of_a_text,
    vector_bytes,
    words_of,
)
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Plan, Range
from qdrant_model_migration.steps import borders
from qdrant_model_migration.strategies.answered.compression import vector_meant, wanted_quantization
from qdrant_model_migration.survey.facts import Survey, VectorFact

OVERHEAD = 1.5
"""Vectors, index and optimizing together, for each byte of a vector (Qdrant's capacity rule)."""


def room(survey: Survey, plan: Plan, speed: Speed | None) -> tuple[Range, Range]:
    points = points_of(survey, plan)
    if points is None:
        unknown = Range(how=UNCOUNTED)
        return unknown, unknown
    if only_reads(plan):
        return Range(how="nothing is written"), Range(how="nothing is written")
    if plan.move is None and "quantization" not in plan.answers:
        return _room_for_snapshot(survey)
    if plan.move is None:
        return _room_in_place(survey, plan, points)
    return room_for_copy(survey, plan.move, points, speed)


def _room_for_snapshot(survey: Survey) -> tuple[Range, Range]:
    """What a collection takes as a file, while it is written."""
    size = survey.bytes
    if not survey.capabilities.snapshots or size is None:
        return Range(how="nothing is added"), Range(how="nothing is added")
    disk = Range(
        low=size, likely=size, high=2 * size, how="the snapshot; up to twice that while it is made"
    )
    return disk, Range(low=0, likely=0, high=0, how="nothing is added")


def room_for_copy(
    survey: Survey, move: Move, points: int, speed: Speed | None
) -> tuple[Range, Range]:
    tokens, counted = tokens_of_a_text(survey, speed)
    sized = [(v, n) for v in move.vectors if (n := vector_bytes(v, points, tokens)) is not None]
    raw = sum(size for _, size in sized)
    in_memory = sum(size for vector, size in sized if not vector.params.get("on_disk"))
    if not sized:
        unknown = Range(how="not known: the vectors have no size that could be computed")
        return unknown, unknown
    copied = move.payload and not move.in_place
    payload = (survey.payload_bytes.value or 0) if copied else 0
    whole = survey.quantization.value
    quantized = sum(
        size * quantized_share(vector.params.get("quantization_config") or whole)
        for vector, size in sized
    )
    with_size = [vector for vector, _ in sized]
    first = next((v for v in move.new_vectors if v in with_size), with_size[0])
    many = first.kind == "multivector" and tokens is not None
    each = f"{words.count(round(tokens or 0))} tokens ({counted}) x " if many else ""
    formula = f"{words.count(points)} x {each}{_formula(first)} bytes"
    skipped = [vector.name for vector in move.vectors if vector not in with_size]
    without = f", without {words.listing(skipped)} (size not known)" if skipped else ""
    kept = f" and {len(sized) - 1} kept" if len(sized) > 1 else ""
    how = f"computed: {formula}{kept}, x {OVERHEAD:g} for the index{without}"
    payload_how = "payload" if payload or move.in_place else "payload not known"
    beside = f"plus {payload_how}" if move.payload else "without payload"
    snapshot = survey.bytes or 0 if move.cloned else 0
    while_cloned = ", and a snapshot while it is cloned" if move.cloned else ""
    return (
        Range(
            low=raw + payload,
            likely=round(raw * OVERHEAD + payload + quantized),
            high=round(raw * 2 * OVERHEAD + payload + quantized + snapshot),
            how=f"{how}, {beside}; up to twice that while the index is built{while_cloned}",
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
    sizes = [points * v.size * BYTES.get(v.datatype or "", 4.0) for v in touched if v.size]
    raw = sum(sizes)
    part = quantized_share(wanted_quantization(survey, answer))
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


def _formula(vector: TargetVector) -> str:
    """What a vector takes, for the sentence that says how it was computed."""
    if vector.kind == "sparse":
        return f"{words_of(vector.model):g} words x {BYTES_PER_WORD}"
    return f"{vector.params.get('size')} x {bytes_per_value(vector.params):g}"


def _dimensions(vectors: Sequence[VectorFact]) -> str:
    return " + ".join(str(vector.size) for vector in vectors if vector.size) or "0"


def notes(survey: Survey, plan: Plan) -> int | None:
    points = points_of(survey, plan)
    if plan.move is None or points is None:
        return None
    twice = any(step.name() == "bridge" for step in plan.steps)
    return borders.room(points) * (2 if twice else 1)

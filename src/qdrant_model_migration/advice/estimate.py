"""What a plan costs in time and room, computed from facts, and how each number was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Estimate, Plan, Range
from qdrant_model_migration.qdrant.quantization import bits
from qdrant_model_migration.steps import borders
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered.compression import vector_meant, wanted_quantization
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.originals import original_rows
from qdrant_model_migration.strategies.answered.place import apart
from qdrant_model_migration.strategies.answered.texts import missing_texts
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.new_collection import kept
from qdrant_model_migration.survey.facts import Survey, VectorFact

OVERHEAD = 1.5
"""Vectors, index and optimizing together, for each byte of a vector (Qdrant's capacity rule)."""

_BYTES = {"float16": 2.0, "uint8": 1.0, "turbo4": 0.5}
_BYTES_PER_WORD = 8
"""An index and a weight. A word that occurs twice in a text takes no more: an upper limit."""
_SPREAD = 0.10
_BEGINNING = 3.0
"""Seconds that the first slices, which are small, may take besides."""
_POINT_S, _VALUE_S, _LETTER_S = 26e-6, 0.112e-6, 7.5e-9
"""Seconds that a point, each value of its vectors and each byte of its payload take to be written,
where nothing else is at work: measured over REST, two cores for both sides, 64 to 1,536
dimensions."""
_SLOWER = (1, 2, 10)
"""At best, likely (the server optimizes besides), and at worst."""
_TO_FOLDER = (600, 200, 60)
"""An embedded Qdrant writes each point to disk by itself."""
_FROM_SERVER, _FROM_FOLDER = 40_000, 50_000
"""Points read per second without vectors, 500 letters each; measured as those written were."""
_COMPARED_S = 0.14e-6
"""Seconds that each value of a vector, on either side, takes to be read and compared; as above."""
_EVEN = 0.1
"""A difference that no estimate can tell."""
_ALONE = "not known: the server works alone and does not say how far it is"
_UNCOUNTED = "not known: the points were not counted"


def estimate(survey: Survey, plan: Plan, speed: Speed | None) -> Estimate:
    """The estimate for a plan. speed: None: not tried, so no time is given."""
    seconds, behind = _seconds(survey, plan, speed), _behind(survey, plan, speed)
    disk, memory = _room(survey, plan, speed)
    return Estimate(
        seconds=seconds if behind is None else _then(seconds, behind),
        disk_bytes=disk,
        memory_bytes=memory,
        notes_bytes=_notes(survey, plan),
        usd=_usd(survey, plan),
        step_seconds=tuple(
            {"backfill": seconds, "bridge": behind or Range()}.get(step.name(), Range()).likely
            for step in plan.steps
        ),
    )


def reading_again(survey: Survey, plan: Plan) -> float | None:
    """Seconds that Verify takes longer where it reads all copied vectors again; None: not known."""
    points, move = _points(survey, plan), plan.move
    if points is None or move is None:
        return None
    tokens, _ = tokens_of_a_text(survey, None)
    spared = (v for v in move.vectors if v not in move.without_values.vectors)
    values = sum(_values(vector, tokens) or 0.0 for vector in spared)
    return points * max(1 / _read(survey), 2 * values * _COMPARED_S * _SLOWER[1])


def _behind(survey: Survey, plan: Plan, speed: Speed | None) -> Range | None:
    """What making proper vectors takes once calculated ones answer; None where none are made."""
    points = _points(survey, plan)
    if points is None or all(step.name() != "bridge" for step in plan.steps):
        return None
    return _embedding(survey, plan.move, points, _texts_of(survey, plan, points), speed)


def _then(seconds: Range, behind: Range) -> Range:
    """To the switch, and what comes behind it."""
    after = "proper vectors behind it: "
    if behind.likely is None:
        after += f"time {behind.how}"
    else:
        after += f"about {words.duration(behind.likely)} more, {behind.how}"
    return seconds.model_copy(update={"how": f"to the switch: {seconds.how}; {after}"})


def reckoned(survey: Survey, answers: Answers, strategy: Strategy, speed: Speed | None) -> Estimate:
    """Without a plan, from what the way has in common with others. answers: settled."""
    points, facets = survey.points.value, strategy.facets
    if points is None:
        return Estimate(seconds=Range(how=_UNCOUNTED), usd=None)
    if "builds" not in facets:
        return Estimate(seconds=Range(how=_ALONE))
    model = _chosen(answers, strategy)
    move, texts = like(survey, answers, strategy), _texts(survey, answers, points)
    if strategy.embeds:
        seconds = _embedding(survey, move, points, texts, speed)
    else:
        seconds = Range(how="not known: some of the texts have to be tried first")
    disk, memory = _room_for_copy(survey, move, points, speed)
    return Estimate(
        seconds=seconds,
        disk_bytes=disk,
        memory_bytes=memory,
        usd=cost_of(texts, survey, [model] if model is not None else []),
    )


def cost_of(texts: int | None, survey: Survey, models: Sequence[ModelRef]) -> float | None:
    """What the services of these models take for the tokens of so many texts; None: not known."""
    prices = [price for model in models if (price := kind_of(model).usd(model)) is not None]
    tokens = survey.average_tokens.value
    if not prices:
        return 0.0
    if texts is None or tokens is None:
        return None
    return texts * tokens * sum(prices) / 1e6


def paid(survey: Survey, answers: Answers, usd: float) -> float | None:
    """The same for a price that somebody typed, for all texts."""
    points, tokens = survey.points.value, survey.average_tokens.value
    if points is None or tokens is None:
        return None
    return _texts(survey, answers, points) * tokens * usd / 1e6


def _chosen(answers: Answers, strategy: Strategy) -> ModelRef | None:
    return chosen_model(answers) if "takes_model" in strategy.facets else None


def like(survey: Survey, answers: Answers, strategy: Strategy) -> Move:
    """A move with the vectors that it would have, as far as they count for time and room."""
    facets, model = strategy.facets, _chosen(answers, strategy)
    in_place = "adds" in facets and (answers.get("in_place") == "in place" or apart(answers))
    replaced = replaced_vector(survey, answers) if "replaces" in facets else None
    stays = [] if in_place else [
        vector.model_copy(update={"params": {"size": fact.size, **vector.params}})
        for vector, fact in zip(kept(survey), survey.vectors.value or (), strict=True)
        if replaced is None or fact.name != replaced.name
    ]  # fmt: skip
    kind = "sparse" if model is None else model.vector
    params = dict(replaced.raw) if replaced is not None else {}
    params |= {} if model is None else {"size": model.dimensions}
    new = TargetVector(name="new", kind=kind, params=params, origin=as_it_is("new"))
    target = survey.collection if in_place else "new"
    return Move(source=survey.collection, target=target, vectors=(new, *stays))


def price_note(plan: Plan) -> str:
    """A few words beside the price; "" where there are none."""
    if payees := _billed(plan):
        spending = plan.move.load.spending if plan.move is not None else None
        if spending is not None and spending.usd is not None:
            return f"at {spending.usd:g} USD for a million tokens, as you said"
        return f"{words.listing(payees)} may charge for the tokens"
    samples = (found for step in plan.steps if (found := step.embeds()) is not None)
    models = [*_models(plan), *(model for model, _ in samples)]
    served = any(kind_of(model).service for model in models)
    return "" if plan.estimate.usd or served or not models else "the model runs on this computer"


def _billed(plan: Plan) -> list[str]:
    """Who may take money at a price that is not known."""
    payees = (kind_of(model).billed(model) for model in _models(plan))
    return list(dict.fromkeys(filter(None, payees)))


def _usd(survey: Survey, plan: Plan) -> float | None:
    """What the services that make vectors take for the tokens of all texts, and of samples."""
    points, tokens = _points(survey, plan), survey.average_tokens.value
    every = 0 if points is None else _texts_of(survey, plan, points)
    embedded = [(model, every) for model in _models(plan)]
    embedded += [found for step in plan.steps if (found := step.embeds()) is not None]
    priced = [(p, n) for model, n in embedded if (p := kind_of(model).usd(model)) is not None]
    spending = plan.move.load.spending if plan.move is not None else None
    billed = 0.0
    if _billed(plan):
        if spending is None or spending.usd is None or spending.expected is None:
            return None
        billed = spending.usd * spending.expected / 1e6
    if not priced:
        return billed
    if points is None or tokens is None:
        return None
    return billed + sum(price * min(n, points) for price, n in priced) * tokens / 1e6


def _models(plan: Plan) -> list[ModelRef]:
    """Those that embed the texts."""
    origins = plan.move.origins if plan.move is not None else ()
    return [o.query_model for o in origins if o.embeds and o.query_model is not None]


def _texts(survey: Survey, answers: Answers, points: int) -> int:
    return max(0, points - (missing_texts(survey, answers) or 0))


def _texts_of(survey: Survey, plan: Plan, points: int) -> int:
    """A row of a file that cannot be used is known only when it was read."""
    loads = plan.move is not None and plan.move.rows is not None
    return points if loads else _texts(survey, plan.answers, points)


def _only_reads(plan: Plan) -> bool:
    return all(step.text(plan.move).writes_to == "nothing" for step in plan.steps)


def _seconds(survey: Survey, plan: Plan, speed: Speed | None) -> Range:
    if _only_reads(plan):
        return _sampled(survey, plan, speed) or Range(how=_ALONE)
    if plan.move is None:
        return Range(how=_ALONE)
    points = _points(survey, plan)
    if points is None:
        return Range(how=_UNCOUNTED)
    if not plan.move.embeds:
        rates = _written(survey, plan.move, speed)
        low, likely, high = (round(points / rate, 1) for rate in rates)
        how = f"about {words.about(rates[1])} points/s are written; without index and verify"
        written = Range(low=low, likely=likely, high=high, how=how)
        return _after(_sampled(survey, plan, speed), written)
    if speed is None and any(kind_of(model).at_server for model in _models(plan)):
        return Range(how="not known: how fast the server makes vectors was not tried")
    taken = _embedding(survey, plan.move, points, _texts_of(survey, plan, points), speed)
    if plan.move.rows is None or speed is None or taken.likely is None:
        return taken
    beside = _against_copying(survey, plan.answers, plan.move, speed.texts_per_second, taken.likely)
    return taken.model_copy(update={"how": f"{taken.how}; {beside}"})


def _sampled(survey: Survey, plan: Plan, speed: Speed | None) -> Range | None:
    """What making vectors of a sample takes, before anything is written; None: there is none."""
    before = takewhile(lambda step: step.name() != "backfill", plan.steps)
    found = [step.embeds() for step in before]
    most = sum(n for _, n in filter(None, found))
    texts = min(most, _points(survey, plan) or most)
    if not texts:
        return None
    if speed is None or speed.texts_per_second <= 0:
        return Range(how="not known: the run tells how fast the sample is embedded")
    low, likely, high = (
        round(texts / speed.texts_per_second * (1 + spread), 1) for spread in _spread(speed)
    )
    how = f"{words.plural(texts, 'sampled text')} at {speed.texts_per_second:,.0f} a second"
    return Range(low=low, likely=likely, high=high, how=how)


def _after(sampled: Range | None, written: Range) -> Range:
    """The sample and the writing after it."""
    if sampled is None:
        return written
    if sampled.likely is None:
        return written.model_copy(update={"how": f"{written.how}, and without the sample before"})
    both = {
        name: round((getattr(sampled, name) or 0) + (getattr(written, name) or 0), 1)
        for name in ("low", "likely", "high")
    }
    return Range(**both, how=f"{sampled.how}; then {written.how}")


def _embedding(
    survey: Survey, move: Move | None, points: int, texts: int, speed: Speed | None
) -> Range:
    if move is None or speed is None or speed.texts_per_second <= 0:
        return Range(how="not known: the speed was not tried")
    pace, rates = speed.texts_per_second, _written(survey, move, speed)
    (low, best), (likely, usual), (high, worst) = (
        (texts / pace * (1 + spread), points / written)
        for spread, written in zip(_spread(speed), rates, strict=True)
    )
    low, likely = max(low, best), max(likely, usual)
    # A server on the same computer may take its time from the model.
    high = (high + worst if survey.address.on_this_computer else max(high, worst)) + _BEGINNING
    rate = f"{pace:,.0f}" if pace >= 10 else f"{pace:.1f}"
    how = f"{rate} texts/s{f', {speed.how}' if speed.how else ''}; without index and verify"
    if usual > texts / pace:
        how = f"writing is the limit: about {words.about(rates[1])} points/s; {how}"
    return Range(low=round(low, 1), likely=round(likely, 1), high=round(high, 1), how=how)


def _spread(speed: Speed) -> tuple[float, float, float]:
    """Shares of the time: less at best, none, more at worst."""
    share = max(_SPREAD, speed.unsteady)
    return -share, 0.0, share


def _against_copying(
    survey: Survey, answers: Answers, move: Move, pace: float, loading: float
) -> str:
    """How long Blue-green would take with the same model, for the end of a sentence. It reads the
    collection to fill the new one, and both of them once more to catch up."""
    points = survey.points.value
    if points is None:
        return "copying from the collection cannot be reckoned: its points were not counted"
    texts = _texts(survey, answers, points)
    copying = max(texts / pace, points / written_in(survey, move)) + 3 * points / _read(survey)
    if abs(copying - loading) < _EVEN * max(copying, loading):
        said = "about as long"
    else:
        said = "so loading is quicker" if loading < copying else "so copying is quicker"
    return f"copying from the collection would take {words.duration(copying)}, {said}"


def _read(survey: Survey) -> int:
    """Points read per second, without vectors."""
    return _FROM_FOLDER if survey.capabilities.local else _FROM_SERVER


def _points(survey: Survey, plan: Plan) -> int | None:
    """How many points are made; None where nobody has counted them."""
    rows = plan.move.rows if plan.move is not None else None
    if rows is None:
        return survey.points.value
    loaded = original_rows(survey, plan.answers)
    return loaded.number if loaded is not None else None


def written_in(survey: Survey, move: Move) -> float:
    """Points that are likely to be written in a second."""
    return _written(survey, move)[1]


def _written(survey: Survey, move: Move, speed: Speed | None = None) -> tuple[float, float, float]:
    """Points written per second at best, likely, and at worst."""
    if survey.capabilities.local:
        return _TO_FOLDER
    points, payload = survey.points.value, survey.payload_bytes.value
    letters = payload / points if points and payload and move.payload and not move.in_place else 0.0
    tokens, _ = tokens_of_a_text(survey, speed)
    values = sum(_values(vector, tokens) or 0.0 for vector in move.vectors)
    each = _POINT_S + values * _VALUE_S + letters * _LETTER_S
    best, likely, worst = (1 / (each * slower) for slower in _SLOWER)
    return best, likely, worst


def _notes(survey: Survey, plan: Plan) -> int | None:
    points = _points(survey, plan)
    if plan.move is None or points is None:
        return None
    twice = any(step.name() == "bridge" for step in plan.steps)
    return borders.room(points) * (2 if twice else 1)


def _room(survey: Survey, plan: Plan, speed: Speed | None) -> tuple[Range, Range]:
    points = _points(survey, plan)
    if points is None:
        unknown = Range(how=_UNCOUNTED)
        return unknown, unknown
    if _only_reads(plan):
        return Range(how="nothing is written"), Range(how="nothing is written")
    if plan.move is None and "quantization" not in plan.answers:
        return _room_for_snapshot(survey)
    if plan.move is None:
        return _room_in_place(survey, plan, points)
    return _room_for_copy(survey, plan.move, points, speed)


def _room_for_snapshot(survey: Survey) -> tuple[Range, Range]:
    """What a collection takes as a file, while it is written."""
    size = survey.bytes
    if not survey.capabilities.snapshots or size is None:
        return Range(how="nothing is added"), Range(how="nothing is added")
    disk = Range(
        low=size, likely=size, high=2 * size, how="the snapshot; up to twice that while it is made"
    )
    return disk, Range(low=0, likely=0, high=0, how="nothing is added")


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
    copied = move.payload and not move.in_place
    payload = (survey.payload_bytes.value or 0) if copied else 0
    whole = survey.quantization.value
    quantized = sum(
        size * _quantized_share(vector.params.get("quantization_config") or whole)
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


def _formula(vector: TargetVector) -> str:
    """What a vector takes, for the sentence that says how it was computed."""
    if vector.kind == "sparse":
        return f"{_words(vector.model):g} words x {_BYTES_PER_WORD}"
    return f"{vector.params.get('size')} x {_bytes_per_value(vector.params):g}"


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
    values = _values(vector, tokens)
    if values is None:
        return None
    each = _BYTES_PER_WORD / 2 if vector.kind == "sparse" else _bytes_per_value(vector.params)
    return round(points * values * each)


def _values(vector: TargetVector, tokens: float | None) -> float | None:
    """Numbers that a point's vector has on average; None where nobody knows."""
    if vector.kind == "sparse":
        average = _words(vector.model)
        return None if average is None else 2 * average
    size = vector.params.get("size")
    if not isinstance(size, int):
        return None
    if vector.kind == "multivector":
        return None if tokens is None else size * tokens
    return float(size)


def _words(model: ModelRef | None) -> float | None:
    """How many a text has on average, for a model that counts them."""
    average = dict(model.options).get("avg_len") if model is not None else None
    return average if isinstance(average, float) else None


def _bytes_per_value(params: Mapping[str, Any]) -> float:
    return _BYTES.get(str(params.get("datatype")), 4.0)


def _quantized_share(quantization: Mapping[str, Any] | None) -> float:
    """The compressed vectors as a part of the original ones."""
    return bits(quantization) / 32 if quantization else 0.0

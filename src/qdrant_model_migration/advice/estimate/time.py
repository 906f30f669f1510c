"""How long it takes."""

from __future__ import annotations

from itertools import takewhile

from qdrant_model_migration import words
from qdrant_model_migration.advice.estimate.counted import (
    ALONE,
    UNCOUNTED,
    models_of,
    only_reads,
    points_of,
    texts_among,
    texts_of,
)
from qdrant_model_migration.advice.estimate.values import tokens_of_a_text, values_of
from qdrant_model_migration.embedders import kind_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Plan, Range
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.survey.facts import Survey

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


def seconds_of(survey: Survey, plan: Plan, speed: Speed | None) -> Range:
    if only_reads(plan):
        return _sampled(survey, plan, speed) or Range(how=ALONE)
    if plan.move is None:
        return Range(how=ALONE)
    points = points_of(survey, plan)
    if points is None:
        return Range(how=UNCOUNTED)
    if not plan.move.embeds:
        rates = _written(survey, plan.move, speed)
        low, likely, high = (round(points / rate, 1) for rate in rates)
        how = f"about {words.about(rates[1])} points/s are written; without index and verify"
        written = Range(low=low, likely=likely, high=high, how=how)
        return _after(_sampled(survey, plan, speed), written)
    if speed is None and any(kind_of(model).at_server for model in models_of(plan)):
        return Range(how="not known: how fast the server makes vectors was not tried")
    taken = embedding(survey, plan.move, points, texts_of(survey, plan, points), speed)
    if plan.move.rows is None or speed is None or taken.likely is None:
        return taken
    beside = _against_copying(survey, plan.answers, plan.move, speed.texts_per_second, taken.likely)
    return taken.model_copy(update={"how": f"{taken.how}; {beside}"})


def behind_of(survey: Survey, plan: Plan, speed: Speed | None) -> Range | None:
    """What making proper vectors takes once calculated ones answer; None where none are made."""
    points = points_of(survey, plan)
    if points is None or all(step.name() != "bridge" for step in plan.steps):
        return None
    return embedding(survey, plan.move, points, texts_of(survey, plan, points), speed)


def with_behind(seconds: Range, behind: Range) -> Range:
    """To the switch, and what comes behind it."""
    after = "proper vectors behind it: "
    if behind.likely is None:
        after += f"time {behind.how}"
    else:
        after += f"about {words.duration(behind.likely)} more, {behind.how}"
    return seconds.model_copy(update={"how": f"to the switch: {seconds.how}; {after}"})


def reading_again(survey: Survey, plan: Plan) -> float | None:
    """Seconds that Verify takes longer where it reads all copied vectors again; None: not known."""
    points, move = points_of(survey, plan), plan.move
    if points is None or move is None:
        return None
    tokens, _ = tokens_of_a_text(survey, None)
    spared = (v for v in move.vectors if v not in move.without_values.vectors)
    values = sum(values_of(vector, tokens) or 0.0 for vector in spared)
    return points * max(1 / _read(survey), 2 * values * _COMPARED_S * _SLOWER[1])


def _sampled(survey: Survey, plan: Plan, speed: Speed | None) -> Range | None:
    """What making vectors of a sample takes, before anything is written; None: there is none."""
    before = takewhile(lambda step: step.name() != "backfill", plan.steps)
    found = [step.embeds() for step in before]
    most = sum(n for _, n in filter(None, found))
    texts = min(most, points_of(survey, plan) or most)
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


def embedding(
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
    texts = texts_among(survey, answers, points)
    copying = max(texts / pace, points / written_in(survey, move)) + 3 * points / _read(survey)
    if abs(copying - loading) < _EVEN * max(copying, loading):
        said = "about as long"
    else:
        said = "so loading is quicker" if loading < copying else "so copying is quicker"
    return f"copying from the collection would take {words.duration(copying)}, {said}"


def _read(survey: Survey) -> int:
    """Points read per second, without vectors."""
    return _FROM_FOLDER if survey.capabilities.local else _FROM_SERVER


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
    values = sum(values_of(vector, tokens) or 0.0 for vector in move.vectors)
    each = _POINT_S + values * _VALUE_S + letters * _LETTER_S
    best, likely, worst = (1 / (each * slower) for slower in _SLOWER)
    return best, likely, worst

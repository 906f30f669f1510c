"""What brings time where embedding again is too slow: each lever with its figure for this
collection. What was measured elsewhere says so; what nobody has measured has no factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice.advise import Advice
from qdrant_model_migration.advice.estimate import like
from qdrant_model_migration.advice.estimate.time import written_in
from qdrant_model_migration.advice.model_rows import model_rows
from qdrant_model_migration.advice.price import price
from qdrant_model_migration.advice.scale import Scale
from qdrant_model_migration.embedders import ModelChoice, ModelRef
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.strategies import Answers, Strategy, strategies
from qdrant_model_migration.strategies.answered.learned_map import DAYS_BYTES, MAP_SAMPLE
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.originals import SMALL_BYTES
from qdrant_model_migration.strategies.answered.texts import missing_texts
from qdrant_model_migration.strategies.answered.vectors import old_model, replaced_vector
from qdrant_model_migration.strategies.moving import load_of
from qdrant_model_migration.survey.facts import Survey

_ELSEWHERE = "Measured elsewhere (Qdrant 1.18.3, two cores, 768 dimensions)"
_QUANTIZED = "-Q"
TOGETHER = 10
"""Computers of which is said what they take together."""


class Lever(NamedTuple):
    """here: its figure for this collection, in a few words. more: what it is, what it costs, where
    a number is from. question: the one that pulls it, "": none has to be answered for it."""

    key: str
    title: str
    here: str
    more: tuple[str, ...]
    question: str = ""


class Case(NamedTuple):
    """What the levers look at. speed: of the chosen model; speeds: of each that was tried."""

    survey: Survey
    answers: Answers
    advice: Advice
    strategy: Strategy
    speed: Speed | None
    speeds: Mapping[str, Speed | None]
    choices: Iterable[ModelChoice]

    @property
    def texts(self) -> int | None:
        points = self.survey.points.value
        return None if points is None else points - (missing_texts(self.survey, self.answers) or 0)

    @property
    def written(self) -> float:
        """Points that are likely to be written in a second."""
        return written_in(self.survey, like(self.survey, self.answers, self.strategy))

    def takes(self, speed: Speed | None, texts: int | None = None) -> str:
        """How long so many texts take, by default all of them; "" where that is not known."""
        texts = self.texts if texts is None else texts
        if speed is None or texts is None or speed.texts_per_second <= 0:
            return ""
        return words.duration(texts / speed.texts_per_second)


def levers(case: Case) -> tuple[Lever, ...]:
    """All of them, what is done without being asked first."""
    return (
        _again(case),
        _index(case),
        _scroll(case),
        _streams(case),
        _dimensions(case),
        _quantized(case),
        _smaller(case),
        _computers(case),
        _server(case),
        _map(case),
        _source(case),
    )


def size_says(survey: Survey) -> str:
    """What the size alone says, whatever the model; "" where it says nothing."""
    size = survey.bytes
    if size is None:
        return ""
    if size >= DAYS_BYTES:
        return f"{words.size(size)}: from {words.size(DAYS_BYTES)} on, expect days."
    if size < SMALL_BYTES:
        return (
            f"{words.size(size)}: under {words.size(SMALL_BYTES)}, loading again from the "
            "originals is quicker than using this program."
        )
    return ""


def _again(case: Case) -> Lever:
    mode = (
        "the server's insert_only"
        if case.survey.capabilities.insert_only == "update_mode"
        else "a filter that matches nothing, because insert_only begins with Qdrant 1.17"
    )
    return Lever(
        "again",
        "Nothing twice",
        "done already",
        (
            "A run that was stopped goes on where it was, and equal texts that lie together are "
            f"embedded once. What is there is never written over: {mode}.",
        ),
    )


def _index(case: Case) -> Lever:
    return Lever(
        "index",
        "Index afterwards",
        "done already",
        (
            "No index is built while points are loaded; the threshold is put back afterwards. How "
            "much that brings here was not measured.",
        ),
    )


def _scroll(case: Case) -> Lever:
    replaced = replaced_vector(case.survey, case.answers)
    points, size = case.survey.points.value, replaced.size if replaced is not None else None
    here = "done already"
    if "replaces" in case.strategy.facets and points is not None and size is not None:
        here += f": {words.size(4 * points * size)} not read"
    return Lever(
        "scroll",
        "Read no old vectors",
        here,
        (
            "Old vectors that are made anew are not read; those that are kept are, to be copied. "
            f"{_ELSEWHERE}: 43,296 points/s without vectors, 5,729 with them.",
        ),
    )


def _streams(case: Case) -> Lever:
    load, points = load_of(case.survey, case.answers), case.survey.points.value
    now = f"{load.batch} points a request, {load.streams} at a time"
    more = [
        "The program writes 64 to 256 points a request, 1 to 4 requests at a time, as question "
        f"Pace says. {_ELSEWHERE}: two streams wrote 1.4 times as many points as one, four no more."
    ]
    here = now
    if points is not None:
        writing = words.duration(points / case.written)
        here = f"writing alone: {writing}"
        total = case.takes(case.speed)
        more.append(
            f"Now {now}. Writing takes about {writing} and embedding about {total}, side by side: "
            "only the slower one counts."
            if total
            else f"Now {now}; writing takes about {writing} in any case."
        )
    return Lever("streams", "Streams and batch", here, tuple(more), "pace")


def _dimensions(case: Case) -> Lever:
    old, new = old_model(case.survey, case.answers), chosen_model(case.answers)
    points = case.survey.points.value
    if old is not None and old.matryoshka and points is not None:
        writing = words.duration(points / case.written)
        return Lever(
            "dimensions",
            "Fewer dimensions",
            f"nothing embedded: {writing}",
            (
                f"{old.label} was made to be cut to {_lengths(old)} dimensions. Its stored vectors "
                f"are cut without embedding a text: about {writing} of writing. That keeps the "
                "present model, and loses some quality, which is measured.",
            ),
            "change",
        )
    room = (
        f"{new.label} can be cut to {_lengths(new)} dimensions: less room and quicker writing."
        if new is not None and new.matryoshka
        else "The chosen model was not made to be cut."
    )
    return Lever(
        "dimensions",
        "Fewer dimensions",
        "no time, but room" if new is not None and new.matryoshka else "not with this model",
        (f"A model takes as long for short vectors as for long ones. {room}",),
        "model",
    )


def _lengths(model: ModelRef) -> str:
    return words.listing([str(length) for length in model.matryoshka], "or")


def _quantized(case: Case) -> Lever:
    new = chosen_model(case.answers)
    known = {choice.model.name: choice.model for choice in case.choices}
    other = known.get(f"{new.name}{_QUANTIZED}") if new is not None else None
    measured = (
        "A quantized model file computes with whole numbers. Measured elsewhere (two cores without "
        "VNNI, a small transformer): 9,580 instead of 7,085 tokens/s. It makes other vectors "
        "(cosine 0.90 to 0.95), so it is another model, for documents and for searches."
    )
    if new is not None and new.name.endswith(_QUANTIZED):
        return Lever("quantized", "Quantized model", "chosen already", (measured,), "model")
    if other is None:
        here = "none of this model" if new is not None else "no model is chosen"
        return Lever("quantized", "Quantized model", here, (measured,), "model")
    took = case.takes(case.speeds.get(kept_under(other)))
    return Lever(
        "quantized",
        "Quantized model",
        took or f"{other.short_name}: not tried",
        (f"{other.label} is there for it. {measured}",),
        "model",
    )


def _smaller(case: Case) -> Lever:
    new = chosen_model(case.answers)
    rows = model_rows(case.survey, case.advice.settled, case.choices)
    tried = {
        row.model.label: speed
        for row in rows
        if not row.closed and (speed := case.speeds.get(kept_under(row.model)))
        and row.model != new
    }  # fmt: skip
    said = [f"{label} {case.takes(speed)}" for label, speed in tried.items()]
    fitting = [row.model for row in rows if not row.closed and row.model.size_bytes]
    smallest = min(fitting, key=lambda model: model.size_bytes or 0, default=None)
    more = [
        "What a model takes goes by its size. Question Model lists those that fit your texts, and "
        "measures each with them.",
        "Published by Qdrant (embedding at the speed of light): 32.9 million passages in 35 min "
        "with a static model on a laptop, 53 days with a transformer. A static model knows words, "
        "not sentences; compare before you switch.",
    ]
    if smallest is not None:
        size = words.size(smallest.size_bytes or 0)
        more.insert(1, f"The smallest that fits here is {smallest.label}, {size}.")
    here = words.listing(said[:2]) if said else "not tried: measure it at question Model"
    return Lever("smaller", "Smaller or static model", here, tuple(more), "model")


def _computers(case: Case) -> Lever:
    texts, speed = case.texts, case.speed
    more = [
        "qmm run PLAN --fleet ray has the vectors made on all computers of a Ray cluster "
        "(docs/scale.md). A faster computer, or one with a GPU, counts for as many.",
    ]
    if texts is None or speed is None or speed.texts_per_second <= 0:
        here = "not known: the speed was not tried"
    elif case.survey.capabilities.local:
        here = "none: this Qdrant is a folder"
    else:
        scale = Scale(texts, speed.texts_per_second, case.written)
        here = f"{TOGETHER} like this: {words.duration(scale.seconds(TOGETHER))}"
        more.append(
            f"From {words.about(scale.enough)} like this one on, the server is the limit: "
            f"{words.duration(scale.least)} of writing."
        )
    return Lever("computers", "More or faster computers", here, tuple(more))


def _server(case: Case) -> Lever:
    embeds = case.survey.server_embeds.value
    here = {True: "the server's speed", False: "this server cannot embed", None: "not known"}
    return Lever(
        "server",
        "Server inference",
        here[embeds],
        (
            "Where the server makes the vectors, another model is a change of configuration for "
            "searches. The stored vectors are made again all the same, by the server, and its "
            "speed and price count.",
        ),
        "query_side",
    )


def _map(case: Case) -> Lever:
    points = case.survey.points.value
    sample = case.takes(case.speed, MAP_SAMPLE)
    writing = words.duration(points / case.written) if points is not None else ""
    ways = [one for one in strategies() if "accuracy" in one.asks]
    fits = [one for one in ways if case.advice.fit_of(one).word != "ruled out"]
    out = "" if fits or not ways else f" Here: {case.advice.fit_of(ways[0]).reason}."
    parts = [f"{words.count(MAP_SAMPLE)} texts: {sample}" if sample else "", f"writing: {writing}"]
    risk = [
        one.text for way in ways for one in price(case.survey, case.answers, way).risks[:1]
    ]  # fmt: skip
    return Lever(
        "map",
        "A map as a bridge",
        ", ".join(part for part in parts if part) if writing else "not known",
        (
            "A formula is learned from a sample that both models embed, and turns every old vector "
            f"into a nearly new one.{out}",
            "Proper ones can be made behind it in the same run, once searches have switched.",
            *dict.fromkeys(risk),
        ),
        "accuracy",
    )


def _source(case: Case) -> Lever:
    size = case.survey.bytes
    small = size is not None and size < SMALL_BYTES
    here = "not known" if size is None else f"{words.size(size)}: {'yes' if small else 'no'}"
    return Lever(
        "source",
        "Load from the originals",
        here,
        (
            f"For small collections (under {words.size(SMALL_BYTES)}) loading again from the "
            "originals is quicker than using this program.",
        ),
        "originals",
    )

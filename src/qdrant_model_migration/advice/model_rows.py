"""The models to choose from, each measured against the operator's own texts. Opens no model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice.estimate.values import tokens_of_a_text
from qdrant_model_migration.advice.question import Option
from qdrant_model_migration.advice.questions.model import why_closed
from qdrant_model_migration.embedders import ModelChoice, ModelRef, Reach, kind_of
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.strategies import Answers, strategies
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.vectors import old_model, replaced_vector
from qdrant_model_migration.survey.facts import Survey, VectorFact
from qdrant_model_migration.survey.languages import NAMES

SMALL_LANGUAGE = 0.02
"""Languages that together have no more than this share of the texts do not count."""

SMALL_CUT = 0.01
"""A model that cuts no more than this share of the texts counts as one that cuts none."""


class ModelRow(NamedTuple):
    """One row of the list. Shares are 0..1, None: not known. closed: why it cannot be chosen.

    usable: it can be opened now, or need not be, because the stored vectors are cut. cut_off: share
    of the texts that are longer than it reads. uncovered: share of the texts in languages that it
    was not made for.
    """

    model: ModelRef
    reach: Reach
    usable: bool
    closed: str
    cut_off: float | None
    uncovered: float | None

    @property
    def value(self) -> dict[str, Any]:
        """The answer to question `model`."""
        return _value(self.model)

    @property
    def fetches(self) -> bool:
        """Whether it has to be downloaded before it can be opened."""
        return self.reach.word == "fetch"


def model_rows(
    survey: Survey, answers: Answers, choices: Iterable[ModelChoice]
) -> tuple[ModelRow, ...]:
    """All models, the best fit first: that can be chosen and used, by language, by text length.

    Never the biggest: among equals the one that is nearest to the present size, then the smallest.
    Practice models are toys: only a collection whose vectors one of them made is offered them.
    Those of the server are offered where it is known to make vectors.
    """
    old = survey.old_model.value
    toys = old is not None and kind_of(old).toy
    rows = [
        _row(survey, answers, choice)
        for choice in _with_shorter(survey, answers, choices)
        if (toys or not kind_of(choice.model).toy)
        and (survey.server_embeds.value or not kind_of(choice.model).at_server)
    ]
    vector = replaced_vector(survey, answers)
    made = old_model(survey, answers)
    return tuple(sorted(rows, key=lambda row: _rank(row, survey, made, vector)))


def _row(survey: Survey, answers: Answers, choice: ModelChoice) -> ModelRow:
    model, reach = choice
    usable = reach.opens or model.unproven or _not_needed(survey, answers, model)
    return ModelRow(
        model,
        reach,
        usable,
        why_closed(survey, answers, model) or ("" if usable else reach.why),
        cut_off(survey, model),
        uncovered(survey, model),
    )


def named_model(answers: Answers, listed: Iterable[ModelChoice]) -> ModelChoice | None:
    """The model that the answers name and the list has not: of a folder of the operator's own, or
    the server's."""
    model = chosen_model(answers)
    if model is None or kind_of(model).toy or any(one.model == model for one in listed):
        return None
    if model.folder is not None:
        return ModelChoice(model, Reach("here"))
    kind = kind_of(model)
    return ModelChoice(model, kind.reach(model)) if kind.at_server else None


def best_model(rows: Iterable[ModelRow]) -> ModelRow | None:
    """The suggestion: the first row that can be chosen and used now, None without one. Never a
    length that has to prove itself first."""
    open_ = (row for row in rows if not row.closed and row.usable and not row.model.unproven)
    return next(open_, None)


def unknown_model(rows: Iterable[ModelRow]) -> Option | None:
    """The last line of the list, "I do not know": it stands for the suggested model."""
    best = best_model(rows)
    if best is None:
        return None
    return Option(best.value, "I do not know", f"taken as {best.model.label}", best.model.label)


def cut_off(survey: Survey, model: ModelRef) -> float | None:
    """Share of the sampled texts that are longer than the model reads; None: not known."""
    lengths = survey.token_lengths
    if model.max_tokens is None or not lengths:
        return None
    return sum(length > model.max_tokens for length in lengths) / len(lengths)


def uncovered(survey: Survey, model: ModelRef) -> float | None:
    """Share of the texts in languages the model was not made for; None: not known."""
    found = survey.languages.value
    if not found or not model.languages:
        return None
    return min(
        1.0,
        sum(
            part for code, part in found.items() if code != "other" and not _may_speak(model, code)
        ),
    )


def describe(
    survey: Survey, answers: Answers, row: ModelRow, speed: Speed | None = None
) -> tuple[tuple[str, str], ...]:
    """Pairs of heading and sentence about one model for this collection.

    speed: of this model on this computer; None: not tried.
    """
    model, vector = row.model, replaced_vector(survey, answers)
    size = vector.size if vector else None
    return (
        ("Re-embed?", _re_embed(survey, old_model(survey, answers), model, size)),
        ("Fits?", _fits(survey, row)),
        ("Cut off", _cut(survey, row)),
        ("Size", _size(survey, model, size, speed)),
        ("Queries", _queries(model)),
        ("To get", _to_get(row)),
        ("Speed", _speed(survey, speed)),
    )


def _with_shorter(
    survey: Survey, answers: Answers, choices: Iterable[ModelChoice]
) -> list[ModelChoice]:
    """The choices, and the present model at its shorter lengths where that is the wish."""
    given = list(choices)
    old = old_model(survey, answers)
    if old is None or answers.get("change") != "shorter":
        return given
    same = (choice.reach for choice in given if choice.model.name == old.name)
    reach = next((reach for reach in same if reach.opens), Reach("fetch", old.size_bytes))
    own = [old.cut_to(length) for length in old.matryoshka]
    typed = chosen_model(answers)
    if not own or (typed is not None and old.has_cut(typed)):
        halves = () if own else (old.dimensions // 2, old.dimensions // 4)
        wanted = (*halves, *((typed.dimensions,) if typed and old.has_cut(typed) else ()))
        others = sorted({n for n in wanted if n > 0 and n not in old.matryoshka}, reverse=True)
        own += [old.cut_to(length, unproven=True) for length in others]
    whole = [one for one in given if all(old.label != one.model.label for old in own)]
    return [*(ModelChoice(model, reach) for model in own), *whole]


def _value(model: ModelRef) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _not_needed(survey: Survey, answers: Answers, model: ModelRef) -> bool:
    """Whether the strategy for exactly this choice embeds no text with it."""
    given = {**answers, "model": _value(model)}
    return any(
        not strategy.embeds and strategy.fit(survey, given).word == "first"
        for strategy in strategies()
    )


def _rank(
    row: ModelRow, survey: Survey, old: ModelRef | None, vector: VectorFact | None
) -> tuple[Any, ...]:
    model = row.model
    toys = old is not None and kind_of(old).toy and survey.capabilities.local
    size = vector.size if vector and vector.size else model.dimensions
    return (
        bool(row.closed),
        model.vector != "dense",  # a kind of search of its own, for those who ask for it
        not row.usable,
        model.unproven,  # nobody knows yet what is left of it
        kind_of(model).toy != toys,
        old is None or not old.has_cut(model),
        old is not None and _only_evens(old, model),
        _against(row.uncovered, SMALL_LANGUAGE),
        _against(row.cut_off, SMALL_CUT),
        model.dimensions < size,
        abs(model.dimensions - size),
        model.size_bytes or 0,
        model.name,
    )


def _only_evens(old: ModelRef, model: ModelRef) -> bool:
    """Whether it is the present model with other lengths of its vectors: no reason to move."""
    same = (old.kind, old.name, old.dimensions) == (model.kind, model.name, model.dimensions)
    return same and kind_of(old).length_one(old) != kind_of(model).length_one(model)


def _against(part: float | None, small: float) -> float:
    """A share as a reason against a model; what is not known counts as half of the texts."""
    if part is None:
        return 0.5
    return 0.0 if part <= small else round(part, 2)


def _may_speak(model: ModelRef, code: str) -> bool:
    return model.speaks(code) is not False


def _re_embed(survey: Survey, old: ModelRef | None, model: ModelRef, size: int | None) -> str:
    if model.unproven:
        return (
            "No: it is the same model. It was not made for this length, so the run measures on "
            "your vectors what is left, and ends there where that is too little."
        )
    if old is not None and old.has_cut(model):
        return "No: it is the same model, made to be cut to this length."
    points = survey.points.value
    texts = None if points is None else points - (survey.texts_missing.value or 0)
    all_texts = "all texts" if texts is None else f"all {words.count(texts)} texts"
    vectors = "Old and new vectors cannot be compared with each other"
    if size is not None and size != model.dimensions:
        vectors += f", and {words.count(size)} is not {words.count(model.dimensions)}"
    return f"Yes, {all_texts}: it is another model. {vectors}."


def _fits(survey: Survey, row: ModelRow) -> str:
    found = survey.languages.value
    if not found:
        return "The languages of your texts are not known."
    code, part = max(found.items(), key=lambda item: item[1])
    most = f"{words.share(part)} of your texts are {NAMES.get(code, code)}."
    if row.uncovered is None:
        return f"{most} The languages of this model are not known."
    if row.uncovered <= SMALL_LANGUAGE:
        return f"{most} This model knows {row.model.languages_label}."
    return (
        f"{most} This model knows {row.model.languages_label}; {words.share(row.uncovered)} of "
        "your texts are in languages it was not made for."
    )


def _cut(survey: Survey, row: ModelRow) -> str:
    if row.model.max_tokens is None:
        return "How long a text it reads is not known."
    limit = words.count(row.model.max_tokens)
    if row.cut_off is None:
        return f"It reads {limit} tokens; the lengths of your texts are not known."
    if row.cut_off == 0:
        return f"None of the sampled texts is longer than the {limit} tokens it reads."
    cut = (
        f"{words.share(row.cut_off)} of your texts are longer than {limit} tokens; the rest of "
        "those is not read."
    )
    old = survey.old_model.value
    before = cut_off(survey, old) if old is not None else None
    if old is None or not before:
        return cut
    return f"{cut} The old model cut {words.share(before)} (at {words.count(old.max_tokens or 0)})."


def _size(survey: Survey, model: ModelRef, size: int | None, speed: Speed | None) -> str:
    if model.vector == "multivector":
        return _many(survey, model, size, speed)
    now = f"{words.count(model.dimensions)} dimensions"
    if not size:
        return f"{now}."
    if size == model.dimensions:
        return f"{now}, as now: vectors need the same memory."
    ratio = model.dimensions / size
    times = f"{ratio:.1f}".removesuffix(".0")
    need = "twice the memory" if ratio == 2 else f"{times} times the memory"
    if ratio < 1:
        need = "half the memory" if ratio == 0.5 else f"{words.share(ratio)} of the memory"
    return f"{now} instead of {words.count(size)}: vectors need {need}."


def _many(survey: Survey, model: ModelRef, size: int | None, speed: Speed | None) -> str:
    """A vector for each token: what that takes for this collection."""
    tokens, how = tokens_of_a_text(survey, speed)
    each = f"A vector of {words.count(model.dimensions)} dimensions for each token"
    if tokens is None or survey.points.value is None:
        return f"{each}; how many tokens your texts have is not known."
    whole = round(survey.points.value * tokens * model.dimensions * 4)
    now = f"; now {words.size(survey.points.value * size * 4)}" if size else ""
    return (
        f"{each}: {words.count(survey.points.value)} x {words.count(round(tokens))} tokens ({how}) "
        f"x {words.count(model.dimensions)} x 4 bytes are {words.size(whole)}{now}."
    )


def _queries(model: ModelRef) -> str:
    if model.query_prefix:
        return "need a prefix; the report prints it."
    return "need no prefix."


def _to_get(row: ModelRow) -> str:
    if row.reach.word == "here":
        return "It is on this machine."
    if row.reach.word == "assumed":
        size = row.model.size_bytes
        return f"{words.size(size) if size else 'Size not known'}; nothing is fetched to explore."
    if row.reach.word == "remote":
        kind = kind_of(row.model)
        usd = kind.usd(row.model)
        price = "" if usd is None else f"; a million tokens cost {usd:,.2f} USD"
        return f"Nothing to get: {kind.service} makes the vectors of the texts it is sent{price}."
    if row.reach.word == "no" and not row.usable:
        return row.reach.why
    size = row.reach.size
    said = f"A download of {words.size(size)}." if size else "A download; its size is not known."
    return f"{said} The vectors are cut without it; only judging needs it." if row.usable else said


def _speed(survey: Survey, speed: Speed | None) -> str:
    if speed is None:
        return "not tried"
    rate = f"{speed.texts_per_second:,.0f} texts/s on this computer"
    points = survey.points.value
    took = words.duration(points / speed.texts_per_second) if points else ""
    return f"{rate}: about {took}" if took else rate

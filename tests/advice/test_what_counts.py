"""Every question that is asked changes something, and every warning can be shown."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

import pytest

from qdrant_model_migration.advice import (
    BY_KEY,
    ModelChoice,
    Question,
    Warning_,
    advise,
    answer_all,
    declared,
    warnings_for,
)
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach, kind_of
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.strategies import strategies
from qdrant_model_migration.survey.facts import (
    Bare,
    Placeholders,
    Survey,
    TextField,
    VectorFact,
    WrittenBy,
)
from support.surveys import (
    BGE_BASE,
    BGE_SMALL,
    COLBERT,
    MINILM,
    NOMIC,
    ORIGINALS,
    as_answer,
    changes,
    docs,
    fact,
    practice,
    server,
)

Answers = Mapping[str, Any]
MODELS = (BGE_BASE, NOMIC.cut_to(256), NOMIC.cut_to(128), COLBERT)
UNNAMED = VectorFact(name="", kind="dense", size=768, distance="Cosine")
SURVEYS = {
    "docs": docs(),
    "practice": practice(),
    "server embeds": docs(server_embeds=fact(True)),
    "nothing written": docs(writes=fact(0), texts_missing=fact(0)),
    "small": docs(payload_bytes=fact(1000), vector_bytes=fact(1000)),
    "huge": docs(points=fact(2_000_000_000)),
    "large, on one computer": docs(alone=fact(True), payload_bytes=fact(9_000_000_000)),
    "made for cutting": docs(vectors=fact((UNNAMED,)), old_model=fact(NOMIC)),
    "practice, made for cutting": practice(vectors=fact((UNNAMED,)), old_model=fact(NOMIC)),
    "two named": docs(
        capabilities=server(1, 19, 0),
        vectors=fact(tuple(UNNAMED.model_copy(update={"name": name}) for name in "ab")),
    ),
    "sparse": docs(vectors=fact((UNNAMED, VectorFact(name="words", kind="sparse")))),
    "no dense": docs(vectors=fact((VectorFact(name="words", kind="sparse"),))),
    "compressed": docs(quantization=fact({"scalar": {"type": "int8", "always_ram": True}})),
    "two aliases": docs(aliases=fact(("docs", "docs_too"))),
    "no alias": docs(aliases=fact(()), all_aliases={}),
    "another distance": docs(vectors=fact((UNNAMED.model_copy(update={"distance": "Dot"}),))),
    "bare": docs(bare=fact({"": Bare(points=9, texts={"text": 5})})),
    "bare, texts not counted": docs(bare=fact({"": Bare(points=9, texts={})})),
    "two texts": docs(
        text_fields=fact(
            tuple(TextField(path=p, share=0.9, average_words=9.0) for p in ("text", "title"))
        )
    ),
}
SURVEYS["by a product"] = docs(
    written_by=fact(WrittenBy(names=("mem0",), sure=False)), others=("docs_minilm_entities",)
)
WARNED = {
    "old server": docs(capabilities=server(1, 16, 3)),
    "mixed": docs(matches=(31, 64)),
    "guessed": docs(matches=None),
    "cut before": docs(old_model=fact(MINILM.model_copy(update={"cut_texts": ("letters", 1000)}))),
    "many vectors": docs(
        vectors=fact((UNNAMED, VectorFact(name="many", kind="multivector", size=128)))
    ),
    "cannot be carried": docs(cannot_carry=(("wal_config", "kept by the server"),)),
    "by http": docs(address=Address(url="http://10.0.0.5:6333")),
    "placeholders": docs(placeholders={"": Placeholders(found=5, of=64, what="all zeros")}),
    "made of another text": docs(figures={"": {"text": (0, 8), "title": (64, 64)}}),
    "another language": docs(languages=fact({"de": 0.5, "ja": 0.5})),
    "few": docs(points=fact(12)),
    "by a product without names": docs(
        written_by=fact(WrittenBy(names=("roo_code",), sure=True)), aliases=fact(()), all_aliases={}
    ),
}
"""What warnings look at and no question does."""

MORE: tuple[dict[str, Any], ...] = (
    {"change": "model", "text": {"fields": []}},
    {"change": "model", "together": "alone"},
    {"change": "model", "both": "test"},
    {"change": "model", "both": "always"},
    {"change": "model", "model": as_answer(BGE_SMALL)},
    {"change": "model", "model": as_answer(NOMIC.cut_to(256))},
    {"change": "model", "accuracy": "approximate", "query_side": "server"},
    {"change": "model", **ORIGINALS},
    {"change": "model", "text": {"fields": []}, **ORIGINALS},
    {"change": "model", "text": {"file": "texts.csv"}},
    {"change": "shorter", "text": {"fields": []}},
    {"change": "shorter", "model": as_answer(MINILM.cut_to(192, unproven=True))},
    {"change": "second", "model": as_answer(COLBERT)},
    {"change": "second", "model": as_answer(NOMIC.cut_to(256)), "in_place": "in place"},
)


def starts(survey: Survey) -> tuple[dict[str, Any], ...]:
    """Each change by itself, from question Change, and what leads on from it."""
    sure = (one for one in changes(survey) if not one["change"].startswith("unsure"))
    return (*sure, *MORE)


def complete(survey: Survey, answers: Answers) -> dict[str, Any] | None:
    try:
        return answer_all(survey, answers, [ModelChoice(model, Reach("here")) for model in MODELS])
    except QmmError:
        return None


def outcome(survey: Survey, answers: Answers) -> str:
    """Everything that answers lead to, but for their own words: which ways fit and come first,
    the plan of each, what it warns of, what else is asked, and what stops it."""
    advice = advise(survey, answers)
    came: list[Any] = [
        [(choice.strategy.name, choice.fit.word) for choice in advice.fits],
        advice.recommended and advice.recommended.name,
        advice.stops,
        [question.key for question in advice.asked],
    ]
    for strategy in strategies():
        if advice.fit_of(strategy).word == "ruled out":
            continue
        plan = None
        try:
            plan = make_plan(survey, answers, strategy, speed=None)
        except QmmError as error:
            came.append(str(error))
        came.append(warnings_for(survey, answers, strategy, plan))
        came.append(plan and plan.model_dump(mode="json", exclude={"answers", "made_at"}))
    return json.dumps(came)


def possible(question: Question, survey: Survey, settled: Answers) -> Iterator[Any]:
    """Answers of every kind that a person could give."""
    if question.kind == "model":
        yield from map(as_answer, MODELS)
    for option in question.options(survey, settled):
        if option.closed:
            continue
        yield option.value
        for field in question.fields(survey, settled, option.value):
            free = ["1", "3"] if field.kind == "number" else ["another", "yes", "no"]
            typed = [value for value, _ in field.choices] or free
            for value in typed:
                try:
                    yield question.compose(option.value, {field.key: value}, survey, settled)
                except BadAnswer:
                    continue


def stands(
    survey: Survey, wanted: Container[str], *, asked: bool = False
) -> Iterator[tuple[Question, dict[str, Any], bool]]:
    """Questions that stand somewhere: the answers that led there, and whether any other answer
    leads elsewhere, with the later ones as they are or as suggested. asked: only what is asked."""
    for start in starts(survey):
        answers = complete(survey, start)
        if answers is None or not advise(survey, answers).possible:
            continue  # nothing is decided where there is nothing to choose
        before = outcome(survey, answers)
        advice = advise(survey, answers)
        for n, standing in enumerate(advice.standings):
            question = standing.question
            if standing.state == "skip" or question.key not in wanted:
                continue
            if asked and question not in advice.asked:
                continue
            later = {other.question.key for other in advice.standings[n:]}
            counts = any(
                again != answers and outcome(survey, again) != before
                for forgotten in ({question.key}, later)
                for value in possible(question, survey, advice.settled)
                if (rest := {k: v for k, v in answers.items() if k not in forgotten}) is not None
                and (again := complete(survey, {**rest, question.key: value})) is not None
            )
            yield question, start, counts


@pytest.mark.parametrize("name", SURVEYS)
def test_every_question_that_is_asked_changes_something(name: str) -> None:
    found = stands(SURVEYS[name], BY_KEY, asked=True)
    assert [(question.key, start) for question, start, counts in found if not counts] == []


def test_every_question_stands_somewhere_and_its_answer_counts() -> None:
    left = set(BY_KEY)
    for survey in SURVEYS.values():
        for question, _, counts in stands(survey, left):
            left -= {question.key} if counts else set()
    assert left == set(), "add answers that lead to it to MORE, or the survey to SURVEYS"


def test_every_warning_can_be_shown_for_a_way_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in {type(kind_of(model)) for model in MODELS}:
        monkeypatch.setattr(kind, "usd", lambda self, model: 0.1)
    left = {one.id for one in declared()}
    for survey in (*SURVEYS.values(), *WARNED.values()):
        for start in starts(survey):
            answers = complete(survey, start)
            if answers is not None:
                left -= {one.id for one in shown(survey, answers)}
    assert left == set(), "add answers that bring it up to MORE, or the survey to WARNED"


def shown(survey: Survey, answers: Answers) -> Iterator[Warning_]:
    advice = advise(survey, answers)
    for strategy in advice.possible:
        plan = make_plan(survey, answers, strategy, speed=Speed(0.5))
        yield from warnings_for(survey, answers, strategy, plan)

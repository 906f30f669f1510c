"""Answers that are given by options: what is none is said, and nothing that is given is lost."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.advice import (
    QUESTIONS,
    BadAnswer,
    ModelChoice,
    advise,
    answer_all,
    make_plan,
)
from qdrant_model_migration.commands.plan import _complete, _recommended, _text_field
from qdrant_model_migration.commands.settings import laid_over
from qdrant_model_migration.embedders import ModelRef, Reach, list_models
from qdrant_model_migration.errors import QmmError, UsageError
from qdrant_model_migration.strategies import strategies
from support.surveys import BGE_BASE, MINILM, NOMIC, as_answer, docs, fact

MODELS = [ModelChoice(model, Reach("here")) for model in list_models()[:4]]
STRANGE = (
    "summary", "", "..", "1", "NaN", "null", "true", "[]", '[["a"]]', "{}", '{"kind":1}',
    '{"kind":"file","file":1}', '{"fields":1}', '{"fields":[1]}', '{"alias":1,"exists":true}',
    '{"vector":{"a":1},"kind":"scalar"}', '{"kind":"made up","title_field":{"x":1}}',
    '{"kind":"made up","margin":[]}', '"\\ud800"', "[" * 100_000,
)  # fmt: skip


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_whatever_is_set_is_an_answer_or_is_refused_in_words(question: str) -> None:
    survey, said = docs(), list[str]()
    for change in ("model", "compression", "shorter"):
        for key in (question, f"{question}.kind", f"{question}.fields"):
            for value in STRANGE:
                try:
                    given = {"change": change} | laid_over({}, [f"{key}={value}"])
                    _text_field(given)
                    complete = _complete(survey, given, MODELS)
                    for strategy in strategies():
                        make_plan(survey, complete, strategy, speed=None)
                except QmmError as error:
                    said.append(error.what)
    assert all(said)


def test_parts_are_laid_over_an_answer_that_is_there() -> None:
    base = {"proof": {"kind": "file", "file": "old.csv"}, "both": "no"}
    assert laid_over(base, ["proof.file=new.csv", "proof.margin=0.05"]) == {
        "proof": {"kind": "file", "file": "new.csv", "margin": 0.05},
        "both": "no",
    }
    assert base["proof"] == {"kind": "file", "file": "old.csv"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["tagret=x"], "There is no question tagret. Did you mean target?"),
        (["foo=bar"], "There is no question foo. The questions are: change,"),
        (["proof=later", "proof.file=x"], "--set answers proof twice."),
        (["proof.file=x", "proof=later"], "--set answers proof twice."),
        (["both=no", "both=test"], "--set answers both twice."),
        (["proof.file=x", "proof.file=y"], "--set answers proof twice."),
    ],
)
def test_what_cannot_count_is_refused(settings: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        laid_over({}, settings)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("text=summary", "text: This names no field. Type for example title, body. Write --set "
         "text.PART=VALUE; the parts are fields."),
        ("change=compresion", "change: compresion is not an answer to change. Did you mean "
         "compression?"),
        ("target=..", "target: .. cannot be the name of a collection."),
        ('name={"alias":"legal_multi","exists":true}', "name: legal_multi does not point to"),
        ("target=", "target: Nothing was typed for the name of a collection."),
        ("target=a/b", "target: a/b cannot be the name of a collection. It contains the character"),
        ("target=legal_multi", "target: legal_multi already exists."),
        ('proof={"kind":"made up","tite_field":"title"}',
         "proof: tite_field is not a part of this answer. Did you mean title_field?"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_names_its_question(setting: str, said: str) -> None:
    given: dict[str, Any] = {"change": "model"} | laid_over({}, [setting])
    with pytest.raises(BadAnswer) as refused:
        _complete(docs(), given, MODELS)
    assert str(refused.value).startswith(said)


def test_where_nothing_is_left_it_says_how_to_answer_otherwise() -> None:
    advice = advise(
        docs(text_fields=fact(())),
        {"change": "model", "text": {"fields": []}, "originals": "no"},
    )
    with pytest.raises(UsageError, match="Nothing is left: Change is another model and Text") as no:
        _recommended(advice)
    assert "--set change=VALUE, --set text.file=FILE" in no.value.todo


def test_a_field_that_only_a_person_named_is_checked_like_one_typed_at_the_question() -> None:
    told = docs(text_field=fact("sumary").model_copy(update={"how": "told"}))
    with pytest.raises(BadAnswer, match="No point that was read has the field sumary"):
        answer_all(told, {"change": "model", "text": {"fields": ["sumary"]}}, MODELS)
    assert advise(told, {}).next is not None


def test_another_length_is_a_cut_of_the_model_that_was_named() -> None:
    named = {"model": as_answer(NOMIC)}
    assert laid_over(named, ["model.dimensions=256"])["model"] == as_answer(NOMIC.cut_to(256))
    assert laid_over(named, ["model.dimensions=768"]) == named


@pytest.mark.parametrize(("model", "said"), [(BGE_BASE, "Leave"), (NOMIC, "512, 256, 128, 64.")])
def test_a_length_that_the_model_was_not_made_for_is_refused(model: ModelRef, said: str) -> None:
    with pytest.raises(UsageError, match="was not made to be cut to 100 dim") as told:
        laid_over({"model": as_answer(model)}, ["model.dimensions=100"])
    assert said in told.value.todo


def test_where_shorter_vectors_are_wanted_any_length_of_the_present_model_may_be_named() -> None:
    named = {"change": "shorter", "model": as_answer(MINILM)}
    given = laid_over(named, ["model.dimensions=100"])
    complete = _complete(docs(), given, MODELS)
    assert complete["model"] == as_answer(MINILM.cut_to(100, unproven=True))
    assert complete["shortened_by"] == "projection"
    other = laid_over({"change": "shorter", "model": as_answer(BGE_BASE)}, ["model.dimensions=100"])
    with pytest.raises(BadAnswer, match="It was not made for 100 dimensions"):
        _complete(docs(), other, MODELS)


def test_where_no_known_model_fits_the_options_that_name_one_are_said() -> None:
    with pytest.raises(UsageError, match="no answer yet") as told:
        _complete(docs(), {"change": "shorter"}, [])
    assert "--model" in told.value.todo
    assert "any shorter length has to prove itself" in told.value.todo

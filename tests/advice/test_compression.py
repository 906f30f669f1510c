"""The question of compression: every parameter is offered, kept, and checked; vectors are named."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.advice import BadAnswer
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.questions import BY_KEY
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import VectorFact
from support.surveys import docs, fact

QUESTION = BY_KEY["quantization"]
INT8 = {"scalar": {"type": "int8", "quantile": 0.95, "always_ram": False}}
COMPRESS = {"change": "compression"}
DECIDES = {"rescore": "default", "oversampling": 1.0}


def survey_of(whole: Any = None, **own: Any) -> Any:
    """own: the setting of each vector by its name, `unnamed` without one."""
    vectors = tuple(
        VectorFact(
            name=name.removeprefix("unnamed"),
            kind="dense",
            size=384,
            raw={"quantization_config": setting} if setting else {},
        )
        for name, setting in (own or {"unnamed": None}).items()
    )
    return docs(quantization=fact(whole or {}), vectors=fact(vectors))


def clean(survey: Any, **answer: Any) -> Any:
    return QUESTION.clean(answer, survey, COMPRESS)


def planned(survey: Any, searched: Any = None, **answer: Any) -> Any:
    answers = {**COMPRESS, "quantization": answer, "search_params": searched or DECIDES}
    return make_plan(survey, answers, by_name("requantize"), speed=None)


def steps(plan: Any, name: str) -> list[Any]:
    return [step for step in plan.steps if step.step == name]


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"kind": "scalar"}, {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}}),
        (
            {"kind": "scalar", "quantile": None, "always_ram": False},
            {"scalar": {"type": "int8", "always_ram": False}},
        ),
        (
            {"kind": "product", "compression": "x64"},
            {"product": {"compression": "x64", "always_ram": True}},
        ),
        (
            {"kind": "binary", "encoding": "one_and_half_bits", "query_encoding": "scalar8bits"},
            {
                "binary": {
                    "encoding": "one_and_half_bits",
                    "query_encoding": "scalar8bits",
                    "always_ram": True,
                }
            },
        ),
        ({"kind": "turbo", "bits": "bits1_5"}, {"turbo": {"bits": "bits1_5", "always_ram": True}}),
        ({"kind": "turbo"}, {"turbo": {"bits": "bits4", "always_ram": True}}),
    ],
)
def test_every_parameter_reaches_the_plan(answer: Any, body: Any, tmp_path: Any) -> None:
    plan = planned(survey_of(), **answer)
    assert steps(plan, "requantize")[0].quantization == body
    save_plan(plan, tmp_path / "plan.yaml")
    assert steps(load_plan(tmp_path / "plan.yaml"), "requantize")[0].quantization == body


def test_short_vectors_are_suggested_two_bits_and_long_ones_one() -> None:
    assert clean(survey_of(), kind="binary")["encoding"] == "two_bits"
    long = docs(vectors=fact((VectorFact(name="", kind="dense", size=1536),)))
    assert clean(long, kind="binary")["encoding"] == "one_bit"


def test_what_is_not_chosen_is_kept_where_the_kind_stays() -> None:
    answer = clean(survey_of(INT8), kind="scalar", always_ram=True)
    assert answer == {"vector": None, "kind": "scalar", "always_ram": True, "quantile": 0.95}
    own = clean(survey_of({"binary": {}}, title=INT8, body=None), kind="scalar", quantile=0.9,
                vector="title")  # fmt: skip
    assert own == {"vector": "title", "kind": "scalar", "always_ram": False, "quantile": 0.9}


def test_without_a_kind_the_one_in_force_is_meant() -> None:
    assert clean(survey_of(INT8), quantile=0.9) == {
        "vector": None, "kind": "scalar", "always_ram": False, "quantile": 0.9
    }  # fmt: skip


def test_a_setting_of_a_newer_server_is_kept_until_the_place_changes() -> None:
    pinned = {"scalar": {"type": "int8", "quantile": 0.95, "memory": "pinned", "later": 3}}
    plan = planned(survey_of(pinned), kind="scalar", quantile=0.9)
    assert steps(plan, "requantize")[0].quantization == {
        "scalar": {"type": "int8", "quantile": 0.9, "memory": "pinned", "later": 3}
    }
    plan = planned(survey_of(pinned), kind="scalar", always_ram=False)
    assert steps(plan, "requantize")[0].quantization == {
        "scalar": {"type": "int8", "quantile": 0.95, "always_ram": False, "later": 3}
    }


def test_the_fields_show_what_is_kept_and_every_choice_there_is() -> None:
    survey = survey_of({"binary": {"encoding": "two_bits", "always_ram": False}})
    option = next(o for o in QUESTION.options(survey, COMPRESS) if o.value["kind"] == "binary")
    encoding, query, ram = QUESTION.fields(survey, COMPRESS, option.value)
    assert (encoding.suggested, query.suggested, ram.suggested) == ("two_bits", "default", "no")
    assert [value for value, _ in query.choices] == [
        "default", "binary", "scalar4bits", "scalar8bits"
    ]  # fmt: skip
    typed = {"encoding": "one_bit", "query_encoding": "scalar4bits", "always_ram": "yes"}
    assert QUESTION.compose(option.value, typed, survey, COMPRESS) == {
        "vector": None, "kind": "binary", "always_ram": True, "encoding": "one_bit",
        "query_encoding": "scalar4bits",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"kind": "scalar", "quantile": "0,9"}, "a comma where a point belongs"),
        ({"kind": "scalar", "quantile": 0.3}, "from 0.5 to 1"),
        ({"kind": "product", "compression": "x5"}, "Choose one of: x4, x8, x16, x32, x64"),
        ({"kind": "binary", "encoding": 2}, "one_bit, one_and_half_bits, two_bits"),
        ({"kind": "binary", "quantile": 0.9}, "It belongs to scalar"),
        ({"kind": "binary", "colour": "red"}, "colour is not a part of this answer"),
        ({"kind": "binary", "vector": "nope"}, "no dense vector nope"),
        ({"kind": "none", "compression": "x4"}, "It belongs to product"),
    ],
)
def test_what_cannot_be_is_said(answer: Any, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        clean(survey_of(), **answer)


def test_the_question_tells_what_is_in_force_and_asks_which_vectors_are_meant() -> None:
    survey = survey_of({"product": {"compression": "x8"}}, title=INT8, unnamed=None)
    assert (
        "Now: title scalar int8, quantile 0.95, not kept in memory; the unnamed vector product x8."
        in QUESTION.text(survey, COMPRESS).help
    )
    where = QUESTION.fields(survey, COMPRESS, QUESTION.suggest(survey, COMPRESS).value)[0]
    assert [value for value, _ in where.choices] == ["", "title", "(unnamed)"]
    plan = planned(survey, kind="binary", vector="(unnamed)")
    assert steps(plan, "requantize")[0].vector == ""
    plan = planned(survey, kind="binary")
    assert steps(plan, "requantize")[0].vector is None
    (before, after) = steps(plan, "probe_search")
    assert (before.vector, before.also, after.also) == ("title", ("",), ("",))


def test_one_vector_with_a_setting_of_its_own_is_what_is_compared() -> None:
    survey = survey_of(None, unnamed=INT8)
    with pytest.raises(BadAnswer, match="compressed already"):
        clean(survey, kind="scalar")
    assert clean(survey, kind="none")["kind"] == "none"
    open_ = {o.value["kind"]: o.closed for o in QUESTION.options(survey, COMPRESS)[:-1]}
    assert open_["none"] == ""
    assert QUESTION.suggest(survey, COMPRESS).value["kind"] == "turbo"


def test_none_for_one_vector_alone_needs_the_collection_to_be_without() -> None:
    survey = survey_of(INT8, title={"binary": {}}, body=None)
    for vector in ("title", "body"):
        with pytest.raises(BadAnswer, match=f"{vector} cannot be left uncompressed alone"):
            clean(survey, kind="none", vector=vector)
    assert clean(survey, kind="none")["vector"] is None
    free = survey_of(None, title={"binary": {}}, body=None)
    assert clean(free, kind="none", vector="title")["vector"] == "title"


def test_a_collection_without_dense_vectors_has_nothing_to_compress() -> None:
    survey = docs(vectors=fact((VectorFact(name="words", kind="sparse"),)))
    fit = by_name("requantize").fit(survey, COMPRESS)
    assert (fit.word, fit.reason) == ("ruled out", "the collection has no dense vector")


@pytest.mark.parametrize(
    ("answer", "rescore", "oversampling"),
    [
        ({}, None, None),
        ({"rescore": "yes", "oversampling": "2.5"}, True, 2.5),
        ({"rescore": True, "oversampling": 1}, True, None),
        ({"rescore": "no"}, False, None),
    ],
)
def test_search_is_measured_with_the_search_params_that_were_said(
    answer: Any, rescore: Any, oversampling: Any, tmp_path: Any
) -> None:
    said = BY_KEY["search_params"].clean(answer, survey_of(), COMPRESS)
    save_plan(planned(survey_of(), searched=said, kind="binary"), tmp_path / "plan.yaml")
    before, after = steps(load_plan(tmp_path / "plan.yaml"), "probe_search")
    for probe in (before, after):
        assert (probe.rescore, probe.oversampling) == (rescore, oversampling)
    assert (before.factors, after.factors) == ((), (1.0, 2.0, 3.0))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"rescore": "perhaps"}, "says not whether to rescore"),
        ({"oversampling": "12"}, "from 1 to 10"),
        ({"oversampling": 0.5}, "from 1 to 10"),
        ({"ignore": True}, "not a part of this answer"),
        ("yes", "no search params"),
    ],
)
def test_search_params_that_cannot_be_are_refused(answer: Any, said: str) -> None:
    with pytest.raises(BadAnswer, match=said):
        BY_KEY["search_params"].clean(answer, survey_of(), COMPRESS)


def test_an_answer_is_shown_at_its_option_with_what_was_typed() -> None:
    question = BY_KEY["search_params"]
    options = question.options(survey_of(), COMPRESS)
    said = {"rescore": "yes", "oversampling": 2.0}
    assert question.place(said, options, survey_of(), COMPRESS) == 1
    (field,) = question.fields(survey_of(), COMPRESS, said)
    assert field.suggested == "2"
    assert question.label(said, survey_of(), COMPRESS) == "rescore yes, oversampling 2"
    assert question.fields(survey_of(), COMPRESS, options[2].value) == ()


def test_a_plan_of_the_first_version_loads(tmp_path: Any) -> None:
    plan = planned(survey_of(), kind="scalar")
    save_plan(plan, tmp_path / "plan.yaml")
    assert "also:" not in (tmp_path / "plan.yaml").read_text(encoding="utf-8")
    assert steps(load_plan(tmp_path / "plan.yaml"), "probe_search")[0].also == ()

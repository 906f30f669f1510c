"""Linear map and Map queries: when they fit, from where they sample, and what is planned."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.advice import BY_KEY, advise, make_plan, warnings_for
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.estimate import estimate
from qdrant_model_migration.advice.questions.model import why_closed
from qdrant_model_migration.embedders import kind_of
from qdrant_model_migration.pipeline.origins import calculated
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.plan import Plan, load_plan, save_plan
from qdrant_model_migration.strategies import Fit, by_name
from qdrant_model_migration.survey.facts import Bare, Survey, TextField
from support.surveys import ANSWERS, BGE_BASE, MINILM, NOMIC, as_answer, docs, fact

LINEAR, QUERIES = by_name("linear_map"), by_name("map_queries")
STAY = {"kind": "stay"}
SOME_LOSS = {**ANSWERS, "accuracy": "approximate", "bridge": STAY}
GONE = {**SOME_LOSS, "text": {"fields": []}, "proof": {"kind": "later"}}


def left(share: float) -> Survey:
    fields = (
        TextField(path="title", share=share / 2, average_words=9.0),
        TextField(path="body", share=share, average_words=90.0),
    )
    return docs(text_fields=fact(fields))


def fit(survey: Survey, **answers: Any) -> Fit:
    return LINEAR.fit(survey, {**ANSWERS, **answers})


def planned(survey: Survey, answers: dict[str, Any] = SOME_LOSS) -> Plan:
    return make_plan(survey, answers, LINEAR, speed=None)


def learning(plan: Plan) -> Any:
    return next(step for step in plan.steps if step.name() == "learn_map")


@pytest.mark.parametrize(
    ("survey", "answers", "word"),
    [
        (docs(), {}, "open"),
        (docs(), {"accuracy": "exact"}, "ruled out"),
        (docs(), {"accuracy": "approximate"}, "possible"),
        (docs(), {"accuracy": "queries"}, "ruled out"),
        (docs(points=fact(20_000_000)), {}, "possible"),  # more than a day of embedding
        (docs(points=fact(20_000_000)), {"accuracy": "approximate"}, "possible"),
        (docs(points=fact(100_000_000)), {}, "possible"),
        (docs(points=fact(100_000_000)), {"accuracy": "approximate"}, "first"),
        (docs(points=fact(100_000_000)), {"accuracy": "exact"}, "ruled out"),
        (left(0.10), {"text": {"fields": []}}, "possible"),
        (left(0.01), {"text": {"fields": []}, "accuracy": "approximate"}, "ruled out"),
        (docs(), {"both": "test", "accuracy": "approximate"}, "ruled out"),
        (docs(), {"change": "shorter", "accuracy": "approximate"}, "ruled out"),
    ],
)
def test_when_it_fits(survey: Survey, answers: dict[str, Any], word: str) -> None:
    assert fit(survey, **answers).word == word


def test_it_never_comes_first_below_a_hundred_million_points() -> None:
    for both in ({"both": "no"}, {}):
        kept = {k: v for k, v in SOME_LOSS.items() if k != "both"}
        assert advise(docs(), {**kept, **both}).recommended.name == "blue_green"
        slow = docs(points=fact(20_000_000))
        assert advise(slow, {**kept, **both}).recommended.name == "blue_green"
    assert advise(docs(points=fact(100_000_000)), SOME_LOSS).recommended.name == "linear_map"


def test_the_new_vector_is_calculated_in_the_place_of_the_old_one() -> None:
    plan = planned(docs())
    assert plan.move is not None
    (made,) = plan.move.vectors
    assert made.origin == calculated("", BGE_BASE, MINILM)
    assert made.params["size"] == BGE_BASE.dimensions
    assert not plan.move.embeds
    assert [step.name() for step in plan.steps] == [
        "check", "learn_map", "create_collection", "backfill", "catch_up", "index", "verify",
        "cutover", "sweep",
    ]  # fmt: skip
    step = learning(plan)
    assert (step.source, step.model, step.texts) == ("", BGE_BASE, TextSource(fields=("text",)))
    assert step.back is None


def test_the_plan_comes_back_from_its_file(tmp_path) -> None:
    for strategy, accuracy in ((LINEAR, "approximate"), (QUERIES, "queries")):
        answers = {**SOME_LOSS, "accuracy": accuracy}
        plan = make_plan(docs(), answers, strategy, speed=None)
        save_plan(plan, tmp_path / "plan.yaml")
        assert load_plan(tmp_path / "plan.yaml") == plan


def test_where_texts_are_gone_the_sample_is_of_the_field_that_has_most_left() -> None:
    assert learning(planned(left(0.10), GONE)).texts == TextSource(fields=("body",))


def test_points_without_an_old_vector_are_expected() -> None:
    survey = docs(bare=fact({"": Bare(points=12_048, texts={"text": 12_048})}))
    plan = planned(survey)
    backfill = next(step for step in plan.steps if step.name() == "backfill")
    assert backfill.expected_missing == pytest.approx(0.1, abs=1e-4)


def test_a_service_that_embeds_the_sample_is_named_and_its_price_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = type(kind_of(BGE_BASE))
    monkeypatch.setattr(kind, "service", "the Service")
    monkeypatch.setattr(kind, "usd", lambda self, model: 2.0)
    plan = planned(docs())
    assert "Every text is sent to the Service." in [
        warning.text for warning in warnings_for(docs(), SOME_LOSS, LINEAR, plan)
    ]
    tokens = docs().average_tokens.value or 0
    assert estimate(docs(), plan, None).usd == pytest.approx(10_000 * tokens * 2.0 / 1e6)


def test_map_queries_comes_first_where_only_queries_are_to_be_calculated() -> None:
    answers = {**ANSWERS, "accuracy": "queries"}
    assert advise(docs(), answers).recommended.name == "map_queries"
    plan = make_plan(docs(), answers, QUERIES, speed=None)
    assert plan.move is None
    assert learning(plan).back.old == MINILM
    assert learning(plan).back.name == "docs"
    assert plan.estimate.seconds.likely is None
    shown = {w.id for w in warnings_for(docs(), answers, QUERIES, plan)}
    assert not shown & {"W01", "W20", "W32", "W33"}  # nothing is copied, nothing goes stale


def test_calculated_vectors_may_be_made_properly_by_the_same_model_and_are_not_cut() -> None:
    told: dict[str, Any] = {"old_model": fact(NOMIC, "told"), "matches": None}
    assert "already have" in why_closed(docs(**told), ANSWERS, NOMIC)
    assert why_closed(docs(**told, approximate=("",)), ANSWERS, NOMIC) == ""
    shorter = {"change": "shorter", "model": as_answer(NOMIC.cut_to(256))}
    cut = by_name("truncate").fit(docs(**told, approximate=("",)), shorter)
    assert (cut.word, cut.decided_by) == ("ruled out", "survey")


def ordered(**more: Any) -> Survey:
    """With payload indexes of every kind, two of which can say what comes first."""
    kinds = {"views": "integer", "at": "datetime", "tag": "keyword"}
    schema: dict[str, Any] = {name: {"data_type": kind} for name, kind in kinds.items()}
    schema["lookup"] = {"data_type": "integer", "params": {"range": False}}
    return docs(payload_schema=schema, **more)


def behind(survey: Survey, **bridge: Any) -> Plan:
    return planned(survey, {**SOME_LOSS, "bridge": {"kind": "embed", "hottest": "", **bridge}})


def test_proper_vectors_are_made_behind_calculated_ones_where_that_is_wanted(tmp_path: Any) -> None:
    plan = behind(ordered(), hottest="views")
    assert plan.steps[:-1] == planned(ordered()).steps
    step: Any = plan.steps[-1]
    assert (step.name(), step.hottest) == ("bridge", "views")
    assert step.texts == TextSource(fields=("text",))
    assert plan.move is not None
    (calculated_one,) = plan.move.vectors
    assert step.vector.params == calculated_one.params
    assert (step.vector.name, step.vector.model) == (calculated_one.name, BGE_BASE)
    said = " ".join(step.text(plan.move).details)
    assert "The highest views first" in said
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    (bare_one,) = behind(ordered()).steps[-1:]
    assert bare_one.hottest is None  # type: ignore[attr-defined]


def test_what_it_costs_is_told_to_the_switch_and_behind_it() -> None:
    survey = ordered()
    without = make_plan(survey, SOME_LOSS, LINEAR, speed=Speed(10.0)).estimate
    answers = {**SOME_LOSS, "bridge": {"kind": "embed", "hottest": ""}}
    plan = make_plan(survey, answers, LINEAR, speed=Speed(10.0))
    cost = plan.estimate
    assert cost.seconds.likely == without.seconds.likely
    assert cost.seconds.how.startswith("to the switch: ")
    assert "proper vectors behind it: about 3 h 21 min more, 10 texts/s" in cost.seconds.how
    assert cost.step_seconds[-1] == pytest.approx((120_482 - 12) / 10, rel=0.01)
    assert cost.notes_bytes == 2 * (without.notes_bytes or 0)
    untried = make_plan(survey, answers, LINEAR, speed=None).estimate
    assert untried.seconds.how.endswith("proper vectors behind it: time not known: the speed was "
                                        "not tried")  # fmt: skip
    assert LINEAR.embeds_all(answers)
    assert not LINEAR.embeds_all(SOME_LOSS)


def test_it_is_asked_where_every_text_is_at_hand_and_offers_fields_that_can_be_ordered() -> None:
    question = BY_KEY["bridge"]
    asked = {**ANSWERS, "accuracy": "approximate"}
    assert question in advise(ordered(), asked).asked
    for other in ({"accuracy": "exact"}, {"text": {"fields": []}}, {"text": {"file": "t.csv"}}):
        assert question not in advise(ordered(), {**asked, **other}).asked
    (_, embed, _) = question.options(ordered(), asked)
    (field,) = question.fields(ordered(), asked, embed.value)
    assert [value for value, _ in field.choices] == ["", "at", "views"]
    assert question.fields(docs(), asked, embed.value) == ()
    assert question.clean({"kind": "embed"}, docs(), asked) == embed.value
    assert question.label({"kind": "embed", "hottest": "at"}, ordered(), asked).endswith("at first")
    for option in question.options(ordered(), asked):
        assert advise(ordered(), {**asked, "bridge": option.value}).standings, "as the map tries it"
    assert question.clean("unknown", docs(), asked) == "unknown"
    assert question.taken_as(docs(), asked) == STAY
    for wrong in ({"kind": "embed", "hottest": "tag"}, {"kind": "embed", "hottest": "lookup"},
                  {"kind": "both"}, "embed", {"kind": "embed", "field": "at"}):  # fmt: skip
        with pytest.raises(BadAnswer):
            question.clean(wrong, ordered(), asked)

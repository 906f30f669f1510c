"""Truncate: which vectors may be cut, and the plan that cuts them."""

from __future__ import annotations

import json

import pytest

from qdrant_model_migration.advice import advise, make_plan
from qdrant_model_migration.advice.errors import StrategyUnfit
from qdrant_model_migration.pipeline.origins import as_it_is, first_values
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import ANSWERS, BGE_SMALL, MINILM, NOMIC, as_answer, docs, fact

TRUNCATE = by_name("truncate")
WHOLE = VectorFact(
    name="", kind="dense", size=768, distance="Cosine",
    raw={"size": 768, "distance": "Cosine", "hnsw_config": {"m": 24}},
)  # fmt: skip
OTHER = VectorFact(
    name="title", kind="dense", size=384, distance="Dot", raw={"size": 384, "distance": "Dot"}
)


def nomic(*vectors: VectorFact, **changes):
    return docs(**{"vectors": fact(vectors or (WHOLE,)), "old_model": fact(NOMIC), **changes})


def answers(length=256, **changes):
    kept = {k: v for k, v in ANSWERS.items() if k != "query_side"}
    short = {"change": "shorter", "model": as_answer(NOMIC.cut_to(length)), "target": "docs_short"}
    return {**kept, **short, **changes}


def proof_of(plan):
    return next(step.proof for step in plan.steps if step.step == "verify")


def fit(survey, given):
    return advise(survey, given).fit_of(TRUNCATE)


def test_the_new_vector_is_the_first_part_of_the_old_one_in_its_place():
    plan = make_plan(nomic(), answers(), TRUNCATE, speed=None)
    (made,) = plan.move.vectors
    assert made.origin == first_values("", NOMIC.cut_to(256))
    assert made.params == {"size": 256, "distance": "Cosine", "hnsw_config": {"m": 24}}
    assert not plan.move.embeds
    assert (plan.strategy, plan.title) == ("truncate", "Truncate")
    assert plan.before.legs == (Leg(model=NOMIC, size=768),)
    assert plan.after.legs == (Leg(model=made.model),)
    by_step = {step.step: step for step in plan.steps}
    assert list(by_step) == [
        "check", "measure_cut", "create_collection", "backfill", "catch_up", "index", "verify",
        "cutover", "sweep",
    ]  # fmt: skip
    assert by_step["backfill"].expected_missing == 0.0


def test_the_plan_comes_back_from_its_file(tmp_path):
    plan = make_plan(nomic(), answers(), TRUNCATE, speed=None)
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_no_text_is_needed_but_one_that_is_there_makes_searches():
    with_text = make_plan(nomic(), answers(), TRUNCATE, speed=None)
    assert proof_of(with_text).text == TextSource(fields=("text",))
    gone = make_plan(nomic(), answers(text={"fields": []}), TRUNCATE, speed=None)
    assert proof_of(gone).text is None


def test_nothing_in_the_plan_speaks_of_embedding():
    plan = make_plan(nomic(), answers(), TRUNCATE, speed=None)
    said = " ".join(" ".join(step.text(plan.move).details) for step in plan.steps)
    assert "embed" not in said
    assert "texts" not in said
    assert "Opens the model" not in said


def test_the_time_is_that_of_writing_whatever_the_model_could_do():
    tried = make_plan(nomic(), answers(), TRUNCATE, speed=Speed(5.0)).estimate.seconds
    assert tried == make_plan(nomic(), answers(), TRUNCATE, speed=None).estimate.seconds
    assert tried.likely == pytest.approx(120_482 / 7_800, rel=0.05)  # 256 dimensions, 1.2 kB
    assert "texts/s" not in tried.how


def test_the_vector_that_was_named_is_cut_with_its_own_model_and_the_others_kept():
    two = {"": fact(NOMIC), "title": fact(MINILM)}
    first = nomic(WHOLE, OTHER, old_models=two)
    plan = make_plan(first, answers(replace=""), TRUNCATE, speed=None)
    assert [v.origin.how for v in plan.move.vectors] == ["cut", "keep"]
    assert plan.move.vectors[1].origin == as_it_is("title")
    # The other one's model was not made for it, though the first one's was.
    other = {key: value for key, value in answers(replace="title").items() if key != "model"}
    assert fit(first, other).reason == "not made for shortening; a length of it has to prove itself"
    swapped = nomic(OTHER, WHOLE, old_model=fact(MINILM), old_models=two)
    assert fit(swapped, answers(replace="")).word == "first"


def test_the_suggested_name_says_the_length():
    survey, given = nomic(), {k: v for k, v in answers(128).items() if k != "target"}
    target = next(s.question for s in advise(survey, given).standings if s.question.key == "target")
    assert target.suggest(survey, given).value == "docs_nomic_embed_text_128"


def test_an_answered_vector_name_is_used_and_warned_of():
    named = answers(vector_name="nomic_256")
    plan = make_plan(nomic(), named, TRUNCATE, speed=None)
    assert plan.move.vectors[0].name == "nomic_256"
    assert "W04" in plan.must_accept


def test_the_length_alone_counts_of_a_model_that_was_typed_by_hand():
    typed = {**as_answer(NOMIC), "dimensions": 128}  # qmm plan --model X --set model.dimensions=128
    plan = make_plan(nomic(), answers(model=typed), TRUNCATE, speed=None)
    assert plan.move.vectors[0].model == NOMIC.cut_to(128)
    assert plan.move.vectors[0].model.full_dimensions == 768


@pytest.mark.parametrize(
    ("survey", "given", "reason", "decided_by"),
    [
        (nomic(), answers(model=as_answer(BGE_SMALL)), "the chosen model is no cut of the present "
         "one", "model"),
        (nomic(old_model=fact(None)), answers(), "the old model is not known, so it may not be cut",
         "survey"),
        (nomic(approximate=("",)), answers(), "the vectors are approximate; proper ones can be cut",
         "survey"),
        (nomic(WHOLE.model_copy(update={"datatype": "uint8"})), answers(),
         "whole numbers (uint8) cannot be made to length one", "survey"),
        (nomic(), answers(change="model", both="always"), "leaves one model at a time", "both"),
        (nomic(), {**ANSWERS}, "the model changes", "change"),
    ],
)  # fmt: skip
def test_what_may_not_be_cut_is_ruled_out_with_its_reason(survey, given, reason, decided_by):
    found = fit(survey, given)
    assert (found.word, found.reason, found.decided_by) == ("ruled out", reason, decided_by)
    with pytest.raises(StrategyUnfit):
        make_plan(survey, given, TRUNCATE, speed=None)


def unproven(length=192, **changes):
    """The present model of docs(), all-MiniLM-L6-v2 (384), at a length it was not made for."""
    return answers(model=as_answer(MINILM.cut_to(length, unproven=True)), **changes)


def test_a_length_the_model_was_not_made_for_is_possible_and_proves_itself_before_it_is_made():
    found = fit(docs(), unproven(shortened_by="cut"))
    assert (found.word, found.decided_by) == ("possible", "model")
    assert "measured on your vectors first" in found.reason
    assert fit(docs(), {**unproven(), "change": "model"}).word == "ruled out"
    plan = make_plan(docs(), unproven(shortened_by="cut"), TRUNCATE, speed=None)
    assert plan.move.vectors[0].origin == first_values("", MINILM.cut_to(192, unproven=True))
    measured = next(step for step in plan.steps if step.step == "measure_cut")
    assert (measured.by, measured.proves, measured.least) == ("cut", True, 0.7)
    assert measured.lengths == (192, 96, 48)
    assert {"W02", "W09"} <= set(plan.must_accept)


def test_a_length_typed_by_hand_proves_itself_as_well():
    typed = {**as_answer(NOMIC), "dimensions": 300}
    plan = make_plan(nomic(), answers(model=typed, shortened_by="cut"), TRUNCATE, speed=None)
    measured = next(step for step in plan.steps if step.step == "measure_cut")
    assert measured.proves
    assert plan.move.vectors[0].model.unproven


def test_a_projection_keeps_the_model_whole_and_the_distance_as_it_is(tmp_path):
    dot = VectorFact(
        name="", kind="dense", size=384, distance="Dot", raw={"size": 384, "distance": "Dot"}
    )
    survey = docs(vectors=fact((dot,)))
    plan = make_plan(survey, unproven(96, shortened_by="projection"), TRUNCATE, speed=None)
    (made,) = plan.move.vectors
    assert made.params == {"size": 96, "distance": "Dot"}
    assert made.origin.how == "project"
    assert made.model.dimensions == 384
    assert made.origin.metadata["projected_to"] == 96
    (leg,) = plan.after.legs
    assert (leg.size, leg.map, leg.model.name) == (96, "projection.npz", MINILM.name)
    assert plan.after.label == "all-MiniLM-L6-v2 projected to 96"
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_a_model_that_was_made_for_it_may_be_projected_too_and_is_cut_unless_one_says_so():
    assert advise(nomic(), answers()).settled["shortened_by"] == "cut"
    plan = make_plan(nomic(), answers(shortened_by="projection"), TRUNCATE, speed=None)
    assert plan.move.vectors[0].origin.how == "project"
    assert advise(docs(), unproven()).next.key == "shortened_by"


def test_a_length_that_is_not_shorter_is_no_cut():
    stored_short = nomic(WHOLE.model_copy(update={"size": 256, "raw": {"size": 256}}))
    assert fit(stored_short, {"change": "model", "model": as_answer(NOMIC.cut_to(512))}).word == (
        "ruled out"
    )


def test_both_models_for_a_test_makes_it_merely_possible():
    given = answers(change="model", both="test")
    assert fit(nomic(), given).word == "possible"


def test_answers_and_plan_are_json():
    plan = make_plan(nomic(), answers(), TRUNCATE, speed=None)
    assert json.loads(plan.model_dump_json())["move"]["vectors"][0]["origin"]["how"] == "cut"

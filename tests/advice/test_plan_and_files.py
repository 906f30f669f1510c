"""Making a plan, its estimate, the file of answers, the map and the made-up facts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from qdrant_model_migration.advice import (
    QUESTIONS,
    BadAnswer,
    WhatIf,
    advise,
    imagine,
    load_answers,
    make_plan,
    map_lines,
    save_answers,
)
from qdrant_model_migration.advice.errors import (
    AnswersUnusable,
    PlanClosed,
    QuestionOpen,
    StrategyUnfit,
)
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import ANSWERS, any_answers, docs, fact, practice

BLUE_GREEN = by_name("blue_green")
COMPRESS = {
    "change": "compression",
    "quantization": {"vector": None, "kind": "scalar", "always_ram": True},
    "search_params": {"rescore": "default", "oversampling": 1.0},
}


# --- The plan ---------------------------------------------------------------------------------


def test_a_plan_carries_answers_estimate_and_what_must_be_accepted(tmp_path):
    plan = make_plan(docs(), ANSWERS, BLUE_GREEN, speed=Speed(58.0, "measured on 256 texts"))
    assert plan.strategy == "blue_green"
    assert plan.must_accept == ("W02",)
    assert plan.answers == {**ANSWERS, "accuracy": "exact", "originals": "no"}  # both are found
    assert plan.move.target == "docs_bge_base"
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_i_do_not_know_stands_in_the_plan_as_what_it_was_taken_as():
    plan = make_plan(docs(), {**ANSWERS, "pace": "unknown"}, BLUE_GREEN, speed=None)
    assert plan.answers["pace"] == "normally"


def test_each_answer_about_the_steps_reaches_them():
    changed = {
        **ANSWERS,
        "pace": "gently",
        "vector_name": "bge_base_768",
        "name": {"alias": "d", "exists": False},
        "proof": {"kind": "file", "file": "q.csv", "margin": 0.1},
        "text": {"fields": ["title", "text"]},
    }
    plan = make_plan(docs(), changed, BLUE_GREEN, speed=None)
    first = make_plan(docs(), ANSWERS, BLUE_GREEN, speed=None)
    assert plan.move.load != first.move.load
    assert plan.move.vectors[0].name == "bge_base_768"
    assert plan.move.vectors[0].origin.text.fields == ("title", "text")
    assert [s.step for s in plan.steps if s.step not in {o.step for o in first.steps}] == [
        "adopt_alias"
    ]
    verify = next(step for step in plan.steps if step.step == "verify")
    assert (verify.proof.file, verify.proof.margin) == (str(Path("q.csv").absolute()), 0.1)


def test_the_aliases_that_are_used_are_switched_and_the_others_named(tmp_path):
    survey = docs(aliases=fact(("docs", "note", "search")))
    answers = {**ANSWERS, "name": {"alias": "search", "exists": True, "also": ["docs"]}}
    plan = make_plan(survey, answers, BLUE_GREEN, speed=None)
    cutover = next(step for step in plan.steps if step.step == "cutover")
    assert cutover.switch.all == ("search", "docs")
    assert cutover.switch.left == ("note",)
    assert (plan.steps[0].alias, plan.steps[0].also) == ("search", ("docs",))
    assert "W38" in plan.must_accept
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    one = make_plan(docs(), ANSWERS, BLUE_GREEN, speed=None)
    assert "W38" not in one.must_accept
    save_plan(one, tmp_path / "plan.yaml")
    assert "also" not in (tmp_path / "plan.yaml").read_text()  # as the first version wrote it


def test_requantize_gets_its_plan():
    plan = make_plan(docs(), COMPRESS, by_name("requantize"), speed=None)
    assert plan.move is None
    assert plan.estimate.seconds.likely is None
    assert "W28" not in plan.must_accept


@pytest.mark.parametrize(
    ("answers", "strategy", "error", "said"),
    [
        (ANSWERS, "requantize", StrategyUnfit,
         "Requantize cannot be used here. The model changes; decided by the answer to change."),
        ({**ANSWERS, "both": "no"}, "side_by_side", StrategyUnfit,
         "Side by side cannot be used here. One model at a time is enough; decided by the answer"),
        ({k: v for k, v in ANSWERS.items() if k != "model"}, "blue_green", QuestionOpen,
         "The question model has no answer yet. Which model should make the new vectors?"),
        ({**ANSWERS, "missing": "stop"}, "blue_green", PlanClosed,
         "You chose to correct the missing texts first."),
        ({**ANSWERS, "target": "legal_multi"}, "blue_green", BadAnswer,
         "legal_multi already exists."),
        (COMPRESS | {"quantization": "scalar"}, "requantize", BadAnswer,
         "This is no compression."),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_made_says_why(answers, strategy, error, said):
    with pytest.raises(error) as raised:
        make_plan(docs(), answers, by_name(strategy), speed=None)
    assert str(raised.value).startswith(said)


# --- The estimate -----------------------------------------------------------------------------


def test_the_estimate_says_how_each_number_was_made():
    cost = make_plan(docs(), ANSWERS, BLUE_GREEN, speed=Speed(58.0, "measured")).estimate
    assert cost.seconds.likely == pytest.approx((120_482 - 118) / 58, abs=0.1)
    assert cost.seconds.low < cost.seconds.likely < cost.seconds.high
    assert "58 texts/s, measured" in cost.seconds.how
    assert cost.memory_bytes.likely == pytest.approx(120_482 * 768 * 4 * 1.5, rel=1e-6)
    assert "120,482 x 768 x 4 bytes" in cost.memory_bytes.how
    assert cost.disk_bytes.likely == pytest.approx(cost.memory_bytes.likely + 146e6, rel=1e-6)
    smallest_slices = -(-120_482 // 64)
    assert cost.notes_bytes == 36 * 120_482 + 2**20 + 750 * smallest_slices
    assert cost.usd == 0.0
    assert cost.step_seconds[2] == cost.seconds.likely


def test_what_was_not_measured_is_not_known():
    cost = make_plan(docs(), ANSWERS, BLUE_GREEN, speed=None).estimate
    assert cost.seconds.likely is None
    assert cost.seconds.how == "not known: the speed was not tried"
    uncounted = make_plan(docs(points=fact(None)), ANSWERS, BLUE_GREEN, speed=Speed(5.0)).estimate
    assert uncounted.disk_bytes.likely is None
    assert uncounted.notes_bytes is None


def test_kept_vectors_need_room_too():
    two = (
        VectorFact(name="", kind="dense", size=384, distance="Cosine", raw={"size": 384}),
        VectorFact(name="image", kind="dense", size=512, distance="Cosine", raw={"size": 512}),
    )
    cost = make_plan(docs(vectors=fact(two)), {**ANSWERS, "replace": ""}, BLUE_GREEN, speed=None)
    expected = 120_482 * (768 + 512) * 4 * 1.5
    assert cost.estimate.memory_bytes.likely == pytest.approx(expected, rel=1e-6)


def test_a_kept_vector_is_compressed_as_its_own_setting_says():
    vectors = (
        VectorFact(name="", kind="dense", size=384, distance="Cosine"),
        VectorFact(
            name="kept", kind="dense", size=100, distance="Cosine",
            raw={"size": 100, "distance": "Cosine", "quantization_config": {"scalar": {}}},
        ),
    )  # fmt: skip
    binary = fact({"binary": {}})
    survey = docs(vectors=fact(vectors), quantization=binary)
    answers = {**ANSWERS, "replace": ""}
    room = make_plan(survey, answers, BLUE_GREEN, speed=None).estimate.memory_bytes
    new, kept = 120_482 * 768 * 4, 120_482 * 100 * 4
    expected = (new + kept) * 1.5 + new / 32 + kept / 4
    assert room.likely == pytest.approx(expected, rel=1e-6)


# --- The file of answers ----------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(answers=any_answers)
def test_answers_come_back_from_the_file_as_they_were(answers):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.yaml"
        save_answers(path, answers)
        assert load_answers(path) == answers


def test_no_and_yes_are_words_in_a_file_written_by_hand(tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text("qmm_answers: 1\nanswers:\n  both: no\n  originals: yes\n")
    assert load_answers(path) == {"both": "no", "originals": "yes"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("qmm_answers: 1\nanswers:\n  bot: no\n", 3, "there is no question bot."),
        ("qmm_answers: 1\nanswers:\n  api_key: abc\n", 3, "there is no question api_key."),
        ("qmm_answers: 1\napi_key: abc\n", 2, "api_key does not belong here."),
        ("qmm_answers: 2\n", 1, "qmm_answers is 2; this version reads 1."),
        ("answers: {}\n", 0, "this is no file of answers"),
        ("qmm_answers: 1\nanswers: [a]\n", 2, "answers is not a list of question and answer."),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line(tmp_path, text, line, said):
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    with pytest.raises(AnswersUnusable) as error:
        load_answers(path)
    assert error.value.line == line
    assert said in str(error.value)
    assert "abc" not in str(error.value)


def test_a_question_answered_twice_is_refused_with_its_line(tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text("qmm_answers: 1\nanswers:\n  both: no\n  both: test\n")
    with pytest.raises(PlanError, match="line 4"):
        load_answers(path)


def test_only_answers_are_saved(tmp_path):
    path = tmp_path / "answers.yaml"
    save_answers(path, {**ANSWERS, "api_key": "secret"})
    assert "secret" not in path.read_text()
    assert load_answers(path) == ANSWERS


# --- The map ----------------------------------------------------------------------------------


def here(survey, answers):
    lines = map_lines(survey, advise(survey, answers))
    (line,) = [line for line in lines if line.here]
    return line.label


def test_the_map_shows_where_the_answers_lead():
    assert here(docs(), {}) == "What do you want to change?"
    assert here(docs(), {"change": "model"}) == "replace the model, or add a second"
    assert here(docs(), ANSWERS) == "one replaces the other"
    assert here(docs(), COMPRESS) == "compress differently"
    assert here(docs(), {"change": "shorter"}) == "not made for it"


def test_every_strategy_stands_on_the_map():
    lines = map_lines(docs(), advise(docs(), {}))
    assert {line.strategy for line in lines if line.strategy} == {s.name for s in strategies()}
    assert {line.question for line in lines} <= {q.key for q in QUESTIONS} | {""}
    assert all(len(line.lasts) == line.depth for line in lines)


def test_an_older_server_loses_the_branch_in_place():
    def labels(server):
        survey = imagine(WhatIf(server=server))
        return [line.label for line in map_lines(survey, advise(survey, {}))]

    older, newer = labels("1.17"), labels("1.18 or newer")
    assert not any("in place" in label for label in older)
    assert set(older) ^ set(newer) == {
        "older: a new collection with both vectors",
        "server 1.18.1 or newer: in place, or a new collection",
    }


def test_leaves_say_possible_ruled_out_or_open():
    signs = {line.title: line.sign for line in map_lines(docs(), advise(docs(), ANSWERS))}
    assert signs["Blue-green"] == "✓"
    assert signs["Requantize"] == "✗"
    assert {line.sign for line in map_lines(docs(), advise(docs(), {}))} == {"", "?"}


# --- Made-up facts ----------------------------------------------------------------------------


def test_each_switch_of_what_if_changes_the_advice():
    def seen(what_if, answers):
        survey = imagine(what_if)
        advice = advise(survey, answers)
        return repr((advice.fits, advice.standings, map_lines(survey, advice)))

    model = {"change": "model"}
    base = WhatIf()
    assert seen(base._replace(points=100_000_000), model) != seen(base, model)
    assert seen(base._replace(text=False), model) != seen(base, model)
    assert seen(base._replace(alias=False), model) != seen(base, model)
    assert seen(base._replace(server_embeds=True), model) != seen(base, model)
    assert seen(base._replace(server="1.17"), model) != seen(base, model)
    shorter = {"change": "shorter"}
    assert seen(base._replace(matryoshka=True), shorter) != seen(base, shorter)


def test_made_up_facts_say_so():
    survey = imagine()
    assert survey.points.how == survey.old_model.how == "made up"
    json.loads(survey.model_dump_json())


def test_the_practice_trip_makes_a_plan():
    answers = {
        **ANSWERS,
        "name": {"alias": "practice", "exists": True},
        "target": "practice_subwords",
    }
    plan = make_plan(practice(), answers, BLUE_GREEN, speed=Speed(400.0))
    assert plan.collection == "practice_words"
    assert plan.practice


@pytest.mark.parametrize("vector_name", ["", "body"])
def test_a_vector_that_is_compared_in_another_way_says_so_where_it_is_created(vector_name):
    for distance, shape in (("Manhattan", "768 by Cosine, not Manhattan"), ("Dot", "768")):
        old = VectorFact(name="", kind="dense", size=384, distance=distance)
        answers = {**ANSWERS, "vector_name": vector_name}
        survey = docs(vectors=fact((old,)))
        plan = make_plan(survey, answers, by_name("blue_green"), speed=None)
        (title,) = [s.text(plan.move).title for s in plan.steps if s.step == "create_collection"]
        assert title.endswith(f"({f'{vector_name} {shape}'.strip()})")

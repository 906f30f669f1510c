"""Advice as a whole: one recommendation or a collision, for any facts and any answers."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from qdrant_model_migration.advice import (
    BY_KEY,
    QUESTIONS,
    ModelChoice,
    advise,
    answer_all,
    describe,
    map_lines,
    model_rows,
    warnings_for,
)
from qdrant_model_migration.advice.errors import BadAnswer, QuestionOpen
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import (
    ANSWERS,
    BGE_BASE,
    BGE_SMALL,
    COLBERT,
    E5_LARGE,
    MINILM,
    NOMIC,
    ORIGINALS,
    PRACTICE_NEW,
    PRACTICE_OLD,
    SPLADE,
    any_answers,
    any_survey,
    as_answer,
    docs,
    fact,
    practice,
    server,
    wild_answers,
)

MODELS = [
    ModelChoice(model, Reach("here"))
    for model in (BGE_BASE, BGE_SMALL, E5_LARGE, NOMIC, COLBERT, PRACTICE_OLD, PRACTICE_NEW)
]


def words(advice):
    return {choice.strategy.title: choice.fit.word for choice in advice.fits}


def states(advice):
    return {standing.question.key: standing.state for standing in advice.standings}


# --- What the storyboard promises -------------------------------------------------------------


def test_another_model_that_replaces_the_old_one_is_blue_green_first():
    advice = advise(docs(), ANSWERS)
    assert advice.recommended.title == "Blue-green"
    assert advice.fit_of(advice.recommended).word == "first"
    assert [s.title for s in advice.possible] == ["Blue-green"]
    assert advice.next is None
    assert advice.because[0].startswith("the model changes")


def test_each_change_ends_in_its_own_strategy():
    firsts = {
        change: [title for title, word in words(advise(docs(), {"change": change})).items()
                 if word == "first"]
        for change in ("compression", "keywords", "second")
    }  # fmt: skip
    assert firsts == {
        "compression": ["Requantize"],
        "keywords": ["Dense to hybrid"],
        "second": ["Side by side"],
    }


def test_other_compression_rules_out_all_but_requantize():
    fits = words(advise(docs(), {"change": "compression"}))
    assert {t for t, w in fits.items() if w != "ruled out"} == {"Requantize"}


def test_shorter_vectors_of_a_matryoshka_model_are_cut():
    advice = advise(docs(old_model=fact(NOMIC)), {"change": "shorter"})
    assert advice.recommended.title == "Truncate"


def test_shorter_vectors_of_any_other_model_are_embedded_again():
    advice = advise(docs(), {"change": "shorter"})
    assert advice.recommended.title == "Blue-green"
    assert words(advice)["Truncate"] == "open"  # a length of it has to prove itself


def test_the_old_model_cut_to_a_length_it_was_made_for_is_truncate():
    survey = docs(old_model=fact(NOMIC))
    advice = advise(survey, {"change": "model", "model": as_answer(NOMIC.cut_to(256))})
    assert advice.recommended.title == "Truncate"


def test_zeros_behind_the_values_of_the_present_model_are_cut_off_without_embedding():
    padded = MINILM.padded_to(1024)
    vector = VectorFact(name="", kind="dense", size=1024, distance="Cosine")
    survey = docs(old_model=fact(padded), vectors=fact((vector,)))
    here = [ModelChoice(MINILM, Reach("here")), ModelChoice(E5_LARGE, Reach("here"))]
    rows = model_rows(survey, {"change": "shorter"}, here)
    assert [row.model for row in rows if row.model.name == MINILM.name] == [MINILM]
    for change in ("shorter", "model"):
        advice = advise(survey, {"change": change, "model": as_answer(MINILM)})
        assert advice.recommended.title == "Truncate"


def test_the_present_model_with_other_lengths_may_be_chosen_and_is_not_suggested():
    uneven = MINILM.model_copy(update={"model_file": "model.onnx", "normalise": False})
    survey = docs(old_model=fact(uneven, "re-embedded"))
    here = [ModelChoice(MINILM, Reach("here")), ModelChoice(BGE_SMALL, Reach("here"))]
    rows = model_rows(survey, {"change": "model"}, here)
    assert [(row.model, row.closed) for row in rows] == [(BGE_SMALL, ""), (MINILM, "")]


def test_both_models_for_a_test_prefers_side_by_side_and_keeps_blue_green():
    advice = advise(docs(), {**ANSWERS, "both": "test"})
    assert advice.recommended.title == "Side by side"
    assert [s.title for s in advice.possible] == ["Side by side", "Blue-green"]


def test_both_models_for_good_leaves_side_by_side_alone():
    advice = advise(docs(), {**ANSWERS, "both": "always"})
    assert [s.title for s in advice.possible] == ["Side by side"]


def test_nothing_that_builds_a_new_collection_is_left_where_none_is_wanted():
    answers = {**ANSWERS, "both": "test", "in_place": "in place"}
    advice = advise(docs(), answers)
    assert [s.title for s in advice.possible] == ["Side by side"]
    assert {states(advice)[key] for key in ("name", "target", "writes")} == {"skip"}
    older = advise(docs(capabilities=server(1, 18, 0)), answers)
    assert "Blue-green" in [s.title for s in older.possible]


def test_the_server_that_embeds_searches_is_server_inference():
    answers = {**ANSWERS, "query_side": "server"}
    assert advise(docs(), answers).recommended.title == "Server inference"
    cannot = docs(server_embeds=fact(False))
    assert advise(cannot, answers).recommended.title == "Blue-green"


def test_under_25_mb_with_originals_is_rebuilt():
    small = docs(payload_bytes=fact(10_000_000), vector_bytes=fact(5_000_000))
    assert advise(small, {**ANSWERS, **ORIGINALS}).recommended.title == "Rebuild from source"
    assert advise(small, ANSWERS).next.key == "originals"
    assert advise(small, {**ANSWERS, "originals": "no"}).recommended.title == "Blue-green"


def test_above_25_mb_with_originals_a_rebuild_is_possible_and_not_asked_for():
    alone = advise(docs(), ANSWERS)
    assert alone.recommended.title == "Blue-green"
    assert alone.fit_of(by_name("rebuild_from_source")).reason == (
        "slower than copying: 331 MB is over 25 MB"
    )
    given = advise(docs(), {**ANSWERS, **ORIGINALS})
    assert [s.title for s in given.possible] == ["Blue-green", "Rebuild from source"]
    recut = {**ORIGINALS, "originals": {**ORIGINALS["originals"], "have": "recut"}}
    assert advise(docs(), {**ANSWERS, **recut}).recommended.title == "Rebuild from source"


def test_a_linear_map_is_offered_from_a_hundred_million_points_or_a_day_on():
    assert words(advise(docs(), ANSWERS))["Linear map"] == "ruled out"
    slow = docs(points=fact(20_000_000))
    assert states(advise(slow, ANSWERS))["accuracy"] == "here"
    assert advise(slow, ANSWERS).recommended.title == "Blue-green"
    some_loss = {**ANSWERS, "accuracy": "approximate"}
    assert words(advise(slow, some_loss))["Linear map"] == "possible"
    huge = docs(points=fact(100_000_000))
    assert words(advise(huge, ANSWERS))["Linear map"] == "possible"
    exact = {**ANSWERS, "accuracy": "exact"}
    assert words(advise(huge, exact))["Linear map"] == "ruled out"
    assert advise(huge, some_loss).recommended.title == "Linear map"


def test_at_any_size_a_linear_map_is_possible_on_request_and_never_first():
    given_ = {**ANSWERS, "accuracy": "approximate"}
    assert "accuracy" not in [q.key for q in advise(docs(), ANSWERS).asked]
    assert words(advise(docs(), given_))["Linear map"] == "possible"
    assert advise(docs(), given_).recommended.title == "Blue-green"


def test_of_what_is_merely_possible_the_usual_one_is_recommended():
    advice = advise(docs(server_embeds=fact(True)), {"change": "model"})
    assert [s.title for s in advice.possible] == [
        "Blue-green",
        "Server inference",
    ]
    assert advice.recommended.title == "Blue-green"


def test_a_sparse_vector_that_is_there_already_is_named_and_kept():
    both = (*docs().dense, VectorFact(name="bm25", kind="sparse", raw={"modifier": "idf"}))
    survey = docs(vectors=fact(both))
    advice = advise(survey, {"change": "keywords"})
    fit = advice.fit_of(by_name("dense_to_hybrid"))
    assert (fit.word, fit.reason) == ("possible", "a second one beside the sparse vector bm25")
    plan = make_plan(
        survey, answer_all(survey, {"change": "keywords"}, []), advice.recommended, speed=None
    )
    assert [(v.name, v.origin.carries) for v in plan.move.vectors] == [
        ("", ""), ("bm25", "bm25"), ("bm25_2", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "answers", "word", "reason"),
    [
        ({}, {"change": "keywords"}, "first", "adds keyword search"),
        ({}, {"change": "model"}, "open", "decided by whether exact words are searched for"),
        ({}, {"change": "model", "keywords": "yes"}, "first",
         "adds keyword search in the same run"),
        ({}, {"change": "model", "keywords": "no"}, "ruled out", "no exact words needed"),
        ({}, {"change": "model", "both": "test"}, "ruled out", "leaves one model at a time"),
        ({}, {"change": "second"}, "ruled out", "keyword search can be added afterwards"),
        ({}, {"change": "shorter"}, "ruled out", "keyword search can be added afterwards"),
        ({}, {"change": "compression"}, "ruled out", "only the compression changes"),
        ({}, {"change": "keywords", "text": {"fields": []}}, "ruled out", "the texts are gone"),
        ({"vectors": fact((VectorFact(name="w", kind="sparse"),))}, {"change": "keywords"},
         "ruled out", "the collection has no dense vector"),
        ({"raw": {"params": {"sharding_method": "custom"}}}, {"change": "keywords"}, "first",
         "adds keyword search"),
        ({"word_models": fact((SPLADE,))}, {"change": "keywords"}, "ruled out",
         "no model for keyword search is on this computer"),
    ],
)  # fmt: skip
def test_dense_to_hybrid_says_when_it_fits(changed, answers, word, reason):
    survey = docs(**changed)
    fit = by_name("dense_to_hybrid").fit(survey, advise(survey, answers).settled)
    assert (fit.word, fit.reason) == (word, reason)


def test_another_model_and_keyword_search_are_one_run():
    advice = advise(docs(), {**ANSWERS, "keywords": "yes"})
    assert advice.recommended.title == "Dense to hybrid"
    assert "Blue-green" in {s.title for s in advice.possible}
    asked = {question.key for question in advice.asked}
    assert {"keyword_model", "fusion", "in_place"} <= asked
    without = advise(docs(), {**ANSWERS, "keywords": "no"}).asked
    assert not {"keyword_model", "fusion", "in_place"} & {question.key for question in without}


def test_without_a_dense_vector_no_model_can_be_replaced():
    sparse = (VectorFact(name="bm25", kind="sparse"),)
    bare = docs(vectors=fact(sparse), payload_bytes=fact(1000), vector_bytes=fact(0))
    advice = advise(bare, {"change": "model"})
    assert advice.collision == ("change", "survey")
    reasons = {choice.fit.reason for choice in advice.fits if choice.fit.decided_by == "survey"}
    assert "the collection has no dense vector" in reasons


def test_texts_that_are_gone_collide_with_another_model():
    nothing_left = docs(text_fields=fact(()))
    gone = {**ANSWERS, "text": {"fields": []}}
    asked = advise(nothing_left, gone).next
    assert asked.key == "originals", "a file of them is the way that is left"
    assert advise(nothing_left, {**gone, **ORIGINALS}).recommended.title == "Rebuild from source"
    advice = advise(nothing_left, {**gone, "originals": "no"})
    assert advice.recommended is None
    assert advice.collision == ("change", "text")
    assert advice.collision_says == (
        "Nothing is left: Change is another model and Text is gone. Change one of the two."
    )


def test_texts_that_are_gone_but_for_a_sample_leave_the_linear_map():
    gone = {**ANSWERS, "text": {"fields": []}, "originals": "no"}
    asked = advise(docs(), gone)
    assert states(asked)["accuracy"] == "here"
    assert asked.recommended.title == "Linear map"
    assert advise(docs(), answer_all(docs(), gone, MODELS)).recommended.title == "Linear map"


def test_the_practice_qdrant_does_not_compress():
    advice = advise(practice(), {"change": "compression"})
    assert advice.collision == ("change", "survey")
    assert "an embedded Qdrant does not compress" in advice.collision_says
    assert states(advice)["quantization"] == "skip"


def test_what_bothers_may_be_answered_with_i_do_not_know():
    assert advise(docs(), {"change": "unsure-words"}).settled["change"] == "keywords"
    assert advise(docs(), {"change": "unsure-results"}).settled["change"] == "model"
    assert advise(docs(), {"change": "unsure-memory"}).settled["change"] == "compression"
    assert advise(practice(), {"change": "unsure-memory"}).settled["change"] == "shorter"


def test_i_do_not_know_is_settled_as_the_storyboard_says():
    answers = {**ANSWERS, **dict.fromkeys(("both", "name", "query_side", "proof"), "unknown")}
    settled = advise(docs(), answers).settled
    assert settled["both"] == "no"
    assert settled["name"] == {"alias": "docs_minilm_live", "exists": False}
    assert settled["query_side"] == "own"
    assert settled["proof"]["kind"] == "made up"


def test_one_alias_and_seen_writes_are_found_and_can_be_corrected():
    found = advise(docs(), {"change": "model"})
    assert states(found)["name"] == states(found)["writes"] == "found"
    assert found.settled["name"] == {"alias": "docs", "exists": True}
    corrected = advise(docs(), {"change": "model", "writes": "none"})
    assert states(corrected)["writes"] == "answered"
    assert corrected.settled["writes"] == "none"


def test_two_aliases_are_asked_about():
    advice = advise(docs(aliases=fact(("docs", "search"))), {"change": "model"})
    assert states(advice)["name"] == "next"


def test_of_several_aliases_only_the_one_asked_for_is_suggested():
    several = fact(("docs", "search"))
    name = BY_KEY["name"]
    assert name.suggest(docs(aliases=several), {}).value == {"alias": "docs", "exists": True}
    asked = docs(aliases=several, asked_for="search")
    assert name.suggest(asked, {}).value == {"alias": "search", "exists": True}


def test_missing_is_asked_only_where_a_text_is_missing():
    assert states(advise(docs(), {"change": "model"}))["missing"] == "next"
    assert states(advise(docs(texts_missing=fact(0)), {"change": "model"}))["missing"] == "skip"


def test_the_vector_to_replace_is_asked_only_where_there_are_several():
    assert states(advise(docs(), {"change": "model"}))["replace"] == "skip"


def test_the_practice_trip_asks_no_pace():
    assert states(advise(practice(), {"change": "model"}))["pace"] == "skip"


def test_an_empty_collection_closes_the_way():
    (stop,) = advise(docs(points=fact(0)), ANSWERS).stops
    assert stop.startswith("docs_minilm is empty: 0 points, so there is nothing to embed.")


def test_wanting_to_correct_texts_first_closes_the_way():
    assert "correct the missing texts" in advise(docs(), {**ANSWERS, "missing": "stop"}).stops[0]


# --- Going back -------------------------------------------------------------------------------


def test_later_answers_that_no_longer_apply_are_set_aside_and_come_back():
    away = advise(docs(), {**ANSWERS, "change": "compression"})
    assert set(away.set_aside) == set(ANSWERS) - {"change"}
    assert away.set_aside_says.startswith("12 answers no longer apply and were set aside.")
    back = advise(docs(), ANSWERS)
    assert back.set_aside == ()
    assert back.settled == {**ANSWERS, "accuracy": "exact", "originals": "no"}


def test_an_answer_that_another_one_made_impossible_is_asked_again():
    answers = {**ANSWERS, "name": {"alias": "docs_bge_base", "exists": False}}
    advice = advise(docs(), answers)
    assert advice.next.key == "target"
    assert advice.set_aside == ("target",)


def test_the_question_on_screen_stands_as_here():
    advice = advise(docs(), ANSWERS, at="both")
    assert [k for k, state in states(advice).items() if state == "here"] == ["both"]


# --- Properties -------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(survey=any_survey, answers=any_answers)
def test_every_strategy_gets_a_fit_and_one_is_recommended_or_two_answers_collide(survey, answers):
    advice = advise(survey, answers)
    assert [c.strategy.name for c in advice.fits] == [s.name for s in strategies()]
    assert all(c.fit.reason and c.fit.decided_by for c in advice.fits)
    is_open = any(choice.fit.word == "open" for choice in advice.fits)
    assert bool(advice.recommended) + bool(advice.collision) == (
        0 if is_open and not advice.recommended else 1
    )
    if advice.recommended:
        assert advice.fit_of(advice.recommended).word in ("first", "possible")
        assert 1 <= len(advice.because) <= 3
    if advice.next is None:
        assert advice.recommended or advice.collision
    keys = {question.key for question in QUESTIONS} | {"survey"}
    assert {c.fit.decided_by for c in advice.fits} <= keys
    if advice.collision:
        assert set(advice.collision) <= keys
        assert advice.collision_says


@settings(max_examples=100, deadline=None)
@given(survey=any_survey, answers=wild_answers)
def test_no_answers_however_careless_break_the_advice(survey, answers):
    advice = advise(survey, answers)
    map_lines(survey, advice)
    for strategy in strategies():
        warnings_for(survey, answers, strategy)


@settings(max_examples=100, deadline=None)
@given(survey=any_survey, answers=any_answers)
def test_answering_in_order_ends(survey, answers):
    try:
        complete = answer_all(survey, answers, MODELS)
    except BadAnswer:
        assert advise(survey, answers).set_aside
        return
    except QuestionOpen:  # every model is the present one, or none is shorter
        rows = model_rows(survey, answers, MODELS)
        assert advise(survey, answers).next is not None
        assert rows
        return
    assert advise(survey, complete).next is None
    assert {key: complete[key] for key in answers} == answers


def test_a_given_answer_is_never_replaced_in_silence():
    with pytest.raises(BadAnswer, match="legal_multi already exists"):
        answer_all(docs(), {"target": "legal_multi"}, MODELS)


@settings(max_examples=100, deadline=None)
@given(survey=any_survey, answers=any_answers)
def test_the_suggestion_of_every_question_asked_is_a_valid_answer(survey, answers):
    settled = advise(survey, answers).settled
    for standing in advise(survey, answers).standings:
        question = standing.question
        if standing.state in ("here", "next", "found") and question.kind != "model":
            suggested = question.suggest(survey, settled).value
            assert question.clean(suggested, survey, settled) == suggested
            for option in question.options(survey, settled):
                assert question.label(option.value, survey, settled)
            assert question.label(suggested, survey, settled)
            text = question.text(survey, settled)
            assert text.wording.endswith("?")
            assert text.help.endswith((".", "match"))
            assert text.why.endswith(".")


BUILT = (
    "name",
    "target",
    "proof",
    "pace",
    "vector_name",
    "replace",
    "text",
    "bare",
    "quantization",
    "keyword_model",
    "fusion",
    "many_for",
    "drop",
    "bridge",
    "search_params",
)
"""Answers that a plan's steps are made of."""


def effect(survey, answers):
    """Everything that an answer can change: fits, reasons, warnings, and what a plan is made of."""
    after = advise(survey, answers)
    shown = [
        (strategy.because(survey, after.settled), warnings_for(survey, answers, strategy))
        for strategy in after.possible
    ]
    built = {key: after.settled[key] for key in BUILT if key in after.settled}
    return repr((after.fits, after.stops, shown, built))


# Without shrinking: it would take minutes, and the message names the question.
@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(survey=any_survey, answers=any_answers)
def test_a_question_is_never_asked_whose_answer_changes_nothing(survey, answers):
    try:
        complete = answer_all(survey, answers, MODELS)
    except (QuestionOpen, BadAnswer):
        return
    before = {}
    for question in advise(survey, complete).asked:  # each as it is asked, in order
        settled = advise(survey, before).settled
        values = [option.value for option in question.options(survey, settled)]
        if question.key == "text":
            values.append({"fields": ["title"]})  # "another field" is typed
        if question.key == "originals":
            values.append(ORIGINALS["originals"])
        given_ = [{**before, question.key: value} for value in values]
        usable = [one for one in given_ if question.key not in advise(survey, one).set_aside]
        effects = {effect(survey, one) for one in usable}
        typed = question.kind in ("model", "text") or question.key in ("name", "keyword_model")
        assert len(effects) > 1 or typed, question.key
        before[question.key] = complete[question.key]


@settings(max_examples=60, deadline=None)
@given(survey=any_survey, answers=any_answers)
def test_the_same_facts_and_answers_call_for_the_same_acknowledgements(survey, answers):
    shuffled = dict(reversed(list(answers.items())))
    for strategy in strategies():
        first = [w for w in warnings_for(survey, answers, strategy) if w.severity == "must"]
        again = [w for w in warnings_for(survey, shuffled, strategy) if w.severity == "must"]
        assert first == again
        assert len({w.id for w in first}) == len(first)


@settings(max_examples=60, deadline=None)
@given(survey=any_survey, before=any_answers, after=any_answers)
def test_an_answer_given_is_never_lost_by_another(survey, before, after):
    for key in before:
        if key in after:
            changed = {**before, key: after[key]}
            assert advise(survey, {**changed, key: before[key]}) == advise(survey, before)


# --- Models -----------------------------------------------------------------------------------


def test_the_suggested_model_fits_language_and_length_is_here_and_not_the_biggest():
    here = [
        ModelChoice(m, Reach("fetch" if m is NOMIC else "here"))
        for m in (E5_LARGE, BGE_SMALL, NOMIC, COLBERT)
    ]
    rows = model_rows(docs(), ANSWERS, here)
    assert rows[0].model == BGE_SMALL
    assert rows[-1].model == COLBERT
    assert not rows[-1].closed, "it is there for those who ask for it"


def test_many_languages_call_for_a_multilingual_model():
    german = docs(languages=fact({"de": 0.6, "en": 0.4}))
    rows = model_rows(german, ANSWERS, MODELS)
    assert rows[0].model == E5_LARGE
    assert next(r for r in rows if r.model == BGE_BASE).uncovered == pytest.approx(0.6)


def test_a_practice_model_is_not_even_offered_elsewhere():
    assert any(choice.model.kind == "practice" and choice.reach.opens for choice in MODELS)
    rows = model_rows(docs(), {"change": "model"}, MODELS)
    assert all(row.model.kind != "practice" for row in rows)


def test_in_practice_the_practice_model_is_suggested():
    rows = model_rows(practice(), {"change": "model"}, MODELS)
    assert rows[0].model == PRACTICE_NEW
    complete = answer_all(practice(), {}, MODELS)
    assert complete["model"]["name"] == "practice/subwords-256"
    assert advise(practice(), complete).recommended.title == "Blue-green"


def test_the_model_there_is_cannot_be_chosen_again():
    same = docs(old_model=fact(BGE_BASE, note="64 of 64 texts match"))
    advice = advise(same, ANSWERS)
    assert advice.next.key == "model"
    model = next(q for q in QUESTIONS if q.key == "model")
    with pytest.raises(BadAnswer, match=r"already have \(64 of 64 texts match\)"):
        model.clean(as_answer(BGE_BASE), same, {"change": "model"})


def test_shorter_offers_the_lengths_the_present_model_was_made_for():
    survey = docs(old_model=fact(NOMIC), vectors=docs().vectors)
    rows = model_rows(survey, {"change": "shorter"}, [ModelChoice(NOMIC, Reach("here"))])
    assert [row.model.dimensions for row in rows if not row.closed] == [256, 128, 64]


def test_a_model_not_made_for_shortening_is_offered_halves_and_none_is_suggested():
    rows = model_rows(docs(), {"change": "shorter"}, [ModelChoice(MINILM, Reach("no"))])
    cuts = [row for row in rows if row.model.unproven]
    assert [row.model.dimensions for row in cuts] == [192, 96]
    assert all(row.usable and not row.closed for row in cuts)  # cutting needs no model
    assert "measures on your vectors" in dict(describe(docs(), {}, cuts[0]))["Re-embed?"]
    with pytest.raises(QuestionOpen):
        answer_all(docs(), {"change": "shorter"}, [])
    typed = {"change": "shorter", "model": as_answer(MINILM.cut_to(100, unproven=True))}
    advice = advise(docs(), typed)
    assert advice.recommended.title == "Truncate"  # embedding the same model anew gains nothing
    assert words(advice)["Blue-green"] == "ruled out"
    lines = map_lines(docs(), advice)
    assert [line.label for line in lines if line.here] == ["not made for it, but enough is left"]


def test_another_model_than_the_present_one_is_not_cut_to_what_it_was_not_made_for():
    model = next(q for q in QUESTIONS if q.key == "model")
    strange = as_answer(BGE_BASE.cut_to(100, unproven=True))
    for change in ("shorter", "model"):
        with pytest.raises(BadAnswer, match="Only the present model can prove it"):
            model.clean(strange, docs(), {"change": change})


LONG = (VectorFact(name="", kind="dense", size=768, distance="Cosine"),)
AWAY = [ModelChoice(NOMIC, Reach("fetch", NOMIC.size_bytes)), ModelChoice(BGE_SMALL, Reach("here"))]


def test_shorter_takes_the_longest_cut_of_the_present_model_wherever_that_is():
    survey = docs(old_model=fact(NOMIC), vectors=fact(LONG))
    for choices in (AWAY, []):
        complete = answer_all(survey, {"change": "shorter"}, choices)
        assert complete["model"] == as_answer(NOMIC.cut_to(512))
        assert advise(survey, complete).recommended.title == "Truncate"
    row = model_rows(survey, {"change": "shorter"}, AWAY)[0]
    assert row.fetches
    to_get = dict(describe(survey, {}, row))["To get"]
    assert to_get.endswith("The vectors are cut without it; only judging needs it.")


def test_a_model_that_has_to_embed_is_suggested_only_where_it_is_here():
    whole = (LONG[0].model_copy(update={"datatype": "uint8"}),)  # these cannot be cut
    survey = docs(old_model=fact(NOMIC), vectors=fact(whole))
    complete = answer_all(survey, {"change": "shorter"}, AWAY)
    assert complete["model"] == as_answer(BGE_SMALL)


def test_the_vector_that_is_named_is_offered_the_cuts_of_its_own_model():
    two = [VectorFact(name=n, kind="dense", size=size) for n, size in (("title", 384), ("b", 768))]
    models = {"title": fact(MINILM), "b": fact(NOMIC)}
    survey = docs(vectors=fact(tuple(two)), old_model=fact(MINILM), old_models=models)
    complete = answer_all(survey, {"change": "shorter", "replace": "b"}, [])
    assert complete["model"] == as_answer(NOMIC.cut_to(512))


def test_an_older_server_asks_nothing_about_in_place():
    older = states(advise(docs(capabilities=server(1, 17, 1)), {"change": "second"}))
    newer = states(advise(docs(), {"change": "second"}))
    assert (older["in_place"], newer["in_place"]) == ("skip", "next")

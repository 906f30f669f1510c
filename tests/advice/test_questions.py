"""Questions one by one: their words, their options, and what is said about a bad answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.advice import (
    BY_KEY,
    QUESTIONS,
    UNKNOWN,
    BadAnswer,
    advise,
    answer_all,
    make_plan,
    typed,
)
from qdrant_model_migration.advice.question import Suggestion
from qdrant_model_migration.pipeline.text import text_of
from qdrant_model_migration.plan.plan import Alias
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.strategies.answered.originals import original_rows
from qdrant_model_migration.strategies.answered.texts import missing_texts, other_text, text_source
from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.survey.facts import (
    Bare,
    Fact,
    LanguageField,
    TextField,
    VectorFact,
    WrittenBy,
)
from support.surveys import ANSWERS, BGE_BASE, COLBERT, as_answer, docs, fact, practice, server

NUMBER = {"example": "0.02", "low": 0.0, "high": 0.5}


def clean(key, raw, survey=None, answers=None):
    return BY_KEY[key].clean(raw, survey or docs(), {"change": "model"} | (answers or {}))


def compose(key, value, typed_, survey=None, answers=None):
    return BY_KEY[key].compose(value, typed_, survey or docs(), answers or {"change": "model"})


# --- Words ------------------------------------------------------------------------------------


def test_every_question_says_its_wording_help_and_why_without_noise():
    for question in QUESTIONS:
        for survey in (docs(), practice()):
            text = question.text(survey, ANSWERS)
            assert text.wording.endswith("?")
            assert text.wording[0].isupper() or text.wording[0].isdigit()
            assert text.why[0].islower(), f'{question.key}: it completes "Why we ask: "'
            assert text.why.endswith(".")
            for words in (text.wording, text.help, text.why):
                assert "!" not in words
                assert "many vectors" not in words
                assert "384 numbers" not in words


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_each_question_says_what_its_answer_is(question):
    assert (type(question).__doc__ or "").startswith("Answer: ")


def test_each_change_is_one_entry_and_an_option():
    values = [o.value for o in BY_KEY["change"].options(docs(), {})]
    assert [value for value in values if not value.startswith("unsure")] == list(CHANGES)


def test_missing_counts_the_points():
    assert BY_KEY["missing"].text(docs(), {}).wording == (
        "118 points have no text. What should happen to them?"
    )
    assert BY_KEY["missing"].text(docs(texts_missing=fact(1)), {}).wording.startswith("1 point has")


def test_i_do_not_know_is_the_last_option_and_says_what_it_is_taken_as():
    for question in QUESTIONS:
        if question.key in ("change", "drop", "model", "target", "vector_names"):
            continue
        survey = docs(vectors=fact((VectorFact(name="a", kind="dense", size=8),)))
        last = question.options(survey, ANSWERS)[-1]
        assert last.value == UNKNOWN
        assert last.note.startswith("taken as ")


def test_every_answer_can_be_named_also_i_do_not_know():
    for question in QUESTIONS:
        values = [option.value for option in question.options(docs(), ANSWERS)]
        assert all(question.label(value, docs(), ANSWERS) for value in (*values, UNKNOWN))


def test_an_answer_of_a_file_may_name_a_part_of_it():
    question = BY_KEY["keyword_model"]
    (language, *numbers) = question.fields(docs(), ANSWERS, {"language": "en"})
    assert language.suggested == "en"
    assert {field.key for field in numbers} <= {"avg_len", "k", "b"}


def test_options_have_different_values():
    for question in QUESTIONS:
        values = [repr(option.value) for option in question.options(docs(), ANSWERS)]
        assert len(set(values)) == len(values)


# --- Typed answers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("0.2O", "0.2O is not a number. It contains the letter O. Type for example 0.02."),
        ("0,02", "0,02 is not a number. It has a comma where a point belongs. "
                 "Type for example 0.02."),
        ("2%", "2% is not a number. It is a percentage. Type for example 0.02."),
        ("", "Nothing was typed. A number is needed. Type for example 0.02."),
        ("0.0 2", "0.0 2 is not a number. It contains a space. Type for example 0.02."),
        ("0.9", "0.9 is outside what is possible. Type a number from 0 to 0.5, for example 0.02."),
        ("-1", "-1 is outside what is possible. Type a number from 0 to 0.5, for example 0.02."),
        ("nan", "nan is not a number. It contains the letter n. Type for example 0.02."),
        ("1_0", "1_0 is not a number. It contains the character _. Type for example 0.02."),
        ("٠", "٠ is not a number. It contains the character ٠. Type for example 0.02."),
        ("0.0.2", "0.0.2 is not a number. Type for example 0.02."),
    ],
)  # fmt: skip
def test_a_bad_number_is_explained(raw, said):
    with pytest.raises(BadAnswer) as error:
        typed.number(raw, **NUMBER)
    assert str(error.value) == said


@given(st.floats(0, 0.5))
def test_every_number_in_range_is_read_as_it_is(value):
    assert typed.number(repr(value), **NUMBER) == value


@given(st.text())
def test_whatever_is_typed_is_a_name_or_a_sentence(text):
    try:
        said = typed.name(text, "an alias", example="docs_live")
    except BadAnswer as error:
        said = error.todo
    assert said in (text.strip(), "Type for example docs_live.")


def test_the_margin_is_typed_within_the_answer():
    made_up = BY_KEY["proof"].suggest(docs(), {}).value
    answer = compose("proof", made_up, {"margin": "0.05"})
    assert answer == {"kind": "made up", "file": None, "margin": 0.05, "title_field": "title"}
    with pytest.raises(BadAnswer, match="letter O") as error:
        compose("proof", made_up, {"margin": "0.2O"})
    assert error.value.field == "margin"


def test_a_file_of_searches_is_read_when_it_is_named(tmp_path):
    proof, path = BY_KEY["proof"], tmp_path / "queries.csv"
    answer = {"kind": "file", "file": str(path), "margin": 0.02}
    with pytest.raises(BadAnswer, match=r"there is no file queries\.csv") as error:
        proof.read_named(answer)
    assert error.value.field == "file"
    path.write_text("query\nhow long is the notice period\n")
    with pytest.raises(BadAnswer, match=r"holds no right answers\. .* Searches from a log"):
        proof.read_named(answer)
    proof.read_named({**answer, "kind": "log"})
    path.write_text("query,answers\nhow long is the notice period,7\n")
    proof.read_named(answer)
    for other in ({"kind": "later", "file": None}, {"kind": "made up"}, "unknown"):
        proof.read_named(other)


@pytest.mark.parametrize("name", [".", "..", " .. "])
def test_a_name_that_would_lead_elsewhere_is_none(name):
    with pytest.raises(BadAnswer, match="In addresses it means a place"):
        BY_KEY["target"].clean(name, docs(), ANSWERS)


def test_a_file_of_searches_needs_its_name():
    file = {"kind": "file", "file": None, "margin": 0.02}
    with pytest.raises(BadAnswer, match=r"No file was named\. Type its name") as error:
        compose("proof", file, {})
    assert error.value.field == "file"
    assert compose("proof", file, {"file": " queries.csv ", "margin": "0.02"})["file"] == (
        "queries.csv"
    )
    keys = [field.key for field in BY_KEY["proof"].fields(docs(), {}, file)]
    assert keys == ["file", "margin"]


OPEN = [
    pytest.param(question, option, id=f"{question.key}: {option.label[:20]}")
    for question in QUESTIONS
    for option in question.options(docs(), ANSWERS)
    if not option.closed and question.fields(docs(), ANSWERS, option.value)
]


@pytest.mark.parametrize(("question", "option"), OPEN)
def test_what_was_typed_within_an_answer_comes_back_to_be_corrected(question, option):
    """A second visit showed the answer without its input, and nothing could be accepted."""
    survey = docs()
    texts = {
        "fields": "title, text",
        "margin": "0.03",
        "quantile": "0.95",
        "avg_len": "31.5",
        "k": "1.5",
        "b": "0.6",
        "oversampling": "2.5",
        "tokens": "3000000",
        "usd": "12.5",
        "price": "0.04",
        "texts": "32",
    }
    typed_in = {
        field.key: "no" if field.kind == "tick"
        else field.choices[-1][0] if field.kind == "choice"
        else texts.get(field.key, "3") if field.kind == "number"
        else texts.get(field.key, f"docs_other_{field.key}".rstrip("_"))
        for field in question.fields(survey, ANSWERS, option.value)
    }  # fmt: skip
    answer = question.compose(option.value, typed_in, survey, ANSWERS)
    options = question.options(survey, ANSWERS)
    assert options[question.place(answer, options, survey, ANSWERS)] == option
    again = question.fields(survey, ANSWERS, answer)
    assert {field.key: field.suggested for field in again} == typed_in
    assert question.compose(option.value, typed_in, survey, ANSWERS) == answer


def test_another_field_is_typed_although_a_listed_one_was_taken_before():
    question = BY_KEY["text"]
    survey = docs()
    options = question.options(survey, ANSWERS)
    for option in options:
        fields = question.fields(survey, ANSWERS, option.value)
        assert bool(fields) == (option.short in ("another field", "a file"))


def test_writes_are_told_once():
    said = BY_KEY["writes"].text(docs(), ANSWERS).help
    assert said == "Found: 1 new point in the last 30 s."
    unread = docs().model_copy(update={"writes": Fact()})
    assert BY_KEY["writes"].text(unread, ANSWERS).help == "Found: not known."


def test_several_fields_are_typed_with_commas():
    answer = compose("text", {"fields": [""]}, {"fields": "title, text"})
    assert answer == {"fields": ["title", "text"]}
    with pytest.raises(BadAnswer, match="has the field titel"):
        compose("text", {"fields": [""]}, {"fields": "titel"})
    with pytest.raises(BadAnswer, match="named twice"):
        compose("text", {"fields": [""]}, {"fields": "text, text"})
    with pytest.raises(BadAnswer, match="No file was named"):
        clean("text", {"file": None})


# --- Names ------------------------------------------------------------------------------------


def test_the_new_collection_is_named_after_alias_and_model():
    assert BY_KEY["target"].suggest(docs(), ANSWERS).value == "docs_bge_base"
    assert BY_KEY["target"].suggest(docs(aliases=fact(())), ANSWERS).value == (
        "docs_minilm_bge_base"
    )


def test_without_an_alias_the_price_is_said_and_it_is_never_suggested():
    name = BY_KEY["name"]
    for survey in (docs(), docs(aliases=fact(())), docs(aliases=fact(("a", "b")))):
        options = {str(o.value): o for o in name.options(survey, {"change": "model"})}
        assert "no single moment" in options[str({"kind": "changes"})].note
        assert "DELETED" in options[str({"kind": "takes over"})].note
        assert "kind" not in name.suggest(survey, {"change": "model"}).value
        assert "kind" not in name.taken_as(survey, {"change": "model"})
    for kind in ("changes", "takes over"):
        assert clean("name", {"kind": kind}) == {"kind": kind}
        assert name.fields(docs(), {}, {"kind": kind}) == ()
    assert name.label({"kind": "changes"}, docs(), {}) == "changes its name"
    with pytest.raises(BadAnswer, match="names no alias"):
        clean("name", {"kind": "guesses"})


def test_a_suggested_name_is_free():
    taken = docs(others=("docs_minilm", "docs_bge_base"), all_aliases={"docs_bge_base_2": "x"})
    assert BY_KEY["target"].suggest(taken, ANSWERS).value == "docs_bge_base_3"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("legal_multi", "legal_multi already exists. It is a collection on this server, and was "
                        "not made by this plan. Choose another name"),
        ("legal", "legal already exists. It is an alias and points to legal_multi."),
        ("a/b", "a/b cannot be the name of a collection. It contains the character /"),
        ("", "Nothing was typed for the name of a collection."),
        ("x" * 300, "It is longer than 200 bytes."),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_refused_with_the_reason(name, said):
    with pytest.raises(BadAnswer) as error:
        clean("target", name, answers=ANSWERS)
    assert said in str(error.value)


def test_the_new_collection_cannot_be_named_as_the_planned_alias():
    answers = {**ANSWERS, "name": {"alias": "search", "exists": False}}
    with pytest.raises(BadAnswer, match="alias of this plan"):
        clean("target", "search", answers=answers)


def test_an_alias_cannot_have_the_name_of_a_collection():
    with pytest.raises(BadAnswer, match="chat_memory is taken"):
        compose("name", {"alias": "x", "exists": False}, {"alias": "chat_memory"})


def test_where_aliases_cannot_be_seen_none_is_made_up_and_the_name_is_asked_for():
    unseen, name = docs(aliases=Fact(note="this key does not show them"), all_aliases={}), "name"
    question = BY_KEY[name]
    assert "Aliases cannot be seen with this key" in question.text(unseen, ANSWERS).help
    assert not question.found(unseen, ANSWERS)
    assert question.suggest(unseen, ANSWERS).value == {"kind": "changes"}
    assert question.settle(UNKNOWN, unseen, ANSWERS) == {"kind": "changes"}
    there, own, *_ = question.options(unseen, ANSWERS)
    for option in (there, own):
        (field,) = question.fields(unseen, ANSWERS, option.value)
        assert (field.key, field.suggested) == ("alias", "")
        with pytest.raises(BadAnswer, match="Nothing was typed for an alias"):
            compose(name, option.value, {"alias": " "}, unseen)
        with pytest.raises(BadAnswer):
            compose(name, option.value, {"alias": "chat_memory"}, unseen)
    typed_in = compose(name, there.value, {"alias": "live"}, unseen)
    assert typed_in == {"alias": "live", "exists": True}
    assert clean(name, "live", unseen) == typed_in, "as by --set name=live"
    assert question.fields(unseen, ANSWERS, typed_in)[0].suggested == "live"
    plan = make_plan(unseen, {**ANSWERS, name: typed_in}, by_name("blue_green"), speed=None)
    assert plan.alias == Alias(name="live", exists=True)
    assert plan.steps[0].alias == "live", "the run looks whether it points there"
    assert "adopt_alias" not in [step.step for step in plan.steps]
    made = compose(name, own.value, {"alias": "live"}, unseen)
    plan = make_plan(unseen, {**ANSWERS, name: made}, by_name("blue_green"), speed=None)
    assert plan.alias == Alias(name="live", exists=False)


THREE = docs(aliases=fact(("docs", "docs #2", "note")))


def test_the_aliases_that_an_application_uses_are_ticked():
    name = BY_KEY["name"]
    option = name.options(THREE, ANSWERS)[0]
    fields = name.fields(THREE, ANSWERS, option.value)
    assert [(f.kind, f.suggested) for f in fields] == [("tick", "yes"), *[("tick", "no")] * 2]
    ticked = dict(zip([f.key for f in fields], ["yes", "yes", "no"], strict=True))
    value = name.compose(option.value, ticked, THREE, ANSWERS)
    assert value == {"alias": "docs", "exists": True, "also": ["docs #2"]}
    assert name.label(value, THREE, ANSWERS) == "aliases docs and docs #2"
    again = [f.suggested for f in name.fields(THREE, ANSWERS, value)]
    assert again == ["yes", "yes", "no"]
    with pytest.raises(BadAnswer, match="No alias is ticked"):
        name.compose(option.value, dict.fromkeys(ticked, "no"), THREE, ANSWERS)


def test_with_one_alias_nothing_is_ticked():
    one = docs()
    option = BY_KEY["name"].options(one, ANSWERS)[0]
    assert BY_KEY["name"].fields(one, ANSWERS, option.value) == ()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("docs", {"alias": "docs", "exists": True}),
        ("note, docs", {"alias": "note", "exists": True, "also": ["docs"]}),
        ({"alias": "docs", "exists": True, "also": []}, {"alias": "docs", "exists": True}),
    ],
)
def test_aliases_are_named_with_a_comma_between_them(raw, value):
    assert BY_KEY["name"].clean(raw, THREE, ANSWERS) == value


@pytest.mark.parametrize(
    "bad", ["", "docs,", "docs,other", {"alias": "x", "exists": False, "also": ["docs"]}]
)
def test_aliases_that_are_none_are_refused(bad):
    with pytest.raises(BadAnswer):
        BY_KEY["name"].clean(bad, THREE, ANSWERS)


def test_only_an_alias_of_this_collection_exists_for_it():
    with pytest.raises(BadAnswer, match=r"legal does not point to docs_minilm"):
        clean("name", {"alias": "legal", "exists": True})
    with pytest.raises(BadAnswer):
        clean("name", {"alias": "docs", "exists": "yes"})


def test_a_suggested_name_of_a_vector_is_free():
    two = (
        VectorFact(name="", kind="dense", size=8),
        VectorFact(name="bge_base_768", kind="dense", size=8),
    )
    survey = docs(vectors=fact(two))
    assert BY_KEY["vector_name"].options(survey, ANSWERS)[1].value == "bge_base_768_2"
    assert BY_KEY["vector_name"].applies(survey, {**ANSWERS, "replace": ""})
    assert not BY_KEY["vector_name"].applies(survey, {**ANSWERS, "replace": "bge_base_768"})


def test_probably_names_the_vector_after_the_model():
    options = BY_KEY["vector_name"].options(docs(), ANSWERS)
    assert [option.value for option in options] == ["", "bge_base_768", UNKNOWN]


# --- Model ------------------------------------------------------------------------------------


def test_a_model_is_kept_as_plain_json():
    assert clean("model", as_answer(BGE_BASE)) == as_answer(BGE_BASE)


def test_a_model_that_cannot_be_chosen_says_why():
    assert clean("model", as_answer(COLBERT)) == as_answer(COLBERT)
    with pytest.raises(BadAnswer, match="together are not shorter"):
        clean("model", as_answer(COLBERT), answers={"change": "shorter"})
    with pytest.raises(BadAnswer, match="does not describe a model"):
        clean("model", {"name": "x"})


# --- Compression ------------------------------------------------------------------------------


def kinds(survey):
    options = BY_KEY["quantization"].options(survey, {"change": "compression"})
    return {o.value["kind"]: o.closed for o in options if o.value != UNKNOWN}


def test_a_kind_that_the_server_cannot_do_is_closed_with_the_reason():
    older = kinds(docs(capabilities=server(1, 17, 1)))
    assert older["turbo"] == "It needs Qdrant 1.18; this is 1.17.1."
    assert older["scalar"] == older["binary"] == older["product"] == ""
    assert kinds(docs())["turbo"] == ""
    assert kinds(docs())["none"] == "the vectors are not compressed now"
    assert kinds(practice())["scalar"] == "An embedded Qdrant does not compress."


def test_the_present_compression_cannot_be_chosen_again():
    scalar = docs(quantization=fact({"scalar": {"type": "int8", "always_ram": True}}))
    answer = {"vector": None, "kind": "scalar", "always_ram": True}
    with pytest.raises(BadAnswer, match="compressed already"):
        clean("quantization", answer, scalar)
    assert clean("quantization", {**answer, "always_ram": False}, scalar)["always_ram"] is False
    assert clean("quantization", {**answer, "kind": "none"}, scalar) == {
        "vector": None,
        "kind": "none",
        "always_ram": False,
    }


def test_the_suggested_compression_differs_from_the_present_one():
    suggest = BY_KEY["quantization"].suggest
    assert suggest(docs(quantization=fact({"binary": {}})), {}).value["kind"] == "scalar"
    assert suggest(docs(quantization=fact({"scalar": {}})), {}).value["kind"] == "turbo"
    long = (VectorFact(name="", kind="dense", size=1536),)
    scalar = docs(quantization=fact({"scalar": {}}), vectors=fact(long))
    assert suggest(scalar, {}).value["kind"] == "binary"


def test_one_named_vector_can_be_compressed_alone():
    survey = docs(
        vectors=fact(
            (VectorFact(name="a", kind="dense", size=8), VectorFact(name="b", kind="dense", size=9))
        )
    )
    option = BY_KEY["quantization"].options(survey, {})[0]
    fields = BY_KEY["quantization"].fields(survey, {}, option.value)
    assert [value for value, _ in fields[0].choices] == ["", "a", "b"]
    answer = compose("quantization", option.value, {"vector": "b", "always_ram": "no"}, survey)
    assert answer == {"vector": "b", "kind": "scalar", "always_ram": False, "quantile": 0.99}
    with pytest.raises(BadAnswer, match="no dense vector c"):
        compose("quantization", option.value, {"vector": "c"}, survey)


FIGURES = {"": {"text": (64, 64), "title": (0, 8)}}
FIELDS = fact((TextField(path="text", share=1.0, average_words=130.0),
               TextField(path="title", share=0.5, average_words=8.0)), "sample")  # fmt: skip


def test_the_text_question_says_what_is_proved_of_each_field():
    question, survey = BY_KEY["text"], docs(figures=FIGURES, text_fields=FIELDS)
    assert question.text(survey, {}).help.endswith("That is text: 64 of 64 samples match.")
    chosen = {"text": {"fields": ["title"]}}
    assert question.text(survey, chosen).help.endswith(
        "That is text: 64 of 64 samples match, with title 0 of 8."
    )
    text, title = question.options(survey, {})[:2]
    assert text.note == "found, 100 % filled; 64 of 64 samples match"
    assert title.note == "50 % filled; 0 of 8 samples match"


def test_what_a_person_said_is_not_called_found():
    survey = docs(
        figures=FIGURES, text_fields=FIELDS, text_field=fact("title", "told", "said by you")
    )
    question = BY_KEY["text"]
    suggestion = question.suggest(survey, {})
    assert (suggestion.value, suggestion.mark) == ({"fields": ["title"]}, "said by you")
    title, text = question.options(survey, {})[:2]
    assert title.note == "said by you, 50 % filled; 0 of 8 samples match"
    assert text.note == "100 % filled; 64 of 64 samples match"


# --- Points without a vector ------------------------------------------------------------------

BARE = fact({"": Bare(points=20, texts={"text": 14, "title": 0})}, "counted")
TEXT = {"text": {"fields": ["text"]}}


def asked(survey, answers):
    return {one.question.key for one in advise(survey, answers).standings if one.state != "skip"}


def test_points_without_a_vector_are_asked_about_only_where_they_have_a_text():
    assert "bare" in asked(docs(bare=BARE), ANSWERS)
    assert "bare" not in asked(docs(), ANSWERS)
    assert "bare" not in asked(docs(bare=BARE), {**ANSWERS, "text": {"fields": ["title"]}})
    assert "bare" in asked(docs(bare=BARE), {**ANSWERS, "text": {"fields": ["title", "text"]}})
    assert "bare" in asked(docs(bare=BARE), {**ANSWERS, "text": {"fields": ["lang"]}})


def test_they_are_not_asked_about_where_nothing_is_embedded():
    assert "bare" not in asked(docs(bare=BARE), {**ANSWERS, "change": "compression"})


def test_keyword_search_too_would_let_them_turn_up():
    assert "bare" in asked(docs(bare=BARE), {**ANSWERS, "change": "keywords"})


def test_the_question_says_how_many_and_what_follows():
    question, survey = BY_KEY["bare"], docs(bare=BARE)
    assert question.text(survey, TEXT).wording == (
        "20 points have no vector today, 14 of them with a text. Should those with a text get one?"
    )
    unknown = question.text(survey, {"text": {"fields": ["lang"]}}).wording
    assert "and it is not known how many of them have a text" in unknown
    sampled = docs(bare=fact({"": Bare(points=1, texts={"text": 1})}, "sample"))
    assert question.text(sampled, TEXT).wording.startswith(
        "About 1 point has no vector today, about 1 of them with a text."
    )
    keep, make, _ = question.options(survey, TEXT)
    assert (keep.value, make.value) == ("keep", "make")
    assert make.note == "they begin to turn up in searches"


def test_searches_find_afterwards_what_they_find_today_unless_no_point_has_a_vector_yet():
    question = BY_KEY["bare"]
    assert question.suggest(docs(bare=BARE), TEXT).value == "keep"
    assert question.suggest(docs(bare=BARE, points=fact(20)), TEXT).value == "make"


@pytest.mark.parametrize(("answer", "where"), [("keep", ""), ("make", None)])
def test_the_answer_stands_in_the_plan(answer, where):
    plan = make_plan(
        docs(bare=BARE), {**ANSWERS, "bare": answer}, by_name("blue_green"), speed=None
    )
    assert plan.move.vectors[0].origin.where == where
    said = " ".join(line for step in plan.steps for line in step.text(plan.move).details)
    assert ("has no vector in the old collection is copied without one" in said) == (where == "")


def test_the_most_common_change_is_called_so():
    options = {option.value: option.note for option in BY_KEY["change"].options(docs(), {})}
    assert [value for value, note in options.items() if "most common" in note] == ["keywords"]


# --- Keyword search ---------------------------------------------------------------------------


def test_keyword_search_is_by_bm25_in_the_language_and_length_of_the_texts():
    question, answers = (
        BY_KEY["keyword_model"],
        {"change": "keywords", "text": {"fields": ["text"]}},
    )
    suggested = question.suggest(docs(), answers).value
    assert suggested == {
        "kind": "fastembed", "name": "Qdrant/bm25", "language": "en", "avg_len": 84.5, "k": 1.2,
        "b": 0.75,
    }  # fmt: skip
    assert "84.5 words that count on average" in question.text(docs(), answers).help
    assert "not measured" in question.text(docs(word_lengths=Fact()), answers).help
    bm25, splade, _ = question.options(docs(), answers)
    assert "qmm models --fetch Qdrant/bm25" in bm25.note
    assert splade.closed.startswith("A download of 532 MB; get it first: qmm models --fetch")


def test_a_part_of_the_answer_is_enough_and_what_is_wrong_is_said():
    assert clean("keyword_model", {"language": "German"})["language"] == "de"
    assert clean("keyword_model", {"name": "qdrant/bm25", "b": "0.4"})["b"] == 0.4
    assert clean("keyword_model", {"language": "as written"})["language"] == "as written"
    with pytest.raises(BadAnswer, match="no endings for Klingon"):
        clean("keyword_model", {"language": "Klingon"})
    with pytest.raises(BadAnswer, match="outside what is possible"):
        clean("keyword_model", {"b": 2})
    with pytest.raises(BadAnswer, match="avg is not a part of this answer"):
        clean("keyword_model", {"avg": 2})
    with pytest.raises(BadAnswer, match="Splade_PP_en_v1 cannot be chosen here"):
        clean("keyword_model", {"name": "prithivida/Splade_PP_en_v1"})
    with pytest.raises(BadAnswer, match="no model for keyword search"):
        clean("keyword_model", {"name": "BAAI/bge-small-en-v1.5"})


MIXED = {
    "languages": fact({"de": 0.54, "en": 0.4, "ja": 0.06}),
    "language_fields": (
        LanguageField(path="lang", texts={"de": 54, "en": 40, "ja": 6}, agrees=0.98, unnamed=3),
    ),
}


def test_mixed_texts_are_read_in_the_language_that_a_payload_field_says():
    question, answers = BY_KEY["keyword_model"], {"change": "keywords"}
    suggested = question.suggest(docs(**MIXED), answers).value
    assert suggested["language"] == "by lang"
    named = "by field lang: German and English; Japanese as written"
    assert named in question.options(docs(**MIXED), answers)[0].note
    (field, *_) = question.fields(docs(**MIXED), answers, suggested)
    assert ("by lang", named) in field.choices
    few = MIXED | {"languages": fact({"de": 0.95, "en": 0.05})}
    assert question.suggest(docs(**few), answers).value["language"] == "de"
    assert clean("keyword_model", {"language": "by lang"}, docs(**few))["language"] == "by lang"
    with pytest.raises(BadAnswer, match="No field title says the language") as wrong:
        clean("keyword_model", {"language": "by title"}, docs(**MIXED))
    assert "Choose by lang or one language" in str(wrong.value)


def test_the_plan_holds_what_bm25_is_told_of_each_language():
    answers = {"change": "keywords", "text": {"fields": ["text"]}}
    complete = answer_all(docs(**MIXED), answers, ())
    plan = make_plan(docs(**MIXED), complete, by_name("dense_to_hybrid"), speed=None)
    words = plan.after.legs[1]
    told = {code: dict(options)["language"] for code, options in words.spoken.told.items()}
    assert told == {"de": "german", "en": "english"}
    assert all(dict(options)["avg_len"] == 84.5 for options in words.spoken.told.values())
    assert dict(words.model.options)["disable_stemmer"] is True, "any other language"
    (made,) = (v.origin for v in plan.move.vectors if v.name == words.using)
    assert made.spoken == words.spoken, "documents and searches alike"


def test_no_new_model_is_judged_where_the_model_stays():
    proof = BY_KEY["proof"]
    for change in ("keywords", "shorter"):
        text = proof.text(docs(), {"change": change})
        assert "new model" not in " ".join(text), change
    for change in ("compression", "drop"):
        assert not proof.applies(docs(), {"change": change})


WRITTEN_BY = {"mem0": True, "n8n": False, "spring_ai": True, "cheshire_cat": True}


@pytest.mark.parametrize("product", WRITTEN_BY)
def test_without_an_alias_is_suggested_where_the_product_finds_none(product):
    sure = WRITTEN_BY[product]
    by = fact(WrittenBy(names=(product,), sure=sure), "sample")
    name = BY_KEY["name"]
    bare = docs(written_by=by, aliases=fact(()), all_aliases={})
    assert name.suggest(bare, {}) == Suggestion({"kind": "changes"}, "default")
    assert name.settle("unknown", bare, {}) == {"kind": "changes"}
    assert "finds no collection by an alias" in name.text(bare, {}).help
    held = docs(written_by=by)
    expected = {"kind": "changes"} if sure else {"alias": "docs", "exists": True}
    assert name.suggest(held, {}).value == expected, "what is only probable overrules no alias"


def test_a_product_that_sees_an_alias_is_asked_as_before_and_the_place_is_named():
    by = fact(WrittenBy(names=("haystack",), sure=True), "sample")
    bare = docs(written_by=by, aliases=fact(()), all_aliases={})
    assert BY_KEY["name"].suggest(bare, {}).value == {
        "alias": "docs_minilm_live", "exists": False,
    }  # fmt: skip
    assert BY_KEY["name"].text(bare, {}).help == ("It is index of QdrantDocumentStore (Haystack).")
    assert BY_KEY["query_side"].suggest(bare, ANSWERS) == Suggestion("framework", "found")


@pytest.mark.parametrize(
    ("collection", "taken", "suggested"),
    [
        ("open-webui_files", (), "open-webui_live_files"),
        ("open-webui_files", ("open-webui_live_files",), "open-webui_live_2_files"),
        ("kb_hash-based", (), "kb_live_hash-based"),
        ("open-webui_file-12", (), "open-webui_live_file-12"),
        ("docs", (), "docs_live"),
    ],
)
def test_an_alias_is_suggested_that_the_product_can_be_told(collection, taken, suggested):
    """Open WebUI takes a prefix, and goes on with fixed endings."""
    survey = docs(
        collection=collection, aliases=fact(()), all_aliases={}, others=taken,
        written_by=fact(WrittenBy(names=("open_webui",), sure=True), "sample"),
    )  # fmt: skip
    assert BY_KEY["name"].suggest(survey, {}).value == {"alias": suggested, "exists": False}


def test_a_product_that_makes_the_name_of_its_model_gets_that_name():
    by = fact(WrittenBy(names=("lightrag",), sure=True), "sample")
    survey = docs(
        written_by=by, collection="lightrag_vdb_chunks_old_384d", aliases=fact(()), all_aliases={}
    )
    answers = {"model": ANSWERS["model"]}
    assert BY_KEY["name"].suggest(survey, answers).value == {"kind": "changes"}
    answers |= {"name": {"kind": "changes"}}
    named = "lightrag_vdb_chunks_baai_bge_base_en_v1_5_768d"
    assert BY_KEY["target"].suggest(survey, answers).value == named


@pytest.mark.parametrize(
    ("name", "product", "wanted"),
    [
        ("fast-all-minilm-l6-v2", "mcp_server_qdrant", "fast-bge-base-en-v1.5"),
        ("all-MiniLM-L6-v2_body", None, "bge-base-en-v1.5_body"),
        ("body", None, None),
    ],
)
def test_a_name_that_says_the_old_model_is_to_say_the_new_one(name, product, wanted):
    vector = VectorFact(name=name, kind="dense", size=384, distance="Cosine")
    by = WrittenBy(names=(product,), sure=True) if product else None
    survey = docs(vectors=fact((vector,)), written_by=fact(by))
    question = BY_KEY["vector_name"]
    assert question.applies(survey, ANSWERS) is (wanted is not None)
    if wanted is None:
        return
    assert question.suggest(survey, ANSWERS).value == wanted
    assert question.clean(name, survey, ANSWERS) == name, "it may stay"
    assert question.fields(survey, ANSWERS, name) == ()
    answers = {**ANSWERS, "vector_name": wanted}
    plan = make_plan(survey, answers, by_name("blue_green"), speed=None)
    assert [v.name for v in plan.move.vectors] == [wanted]
    assert (plan.before.legs[0].using, plan.after.legs[0].using) == (name, wanted)
    assert "W04" in plan.must_accept


def test_fields_of_which_each_point_has_one_are_suggested_joined_and_miss_nothing():
    half = (
        TextField(path="text", share=0.5, average_words=9.0),
        TextField(path="description", share=0.5, average_words=9.0),
    )
    survey = docs(
        text_fields=fact(half), text_joined=fact(("description",)), texts_missing=fact(0),
        figures={"": {"text": (32, 32)}}, payload_fields=fact(("text", "description")),
    )  # fmt: skip
    text = BY_KEY["text"]
    suggested = text.suggest(survey, ANSWERS)
    assert suggested.value == {"fields": ["text", "description"]}
    assert text.options(survey, ANSWERS)[0].label == "The payload fields text and description"
    answers = {**ANSWERS, "text": suggested.value}
    assert missing_texts(survey, answers) == 0
    assert other_text(survey, answers) is None, "the stored vectors are of these"
    assert missing_texts(survey, {**ANSWERS, "text": {"fields": ["text"]}}) == 60_241


@pytest.mark.parametrize("key", ["columns", "text_columns"])
def test_columns_of_a_file_take_a_template_as_fields_do(key):
    read = {"file": "docs.csv", "columns": ["id", "title", "body"]}
    answers = {**ANSWERS, "originals": {"have": "yes", **read}, "text": read}
    columns = BY_KEY[key]
    option = columns.options(docs(), answers)[0]
    typed = {"id": "id", "text": "# {title}\\n{body}"}
    answer = columns.compose(option.value, typed, docs(), answers)
    assert (answer["text"], answer["template"]) == (["title", "body"], "# {title}\n{body}")
    assert columns.clean(answer, docs(), answers) == answer
    assert "text: template of title, body" in columns.label(answer, docs(), answers)
    field = next(one for one in columns.fields(docs(), answers, answer) if one.previewed)
    assert (field.key, field.suggested) == ("text", typed["text"])
    row = {"title": "A title", "body": "Its text"}
    assert columns.gives(answer, row) == "gives: # A title\\nIts text"
    settled = {**answers, key: answer}
    source = original_rows(docs(), settled).text if key == "columns" else text_source(settled)
    assert text_of(row, source) == "# A title\nIts text"
    again = columns.compose(answer, {"text": "body"}, docs(), answers)
    assert "template" not in again
    assert columns.gives(again, row) == ""
    with pytest.raises(BadAnswer, match="no column bodi"):
        columns.compose(answer, {"text": "{bodi}"}, docs(), answers)


def test_a_template_is_typed_with_fields_in_braces_and_previewed():
    survey = docs(
        text_fields=fact((
            TextField(path="text", share=1.0, average_words=9.0, example="The parser returns."),
            TextField(path="title", share=1.0, average_words=2.0, example="The parser"),
        )),
    )  # fmt: skip
    text = BY_KEY["text"]
    answer = text.clean({"fields": "# {title}\\n{text}"}, survey, ANSWERS)
    assert answer == {"fields": ["title", "text"], "template": "# {title}\n{text}"}
    assert text.clean(answer, survey, ANSWERS) == answer
    (field,) = text.fields(survey, ANSWERS, answer)
    assert (field.key, field.suggested) == ("fields", "# {title}\\n{text}")
    assert field.hint == "gives: # The parser\\nThe parser returns."
    options = text.options(survey, ANSWERS)
    assert options[text.place(answer, options, survey, ANSWERS)].short == "another field"
    assert text.label(answer, survey, ANSWERS) == "template of title, text"
    plan = make_plan(survey, {**ANSWERS, "text": answer}, by_name("blue_green"), speed=None)
    assert plan.move.vectors[0].origin.text.template == "# {title}\n{text}"
    for wrong in ({"template": "no field"}, {"fields": "{nowhere}"}, {"fields": "title {}"}):
        with pytest.raises(BadAnswer):
            text.clean(wrong, survey, ANSWERS)
    again = text.compose(answer, {"fields": "{text} ({title})"}, survey, ANSWERS)
    assert again == {"fields": ["text", "title"], "template": "{text} ({title})"}
    assert text.compose(answer, {"fields": "title"}, survey, ANSWERS) == {"fields": ["title"]}

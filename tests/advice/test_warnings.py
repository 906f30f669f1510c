"""Every warning in at least one concrete case, with its sentence and its numbers."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import answer_all, declared, make_plan, warnings_for
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Estimate, Range
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.survey.facts import (
    LanguageField,
    Pieces,
    Placeholders,
    TextField,
    VectorFact,
    WrittenBy,
)
from support.surveys import (
    ANSWERS,
    BGE_SMALL,
    COLBERT,
    E5_LARGE,
    MINILM,
    NOMIC,
    ORIGINALS,
    as_answer,
    docs,
    fact,
    practice,
    server,
)

KEYWORDS = {"change": "keywords", "text": {"fields": ["text"]}}
SECOND = {"change": "second"}
UNPROVEN = {"change": "shorter", "model": as_answer(MINILM.cut_to(192, unproven=True))}


def requantized(kind, **survey):
    answer = {"vector": None, "kind": kind, "always_ram": True}
    return "requantize", {"change": "compression", "quantization": answer}, docs(**survey)


def with_cost(estimate):
    plan = make_plan(docs(), ANSWERS, by_name("blue_green"), speed=None)
    return plan.model_copy(update={"estimate": estimate})


LATE = {**SECOND, "model": as_answer(COLBERT)}
MULTI = VectorFact(name="words", kind="multivector", size=128, distance="Cosine")
DENSE = VectorFact(name="", kind="dense", size=384, distance="Cosine")
DAYS = with_cost(Estimate(seconds=Range(low=432e3, likely=518e3, high=691e3, how="58 texts/s")))
FIGURES = {"": {"text": (64, 64), "title": (0, 8), "copy": (64, 64)}}

LANG = LanguageField(path="lang", texts={"de": 54, "en": 40, "ja": 6}, agrees=1.0, unnamed=3)
REBUILT = {**ANSWERS, **ORIGINALS}


OWN_NAME = {"name": {"alias": "docs_minilm_live", "exists": False}}
BARE = {"aliases": fact(()), "all_aliases": {}}


def by(*names, sure=True):
    return fact(WrittenBy(names=names, sure=sure), "sample")


CASES = [
    ("W60", "blue_green", ANSWERS, docs(written_by=by("mem0")), "must",
     "mem0 finds no collection by an alias. When it starts it lists the collections and makes"),
    ("W60", "blue_green", ANSWERS, docs(written_by=by("langchain_js", "n8n", sure=False)),
     "caution", 'Answer at question Name that it "changes the name itself".'),
    ("W60", "blue_green", ANSWERS, docs(written_by=by("cheshire_cat")), "must",
     "Read first what it does when it starts"),
    ("W61", "blue_green", ANSWERS,
     docs(written_by=by("mem0"), others=("docs_minilm_entities", "another")), "must",
     "mem0 has beside this one: docs_minilm_entities."),
    ("W62", "blue_green", ANSWERS, docs(written_by=by("roo_code")), "must",
     "it DELETES the collection and makes it anew: stop it before the switch"),
    ("W62", "blue_green", ANSWERS, docs(written_by=by("kotaemon", "llamaindex")), "caution",
     "Before the text it embeds the lines of a node's metadata"),
    ("W64", "blue_green", {**ANSWERS, **OWN_NAME}, docs(written_by=by("roo_code"), **BARE), "must",
     "Roo Code or Kilo Code can be told no name, so nothing leads it to the new collection"),
    ("W64", "blue_green", {**ANSWERS, **OWN_NAME}, docs(written_by=by("kotaemon", "llamaindex"),
     **BARE), "caution", "it can use no other name. The new collection then takes"),
    ("W64", "blue_green", {**ANSWERS, **OWN_NAME}, docs(written_by=by("lightrag"), **BARE), "must",
     'that it "changes the name itself", and keep the name'),
    ("W64", "blue_green", {**ANSWERS, "name": {"kind": "changes"}},
     docs(written_by=by("cheshire_cat"), **BARE), "must", "Read first what it does when it starts"),
    ("W02", "blue_green", {**ANSWERS, "query_side": "framework"}, docs(written_by=by("mem0")),
     "must", "At the moment of the cutover, change embedder.config.model (mem0)"),
    ("W63", "blue_green", ANSWERS,
     docs(old_model=fact(MINILM.model_copy(update={"cut_texts": ("tokens", 256)}))), "caution",
     "The present vectors fit their texts cut after 256 tokens."),
    ("W50", "rebuild_from_source", REBUILT, docs(), "must",
     "What your application writes to docs_minilm after the file was made"),
    ("W52", "rebuild_from_source", REBUILT, docs(), "caution",
     "The new points have no lang in their payload"),
    ("W52", "rebuild_from_source",
     {**REBUILT, "columns": {**ORIGINALS["columns"], "payload": ["text"], "more": True}}, docs(),
     "note", "Points whose id is new have no title and lang in their payload"),
    ("W51", "rebuild_from_source", REBUILT, docs(vectors=fact((DENSE, MULTI))), "must",
     "A file has no vectors, so the new collection does not have words."),
    ("W01", "blue_green", ANSWERS, docs(), "note", "120,482 payloads are copied."),
    ("W02", "blue_green", ANSWERS, docs(), "must",
     "all-MiniLM-L6-v2 (384) becomes bge-base-en-v1.5 (768)."),
    ("W02", "blue_green", {**ANSWERS, "query_side": "framework"}, docs(), "must",
     "find the setting of your framework that names the embedding model"),
    ("W02", "truncate", {"change": "shorter", "model": as_answer(NOMIC.cut_to(256))},
     docs(vectors=fact((DENSE.model_copy(update={"size": 768}),)), old_model=fact(NOMIC)),
     "must", "cut every query vector to its first 256 values"),
    ("W02", "truncate", {**UNPROVEN, "shortened_by": "projection"}, docs(), "must",
     "put every vector of the model through the projection"),
    ("W02", "side_by_side", {**SECOND, "model": ANSWERS["model"]}, docs(), "must",
     "The new vector is made by bge-base-en-v1.5 (768); the others stay as they are."),
    ("W04", "dense_to_hybrid", {**KEYWORDS, "in_place": "in place"}, docs(), "must",
     "Change the query once you keep the new vectors"),
    ("W03", "blue_green", {**ANSWERS, "model": as_answer(BGE_SMALL)}, docs(), "must",
     "Both have 384 dimensions."),
    ("W04", "side_by_side", SECOND, docs(), "must",
     "the application must change using as well as the model"),
    ("W04", "multivectors", {**LATE, "many_for": "apart"}, docs(), "must",
     "What is missing there is found as before, and not put in order."),
    ("W04", "blue_green", {**ANSWERS, "vector_name": "bge_base_768"}, docs(), "must",
     "The new vector is named bge_base_768; the present one has no name."),
    ("W04", "blue_green", {**ANSWERS, "copied_by": "server"}, docs(alone=fact(True)), "must",
     "The old vector stays, called as it is; the new one has a name of its own."),
    ("W05", "blue_green", {**ANSWERS, "name": {"alias": "d", "exists": False}}, docs(), "must",
     "Your application uses the name docs_minilm; from then on it uses d."),
    ("W05", "blue_green", {**ANSWERS, "name": {"kind": "changes"}}, docs(), "must",
     "there is no single moment"),
    ("W05", "blue_green", {**ANSWERS, "name": {"kind": "takes over"}}, docs(), "must",
     "the old collection is DELETED at the cutover"),
    ("W38", "blue_green", ANSWERS, docs(aliases=fact(("docs", "note", "other"))), "must",
     "Not switched: note and other."),
    ("W38", "blue_green", {**ANSWERS, "name": {"alias": "d", "exists": False}}, docs(), "must",
     "Not switched: docs."),
    ("W06", "blue_green", ANSWERS, docs(vectors=fact((DENSE, MULTI))), "must",
     "Kept beside the others: words. They are in memory."),
    ("W06", "blue_green", ANSWERS,
     docs(vectors=fact((DENSE, MULTI.model_copy(update={"raw": {"on_disk": True}})))), "caution",
     "They are on disk."),
    ("W06", "multivectors", {**LATE, "many_for": "rerank"}, docs(), "caution",
     "on disk and without an index, beside"),
    ("W06", "multivectors", {**LATE, "many_for": "search"}, docs(), "must",
     "where searches read them, beside"),
    ("W06", "blue_green", {**ANSWERS, "model": as_answer(COLBERT)},
     docs(vectors=fact((DENSE, DENSE.model_copy(update={"name": "title"})))), "must",
     "where searches read them"),
    ("W07", "dense_to_hybrid", KEYWORDS, docs(points=fact(8214)), "must",
     "8,214 texts, 130 words on average."),
    ("W07", "dense_to_hybrid", KEYWORDS,
     docs(text_fields=fact((TextField(path="text", share=1.0, average_words=310.0),)),
          pieces=fact(Pieces(quarter=120, three_quarters=480, parent="doc_id", each=3.5, of=1085))),
     "must", "310 words on average, a quarter below 120 and a quarter above 480; 3.5 of them for "
     "each doc_id in the sample, together 1,085 words."),
    ("W08", "dense_to_hybrid", KEYWORDS, docs(languages=fact({"de": 0.54, "en": 0.4, "ja": 0.06})),
     "must", "German 54 %, English 40 % and Japanese 6 %. There is no word list for Japanese. "
     "The endings are those of German."),
    ("W08", "dense_to_hybrid", {**KEYWORDS, "keyword_model": {"language": "de"}},
     docs(languages=fact({"de": 0.6, "en": 0.4}), language_fields=(LANG,)), "must",
     "Choose the language by lang, at question Keywords by, or look at each language in Verify."),
    ("W08", "dense_to_hybrid", KEYWORDS,
     docs(languages=fact({"de": 0.54, "en": 0.4, "ja": 0.06}), language_fields=(LANG,)), "caution",
     "There is no word list for Japanese. In 3 of 103 texts of the sample it names no language "
     "that is known."),
    ("W46", "blue_green", ANSWERS,
     docs(vectors=fact((DENSE, VectorFact(name="bm25", kind="sparse")))), "caution",
     "Without it: bm25. It is kept as found."),
    ("W47", "dense_to_hybrid", KEYWORDS, docs(), "caution",
     "The list for English is not on this computer. "
     "Fetch it and plan again: qmm models --fetch Qdrant/bm25."),
    ("W47", "dense_to_hybrid", KEYWORDS,
     docs(languages=fact({"de": 0.54, "en": 0.46}), language_fields=(LANG,)), "caution",
     "The list for German and English is not on this computer."),
    ("W47", "dense_to_hybrid", KEYWORDS, docs(languages=fact({"ta": 1.0})), "caution",
     "There is no list for Tamil."),
    ("W47", "dense_to_hybrid", KEYWORDS, docs(languages=fact({"ja": 1.0})), "caution",
     "Words are taken as they are written."),
    ("W09", "truncate", {"change": "shorter", "model": as_answer(NOMIC.cut_to(512))},
     docs(vectors=fact((DENSE.model_copy(update={"size": 768}),)), old_model=fact(NOMIC)),
     "caution", "512 of 768 dimensions."),
    ("W09", "truncate", {"change": "shorter", "model": as_answer(NOMIC.cut_to(256))},
     docs(vectors=fact((DENSE.model_copy(update={"size": 768}),)), old_model=fact(NOMIC)),
     "must", "256 of 768 dimensions."),
    ("W09", "truncate", UNPROVEN, docs(), "must",
     "where it is too little, the run ends before anything is made"),
    ("W10", "linear_map", ANSWERS, docs(), "must", "All 120,482 vectors would be calculated."),
    ("W10", "map_queries", ANSWERS, docs(), "must", "Every query would be calculated."),
    ("W11", "blue_green", ANSWERS,
     docs(cannot_carry=(("wal_config", "size of the log"), ("read_fan_out", "spreads reads"))),
     "must", "wal_config: size of the log; read_fan_out: spreads reads."),
    ("W12", "multivectors", {**LATE, "many_for": "apart"}, docs(), "caution",
     "points get no new vector: found as before, and not put in order."),
    ("W12", "blue_green", ANSWERS, docs(), "caution",
     "118 points get no new vector and will not be found by searches."),
    ("W12", "blue_green", ANSWERS, docs(texts_missing=fact(9000)), "must",
     "7 % of 120,482 points have no text."),
    ("W13", "blue_green", ANSWERS, docs(), "note",
     "3 % of the texts are longer than the model reads"),
    ("W13", "blue_green", ANSWERS, docs(token_lengths=(100, 100, 600)), "must",
     "The longest sampled text has 2,204 tokens; bge-base-en-v1.5 reads 512."),
    ("W14", "blue_green", ANSWERS, docs(languages=fact({"en": 0.88, "de": 0.12})), "must",
     "12 % of the texts are in languages this model was not made for."),
    ("W14", "blue_green", ANSWERS, docs(languages=fact({"en": 0.95, "de": 0.05})), "caution",
     "German 5 %; bge-base-en-v1.5 knows English."),
    ("W15", "blue_green", ANSWERS, docs(matches=None), "caution",
     "Nothing proves which model made the present vectors"),
    ("W15", "truncate", {"change": "shorter", "model": as_answer(NOMIC.cut_to(256))},
     docs(vectors=fact((DENSE.model_copy(update={"size": 768}),)), old_model=fact(NOMIC, "told"),
          matches=None), "caution", "Nothing proves which model made the present vectors"),
    ("W16", "blue_green",
     {**ANSWERS, "proof": {"kind": "later", "file": None, "margin": 0.02}}, docs(), "caution",
     "No searches with known answers were given."),
    ("W16", "blue_green", ANSWERS, docs(points=fact(12), texts_missing=fact(0)), "caution",
     "12 queries cannot show whether searches find more than before."),
    ("W17", "side_by_side", SECOND, docs(capabilities=server(1, 17, 1)), "note",
     "This is Qdrant 1.17.1."),
    ("W17", "dense_to_hybrid", KEYWORDS, docs(capabilities=server(1, 18, 0)), "note",
     "that begins with Qdrant 1.18.1"),
    ("W18", "side_by_side", {**SECOND, "in_place": "in place"}, docs(), "must",
     "docs_minilm itself is changed."),
    ("W39", "drop_vector", {"change": "drop", "drop": "words"},
     docs(vectors=fact((DENSE, MULTI))), "must", "Taken out: words, of 120,482 points."),
    ("W39", "drop_vector", {"change": "drop", "drop": ""}, docs(vectors=fact((DENSE, MULTI))),
     "must", "and so does one that names none."),
    ("W20", "blue_green", ANSWERS, docs(), "note", "Found: 1 new point in the last 30 s."),
    ("W23", "blue_green", ANSWERS, docs(payload_bytes=fact(1_000_000), vector_bytes=fact(0)),
     "note", "docs_minilm holds 1.0 MB."),
    ("W24", "server_inference", ANSWERS, docs(), "caution", "whoever runs the server may charge"),
    ("W25", "server_inference", ANSWERS, docs(), "must", "search.example.com embeds the texts"),
    ("W26", "blue_green", ANSWERS, docs(), "caution",
     "bge-base-en-v1.5 makes the scores from then on."),
    ("W27", *requantized("binary"), "must", "From none to binary, at 384 dimensions."),
    ("W27", *requantized("scalar"), "caution", "From none to scalar, at 384 dimensions."),
    ("W28", *requantized("scalar"), "note", "120,482 points, now none, next scalar."),
    ("W29", "blue_green", ANSWERS, docs(matches=(31, 64)), "must",
     "31 of 64 sample texts match all-MiniLM-L6-v2, 33 do not."),
    ("W30", "blue_green", ANSWERS, docs(), "note", "not without the computer"),
    ("W31", "blue_green", ANSWERS, docs(address=Address(url="http://10.0.0.5:6333")), "caution",
     "10.0.0.5 is not this computer."),
    ("W32", "blue_green", ANSWERS, docs(), "note", "docs_minilm keeps 331 MB."),
    ("W33", "blue_green", ANSWERS, docs(), "note", "nothing is written to docs_minilm"),
    ("W34", "blue_green", ANSWERS,
     docs(vectors=fact((DENSE.model_copy(update={"distance": "Manhattan"}),))), "caution",
     "Old: Manhattan, new: Cosine."),
    ("W34", "blue_green", {**ANSWERS, "model": as_answer(NOMIC)},
     docs(vectors=fact((DENSE.model_copy(update={"distance": "Dot"}),))), "caution",
     "refuses the new collection. Old: Dot, new: Cosine."),
    ("W35", "dense_to_hybrid", KEYWORDS, docs(), "note", "Copied: the unnamed vector."),
    ("W36", "blue_green", {**ANSWERS, "text": {"fields": ["title"]}}, docs(figures=FIGURES), "must",
     "With text 64 of 64 sample texts give their stored vector again, with title 0 of 8."),
    ("W37", "blue_green", ANSWERS,
     docs(placeholders={"": Placeholders(found=5, of=64, what="all zeros")}), "caution",
     "5 of 64 sampled vectors: all zeros."),
    ("W36", "blue_green", {**ANSWERS, "text": {"fields": ["title", "text"]}},
     docs(figures=FIGURES), "must", "stored vector again, title and text was not tried."),
]  # fmt: skip

WITH_PLAN = [
    ("W21", make_plan(docs(), ANSWERS, by_name("blue_green"), speed=Speed(58.0)), "note",
     "120,482 x 768 x 4 bytes"),
    ("W22", DAYS, "caution", "At the measured speed 6 days (5 days to 8 days)."),
    ("W24", with_cost(Estimate(usd=2.83)), "caution", "About 2.83 USD."),
    ("W24", with_cost(Estimate(usd=28.3)), "must", "About 28.30 USD."),
]  # fmt: skip


def shown(survey, answers, strategy, plan=None):
    return {w.id: w for w in warnings_for(survey, answers, by_name(strategy), plan)}


@pytest.mark.parametrize(
    ("id_", "strategy", "answers", "survey", "severity", "sentence"),
    CASES,
    ids=[f"{case[0]}-{case[4]}" for case in CASES],
)
def test_a_warning_is_shown_with_its_numbers(id_, strategy, answers, survey, severity, sentence):
    one = shown(survey, answers, strategy)[id_]
    assert one.severity == severity
    assert sentence in f"{one.text} {one.why_here} {one.todo}"


@pytest.mark.parametrize(
    ("id_", "plan", "severity", "sentence"), WITH_PLAN, ids=["W21", "W22", "W24", "W24-must"]
)
def test_a_warning_about_cost_is_shown_with_the_plan(id_, plan, severity, sentence):
    one = shown(docs(), ANSWERS, "blue_green", plan)[id_]
    assert one.severity == severity
    assert sentence in f"{one.text} {one.why_here} {one.todo}"


def test_every_declared_warning_has_its_case():
    ids = [one.id for one in declared()]
    assert ids == sorted(set(ids)), "ids stay as they are: what was acknowledged is kept by them"
    assert {case[0] for case in (*CASES, *WITH_PLAN)} == set(ids), "add a case to CASES"


def test_every_sentence_is_whole_and_calm():
    for _, strategy, answers, survey, _, _ in CASES:
        for one in warnings_for(survey, answers, by_name(strategy)):
            for sentence in (one.text, one.why_here, one.todo):
                assert sentence == sentence.strip()
                assert sentence.endswith(".")
                assert "!" not in sentence
                assert "None" not in sentence
                assert "  " not in sentence


def test_must_comes_first_then_caution_then_note():
    order = [w.severity for w in warnings_for(docs(), ANSWERS, by_name("blue_green"))]
    assert order == sorted(order, key=["must", "caution", "note"].index)
    assert {"must", "caution", "note"} == set(order)


def test_what_does_not_apply_is_not_shown():
    plain = shown(
        docs(texts_missing=fact(0), token_lengths=(100,), languages=fact({"en": 1.0})),
        {**ANSWERS, "model": as_answer(E5_LARGE)},
        "blue_green",
    )
    assert set(plain) == {"W01", "W02", "W20", "W26", "W30", "W32", "W33"}


@pytest.mark.parametrize("fields", [["text"], ["copy"]])
def test_the_texts_that_gave_the_old_vectors_are_no_reason_to_warn(fields):
    answers = {**ANSWERS, "text": {"fields": fields}}
    assert "W36" not in shown(docs(figures=FIGURES), answers, "blue_green")


def test_which_texts_are_proved_depends_on_the_vector_that_is_replaced():
    one, two = (DENSE.model_copy(update={"name": name}) for name in ("a", "b"))
    survey = docs(
        vectors=fact((one, two)),
        figures={"a": {"text": (64, 64), "title": (0, 8)}, "b": {"title": (64, 64)}},
    )
    answers = {**ANSWERS, "text": {"fields": ["title"]}}
    assert "W36" in shown(survey, {**answers, "replace": "a"}, "blue_green")
    assert "W36" not in shown(survey, {**answers, "replace": "b"}, "blue_green")


def test_another_distance_is_warned_of_without_another_model_too():
    """Any plan whose new vector is compared in another way, here one that was changed by hand."""
    two = docs(vectors=fact((DENSE.model_copy(update={"raw": {"distance": "Cosine"}}), MULTI)))
    answers = answer_all(two, {"change": "drop", "drop": "words"}, [])
    plan = make_plan(two, answers, by_name("drop_vector"), speed=None)
    assert "W34" not in shown(two, answers, "drop_vector", plan)
    (kept,) = plan.move.vectors
    dot = kept.model_copy(update={"params": {**kept.params, "distance": "Dot"}})
    move = plan.move.model_copy(update={"vectors": (dot,)})
    one = shown(two, answers, "drop_vector", plan.model_copy(update={"move": move}))["W34"]
    assert one.why_here == "Old: Cosine, new: Dot."


def test_keyword_results_are_merged_only_where_there_are_any(monkeypatch):
    merged = "Keyword results are merged with the others"
    assert merged in shown(docs(), KEYWORDS, "dense_to_hybrid")["W26"].why_here
    monkeypatch.setattr(type(by_name("drop_vector")), "warns", ("W26",))
    two = docs(vectors=fact((DENSE, MULTI)))
    said = shown(two, {"change": "drop", "drop": "words"}, "drop_vector")["W26"].why_here
    assert said == "Scores are made in another way from then on."


def test_placeholders_matter_only_where_a_text_takes_their_place():
    survey = docs(placeholders={"": Placeholders(found=5, of=64, what="all zeros")})
    assert "W37" not in shown(survey, KEYWORDS, "dense_to_hybrid")
    assert "W37" not in shown(survey, SECOND, "side_by_side")


def test_weaker_compression_does_not_warn_of_a_loss():
    name, answers, survey = requantized("scalar", quantization=fact({"binary": {}}))
    assert "W27" not in shown(survey, answers, name)


def test_requantize_copies_nothing_and_changes_no_query_model():
    name, answers, survey = requantized("scalar")
    assert not {"W01", "W02", "W20", "W30", "W32", "W33"} & set(shown(survey, answers, name))


def test_this_computer_by_http_is_no_leak():
    local = docs(address=Address(url="http://localhost:6333"))
    assert "W31" not in shown(local, ANSWERS, "blue_green")
    assert "W31" not in shown(practice(), ANSWERS, "blue_green")


def test_what_is_acknowledged_changes_with_its_numbers():
    few = shown(docs(texts_missing=fact(9000)), ANSWERS, "blue_green")["W12"]
    more = shown(docs(texts_missing=fact(9001)), ANSWERS, "blue_green")["W12"]
    assert few.said != more.said


def test_missing_texts_of_another_field_are_estimated_from_the_sample():
    fields = (
        TextField(path="text", share=0.999, average_words=130.0),
        TextField(path="title", share=0.5, average_words=8.0),
    )
    answers = {**ANSWERS, "text": {"fields": ["title"]}}
    one = shown(docs(text_fields=fact(fields)), answers, "blue_green")["W12"]
    assert one.text.startswith("60,241 points get no new vector")


def test_what_is_said_of_copying_is_not_said_of_a_file():
    said = shown(docs(payload_bytes=fact(9), vector_bytes=fact(9)), REBUILT, "rebuild_from_source")
    assert not {"W01", "W12", "W20", "W23"} & said.keys()


@pytest.mark.parametrize("change", CHANGES)
def test_loading_a_file_is_not_spoken_of_where_the_change_rules_it_out(change):
    """Of two vectors one was taken out, and the way that cannot do that was called quicker."""
    two = docs(
        payload_bytes=fact(9),
        vector_bytes=fact(9),
        vectors=fact((DENSE, DENSE.model_copy(update={"name": "b"}))),
    )
    answers = {**ANSWERS, "change": change, "drop": "b"}
    loads = by_name("rebuild_from_source").fit(two, answers)
    ruled_out = (loads.word, loads.decided_by) == ("ruled out", "change")
    for strategy in strategies():
        if strategy.fit(two, answers).word != "ruled out" and "builds" in strategy.facets:
            said = "W23" in shown(two, answers, strategy.name)
            assert said == (not ruled_out and "loads" not in strategy.facets), strategy.name

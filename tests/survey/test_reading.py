"""A whole survey, on a folder and on the fake server: what is found, how, and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.errors import CollectionMissing, RightMissing
from qdrant_model_migration.survey import Fact, Line, Survey, facts_of, lines, survey
from qdrant_model_migration.survey.errors import CollectionEmpty
from qdrant_model_migration.survey.facts import Bare
from support.fake_qdrant import FakeQdrant
from support.inference import Inference
from support.sentences import sentence

Fill = Callable[..., None]

TEXTS = [sentence(number) for number in range(120)]


def test_everything_about_a_collection_is_found(docs: Qdrant, model: ModelRef) -> None:
    found = survey(docs, "docs")
    assert found.collection == "docs_a"
    assert (found.asked_for, found.alias, found.others) == ("docs", "docs", ("other",))
    assert found.all_aliases == {"docs": "docs_a"}
    assert found.points == Fact[int](value=123, how="counted")
    assert found.status.value == "green"
    (vector,) = found.dense
    assert (vector.name, vector.size, vector.distance) == ("", 128, "Cosine")
    assert found.quantization.value == {}
    assert found.text_field.value == "meta.body"
    assert (found.texts_missing.value, found.texts_missing.how) == (3, "counted")
    assert found.texts_missing.note == "1 holds a number there"
    assert found.languages.value == {"en": 1.0}
    assert found.old_model.value == model
    assert found.old_model.how == "re-embedded"
    assert found.old_model.note == "64 of 64 texts match"
    assert found.matches == (64, 64)
    assert found.lacking == {"": 3}
    assert found.vectors.note == (
        "1 without a name: 128 dimensions, cosine; 3 points have no vector"
    )
    assert found.payload_fields.value == ("lang", "meta", "title")
    assert found.vector_bytes.value == 123 * 128 * 4
    assert 5_000 < (found.payload_bytes.value or 0) < 30_000
    assert found.writes.value == 0
    assert found.sampled == 123
    assert len(found.token_lengths) == 120
    assert found.longest_tokens.value == max(found.token_lengths)
    assert found.cannot_carry == ()
    assert found.raw["params"]["vectors"]["size"] == 128


def test_a_survey_survives_being_written_as_json(docs: Qdrant) -> None:
    found = survey(docs, "docs_a")
    assert Survey.model_validate_json(found.model_dump_json()) == found


def test_the_facts_told_one_by_one_are_those_of_the_survey_in_the_order_of_the_screen(
    docs: Qdrant,
) -> None:
    told: dict[str, Fact[Any]] = {}
    found = survey(docs, "docs_a", on_fact=lambda key, fact: told.update({key: fact}))
    assert told == facts_of(found)
    assert list(told) == [
        "server", "add_vector", "insert_only", "server_embeds", "alone", "points", "status",
        "vectors", "quantization", "written_by", "text_fields", "text_joined", "text_field",
        "texts_missing", "average_tokens",
        "longest_tokens", "languages", "pieces", "word_models", "word_lengths", "old_model", "bare",
        "payload_fields", "payload_indexes",
        "vector_bytes", "payload_bytes", "aliases", "writes",
    ]  # fmt: skip


def test_a_survey_only_reads(on_server: tuple[FakeQdrant, Qdrant], fill: Fill) -> None:
    fake, qdrant = on_server
    fill(qdrant, "docs", [{"text": text} for text in TEXTS], TEXTS)
    seen = len(fake.requests)
    survey(qdrant, "docs")
    reading = ("/points/scroll", "/points/count", "/points", "/points/query")
    for request in list(fake.requests)[seen:]:
        assert request.method == "GET" or request.path.endswith(reading), request
        assert request.method in ("GET", "POST"), request


def test_an_alias_is_resolved_and_said(docs: Qdrant) -> None:
    assert survey(docs, "docs").aliases.note == (
        "docs is an alias. It stands for docs_a, which is chosen now."
    )
    assert survey(docs, "docs_a").aliases.note == ""
    assert survey(docs, "docs_a").asked_for == ""


def test_an_empty_collection_is_said_after_its_facts(docs: Qdrant) -> None:
    told: list[str] = []
    with pytest.raises(CollectionEmpty) as caught:
        survey(docs, "other", on_fact=lambda key, _: told.append(key))
    assert str(caught.value) == (
        "other is empty: 0 points, so there is nothing to embed. "
        "Create a new collection for the new model instead; Explore shows the settings."
    )
    assert "points" in told
    assert "vectors" in told


def test_a_collection_that_is_gone_is_an_error_in_words(docs: Qdrant) -> None:
    with pytest.raises(CollectionMissing):
        survey(docs, "nowhere")


def test_a_collection_without_texts_is_surveyed_all_the_same(server: Qdrant, fill: Fill) -> None:
    fill(server, "ids", [{"id": f"a-{n}"} for n in range(20)], TEXTS[:20])
    found = survey(server, "ids")
    assert found.text_field.value is None
    assert found.text_field.note.startswith("No text was found in 20 sampled points.")
    assert found.texts_missing.value is None
    assert found.old_model.value is None
    assert found.points.value == 20


def test_lists_of_texts_are_named_as_the_reason_that_there_is_no_text(
    server: Qdrant, fill: Fill
) -> None:
    fill(server, "docs", [{"chunks": [text, text]} for text in TEXTS[:9]], TEXTS[:9])
    assert "chunks holds lists of texts" in survey(server, "docs").text_field.note


def test_a_field_that_was_told_wrongly_is_said(docs: Qdrant) -> None:
    found = survey(docs, "docs", text_field="titel")
    assert found.text_field.note == (
        "said by you, but none of 123 sampled points has a text there; the stored vectors are of "
        "meta.body: 64 of 64 samples give theirs again"
    )
    assert found.texts_missing.value == 123


def test_each_dense_vector_has_its_own_old_model(
    server: Qdrant, model: ModelRef, embedder: Embedder
) -> None:
    size = {"size": 128, "distance": "Cosine"}
    server.create_collection(
        "two", {"vectors": {"a": size, "b": size}, "metadata": model.to_metadata()}
    )
    made = embedder.embed(TEXTS, "passage").vectors
    other = [list(reversed(vector)) for vector in made]
    points = [
        Point(n, {"text": text}, {"a": other[n], "b": made[n]}) for n, text in enumerate(TEXTS)
    ]
    server.insert("two", points)
    found = survey(server, "two")
    assert (found.old_model.how, found.matches) == ("told", None)
    assert found.old_models["b"].how == "re-embedded"
    assert found.model_of("b") == model
    assert found.model_of("nowhere") is None


def test_a_very_large_collection_is_not_counted_by_vector(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, qdrant = on_server
    fill(qdrant, "docs", [{"text": text} for text in TEXTS], TEXTS)
    monkeypatch.setattr("qdrant_model_migration.survey.reader.LARGE", 100)
    seen = len(fake.requests)
    assert survey(qdrant, "docs").lacking == {}
    counts = [r for r in list(fake.requests)[seen:] if r.path.endswith("/count")]
    assert len(counts) == 2


def some_bare(fill: Fill, qdrant: Qdrant, model: ModelRef) -> None:
    """120 points, of which 20 have no vector; 14 of these have a text, 5 of them a title too."""
    payloads: list[dict[str, Any]] = [{"text": text} for text in TEXTS]
    for n in range(5):
        payloads[n]["title"] = f"the title of number {n}"
    for n in range(14, 20):
        payloads[n]["text"] = " "
    made: list[str | None] = [None if n < 20 else text for n, text in enumerate(TEXTS)]
    fill(qdrant, "docs", payloads, made, model.to_metadata())


def test_points_without_a_vector_that_have_a_text_are_counted(
    docs: Qdrant, fill: Fill, model: ModelRef
) -> None:
    docs.delete_collection("docs_a")
    some_bare(fill, docs, model)
    found = survey(docs, "docs", sample=30)
    bare = Bare(points=20, texts={"text": 14, "title": 5})
    assert (found.bare.value, found.bare.how) == ({"": bare}, "counted")
    assert [line for line in lines(facts_of(found)) if line.key == "bare"] == [
        Line("bare", "No vector", "20 points, 14 of them with a text", "counted")
    ]


@pytest.mark.parametrize("limit", ["SMALL", "LARGE"])
def test_where_there_are_many_they_are_estimated_and_said_so(
    server: Qdrant,
    fill: Fill,
    model: ModelRef,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
) -> None:
    some_bare(fill, server, model)
    monkeypatch.setattr(f"qdrant_model_migration.survey.reader.{limit}", 10)
    found = survey(server, "docs", sample=60)
    assert found.bare.how == "sample"
    one = (found.bare.value or {})[""]
    assert one.points == 20 if limit == "SMALL" else 10 < one.points < 40
    assert 5 < one.texts["text"] <= one.points
    (line,) = [line for line in lines(facts_of(found)) if line.key == "bare"]
    about = f"about {one.points} points, about {one.texts['text']} of them with a text"
    assert (line.found, line.how) == (about, "sample of 60")


def test_placeholders_among_the_sample_are_mentioned(server: Qdrant, fill: Fill) -> None:
    fill(server, "docs", [{"text": text} for text in TEXTS], TEXTS)
    ones = [Point(n, {"text": TEXTS[n]}, {"": [1.0] * 128}) for n in range(0, 120, 3)]
    textless = [Point(n, {}, {"": [0.0] * 128}) for n in range(200, 204)]
    server.upsert("docs", [*ones, *textless])
    found = survey(server, "docs")
    one = found.placeholders[""]
    assert (one.of, one.what) == (68, "all values equal or all zeros")
    assert 20 < one.found < 30
    assert found.vectors.note.endswith(
        f"{one.found} of 68 sampled vectors stand for none (all values equal or all zeros)"
    )


def test_several_long_fields_are_settled_by_the_one_that_gives_the_stored_vectors(
    server: Qdrant, fill: Fill, model: ModelRef
) -> None:
    payloads = [{"notes": TEXTS[-n], "text": TEXTS[n]} for n in range(100)]
    fill(server, "docs", payloads, [p["notes"] for p in payloads], model.to_metadata())
    found = survey(server, "docs")
    assert (found.text_field.value, found.text_field.how) == ("notes", "re-embedded")
    assert found.old_model.note == "64 of 64 texts match"


def test_several_long_fields_that_nothing_settles_are_left_to_a_person(
    server: Qdrant, fill: Fill
) -> None:
    payloads = [{"body": TEXTS[n], "text": TEXTS[-n]} for n in range(30)]
    unrelated: list[str | None] = [f"{TEXTS[(n * 7) % 120]} and more" for n in range(30)]
    fill(server, "docs", payloads, unrelated)
    found = survey(server, "docs")
    assert found.text_field.how == "sample"
    assert found.text_field.note == (
        "two fields hold long texts (body, text). Choose the one the old model was made from."
    )


def test_the_operators_corrections_win(docs: Qdrant, model: ModelRef) -> None:
    found = survey(docs, "docs", text_field="title", old_model=model)
    assert (found.text_field.value, found.text_field.how) == ("title", "told")
    assert (found.texts_missing.value, found.texts_missing.how) == (1, "counted")
    assert found.made_of("") == "meta.body"
    same, tried = found.figures[""]["meta.body"]
    assert same == tried > 50
    assert found.figures[""]["title"] == (0, 63), "what a person named is tried whole"
    assert found.text_field.note == (
        f"said by you; the stored vectors are of meta.body: {same} of {tried} samples give theirs "
        "again, with title 0 of 63"
    )
    assert (found.old_model.how, found.matches) == ("re-embedded", (same, tried))


def test_each_field_has_its_figures_whichever_is_the_likeliest(
    server: Qdrant, fill: Fill, model: ModelRef
) -> None:
    payloads = [{"text": TEXTS[n], "summary": f"about {TEXTS[-n][:30]}"} for n in range(100)]
    fill(server, "docs", payloads, TEXTS[:100], model.to_metadata())
    found = survey(server, "docs")
    assert (found.text_field.value, found.text_field.how) == ("text", "sample")
    assert found.figures == {"": {"text": (64, 64), "summary": (0, 8)}}
    assert found.made_of("") == "text"


def test_vectors_of_two_models_are_noticed(server: Qdrant, fill: Fill, model: ModelRef) -> None:
    texts: list[str | None] = [
        text if n % 2 else f"{TEXTS[(n * 31 + 7) % 120]}" for n, text in enumerate(TEXTS)
    ]
    fill(server, "docs", [{"text": text} for text in TEXTS], texts, model.to_metadata())
    found = survey(server, "docs")
    assert found.matches is not None
    assert 20 < found.matches[0] < 44
    assert found.old_model.note.startswith(
        "This collection seems to hold vectors of two models: "
        f"{found.matches[0]} of 64 sample texts match words-128"
    )


def test_missing_texts_of_a_collection_above_the_sample_are_counted_while_it_is_small(
    docs: Qdrant,
) -> None:
    found = survey(docs, "docs", sample=40)
    assert found.sampled <= 40
    assert (found.texts_missing.value, found.texts_missing.how) == (3, "counted")


def test_missing_texts_of_a_large_collection_are_estimated_and_said_so(
    docs: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qdrant_model_migration.survey.reader.SMALL", 100)
    missing = survey(docs, "docs", sample=60).texts_missing
    assert missing.how == "sample"
    assert missing.note.split("; ")[0].endswith("sampled")


def test_writes_during_the_survey_are_counted(docs: Qdrant) -> None:
    def write(key: str, _fact: Fact[Any]) -> None:
        if key == "languages":
            docs.insert("docs_a", [Point(900, {"meta": {"body": "new"}}, {})])

    writes = survey(docs, "docs", on_fact=write).writes
    assert (writes.value, writes.how) == (1, "counted")
    assert writes.note.startswith("1 new point in ")


def test_a_survey_stops_between_two_facts(docs: Qdrant) -> None:
    stop, told = threading.Event(), list[str]()

    def on_fact(key: str, _fact: Fact[Any]) -> None:
        told.append(key)
        if key == "text_field":
            stop.set()

    with pytest.raises(Stopped):
        survey(docs, "docs", on_fact=on_fact, stop=stop)
    assert told[-1] == "text_field"


def test_named_sparse_and_multivectors_are_surveyed(docs: Qdrant) -> None:
    docs.create_collection(
        "mix",
        {
            "vectors": {
                "small": {"size": 2, "distance": "Dot"},
                "many": {
                    "size": 2,
                    "distance": "Cosine",
                    "multivector_config": {"comparator": "max_sim"},
                },
            },
            "sparse_vectors": {"bm25": {"modifier": "idf"}},
        },
    )
    vectors = {"small": [1.0, 2.0], "many": [[1.0, 0.0], [0.0, 1.0]]}
    docs.insert("mix", [Point(n, {"text": TEXTS[n]}, vectors) for n in range(10)])
    found = survey(docs, "mix")
    assert [(v.name, v.kind) for v in found.vectors.value or ()] == [
        ("small", "dense"),
        ("many", "multivector"),
        ("bm25", "sparse"),
    ]
    assert found.lacking == {"bm25": 10}
    assert found.vector_bytes.value == 10 * 2 * 4 + 10 * 2 * 2 * 4


def test_points_that_wait_for_the_optimizer_are_said(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill
) -> None:
    fake, qdrant = on_server
    fill(qdrant, "docs", [{"text": text} for text in TEXTS], TEXTS)
    info = qdrant._wire.info("docs")
    info["config"]["optimizer_config"]["prevent_unoptimized"] = True
    info["update_queue"] = {"length": 3, "deferred_points": 4800}
    body = {"result": info, "status": "ok", "time": 0.0}
    fake.fail(method="GET", path="/collections/docs$", status=200, body=body, times=None)
    found = survey(qdrant, "docs")
    assert found.points.note == (
        "4,800 more points cannot be read yet: the server holds new points back until they are "
        "optimized (prevent_unoptimized)"
    )
    assert found.status.note.endswith("3 writes not applied yet")


def test_payload_indexes_and_quantization_are_told_by_a_server(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill
) -> None:
    _, qdrant = on_server
    fill(qdrant, "docs", [{"text": text, "lang": "en"} for text in TEXTS], TEXTS)
    qdrant.create_payload_index("docs", "lang", "keyword")
    qdrant.patch("docs", {"quantization_config": {"scalar": {"type": "int8", "always_ram": True}}})
    found = survey(qdrant, "docs")
    assert found.payload_indexes.value == ("lang",)
    assert found.payload_schema["lang"]["data_type"] == "keyword"
    assert found.quantization.note == "scalar int8, kept in memory"
    assert found.quantization.value is not None
    assert found.quantization.value["scalar"]["type"] == "int8"
    assert found.server_embeds.value is False
    assert "server_embeds" not in {line.key for line in lines(facts_of(found))}


def test_a_server_that_makes_vectors_is_found_by_one_search(fill: Fill) -> None:
    service = Inference()
    with FakeQdrant(inference=service) as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        fill(qdrant, "docs", [{"text": text} for text in TEXTS], TEXTS)
        found = survey(qdrant, "docs")
    assert found.server_embeds == Fact[bool](value=True, how="asked")
    assert sum(service.calls) == 1
    (line,) = [line for line in lines(facts_of(found)) if line.key == "server_embeds"]
    assert line.found == "make vectors of texts itself (inference): yes"


def test_a_key_for_one_collection_is_enough_to_survey_it(fill: Fill) -> None:
    with FakeQdrant(api_key="all", collection_keys={"one": {"docs": "r"}}) as fake:
        with open_qdrant(Address(url=fake.url), "all") as qdrant:
            fill(qdrant, "docs", [{"text": text} for text in TEXTS], TEXTS)
            fill(qdrant, "secret", [{"text": text} for text in TEXTS], TEXTS)
        with open_qdrant(Address(url=fake.url), "one") as qdrant:
            found = survey(qdrant, "docs")
            assert found.points.value == 120
            assert found.aliases.value is None, "there may be some"
            (line,) = [line for line in lines(facts_of(found)) if line.key == "aliases"]
            assert line.found == "cannot be seen"
            assert line.note == "this key, or a proxy before the server, does not show them"
            with pytest.raises(RightMissing):
                survey(qdrant, "secret")


def test_whether_one_computer_has_everything_is_asked_where_it_counts(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill
) -> None:
    fake, qdrant = on_server
    fill(qdrant, "docs_a", [{"text": text} for text in TEXTS], TEXTS)
    assert survey(qdrant, "docs_a").alone == Fact[bool](value=True, how="asked")
    fake.fail(path="/cluster$", status=403, error="Forbidden: Global access is required")
    assert survey(qdrant, "docs_a").alone == Fact[bool]()

"""Which fields hold texts, which one it probably is, and how many points lack it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.survey import texts
from qdrant_model_migration.survey.path import ABSENT, leaves, selector, stored_at, value_at

LONG = "a rather long sentence with quite a few words in it so that it counts as a long text"


def chosen(payloads: list[dict[str, Any]]) -> texts.Choice:
    return texts.choose(texts.text_fields(payloads), payloads)


def test_a_nested_text_is_found_by_its_dotted_path() -> None:
    payloads = [{"id": n, "meta": {"inner": {"body": LONG}}} for n in range(5)]
    assert chosen(payloads) == texts.Choice("meta.inner.body")


def test_ids_addresses_dates_and_single_words_are_no_texts() -> None:
    payload = {
        "uuid": "6b1f0f3e-8a3e-4b43-9a2c-0e9b8a6b7f11",
        "url": "https://example.com/a%20b",
        "date": "2026-11-24 09:12:00",
        "path": "/srv/docs/readme.txt",
        "kind": "manual",
        "words": ["a list", "of texts"],
        "number": 7,
    }
    assert texts.text_fields([payload] * 3) == ()
    assert chosen([payload] * 3).path is None


def test_a_single_word_counts_where_the_field_is_named_like_a_text() -> None:
    assert chosen([{"text": "Vertrag", "sku": "A1"}] * 3).path == "text"


def test_the_longer_and_fuller_field_wins_over_a_title() -> None:
    payloads = [{"title": "Three short words", "notes": LONG} for _ in range(10)]
    assert chosen(payloads) == texts.Choice("notes")


def test_a_field_that_is_rarely_filled_is_no_rival() -> None:
    payloads = [{"text": LONG, "remark": LONG if n == 0 else None} for n in range(10)]
    assert chosen(payloads) == texts.Choice("text")


def test_several_fields_with_long_texts_have_to_be_settled_by_a_person() -> None:
    choice = chosen([{"text": LONG, "summary": LONG, "body": LONG, "title": "Short"}] * 4)
    assert choice.rivals
    assert texts.rivals_note(choice) == (
        "three fields hold long texts (body, summary, text). "
        "Choose the one the old model was made from."
    )


def test_a_field_says_its_share_its_words_and_an_example_on_one_line() -> None:
    payloads = [{"text": "two words"}, {"text": "four words\n in it"}, {"text": "  "}, {}]
    (field,) = texts.text_fields(payloads)
    assert (field.path, field.share, field.average_words) == ("text", 0.5, 3.0)
    assert field.example == "four words in it"


def test_scripts_without_spaces_have_words_too() -> None:
    assert texts.words("私は猫である") == 3
    assert texts.words("two words") == 2
    assert chosen([{"inhalt": "これは日本語の文章です。テストのためのもの。"}] * 3).path == "inhalt"


def test_only_a_text_that_is_not_blank_can_be_embedded() -> None:
    payloads = [
        {"t": "text"}, {"t": " \n"}, {"t": ""}, {"t": None}, {}, {"t": 3}, {"t": True},
        {"t": ["a"]}, {"t": {"a": "b"}},
    ]  # fmt: skip
    held = texts.tally(payloads, "t")
    assert held == {
        "a text": 1, "an empty text": 2, "nothing": 2, "a number": 1, "a truth value": 1,
        "a list": 1, "an object": 1,
    }  # fmt: skip
    assert texts.mixed_note(held) == (
        "2 hold an empty text, 1 holds a number, 1 holds a truth value, 1 holds a list, "
        "1 holds an object there"
    )


def test_nothing_is_said_where_the_field_holds_texts_and_gaps_only() -> None:
    assert texts.mixed_note(texts.tally([{"t": "text"}, {}], "t")) == ""


@pytest.mark.parametrize(
    ("missing", "sampled", "points", "estimate"),
    [(0, 2000, 10**6, 0), (3, 2000, 10**6, 1500), (1, 2000, 123_456, 62), (2000, 2000, 98, 98)],
)
def test_an_estimate_has_two_digits_and_is_zero_only_where_none_was_seen(
    missing: int, sampled: int, points: int, estimate: int
) -> None:
    held = {"a text": sampled - missing, "nothing": missing}
    assert texts.estimate_missing(held, points) == estimate  # type: ignore[arg-type]


@given(st.integers(0, 50), st.integers(1, 50), st.integers(1, 10**9))
def test_an_estimate_never_turns_something_into_nothing(some: int, rest: int, points: int) -> None:
    estimate = texts.estimate_missing({"nothing": some, "a text": rest}, points)
    assert (estimate == 0) == (some == 0)


def test_estimated_tokens_are_near_those_of_a_word_piece_model() -> None:
    english = "The parser returns the first argument, when it is given; otherwise None."
    assert 15 <= texts.tokens(english) <= 22  # bert-base-uncased: 16
    assert texts.tokens("Donaudampfschifffahrtsgesellschaft") > 5
    assert texts.tokens("私は猫") == 5
    assert texts.tokens("") == 2


def test_a_key_with_dots_comes_before_the_path_it_looks_like() -> None:
    assert value_at({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert value_at({"a": {"b": 2}}, "a.b") == 2
    assert value_at({"a": {"b": None}}, "a.b") is None
    assert value_at({"a": "b"}, "a.b") is ABSENT
    assert value_at({}, "a") is ABSENT


keys = st.text("ab. é", min_size=1, max_size=3)
trees = st.recursive(
    st.text(max_size=3), lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(st.text("abé", min_size=1, max_size=3), trees, max_size=3))
def test_every_leaf_is_found_again_at_its_path(payload: dict[str, Any]) -> None:
    paths = [path for path, _ in leaves(payload)]
    for path, value in leaves(payload):
        if paths.count(path) == 1 and "." not in str(payload):
            assert value_at(payload, path) == value


def test_a_path_goes_through_a_string_of_json() -> None:
    node = json.dumps({"text": LONG, "metadata": {"author": "Jane Doe"}, "n": float("nan")})
    payload = {"author": "Jane Doe", "_node": node, "_broken": "{" + node}
    assert value_at(payload, "_node.text") == LONG
    assert value_at(payload, "_node.metadata.author") == "Jane Doe"
    assert value_at(payload, "_broken.text") is ABSENT
    assert value_at(payload, "_node") == node
    assert chosen([payload] * 5) == texts.Choice("_node.text")
    fields = [field.path for field in texts.text_fields([payload] * 5)]
    assert fields == ["_node.text", "author"], "what JSON repeats is no further field"


def test_texts_within_a_list_of_objects_are_offered_together() -> None:
    messages = [{"role": "user", "content": "a question"}, {"role": "bot", "content": LONG}, {}]
    payload = {"messages": messages, "as_json": json.dumps(messages), "title": "Three short words"}
    joined = f"a question\n\n{LONG}"
    assert value_at(payload, "messages[].content") == joined
    assert value_at(payload, "as_json[].content") == joined
    assert value_at(payload, "messages[].nothing") is ABSENT
    assert value_at(payload, "title[].content") is ABSENT
    assert value_at({"parts": ["one", 2, "three"]}, "parts[]") == "one\n\nthree"
    offered = [field.path for field in texts.text_fields([payload] * 4)]
    assert offered[:2] == ["as_json[].content", "messages[].content"]
    one_text = {**payload, "body": LONG}
    assert chosen([one_text] * 4).path == "body", "one text goes before several at once"


def test_a_field_of_two_words_beside_long_json_is_never_sure() -> None:
    tree = json.dumps([[{"deep": [LONG.split()]}]])
    choice = chosen([{"author": "Jane Doe", "_doc": tree}] * 6)
    assert texts.rivals_note(choice) == (
        "author holds a few words, and _doc beside it long JSON, in which the text may be. "
        "Choose the one the old model was made from."
    )
    assert texts.rivals_note(chosen([{"author": "Jane Doe"}] * 6)) == ""


def test_what_a_known_product_embeds_is_a_text_even_if_it_looks_like_none() -> None:
    code = {"codeChunk": json.dumps({"name": "x"}), "note": LONG}
    fields = texts.text_fields([code] * 4, ["codeChunk"])
    assert texts.choose(fields, [code] * 4, ["codeChunk"]) == texts.Choice("codeChunk")
    word = {"data": "Vertrag", "text_lemmatized": LONG}
    assert texts.choose(texts.text_fields([word] * 4, ["data"]), (), ["data"]).path == "data"


def test_a_server_is_asked_for_the_whole_string_that_a_path_leads_through() -> None:
    node = {"a": {"_node": json.dumps({"text": LONG})}, "list": [{"b": LONG}], "c": {"d": LONG}}
    payloads = [{}, node]
    assert stored_at("a._node.text", payloads) == "a._node"
    assert stored_at("list[].b", payloads) == "list"
    assert stored_at("c.d", payloads) == "c.d"
    assert stored_at("nowhere.d", payloads) == "nowhere.d"


def test_a_path_with_odd_keys_is_not_sent_as_a_selector() -> None:
    assert selector("meta.body_1") == ["meta.body_1"]
    assert selector("größe") is True
    assert selector("a b") is True


def test_two_fields_of_which_each_point_has_one_are_meant_together() -> None:
    half = [{"text": LONG} if n % 2 else {"description": LONG} for n in range(20)]
    fields = texts.text_fields(half)
    assert texts.complement(half, "text", fields) == "description"
    both = [{**payload, "description": LONG} for payload in half]
    assert texts.complement(both, "text", texts.text_fields(both)) is None
    assert texts.complement(half[1::2], "text", fields) is None, "there nothing is missing"
    assert texts.tally(half, "text", ["description"]) == {"a text": 20}
    one = [{"text": LONG}] * 19 + [{"description": LONG}]
    assert texts.complement(one, "text", texts.text_fields(one)) is None, "one may be a marker"

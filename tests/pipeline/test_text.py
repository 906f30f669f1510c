"""The text of a point that lies within JSON or a list; the payload is not touched by it."""

from __future__ import annotations

import json
from copy import deepcopy

from qdrant_model_migration.pipeline.text import NoText, TextSource, text_of
from qdrant_model_migration.survey.template import named_in

NODE = {"text": "the text of the node", "metadata": {"author": "Jane Doe"}}


def test_a_text_within_json_is_read_as_one_and_the_payload_stays_a_string() -> None:
    payload = {"author": "Jane Doe", "_node_content": json.dumps(NODE)}
    before = deepcopy(payload)
    inside = TextSource(fields=("_node_content.text", "_node_content.text_resource.text"))
    assert text_of(payload, inside) == "the text of the node"
    assert payload == before
    gone = text_of({"_node_content": "{not json"}, inside)
    assert gone == NoText("field _node_content.text is missing", "nothing")


def test_the_texts_of_a_list_of_objects_are_one_text() -> None:
    messages = {"messages": [{"content": "first"}, {"content": " "}, {"content": "last"}]}
    assert text_of(messages, TextSource(fields=("messages[].content",))) == "first\n\nlast"


def test_a_template_says_how_fields_stand_in_the_text() -> None:
    source = TextSource(fields=("title", "meta.body"), template="Title: {title}\n\n{meta.body}")
    whole = {"title": "A title", "meta": {"body": "Its {own} text"}}
    assert text_of(whole, source) == "Title: A title\n\nIts {own} text"
    empty = {"title": "", "meta": {"body": "alone"}}
    assert text_of(empty, source) == "Title: \n\nalone"
    assert text_of({"meta": {"body": "alone"}}, source) == "alone", "no line for what is not there"
    several = TextSource(fields=("title", "n"), template="{title}, {n}\n# {n}")
    assert text_of({"title": "A title"}, several) == "A title,"
    gone = text_of({"title": " ", "meta": {}}, source)
    assert gone == NoText("text is only spaces", '" "'), "a label alone is no text"
    assert named_in("{a} and {b.c}, {a} but not {} or {x\ny}") == ("a", "b.c")

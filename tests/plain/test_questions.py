"""Questions: numbers, going back, typed parts, what an answer leaves, and the review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import model_choices
from qdrant_model_migration.plain import models
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.questions import ask_all
from qdrant_model_migration.plain.talk import Back, Leave
from qdrant_model_migration.survey.facts import Bare, Fact, TextField
from support import stand_in
from support.script import Spoken
from support.tiny_onnx import tiny_onnx

Made = Callable[..., Journey]
NUMBER = "Number, or back, why, map, leave:"


def test_enter_alone_takes_each_suggested_answer(journey: Made) -> None:
    trip = journey()
    talk = Spoken((NUMBER, ""), ("Number, or folder", ""), ("use this model", ""), rest="")
    ask_all(talk, trip)
    assert trip.answers["change"] == "model"
    assert trip.answers["model"]["name"] == "test/english-768"
    assert trip.advice().next is None


def test_an_option_says_what_it_leaves(journey: Made) -> None:
    talk = Spoken((NUMBER, "leave"))
    with pytest.raises(Leave):
        ask_all(talk, journey())
    assert "3. Same vectors, other compression" in talk.flat
    assert "leaves 1 of 8: Requantize" in talk.flat


def test_back_keeps_the_answer_and_marks_it(journey: Made) -> None:
    trip = journey()
    talk = Spoken(
        (NUMBER, "1"),
        ("Number, or folder", "back"),
        (NUMBER, ""),
        ("Number, or folder", "leave"),
    )
    with pytest.raises(Leave):
        ask_all(talk, trip)
    assert trip.answers == {"change": "model"}
    assert "Use another embedding model (your answer)" in talk.flat


def test_back_from_the_first_question_goes_to_the_stop_before(journey: Made) -> None:
    with pytest.raises(Back):
        ask_all(Spoken((NUMBER, "back")), journey())


def test_why_and_map_answer_and_ask_again(journey: Made) -> None:
    talk = Spoken((NUMBER, "why"), (NUMBER, "map"), (NUMBER, "leave"))
    with pytest.raises(Leave):
        ask_all(talk, journey())
    assert "Why: some changes need every text embedded again" in talk.flat
    assert "Change (you are here)" in talk.flat
    assert "compress differently: Requantize, open" in talk.flat


def test_a_closed_model_and_one_that_is_not_here_cannot_be_used(journey: Made) -> None:
    trip = journey()
    talk = Spoken(
        (NUMBER, "1"),
        ("Number, or folder", "3"),  # sparse
        ("Number, or folder", "2"),  # far away: Enter does not take it
        ("Type fetch", ""),
        ("Type fetch", "back"),
        ("Number, or folder", "leave"),
    )
    with pytest.raises(Leave):
        ask_all(talk, trip)
    assert "words cannot be chosen here." in talk.flat
    assert "model" not in trip.answers


def test_a_model_of_a_kind_that_is_one_more_file_is_told_like_the_others(
    journey: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_KEY", stand_in.KEY)
    trip = journey()
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", "1"),
        ("use this model", ""),
        ("", "leave"),
    )
    with stand_in.stand_in_kind(tmp_path / "kinds"):
        monkeypatch.setattr(models, "choices", lambda _: [
            one for one in model_choices() if one.model.kind == "stand_in"
        ])  # fmt: skip
        with pytest.raises(Leave):
            ask_all(talk, trip)
    assert "words-32 (suggested), 32 dimensions, languages: English, reads 512 tokens, service" in (
        talk.flat
    )
    assert "Stand-in Ltd makes the vectors of the texts it is sent" in talk.flat
    assert trip.answers["model"]["name"] == stand_in.NAME


def test_a_wrong_typed_part_is_said_and_only_that_is_asked_again(journey: Made) -> None:
    trip = journey()
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", "rest"),
        ("name of a line", "proof"),
        (NUMBER, "2"),  # from the documents
        ("Number, or back, leave", "1"),  # no title field
        ("How much worse", "2 %"),
        ("How much worse", "0.05"),
        ("Press Enter to go on", ""),
    )
    ask_all(talk, trip)
    assert "2 % is not a number." in talk.flat
    assert trip.answers["proof"]["margin"] == 0.05


def test_every_parameter_of_a_compression_is_asked(journey: Made) -> None:
    trip = journey()
    trip.answers = {"change": "compression"}
    talk = Spoken(
        (NUMBER, "2"),  # binary
        ("Number, or back, leave", "3"),  # two bits
        ("Number, or back, leave", "4"),  # searches to 8 bits
        ("yes or no", "no"),
        ("Press Enter to go on", ""),
    )
    ask_all(talk, trip)
    assert trip.answers["quantization"] == {
        "vector": None,
        "kind": "binary",
        "always_ram": False,
        "encoding": "two_bits",
        "query_encoding": "scalar8bits",
    }


def test_a_taken_name_is_refused_with_a_free_one(journey: Made) -> None:
    trip = journey()
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", "rest"),
        ("name of a line", "New name"),
        ("Name, Enter for", "docs_v1"),
        ("Name, Enter for", "docs_v2"),
        ("Press Enter to go on", ""),
    )
    ask_all(talk, trip)
    assert "docs_v1 already exists." in talk.flat
    assert trip.answers["target"] == "docs_v2"


def test_going_back_from_a_typed_part_returns_to_the_options(journey: Made) -> None:
    trip = journey()
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", "rest"),
        ("name of a line", "proof"),
        (NUMBER, "1"),
        ("File", "back"),
        (NUMBER, "4"),
        ("Press Enter to go on", ""),
    )
    ask_all(talk, trip)
    assert trip.answers["proof"]["kind"] == "later"


def test_an_answer_that_leaves_nothing_is_explained_and_kept(journey: Made) -> None:
    trip = journey(text=False)
    talk = Spoken((NUMBER, "1"), ("Number, or folder", "1"), ("use this model", ""), rest="leave")
    with pytest.raises(Leave):
        ask_all(talk, trip)
    assert "Nothing is left:" in talk.flat


def test_on_the_way_back_only_the_review_is_asked(journey: Made) -> None:
    trip = journey()
    trip.answers = {"change": "model"}
    ask_all(Spoken(("Number, or folder", "rest"), ("Press Enter", "")), trip)
    given = dict(trip.answers)
    again = Spoken(("Press Enter", "nothing"), ("Press Enter", "back"), (NUMBER, ""), ("Press", ""))
    ask_all(again, trip)
    assert trip.answers == given
    assert "There is no line nothing." in again.flat


def test_what_a_folder_leaves_open_is_asked(journey: Made, tmp_path: Path) -> None:
    trip = journey()
    folder = tiny_onnx(tmp_path / "ours", outputs={"a": "mean", "b": "tokens"}, pooling=None)
    talk = Spoken(
        (NUMBER, "1"),
        ("Number, or folder", "folder"),
        ("Folder that holds", str(folder)),
        ("Number, or back, leave", "back"),
        ("Number, or folder", "folder"),
        ("Folder that holds", str(folder)),
        ("Number, or back, leave", "2"),
        ("Number, or back, leave", ""),
        ("Number, or back, leave", "2"),
        ("use this model", ""),
        rest="leave",
    )
    with pytest.raises(Leave):
        ask_all(talk, trip)
    assert "1. a: one vector per text, 8 dimensions" in talk.flat
    answer = trip.answers["model"]
    assert (answer["output"], answer["pooling"]) == ("b", "mean")


def test_each_alias_is_asked_for_where_there_are_several(journey: Made) -> None:
    trip = journey()
    aliases = trip.survey.aliases.model_copy(update={"value": ("docs", "docs #2", "note")})
    trip.found = trip.survey.model_copy(update={"aliases": aliases})
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", "rest"),
        ("name of a line", "name"),
        (NUMBER, "1"),
        ("It uses docs, yes or no, Enter for yes", ""),
        ("It uses docs #2, yes or no, Enter for no", "yes"),
        ("It uses note, yes or no, Enter for no", ""),
        ("Press Enter to go on", ""),
    )
    ask_all(talk, trip)
    assert trip.answers["name"] == {"alias": "docs", "exists": True, "also": ["docs #2"]}
    assert "Name: aliases docs and docs #2" in talk.flat


def test_what_is_proved_of_a_text_and_points_without_a_vector_are_read_out(journey: Made) -> None:
    trip = journey()
    assert trip.found is not None
    fields = (
        TextField(path="text", share=1.0, average_words=130.0),
        TextField(path="summary", share=0.5, average_words=20.0),
    )
    bare = Fact[dict[str, Bare]](value={"": Bare(points=20, texts={"summary": 3})}, how="counted")
    trip.found = trip.found.model_copy(
        update={
            "text_field": Fact[str](value="summary", how="told", note="said by you"),
            "text_fields": Fact[tuple[TextField, ...]](value=fields, how="sample"),
            "figures": {"": {"text": (64, 64), "summary": (0, 8)}},
            "bare": bare,
        }
    )
    trip.answers = {"change": "model"}
    talk = Spoken(
        ("Number, or folder", ""),
        ("use this model", ""),
        (NUMBER, ""),  # the text: as it was said
        rest="leave",
    )
    with pytest.raises(Leave):
        ask_all(talk, trip)
    assert "That is text: 64 of 64 samples match." in talk.flat
    assert "The payload field summary (said by you)" in talk.flat
    assert "said by you, 50 % filled; 0 of 8 samples match" in talk.flat
    assert trip.answers["text"] == {"fields": ["summary"]}
    trip.answers["text"] = {"fields": ["summary"]}
    talk = Spoken(rest="")
    ask_all(talk, trip)
    assert "20 points have no vector today, 3 of them with a text." in talk.flat
    assert trip.answers["bare"] == "keep"

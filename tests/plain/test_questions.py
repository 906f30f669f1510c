"""Questions in a talk: numbers, going back, typed parts, what an answer leaves, all answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice, advise, answer_all
from qdrant_model_migration.embedders import Reach, model_choices
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.sandbox import Sandbox
from qdrant_model_migration.survey.facts import Bare, Fact, TextField
from support import stand_in
from support.script import Spoken
from support.tiny_onnx import tiny_onnx

Made = Callable[..., Session]
NUMBER = "Number, or back, why, map, rest, answers, leave:"
MODEL = "a number, or back, why, map"
USE = "press Enter for Use this model"


def through(talk: Talk, session: Session) -> Session:
    """From question to question until another stage is come to, or the talk is left."""
    at = "questions"
    while at == "questions":
        visit = Visit(talk, at, session)
        try:
            gone = visit.until_it_leads_on()
        except Leave:
            return visit.session
        session, at = gone.session, gone.to
        talk.say(gone.words)
    return session


def alone(session: Session, key: str, change: str = "model") -> Session:
    """All is answered as suggested; this question is asked once more."""
    assert session.survey is not None
    model = models.choices(session)[0].model
    answers = answer_all(session.survey, {"change": change}, [ModelChoice(model, Reach("here"))])
    return session.on(answers=answers, alone=(key, "strategy"))


def test_enter_alone_takes_each_suggested_answer(asked: Made) -> None:
    end = through(Spoken((NUMBER, ""), (MODEL, ""), rest=""), asked())
    assert end.answers["change"] == "model"
    assert end.answers["model"]["name"] == "test/english-768"
    assert end.survey is not None
    assert advise(end.survey, end.answers).next is None


def test_an_option_says_what_it_leaves(asked: Made) -> None:
    talk = Spoken((NUMBER, "leave"))
    through(talk, asked())
    assert "3. Same vectors, other compression" in talk.flat
    assert "leaves 1 of 11: Requantize" in talk.flat


def test_back_keeps_the_answer_and_marks_it(asked: Made) -> None:
    talk = Spoken((NUMBER, "1"), (MODEL, "back"), (NUMBER, ""), (MODEL, "leave"))
    assert through(talk, asked()).answers == {"change": "model"}
    assert "Use another embedding model (your answer)" in talk.flat


def test_back_from_the_first_question_goes_to_the_stage_before(asked: Made) -> None:
    with pytest.raises(Back):
        through(Spoken((NUMBER, "back")), asked())


def test_why_and_map_answer_and_ask_again(asked: Made) -> None:
    talk = Spoken((NUMBER, "why"), (NUMBER, "map"), (NUMBER, "leave"))
    through(talk, asked())
    assert "Why we ask: some changes need every text embedded again" in talk.flat
    assert "Change (you are here)" in talk.flat
    assert "compress differently: Requantize, open" in talk.flat


def test_a_closed_model_and_one_that_is_not_here_cannot_be_used(asked: Made) -> None:
    talk = Spoken(
        (NUMBER, "1"),
        (MODEL, "3"),  # sparse
        (USE, ""),
        (MODEL, "2"),  # far away: it is fetched only after one more word
        ("press Enter for Fetch it", ""),
        ("press Enter for Not now", ""),
        (MODEL, "leave"),
    )
    assert "model" not in through(talk, asked()).answers
    assert "Use this model is closed" in talk.flat


def test_a_model_of_a_kind_that_is_one_more_file_is_told_like_the_others(
    asked: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_KEY", stand_in.KEY)
    talk = Spoken((MODEL, "1"), (USE, ""), ("", "leave"))
    with stand_in.stand_in_kind(tmp_path / "kinds"):
        only = [one for one in model_choices() if one.model.kind == "stand_in"]
        monkeypatch.setattr(models, "choices", lambda _: only)
        begun = asked().on(answers={"change": "model"}, asking="model")
        monkeypatch.setattr(models, "choices", lambda _: only)
        end = through(talk, begun)
    assert "words-32, dim 32, languages English, longest 512, to get service" in talk.flat
    assert "Stand-in Ltd makes the vectors of the texts it is sent" in talk.flat
    assert end.answers["model"]["name"] == stand_in.NAME


def test_a_wrong_typed_part_is_said_and_only_that_is_asked_again(asked: Made) -> None:
    talk = Spoken(
        (NUMBER, "2"),  # from the documents
        ("Number, or back, leave", "1"),  # no title field
        ("How much worse", "2 %"),
        ("How much worse", "0.05"),
    )
    end = through(talk, alone(asked(), "proof"))
    assert "2 % is not a number." in talk.flat
    assert end.answers["proof"]["margin"] == 0.05


def test_every_parameter_of_a_compression_is_asked(asked: Made) -> None:
    talk = Spoken(
        (NUMBER, "2"),  # binary
        ("Number, or back, leave", "3"),  # two bits
        ("Number, or back, leave", "4"),  # searches to 8 bits
        ("yes or no", "no"),
    )
    end = through(talk, alone(asked(), "quantization", "compression"))
    assert end.answers["quantization"] == {
        "vector": None,
        "kind": "binary",
        "always_ram": False,
        "encoding": "two_bits",
        "query_encoding": "scalar8bits",
    }


def test_a_taken_name_is_refused_with_a_free_one(asked: Made) -> None:
    talk = Spoken(("Name, Enter for", "docs_v1"), ("Name, Enter for", "docs_v2"))
    end = through(talk, alone(asked(), "target"))
    assert "docs_v1 already exists." in talk.flat
    assert end.answers["target"] == "docs_v2"


def test_going_back_from_a_typed_part_returns_to_the_options(asked: Made) -> None:
    talk = Spoken((NUMBER, "1"), ("File", "back"), (NUMBER, "4"))
    assert through(talk, alone(asked(), "proof")).answers["proof"]["kind"] == "later"


def test_an_answer_that_leaves_nothing_is_explained_and_kept(asked: Made) -> None:
    talk = Spoken((NUMBER, "1"), (MODEL, "1"), (USE, ""), (NUMBER, "3"))
    through(talk, asked(text=False))
    assert "Do you have the documents in a file" in talk.flat
    assert "Nothing is left:" in talk.flat


def test_all_answers_are_told_at_the_strategy_and_each_can_be_asked_again(asked: Made) -> None:
    end = through(Spoken((NUMBER, "rest")), asked())
    talk = Spoken(("type change", "change"), ("number", "nothing"), ("number", "change"))
    gone = Visit(talk, "strategy", end).until_it_leads_on()
    assert gone.to == "questions"
    assert "Proof, from documents" in talk.flat
    assert "nothing is none of them." in talk.flat
    back = Visit(Spoken((NUMBER, "back")), "questions", gone.session).until_it_leads_on()
    assert (back.to, back.session.answers) == ("strategy", end.answers)


def test_what_a_folder_leaves_open_is_asked(asked: Made, tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "ours", outputs={"a": "mean", "b": "tokens"}, pooling=None)
    talk = Spoken(
        (NUMBER, "1"),
        (MODEL, "folder"),
        ("Name a folder", ""),
        ("Folder", str(folder)),
        ("number", "back"),
        (MODEL, "folder"),
        ("Name a folder", ""),
        ("Folder", str(folder)),
        ("number", "2"),
        ("number", "2"),
        (MODEL, "ours 8"),
        (USE, ""),
        ("", "leave"),
    )
    answer = through(talk, asked()).answers["model"]
    assert "1. a, one vector per text, 8 dimensions" in talk.flat
    assert (answer["output"], answer["pooling"]) == ("b", "mean")


def test_a_file_of_originals_is_read_and_its_columns_are_chosen_by_its_first_rows(
    asked: Made, tmp_path: Path
) -> None:
    file = tmp_path / "docs.csv"
    file.write_text("key,title,body\n" + "".join(f"{n},t{n},the text of {n}\n" for n in range(9)))
    talk = Spoken(
        (NUMBER, "1"),
        ("File", "nowhere.csv"),
        ("File", str(file)),
        (NUMBER, "1"),
        ("Number, or back, leave", ""),
        ("Columns with the text", "bodi"),
        ("Columns for the payload", ""),
        ("yes or no", "yes"),
        ("Columns with the text", "{title}\\n{bodi}"),
        ("Columns with the text", "{title}\\n{body}"),
    )
    end = through(talk, alone(asked().on(explore=False), "originals"))
    assert "nowhere.csv cannot be read" in talk.flat
    assert "The first rows of docs.csv, 9 rows" in talk.flat
    assert "the text of 0 | the text of 1 | the text of 2" in talk.flat
    assert "The file has no column bodi." in talk.flat
    assert end.answers["originals"]["rows"] == 9
    assert end.answers["columns"] == {
        "id": "key", "text": ["title", "body"], "template": "{title}\n{body}", "payload": [],
        "more": True,
    }  # fmt: skip


def test_practice_offers_its_file_of_documents(asked: Made, sandbox: Sandbox) -> None:
    offered = {"originals": str(sandbox.originals)}
    begun = asked().on(explore=False, practice=True, offered=offered)
    talk = Spoken((NUMBER, "1"), ("File", ""), (NUMBER, "leave"))
    end = through(talk, alone(begun, "originals"))
    assert end.answers["originals"]["rows"] == 151
    assert "The first rows of originals.jsonl" in talk.flat


def test_each_alias_is_asked_for_where_there_are_several(asked: Made) -> None:
    begun = asked()
    aliases = ("docs", "docs #2", "note")
    assert begun.survey is not None
    begun = begun.on(
        survey=told(begun, aliases=begun.survey.aliases.model_copy(update={"value": aliases}))
    )
    talk = Spoken(
        (NUMBER, "1"),
        ("It uses docs, yes or no, Enter for yes", ""),
        ("It uses docs #2, yes or no, Enter for no", "yes"),
        ("It uses note, yes or no, Enter for no", ""),
    )
    end = through(talk, alone(begun, "name"))
    assert end.answers["name"] == {"alias": "docs", "exists": True, "also": ["docs #2"]}


def told(session: Session, **facts: Any) -> Any:
    assert session.survey is not None
    return session.survey.model_copy(update=facts)


def test_what_is_proved_of_a_text_and_points_without_a_vector_are_read_out(asked: Made) -> None:
    fields = (
        TextField(path="text", share=1.0, average_words=130.0),
        TextField(path="summary", share=0.5, average_words=20.0),
    )
    begun = asked()
    begun = begun.on(
        survey=told(
            begun,
            text_field=Fact[str](value="summary", how="told", note="said by you"),
            text_fields=Fact[tuple[TextField, ...]](value=fields, how="sample"),
            figures={"": {"text": (64, 64), "summary": (0, 8)}},
            bare=Fact[dict[str, Bare]](
                value={"": Bare(points=20, texts={"summary": 3})}, how="counted"
            ),
        )
    )
    talk = Spoken((NUMBER, "1"), (MODEL, ""), (NUMBER, ""), rest="")
    end = through(talk, begun)
    assert "That is text: 64 of 64 samples match." in talk.flat
    assert "The payload field summary (said by you)" in talk.flat
    assert "said by you, 50 % filled; 0 of 8 samples match" in talk.flat
    assert end.answers["text"] == {"fields": ["summary"]}
    assert "20 points have no vector today, 3 of them with a text." in talk.flat
    assert end.answers["bare"] == "keep"

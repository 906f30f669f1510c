"""What excludes a way is said: the sentence of the source text, or that it is a fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.advice import QUESTIONS, advise
from qdrant_model_migration.pages import ways
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import ANSWERS, docs, fact

SOURCE = " ".join((Path(__file__).parent / "source_text.md").read_text("utf-8").split())


def test_questions_say_the_source_text_word_for_word() -> None:
    found = {q.source(value) for q in QUESTIONS for value in (*CHANGES, "no", "always", "yes")}
    assert len(found - {""}) >= 9
    assert [said for said in found if said not in SOURCE] == []


@pytest.mark.parametrize(
    ("answers", "strategy", "said"),
    [
        ({"change": "model"}, "truncate", "You MUST re-embed if: changing model provider"),
        ({"change": "compression"}, "blue_green", "Qdrant re-quantizes automatically."),
        ({"change": "shorter"}, "side_by_side", "You CAN avoid re-embedding if: using Matryoshka"),
        ({"change": "model", "both": "no"}, "side_by_side", "Use when: A/B testing models"),
        (
            {"change": "model", "both": "always"},
            "blue_green",
            "Create new collection with old and new named vectors both defined",
        ),
    ],
)
def test_what_excludes_a_way_is_said_in_the_words_of_the_source_text(
    answers: dict[str, str], strategy: str, said: str
) -> None:
    advice = advise(docs(), answers)
    assert advice.fit_of(by_name(strategy)).word == "ruled out"
    words = " ".join(map(str, ways.about(advice, by_name(strategy)).words))
    assert "Qdrant's guide to changing models says: " in words
    assert said in words


def test_a_fact_of_the_server_is_called_one() -> None:
    advice = advise(docs(server_embeds=fact(False)), ANSWERS)
    fit = advice.fit_of(by_name("server_inference"))
    assert fit.decided_by == "survey"
    assert advice.behind(fit) == "A fact that the survey found; no answer changes it."


def test_a_way_that_fits_has_nothing_behind_it() -> None:
    advice = advise(docs(), ANSWERS)
    assert advice.behind(advice.fit_of(by_name("blue_green"))) == ""


def test_a_change_of_which_the_source_text_says_nothing_has_no_words_of_it() -> None:
    two = docs(vectors=fact((*docs().dense, VectorFact(name="title", kind="dense", size=8))))
    advice = advise(two, {"change": "drop", "drop": "title"})
    fit = advice.fit_of(by_name("blue_green"))
    assert (fit.word, fit.reason) == ("ruled out", "a vector is taken out")
    assert advice.behind(fit) == ""

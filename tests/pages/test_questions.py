"""Which question is shown: the one in its turn, and never one that the answers leave out."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import QUESTIONS, advise
from qdrant_model_migration.pages import asked
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import questions
from qdrant_model_migration.strategies.changes import CHANGES
from support.surveys import ANSWERS, docs


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("key", [question.key for question in QUESTIONS])
def test_a_question_that_is_left_out_since_is_not_shown(change: str, key: str) -> None:
    """Another change was answered alone, from a page behind; from there one goes back."""
    answers = {**ANSWERS, "change": change}
    session = Session(survey=docs(), answers=answers, asking=key)
    states = {one.question.key: one.state for one in advise(docs(), answers).standings}
    shown = asked.question(session).key
    assert states[shown] != "skip"
    assert shown == key or states[key] == "skip"


def test_from_the_one_that_is_left_out_it_goes_on_where_the_others_are() -> None:
    session = Session(survey=docs(), answers={**ANSWERS, "change": "compression"}, asking="proof")
    before = questions.enter(session)
    assert isinstance(before, Session)
    assert before.asking == "search_params"
    assert questions.page(before).title.startswith("Question 3 of about 3")

"""An answer is found again among the options it was made from, also when something was typed."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import QUESTIONS, Question
from qdrant_model_migration.errors import QmmError
from support.surveys import docs, practice


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.key for question in QUESTIONS])
def test_an_answer_stands_where_it_was_chosen(question: Question) -> None:
    for survey in (docs(), practice()):
        options = question.options(survey, {})
        for at, option in enumerate(options):
            if option.closed:
                continue
            assert question.place(option.value, options, survey, {}) == at
            typed = {f.key: f.suggested for f in question.fields(survey, {}, option.value)}
            try:
                answer = question.compose(option.value, typed, survey, {})
            except QmmError:
                continue  # this option wants something to be typed
            assert question.place(answer, options, survey, {}) == at, (option.label, answer)


def test_something_strange_stands_at_an_option_all_the_same() -> None:
    for question in QUESTIONS:
        options = question.options(docs(), {})
        for value in ("nonsense", {"kind": "?"}, None, 7, []):
            at = question.place(value, options, docs(), {})
            assert not options or 0 <= at < len(options)

"""The page of the models: a length for the present one is typed where shorter vectors are meant."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import ModelChoice
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.pages.outcome import Go, Refused
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.pages.stages.model import LENGTH
from support.surveys import BGE_BASE, MINILM, as_answer, docs

MODEL = stage("model")


def asked(change: str) -> Session:
    survey = docs()
    return Session(
        address=survey.address,
        collection=survey.collection,
        survey=survey,
        answers={"change": change},
        asking="model",
        choices=(ModelChoice(BGE_BASE, Reach("here")),),
    )


def rows(session: Session) -> list[str]:
    return [row.key for row in MODEL.page(session).tables[0].rows]


def test_any_length_of_the_present_model_can_be_named_where_it_is_to_be_shorter() -> None:
    assert LENGTH in rows(asked("shorter"))
    assert LENGTH not in rows(asked("model"))
    session = asked("shorter")
    assert isinstance(MODEL.act(session, "length", {"models": LENGTH}), Page)
    taken = MODEL.act(session, "take", {LENGTH: "100"})
    assert isinstance(taken, Go)
    assert taken.session.answers["model"] == as_answer(MINILM.cut_to(100, unproven=True))
    assert taken.session.asking == "shortened_by"


@pytest.mark.parametrize("typed", ["", "384", "0", "half"])
def test_what_is_no_shorter_length_is_refused(typed: str) -> None:
    refused = MODEL.act(asked("shorter"), "take", {LENGTH: typed})
    assert isinstance(refused, Refused)

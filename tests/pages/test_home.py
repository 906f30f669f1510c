"""The first stage: what is kept from the trip before."""

from __future__ import annotations

import pytest

from qdrant_model_migration.pages.outcome import Go
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import home
from support.surveys import docs, practice

GIVEN = {"change": "model"}


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (Session(answers=GIVEN), GIVEN),  # of a file
        (Session(answers=GIVEN, explore=True, survey=docs()), GIVEN),
        (Session(answers=GIVEN, practice=True, survey=practice()), {}),
        (Session(answers=GIVEN, survey=docs()), {}),
    ],
    ids=["of a file", "of Explore", "of practice", "of another collection"],
)
def test_only_answers_that_fit_every_collection_come_along(before: Session, kept: object) -> None:
    go = home.act(before, "open", {"ways": "migrate"})
    assert isinstance(go, Go)
    assert (go.to, go.session.answers, go.session.survey) == ("connect", kept, None)

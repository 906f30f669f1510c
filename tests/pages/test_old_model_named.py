"""The old model is named by a person: from the list of those that fit, or by its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.pages.folder_named import FOLDER
from qdrant_model_migration.pages.outcome import Refused, Work
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from support.surveys import docs, fact

SURVEY = stage("survey")


@pytest.fixture
def session() -> Session:
    survey = docs(old_model=fact(None, "not known"))
    return Session(address=survey.address, collection=survey.collection, survey=survey)


def test_where_no_known_model_fits_a_folder_can_be_named(session: Session) -> None:
    work = SURVEY.act(session, "model", {})
    assert isinstance(work, Work)
    shown = work.then(session, {})
    assert isinstance(shown, Page)
    assert [row.key for row in shown.tables[0].rows] == [FOLDER]
    asked = SURVEY.act(session, FOLDER, {"known": FOLDER})
    assert isinstance(asked, Page)
    assert asked.first == FOLDER


def test_the_folder_is_kept_as_the_correction(session: Session, tmp_path: Path) -> None:
    read = SURVEY.act(session, "read", {FOLDER: f" {tmp_path} "})
    assert isinstance(read, Work)
    assert read.begun is not None
    assert read.begun.corrected["old_model"] == str(tmp_path)


@pytest.mark.parametrize("typed", ["", "/no/such/folder"])
def test_what_is_no_folder_is_refused(session: Session, typed: str) -> None:
    assert isinstance(SURVEY.act(session, "read", {FOLDER: typed}), Refused)

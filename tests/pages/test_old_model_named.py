"""The old model is named by a person: from the list of those that fit, or by its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.embedders.errors import PoolingUnknown
from qdrant_model_migration.pages.folder_named import FOLDER
from qdrant_model_migration.pages.outcome import Refused, Work
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from support.surveys import docs, fact
from support.tiny_onnx import tiny_onnx

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


def test_what_the_folder_leaves_open_is_asked_and_the_model_is_the_correction(
    session: Session, tmp_path: Path
) -> None:
    tiny_onnx(tmp_path, pooling=None)
    read = SURVEY.act(session, "read", {FOLDER: f" {tmp_path} "})
    assert isinstance(read, Work)
    with pytest.raises(PoolingUnknown) as asks:
        read.do(lambda news: None)
    assert read.failed is not None
    page = read.failed(session.on(naming={FOLDER: str(tmp_path)}), asks.value)
    assert isinstance(page, Page)
    assert page.title == "How do the vectors of the tokens become one?"
    (take,) = page.tables[0].rows[1].acts
    work = SURVEY.act(session.on(naming={FOLDER: str(tmp_path)}), take.key, {"said": "mean"})
    assert isinstance(work, Work)
    surveying = work.then(session, work.do(lambda news: None))
    assert isinstance(surveying, Work)
    assert surveying.begun is not None
    assert surveying.begun.corrected["old_model"].pooling == "mean"


def test_where_no_folder_is_typed_that_is_said(session: Session) -> None:
    assert isinstance(SURVEY.act(session, "read", {FOLDER: ""}), Refused)

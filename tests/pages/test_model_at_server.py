"""Models of the server on the page of models: named by hand, and their speed tried when told to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice
from qdrant_model_migration.embedders import Reach, server_model
from qdrant_model_migration.embedders.errors import ModelClosed
from qdrant_model_migration.pages.outcome import Said, Work
from qdrant_model_migration.pages.page import Page, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.pipeline.speed import kept_under
from qdrant_model_migration.qdrant import Point, open_qdrant
from qdrant_model_migration.survey import survey
from support import inference
from support.inference import DENSE, KEYS, OPENAI, WIDE, Inference

MODELS = stage("model")


@pytest.fixture
def at() -> Iterator[tuple[Session, Inference]]:
    with inference.beside("1.18.3") as (address, service, _):
        with open_qdrant(address) as qdrant:
            qdrant.create_collection("docs", {"vectors": {"size": 4, "distance": "Cosine"}})
            texts = [f"a text of some words, number {n}" for n in range(40)]
            qdrant.insert("docs", [Point(n, {"text": t}, {"": [1.0, 2.0, 3.0, n]})
                                   for n, t in enumerate(texts)])  # fmt: skip
            found = survey(qdrant, "docs")
        listed = (ModelChoice(server_model(DENSE, 48), Reach("remote")),)
        yield Session(
            address=address, key_of=address, collection="docs", survey=found,
            answers={"change": "model"}, asking="model", choices=listed,
        ), service  # fmt: skip


def done(work: Any, session: Session) -> Said:
    assert isinstance(work, Work)
    said = work.then(session, work.do(lambda *_: None))
    assert isinstance(said, Said)
    return said


def test_a_model_of_a_provider_is_named_and_its_size_asked_for(
    at: tuple[Session, Inference], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, service = at
    asks = MODELS.act(session, "served", {})
    assert isinstance(asks, Page)
    assert "needs the key of that provider in the environment" in str(asks.body)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    work = MODELS.act(session, "ask", {"at the server": OPENAI})
    with pytest.raises(ModelClosed, match="OPENAI_API_KEY is not set"):
        done(work, session)
    monkeypatch.setenv("OPENAI_API_KEY", KEYS["openai-api-key"])
    said = done(work, session)
    assert "48 dimensions" in said.words
    assert service.shown[-1] == KEYS
    used = MODELS.act(said.session, "use", {"models": kept_under(server_model(OPENAI, 48))})
    assert getattr(used, "session", used).answers["model"]["name"] == OPENAI


def test_a_model_named_in_a_file_of_answers_stands_in_the_list_and_is_the_one_that_enter_takes(
    at: tuple[Session, Inference],
) -> None:
    """It was not in the list, and Enter took another one in its place."""
    session, _ = at
    named = server_model(WIDE, 128)
    value = named.model_dump(mode="json", exclude_defaults=True)
    session = session.on(choices=None, answers={**session.answers, "model": value})
    said = done(MODELS.enter(session), session)
    assert said.at == kept_under(named)
    used = MODELS.act(said.session, "use", {"models": said.at})
    assert getattr(used, "session", used).answers["model"] == value


def test_its_speed_is_tried_only_after_what_that_means_was_said(
    at: tuple[Session, Inference],
) -> None:
    session, service = at
    service.calls.clear()
    chosen = {"models": kept_under(server_model(DENSE, 48))}
    sure = MODELS.act(session, "speed", chosen)
    assert isinstance(sure, Page)
    said = " ".join(str(text) for one in sure.body if isinstance(one, Says) for text in one.words)
    assert "sent to the Qdrant server, and whoever runs the server may charge" in said
    assert service.calls == []
    found = done(MODELS.act(session, "try", chosen), session)
    assert "texts/s by the Qdrant server" in found.words
    assert sum(service.calls) > 40
    speed = found.session.speeds[kept_under(server_model(DENSE, 48))]
    assert speed is not None
    assert "letters/s" in speed.how

"""The wizard without rooms that work: an empty folder of runs, and runs that are only snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import engine
from qdrant_model_migration.advice import ModelChoice, WhatIf, answer_all, imagine
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import moments
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.tui.app import WizardApp
from support.screens import MODELS, NOW


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of runs of this test."""
    folder = tmp_path / "state" / "runs"
    monkeypatch.setenv("QMM_RUN_DIR", str(folder))
    monkeypatch.delenv("QDRANT_API_KEY", raising=False)
    monkeypatch.delenv("QDRANT_URL", raising=False)
    return folder


@pytest.fixture
def wizard(tmp_path: Path) -> Iterator[Callable[..., WizardApp]]:
    """Makes the app, with any trip, opened at any screens. A fault behind its own screen fails."""
    made: list[WizardApp] = []

    def make(*start: str, session: Session | None = None, **options: Any) -> WizardApp:
        app = WizardApp(session or Session(), start=start, log_file=tmp_path / "log", **options)
        made.append(app)
        return app

    yield make
    assert [app.faults for app in made] == [0] * len(made), "the wizard met a fault of its own"


class Stage:
    """What a run looks like now, and what was asked of the engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.view: RunView | None = None
        self.steered: list[tuple[str, dict[str, Any]]] = []
        self.consents: list[tuple[str, dict[str, str]]] = []
        self.started: list[str | None] = []
        self.given: list[dict[str, Any] | None] = []


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An engine that only shows `stage.view` and writes down what it is asked for."""
    folder = tmp_path / "docs-0314"
    folder.mkdir()
    played = Stage(folder)

    def view(at: Path, **_: Any) -> RunView:
        assert played.view is not None
        return played.view

    def steer(at: Path, verb: str, **data: Any) -> None:
        played.steered.append((verb, data))

    def give_consent(at: Path, gate: str, answers: Mapping[str, str]) -> None:
        played.consents.append((gate, dict(answers)))

    def start(
        at: Path,
        env: Mapping[str, str] | None = None,
        *,
        extra: str | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        played.started.append(extra)
        played.given.append(dict(given) if given is not None else None)

    def take_back(at: Path, env: Mapping[str, str] | None = None) -> None:
        played.started.append("taken back")

    def list_runs(at: Path | None = None) -> tuple[RunView, ...]:
        return (played.view,) if played.view else ()

    for name, double in (
        ("view", view), ("steer", steer), ("give_consent", give_consent), ("start", start),
        ("list_runs", list_runs), ("take_back", take_back), ("look", view),
    ):  # fmt: skip
        monkeypatch.setattr(engine, name, double)
    monkeypatch.setattr(moments, "present", lambda: NOW.astimezone())
    return played


@pytest.fixture
def explored(monkeypatch: pytest.MonkeyPatch) -> Session:
    """A trip on made-up facts, every question answered as suggested, with two known models."""
    choices = (
        ModelChoice(MODELS[0], Reach("here")),
        ModelChoice(MODELS[1], Reach("fetch", MODELS[1].size_bytes)),
    )
    monkeypatch.setattr(models, "choices", lambda session: choices)
    survey = imagine(WhatIf())
    answers = answer_all(survey, {}, choices)
    return Session(explore=True, collection="docs_v1", survey=survey, answers=answers)

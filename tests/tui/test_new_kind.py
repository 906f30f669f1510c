"""A kind of embedder that is one more file is shown by the wizard like the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import ModelChoice, model_choices
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models as at_work
from qdrant_model_migration.tui.app import WizardApp
from support import stand_in
from support.screens import press, until

Make = Callable[..., WizardApp]


@pytest.fixture
def listed(explored: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The list holds the models of the new kind alone."""

    def models(session: Session) -> tuple[ModelChoice, ...]:
        return tuple(one for one in model_choices() if one.model.kind == "stand_in")

    with stand_in.stand_in_kind(tmp_path / "kinds"):
        monkeypatch.setattr(at_work, "choices", models)
        yield


@pytest.mark.usefixtures("listed")
async def test_its_model_says_who_gets_the_texts_and_for_how_much_and_can_be_chosen(
    wizard: Make, explored: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_KEY", stand_in.KEY)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question 1 of about")
        await press(pilot, "enter")
        shown = await until(pilot, "Nothing to get: Stand-in Ltd makes the vectors")
        (row,) = [line for line in shown.splitlines() if "words-32" in line and "32" in line][:1]
        assert "service" in row
        assert "2.00 USD" in shown
        await press(pilot, "enter")
        await until(pilot, "Question 3 of about")
        assert app.session.answers["model"]["kind"] == "stand_in"


@pytest.mark.usefixtures("listed")
async def test_without_its_key_the_model_is_closed_and_says_why(
    wizard: Make, explored: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STAND_IN_KEY", raising=False)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question 1 of about")
        await press(pilot, "enter")
        await until(pilot, "STAND_IN_KEY is not set")

"""Choosing a model: fetched only when asked for, with a way out; or taken from a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from qdrant_model_migration.advice import ModelChoice
from qdrant_model_migration.embedders import ModelRef, Reach, model_by_name, reach, within_reach
from qdrant_model_migration.embedders.errors import ModelNotFetched
from qdrant_model_migration.pages.folder_named import FOLDER
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.over import Over
from qdrant_model_migration.tui.widgets.lines import Lines
from support.fake_hub import fake_hub
from support.screens import press, until
from support.tiny_onnx import tiny_onnx

Make = Callable[..., WizardApp]
NAME = "BAAI/bge-small-en-v1.5"
REPO = "Qdrant/bge-small-en-v1.5-onnx-Q"


async def at_models(pilot: Pilot[int]) -> Lines:
    await until(pilot, "Question 1 of about")
    await press(pilot, "enter")
    await until(pilot, "▸ ")
    await until(pilot, "Other: a folder")
    return pilot.app.screen.query_one("#models", Lines)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelRef]:
    """A model that is not here, and a hub on this machine that has it."""
    from huggingface_hub import constants, hf_api

    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path / "cache"))
    model = model_by_name(NAME)
    files = tiny_onnx(tmp_path / "model", dimensions=384, file="model_optimized.onnx")
    with fake_hub(REPO, files) as address:
        # Both are read from the environment when the library is imported, which has happened.
        monkeypatch.setattr(hf_api.api, "endpoint", address)
        monkeypatch.setattr(constants, "ENDPOINT", address)
        monkeypatch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            address + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield model


def only(monkeypatch: pytest.MonkeyPatch, model: ModelRef) -> None:
    """The list holds this model alone, here or not as it really is."""
    monkeypatch.setattr(models, "choices", lambda session: (ModelChoice(model, reach(model)),))


async def test_fetch_says_how_far_it_is_and_then_the_model_is_here(
    wizard: Make, explored: Session, hub: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, hub)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_models(pilot)
        await press(pilot, "enter")
        await until(pilot, "▸[ Not now ]")
        assert not within_reach(hub)
        await press(pilot, "right", "enter")
        await until(pilot, "is here  ")
        await until(pilot, "[ Use this model ]")
    assert within_reach(hub)


async def test_a_download_can_be_stopped_and_esc_does_it_before_going_back(
    wizard: Make, explored: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_by_name(NAME)
    choices = (ModelChoice(model, Reach("fetch", model.size_bytes)),)
    monkeypatch.setattr(models, "choices", lambda session: choices)

    def endless(model: ModelRef, on_progress: Callable[[int, int], None]) -> None:
        while True:
            on_progress(99_999, 100_000)
            time.sleep(0.001)

    monkeypatch.setattr(models, "fetch", endless)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_models(pilot)
        await press(pilot, "enter")
        await until(pilot, "▸[ Not now ]")
        await press(pilot, "right", "enter")
        await until(pilot, "[ Stop fetching ]")
        await until(pilot, "of 100 kB, 99 %")
        await press(pilot, "escape")
        await until(pilot, "The download was stopped. What has arrived is kept")
        await until(pilot, "[ Fetch it (")


async def test_a_hub_that_does_not_answer_is_said_in_words(
    wizard: Make, explored: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = (ModelChoice(model_by_name(NAME), Reach("fetch")),)
    monkeypatch.setattr(models, "choices", lambda session: choices)

    def fails(model: ModelRef, on_progress: object) -> None:
        raise ModelNotFetched(model.label, "huggingface.co does not answer.")

    monkeypatch.setattr(models, "fetch", fails)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_models(pilot)
        await press(pilot, "enter")
        await until(pilot, "▸[ Not now ]")
        await press(pilot, "right", "enter")
        await until(pilot, "huggingface.co does not answer")
        await until(pilot, "[ Fetch it (")


async def name_a_folder(pilot: Pilot[int], folder: Path) -> None:
    pilot.app.screen.query_one("#models", Lines).go(FOLDER)
    await press(pilot, "enter")
    await until(pilot, "A model of your own")
    pilot.app.screen.query_one("#input-folder", Input).value = str(folder)
    await press(pilot, "enter")


async def test_a_model_of_ones_own_comes_from_a_folder_and_a_wrong_folder_says_what_is_missing(
    wizard: Make, explored: Session, tmp_path: Path
) -> None:
    folder = tiny_onnx(tmp_path / "ours", dimensions=24)
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_models(pilot)
        await name_a_folder(pilot, tmp_path)
        await until(pilot, "The folder holds no model. model.onnx")
        await until(pilot, lambda: isinstance(app.screen, Over))
        field = app.screen.query_one("#input-folder", Input)
        assert field.value == str(tmp_path), "asked again, with what was typed"
        field.value = str(folder)
        await press(pilot, "enter")
        assert "▸ ours" in await until(pilot, "was read: 24 dimensions")
        await press(pilot, "enter")
        await until(pilot, "Question 3 of about")
    assert app.session.answers["model"]["folder"] == str(folder)
    assert app.session.answers["model"]["dimensions"] == 24


async def test_what_a_folder_leaves_open_is_asked_and_kept(
    wizard: Make, explored: Session, tmp_path: Path
) -> None:
    folder = tiny_onnx(
        tmp_path / "ours",
        dimensions=24,
        outputs={"ids": "ids", "a": "mean", "b": "tokens"},
        pooling=None,
    )
    app = wizard("questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_models(pilot)
        await name_a_folder(pilot, folder)
        await until(pilot, "one vector per text, 24 dimensions")
        await press(pilot, "escape")
        await name_a_folder(pilot, folder)
        await until(pilot, "Which output of the model is the vector of a text?")
        await press(pilot, "down", "enter")
        await until(pilot, "How do the vectors of the tokens become one?")
        await press(pilot, "enter")
        await until(pilot, "was read: 24 dimensions")
        await press(pilot, "enter")
        await until(pilot, "Question 3 of about")
    answer = app.session.answers["model"]
    assert (answer["output"], answer["pooling"]) == ("b", "cls")

"""A collection with several aliases: the question for the name, and the gate of the cutover."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.survey import Fact
from qdrant_model_migration.tui.app import WizardApp
from support.fake_qdrant import FakeQdrant
from support.screens import a_run, ask_alone, press, until
from support.world import World, a_move

Make = Callable[..., WizardApp]


async def test_the_aliases_that_are_used_are_ticked(wizard: Make, explored: Session) -> None:
    assert explored.survey is not None
    aliases = Fact[tuple[str, ...]](value=("docs", "docs #2", "note"), how="asked")
    answers = {key: value for key, value in explored.answers.items() if key != "name"}
    trip = explored.on(
        survey=explored.survey.model_copy(update={"aliases": aliases}), answers=answers
    )
    app = wizard("questions", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question 1 of about")
        ask_alone(app, "name", "questions")
        await until(pilot, "Aliases: docs, docs #2 and note")
        await press(pilot, "enter")
        await until(pilot, "[x] It uses docs")
        await press(pilot, "down", "space")
        await until(pilot, "[x] It uses docs #2")
        await press(pilot, "down", "down", "enter")
        await until(
            pilot,
            lambda: (
                app.session.answers.get("name")
                == {"alias": "docs", "exists": True, "also": ["docs #2"]}
            ),
        )


async def test_the_gate_of_three_aliases_stands_whole_on_a_small_screen(
    wizard: Make, stage: Any, tmp_path: Path
) -> None:
    step = Cutover(switch=Aliases(alias="docs", also=("docs_search", "docs_write")))
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        for name in ("docs_old", "docs_new"):
            qdrant.create_collection(name, {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.switch_aliases((*step.switch.all, "note"), "docs_old")
        world = World(qdrant, tmp_path, a_move())
        with pytest.raises(Waiting) as waiting:
            step.apply(world)
    gate = waiting.value.gate.model_dump(mode="json")
    stage.view = a_run(stage.folder, "waiting", at=6, gate=gate, facts=world.kept)
    app = wizard("run", "gate", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ No, not now ]")
        for words in (
            "Now      docs, docs_search and docs_write → docs_old   (old)",
            "After    docs, docs_search and docs_write → docs_new   (new)",
            "Stays    note → docs_old, also to write; cleanup waits for it",
            "stays        collection name docs",
            "[ ] The application changes its query model together with the aliases",
            "Type the first alias name to allow the switch of all 3: docs",
            "[ Switch 3 aliases ] (tick the box first)",
        ):
            assert words in shown

"""The question of compression on its screen: every parameter within 80x24."""

from __future__ import annotations

from collections.abc import Callable

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from support.screens import press, still, until

Make = Callable[..., WizardApp]


async def test_every_parameter_of_a_compression_can_be_set(wizard: Make, explored: Session) -> None:
    app = wizard("questions", session=explored.on(answers={"change": "compression"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "(•) Same vectors, other compression")
        await press(pilot, "enter")
        await until(pilot, "How should the vectors be compressed?")
        await press(pilot, "down")
        await until(pilot, lambda: bool(app.screen.query("#set-1-0")))
        await still(pilot)
        await press(pilot, "enter")
        await until(pilot, "▸ (•) 2: for shorter vectors")
        await press(pilot, "up", "up", "enter")
        await until(pilot, "▸ (•) like the vectors")
        await press(pilot, "down", "down", "enter")
        await until(pilot, "▸[x] Keep the compressed vectors in memory")
        await press(pilot, "space")
        await until(pilot, "▸[ ] Keep the compressed vectors in memory")
        await press(pilot, "down", "enter")
        await until(pilot, lambda: "quantization" in app.session.answers)
        assert app.session.answers["quantization"] == {
            "vector": None,
            "kind": "binary",
            "always_ram": False,
            "encoding": "one_bit",
            "query_encoding": "scalar4bits",
        }

"""Takes the pictures of the README: the real wizard on the practice Qdrant, by keys alone.

    python screenshots/make.py            # SVG, and PNG where chromium is installed

Everything happens in a temporary folder. The texts are those of this Python's documentation, so
another Python gives other results, and the same screens.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App

HERE = Path(__file__).resolve().parent
SIZE = (80, 24)
PATIENCE = 120.0


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = str(Path(place) / name.lower())
        os.environ["QMM_RUN_DIR"] = str(Path(place) / "runs")
        for key in ("QDRANT_URL", "QDRANT_API_KEY"):
            os.environ.pop(key, None)
        asyncio.run(trip(Path(place)))


async def trip(place: Path) -> None:
    from textual.pilot import Pilot

    from qdrant_model_migration.pages.session import Session
    from qdrant_model_migration.sandbox import Sandbox
    from qdrant_model_migration.tui.app import WizardApp

    Sandbox().prepare(3000)
    app = WizardApp(Session(), start=(), log_file=place / "log")

    def shown() -> str:
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips())

    async def until(pilot: Pilot[int], words: str | Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not (words() if callable(words) else words in shown()):
            if time.monotonic() > end:
                raise SystemExit(f"{words!r} did not appear:\n{shown()}")
            await pilot.pause(0.05)

    async def changed(pilot: Pilot[int], *keys: str) -> None:
        before = shown()
        await pilot.press(*keys)
        await until(pilot, lambda: shown() != before)

    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "▸ Practice")
        take(app, "home")
        await pilot.press("enter")
        await until(pilot, "▸ docs_words")
        take(app, "collections")
        await pilot.press("enter")
        await until(pilot, "▸[ Continue ]")
        take(app, "survey")
        await pilot.press("enter")
        await until(pilot, "Question 1 of about")
        while "Recommended:" not in shown():
            if "Which model should" in shown():
                take(app, "model")
            if "Do you need both models" in shown():
                take(app, "questions")
            await changed(pilot, "enter")
            await pilot.pause(0.1)
        take(app, "strategy")
        await pilot.press("enter")
        await until(pilot, "left to acknowledge")
        take(app, "warnings")
        while "left to acknowledge" in shown():
            await pilot.press("enter", "enter")
            await pilot.pause(0.1)
        await until(pilot, "▸[ Continue ]")
        await pilot.press("enter")
        await until(pilot, "Plan: docs_words")
        take(app, "plan")
        await pilot.press("up", "up", "up", "up", "up", "enter")
        await until(pilot, "Start this run?")
        await pilot.press("right", "enter")
        await until(pilot, lambda: re.search(r"[3-8]\d %", shown()) is not None)
        take(app, "run")
        await until(pilot, "▸[ Look at the verdict ]")
        await pilot.press("enter")
        await until(pilot, "▸[ Try it yourself ]")
        take(app, "verify")
        await pilot.press("enter")
        await until(pilot, "Both sides search for real")
        await pilot.press("enter")
        await until(pilot, "ms")
        await pilot.pause(0.3)
        take(app, "try_it")
        await pilot.press("escape")
        await until(pilot, "▸[ Try it yourself ]")
        await pilot.press("right", "enter")
        await until(pilot, "Type the alias name")
        take(app, "cutover")


def take(app: App[Any], name: str) -> None:
    """Save the screen as SVG that loads nothing from anywhere, and as PNG where it can be."""
    svg = app.export_screenshot(title="qmm")
    svg, fonts = re.subn(r"@font-face\s*{[^}]*}", "", svg)
    assert fonts, "the SVG names its fonts in another way now"
    assert "cdnjs" not in svg
    path = HERE / f"{name}.svg"
    path.write_text(svg, encoding="utf-8")
    print(path.name)
    if chromium := shutil.which("chromium"):
        _picture(chromium, path, svg)


def _picture(chromium: str, path: Path, svg: str) -> None:
    """The PNG, drawn by a browser: other converters ignore the widths that the SVG asks for."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={profile}", "--hide-scrollbars",
                "--default-background-color=00000000",
                f"--window-size={round(float(width))},{round(float(height))}",
                f"--screenshot={path.with_suffix('.png')}", path.as_uri(),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip


if __name__ == "__main__":
    main()

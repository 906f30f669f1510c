"""Takes the pictures of the README: the real wizard on the practice Qdrant, by keys alone.

    python screenshots/make.py            # SVG, and PNG where chromium is installed
    python screenshots/make.py truncate requantize        # these ways alone; "first": the trip

Everything happens in a temporary folder. The texts are those of this Python's documentation, so
another Python gives other results, and the same screens. Requantize and Server inference need a
server: one at QDRANT_INFERENCE_URL (see tests/support/inference.py) gets the practice collection
and loses it again. Without one their pictures stay as they are.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from qdrant_model_migration.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
SIZE = (80, 24)
PATIENCE = 180.0
WAYS: dict[str, dict[str, Any]] = {
    "dense_to_hybrid": {"change": "keywords", "proof": {"kind": "made up", "margin": 0.02}},
    "side_by_side": {
        "change": "second", "in_place": "in place", "vector_names": {"new": "subwords"},
    },
    "multivectors": {
        "change": "second", "model": "late", "vector_names": {"new": "late", "old": "words"},
    },
    "linear_map": {"accuracy": "approximate"},
    "map_queries": {"accuracy": "queries"},
    "truncate": {"change": "shorter"},
    "drop_vector": {"change": "drop", "drop": "subwords", "in_place": "in place"},
    "rebuild_from_source": {"originals": {"have": "yes", "file": "here"}},
    "requantize": {"change": "compression", "quantization": {"vector": None, "kind": "scalar"}},
    "server_inference": {
        "change": "model", "both": "no", "proof": {"kind": "made up"},
        "model": {"kind": "server", "name": "stand-in/words-128", "dimensions": 128},
    },
}  # fmt: skip
"""What is answered otherwise than practice suggests; "here" is the practice file of originals,
"late" its model that makes a vector for each word."""


ON_A_SERVER = ("requantize", "server_inference")


def main() -> None:
    ways = [way for way in WAYS if way not in ON_A_SERVER or "QDRANT_INFERENCE_URL" in os.environ]
    for way in sys.argv[1:] or ("first", *ways):
        with tempfile.TemporaryDirectory() as place:
            for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
                os.environ[name] = str(Path(place) / name.lower())
            os.environ["QMM_RUN_DIR"] = str(Path(place) / "runs")
            for key in ("QDRANT_URL", "QDRANT_API_KEY"):
                os.environ.pop(key, None)
            with practised("" if way == "first" else way) as (url, answers):
                asyncio.run(trip(Path(place), "" if way == "first" else way, url, answers))


@contextmanager
def practised(way: str) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """The practice collection with what this way needs; where it is on a server, and answers."""
    from qdrant_model_migration.sandbox import Sandbox
    from support import practised

    sandbox = Sandbox()
    sandbox.prepare(800 if way else 3000)
    answers = {**sandbox.answers(), **WAYS[way]} if way else {}
    if "originals" in answers:
        answers["originals"] = {"have": "yes", "file": str(sandbox.originals)}
    if answers.get("model") == "late":
        answers["model"] = practised.as_json(sandbox.late_model())
    if way == "truncate":
        answers |= practised.long_vectors(sandbox)
    if way == "drop_vector":
        del answers["model"]
        practised.second_vector(sandbox)
    if way not in ON_A_SERVER:
        yield None, answers
        return
    with on_a_server(sandbox) as url:
        yield url, answers


@contextmanager
def on_a_server(sandbox: Sandbox) -> Iterator[str]:
    """The practice collection behind its alias, and an inference service that counts words."""
    from qdrant_model_migration.qdrant import open_qdrant
    from qdrant_model_migration.sandbox import ALIAS, COLLECTION
    from support import inference
    from support.world import everything

    with open_qdrant(sandbox.address) as folder:
        points, metadata = everything(folder, COLLECTION), folder.config(COLLECTION).metadata
    with inference.beside("real") as (address, _, _), open_qdrant(address) as server:
        body = {"vectors": {"size": 128, "distance": "Cosine"}, "metadata": metadata}
        server.create_collection(COLLECTION, body)
        try:
            server.insert(COLLECTION, list(points.values()))
            server.switch_alias(ALIAS, COLLECTION)
            os.environ["QDRANT_URL"] = str(address)
            yield str(address)
        finally:
            for name in server.collections():
                if name.startswith(COLLECTION):
                    server.delete_collection(name)


async def trip(place: Path, way: str, url: str | None, answers: dict[str, Any]) -> None:
    """The whole trip with every picture; of a further way the strategy, its plan and verdict."""
    from textual.pilot import Pilot
    from textual.widgets import Input

    from qdrant_model_migration.engine import list_runs
    from qdrant_model_migration.pages.beginning import begin
    from qdrant_model_migration.steps.gate import Gate
    from qdrant_model_migration.strategies import by_name
    from qdrant_model_migration.tui.app import WizardApp
    from qdrant_model_migration.tui.widgets.blocks import AskBlock, TableBlock
    from qdrant_model_migration.tui.widgets.press import Press

    begun = begin(address=url, answers=answers)
    app = WizardApp(begun, start=("connect",) if url else (), log_file=place / "log")

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

    async def choose(pilot: Pilot[int], label: str) -> None:
        def button() -> Press | None:
            found = app.screen.query(Press)
            return next((b for b in found if b.act.label == label and not b.act.closed), None)

        def focused() -> bool:  # again and again: a page that is drawn anew takes the focus
            if (here := button()) is not None and not here.has_focus:
                here.focus()
            return f"▸[ {label} ]" in shown()

        await until(pilot, focused)
        await pilot.press("enter")
        await pilot.pause(0.1)

    def picture(name: str) -> None:
        if not way:
            take(app, name)

    async with app.run_test(size=SIZE) as pilot:
        if url:
            await choose(pilot, "Connect")
            await until(pilot, "▸[ See collections ]")
        else:
            await until(pilot, "▸ Practice")
        picture("home")
        await pilot.press("enter")
        await until(pilot, "▸ docs_words")
        picture("collections")
        await pilot.press("enter")
        await until(pilot, "▸[ Continue ]")
        picture("survey")
        await pilot.press("enter")
        await until(pilot, "Question 1 of about")
        while not re.search(r"Recommended:|Chosen by you:", shown()):
            if "Which model should" in shown():
                picture("model")
            if "Do you need both models" in shown():
                picture("questions")
            await changed(pilot, "enter")
            await pilot.pause(0.1)
        if not way:
            await pilot.press("f2")
            await until(pilot, "Still possible")
            picture("map")
            await pilot.press("escape")
            await until(pilot, "Recommended:")
        elif f"Recommended: {by_name(way).title}" not in shown():
            others = app.screen.query_one("#table-others", TableBlock)
            others.lines.focus()
            others.lines.go(way)
            await pilot.press("enter")
            await choose(pilot, "Choose it anyway")
        await until(pilot, lambda: "time: being measured" not in shown())
        await until(pilot, "▸[ Continue with")
        take(app, f"{way}_strategy".lstrip("_"))
        await pilot.press("enter")
        warned = ("left to acknowledge", "No serious warnings", "Plan: ")
        await until(pilot, lambda: any(word in shown() for word in warned))
        picture("warnings")
        while "left to acknowledge" in shown():
            await pilot.press("enter", "enter")
            await pilot.pause(0.1)
        if "Plan: " not in shown():
            await choose(pilot, "Continue")
        await until(pilot, "Plan: ")
        take(app, f"{way}_plan".lstrip("_"))
        await choose(pilot, "Start…")
        await choose(pilot, "Start")
        if not way:
            await until(pilot, lambda: re.search(r"[3-8]\d %", shown()) is not None)
            picture("run")
        verdict = ("[ Look at the verdict ]", "[ Verdict ]")
        stops = ("[ Answer… ]", *verdict, "✓ DONE", "! FAILED")
        for number in range(1, 4):  # other gates come before the switch
            await until(pilot, lambda: any(word in shown() for word in stops))
            if "[ Answer… ]" not in shown():
                break
            await choose(pilot, "Answer…")
            await until(pilot, lambda: len(app.screen.query(AskBlock)) > 0)
            take(app, f"{way}_gate_{number}".removesuffix("_1"))
            gate = Gate.model_validate(list_runs()[0].gate)
            for ask, block in zip(gate.asks, app.screen.query(AskBlock), strict=True):
                block.control.focus()
                if isinstance(block.control, Input):
                    block.control.value = ask.expect
                else:
                    await pilot.press("enter")
            await choose(pilot, gate.button)
            await until(pilot, lambda title=gate.title[:30]: title not in shown()[:400])  # type: ignore[misc]
        if "[ Look at the verdict ]" not in shown():
            failed = "[ Verdict ]" in shown()
            if failed:
                await choose(pilot, "Verdict")
                await until(pilot, "»VERIFY")
            take(app, f"{way}_verify" if failed else f"{way}_done")
            return
        await choose(pilot, "Look at the verdict")
        await until(pilot, "▸[ Try it yourself ]")
        take(app, f"{way}_verify".lstrip("_"))
        if way:
            return
        await pilot.press("enter")
        await until(pilot, "Both sides search for real")
        await pilot.press("enter")
        await until(pilot, "ms")
        await pilot.pause(0.3)
        picture("try_it")
        await pilot.press("escape")
        await choose(pilot, "Go to cutover")
        await until(pilot, "Type the alias name")
        picture("cutover")


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

"""Driving the wizard in tests: what stands on the screen as text, waiting for it, run snapshots."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from textual.app import App
from textual.events import Key
from textual.pilot import Pilot, WaitForScreenTimeout

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.engine import Card, EventView, RunView, StepView
from qdrant_model_migration.engine.run_view import Sample


def text_of(app: App[Any]) -> str:
    """The screen as a person sees it, line by line, colours left out."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one by one, each carried out before the next.

    Textual's own `pilot.press` waits after each key until the process uses no time at all, which
    takes long on a busy computer; here only what the key set off is waited for.
    """
    names = {" ": "space", "-": "minus"}
    for key in keys:
        name = names.get(key, key)
        character = " " if name == "space" else key if len(key) == 1 else None
        pilot.app.post_message(Key(name, character))
        for _ in range(HOPS):
            await settle(pilot)


async def settle(pilot: Pilot[Any]) -> None:
    """Until every part of the screen has done what it was asked so far."""
    # A part that was taken away meanwhile never answers.
    with contextlib.suppress(WaitForScreenTimeout):
        await pilot._wait_for_screen(timeout=1)


async def still(pilot: Pilot[Any]) -> str:
    """Until the screen stays as it is: what is read in threads has arrived, the focus stands."""
    before, shown = "", text_of(pilot.app)
    while shown != before:
        await asyncio.sleep(0.15)
        await settle(pilot)
        before, shown = shown, text_of(pilot.app)
    return shown


HOPS = 8  # from the control over its boxes and the screen to the app, each with its own queue


async def until(
    pilot: Pilot[Any], words: str | Callable[[], bool], *, seconds: float = 20.0
) -> str:
    """Wait until these words stand on the screen (or something holds); returns the screen.

    What takes long is looked at less often: looking takes time away from it.
    """
    began = time.monotonic()
    while True:
        await settle(pilot)
        shown = text_of(pilot.app)
        if words() if callable(words) else words in shown:
            return shown
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"{words!r} did not appear within {seconds} s:\n{shown}")
        await asyncio.sleep(min(0.02 + waited / 20, 0.15))


def ask_alone(app: Any, key: str, asked_from: str = "home") -> None:
    """This question alone, asked from a stage that is open."""
    app.session = app.session.on(alone=(key, asked_from))
    app.go("questions")


MODELS = (
    ModelRef(
        kind="fastembed", name="BAAI/bge-base-en-v1.5", dimensions=768, max_tokens=512,
        languages=("en",), size_bytes=210_000_000, query_prefix="Represent this sentence: ",
    ),
    ModelRef(
        kind="fastembed", name="intfloat/multilingual-e5-large", dimensions=1024, max_tokens=512,
        languages=("many",), size_bytes=2_240_000_000,
    ),
)  # fmt: skip
STEPS = (
    ("check", "Check access, names and model"),
    ("create_collection", "Create docs_new: 256, cosine"),
    ("backfill", "Backfill docs_new"),
    ("catch_up", "Catch up with new writes"),
    ("index", "Build the index, wait for green"),
    ("verify", "Verify: counts, payloads, quality"),
    ("cutover", "Cutover, YOU CONFIRM"),
    ("sweep", "Sweep: late writes to the old one"),
)
AT = "2026-03-14T09:30:07.000+00:00"
BEGAN = "2026-03-14T09:12:07.000+00:00"
NOW = datetime(2026, 3, 14, 9, 30, 9, tzinfo=timezone.utc)
"""Two seconds after the engine was heard of last."""
RATES = tuple(
    Sample(f"2026-03-14T09:{20 + n // 6:02}:{n % 6 * 10:02}.000+00:00", 2, 1000 * n, rate)
    for n, rate in enumerate([21.0, 40.0, 52.0, 58.0, 64.0, 61.0, 58.0, 58.0] * 7)
    if not 20 < n < 26
)
"""The speed of the backfill over some minutes, with a pause in them."""


def a_run(folder: Path, state: str = "running", *, at: int = 2, **changes: Any) -> RunView:
    """A snapshot of a blue-green run whose step number `at` (from 0) is under way."""
    steps = tuple(
        StepView(
            name=name,
            title=title,
            state="done" if n < at else "running" if n == at and state == "running" else " ",
            seconds=9.0 if n <= at else 0.0,
            done=63220 if n == 2 and n >= at else None,
            total=120482 if n == 2 and n >= at else None,
            unit="points",
            rate=58.0 if n == at and state == "running" else None,
            writes_to="nothing" if name in ("check", "verify") else "new collection",
            way_back="delete it",
            details=(),
            extra=False,
            share=63220 / 120482 if n == 2 and n >= at else None,
        )
        for n, (name, title) in enumerate(STEPS)
    )
    events = tuple(
        EventView(n, None, AT, "log", f"Slice {n} done: 128 points, checkpoint saved.", {})
        for n in range(1, 5)
    )
    card = Card(
        id="docs-0314-1", created=AT, what="docs_old → docs_new", strategy="blue_green",
        title="docs_old → docs_new", server="http://localhost:6333", collection="docs_old",
        alias="docs", practice=False, plan="", file="",
    )  # fmt: skip
    view = RunView(
        run_id="docs-0314", what=card.what, title=card.title, state=state, since=AT, steps=steps,
        gate=None, verdict=None, error=None, dead_letters=0, events=events, application=None,
        facts={}, retry=None, folder=folder, card=card, live=state == "running", session=1,
        step=at if at < len(STEPS) else None, began=BEGAN, ended=None, heard=AT, throttle=None,
        dead_letter_reasons={}, conflicts=0, rates=(), consents=(),
    )  # fmt: skip
    return view._replace(**changes)


ERROR = {"what": "The server's disk is full.", "why": "400 MB are missing.", "todo": "Free them."}
RETRY = {
    "since": "2026-03-14T09:29:27.000+00:00", "at": "2026-03-14T09:30:07.000+00:00", "wait": 10.0,
    "attempt": 5, "reason": "the connection was refused", "text": "",
}  # fmt: skip
CUTOVER: dict[str, Any] = {
    "name": "cutover",
    "title": "Cutover: switch the alias docs",
    "says": [
        "Now      docs → docs_old   (words-128)",
        "After    docs → docs_new   (subwords-256)",
        "Verdict  GO: the new model finds more, beyond chance",
    ],
    "asks": [
        {"key": "model", "kind": "tick", "label": "The application changes its query model"},
        {
            "key": "alias",
            "kind": "typed",
            "label": "Type the alias name to allow the switch: docs",
            "expect": "docs",
        },
    ],
    "button": "Switch docs",
    "flag": "--cutover docs",
}
WITHOUT_PROOF: dict[str, Any] = {
    **CUTOVER,
    "asks": [
        {
            "key": "without_proof",
            "kind": "typed",
            "label": "Type the words: without proof",
            "expect": "without proof",
        },
        *CUTOVER["asks"],
    ],
}
VERDICT: dict[str, Any] = {
    "word": "GO",
    "reason": "the new model finds more, beyond chance",
    "todo": "",
    "integrity": {
        "checks": [
            {"name": "Each id once", "ok": True, "found": 120574, "expected": 120574},
            {"name": "Payload equal", "ok": True, "found": 120574, "expected": 120574},
            {"name": "No vector", "ok": None, "found": 121, "note": "dead letters"},
        ]
    },
    "judgement": {
        "metric": "recall@10", "k": 10, "old": 0.846, "new": 0.893, "difference": 0.047,
        "low": 0.021, "high": 0.073, "n": 214, "nonzero": 40, "origin": "labelled",
        "worst": [{"text": "offline install", "old": 1, "new": 14}],
        "best": [{"text": "[bold]backup[/bold]", "old": 9, "new": 1}],
    },
    "overlap": {"share": 0.41, "k": 10, "n": 214},
    "evidence": "labelled",
    "margin": 0.02,
}  # fmt: skip
SWITCHED: dict[str, Any] = {
    "switched": {"alias": "docs", "from": "docs_old", "to": "docs_new", "at": AT},
    "application_changes": [
        {"what": "collection name", "old": "docs", "new": "docs"},
        {"what": "query model", "old": "words-128", "new": "subwords-256"},
    ],
    "caught_up": [3, 2, 0],
    "swept": 2,
}


def requantized(folder: Path, state: str = "done", **facts: Any) -> RunView:
    """A run in one collection, without a target and without an alias."""
    probe = {"milliseconds": 11.6, "searches": 64}
    found = {
        "search_before": {**probe, "recall": 0.998},
        "search_after": {**probe, "recall": 0.972, "milliseconds": 4.2},
        "kept": True,
        **facts,
    }
    view = a_run(folder, state, at=8, facts=found)
    return view._replace(
        what="products, Requantize", title="Requantize",
        card=view.card._replace(what="products, Requantize", collection="products", alias="",
                                strategy="requantize", title="Requantize"),
    )  # fmt: skip

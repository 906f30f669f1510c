"""A step that the program does not have is offered, asked for and told of one line at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import engine
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plain import run
from qdrant_model_migration.plain.run import take_up
from support.dropped_step import dropped_step
from support.screens import CUTOVER, VERDICT, a_run
from support.script import Spoken

SHELF: dict[str, Any] = {
    "name": "shelf", "title": "Shelve", "says": ["Nothing is deleted."], "button": "Put aside",
    "asks": [{"key": "by", "kind": "typed", "label": "Type the name of the run: docs-0314",
              "expect": "docs-0314", "flag": "--shelf", "named": True}],
}  # fmt: skip


def test_its_word_leads_to_its_gate_and_to_its_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = a_run(tmp_path, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    extra = waiting.steps[0]._replace(name="shelve", title="Put aside", state=" ", extra=True)
    asked = waiting._replace(steps=(*waiting.steps, extra), step=len(waiting.steps), gate=SHELF)
    views = [waiting, asked, a_run(tmp_path, "shelved", at=6)]
    started: list[str | None] = []
    consents: list[Any] = []
    monkeypatch.setattr(engine, "view", lambda folder: views.pop(0))
    monkeypatch.setattr(engine, "look", lambda folder: views.pop(0))
    monkeypatch.setattr(run, "follow", lambda talk, folder, after: views.pop(0))
    monkeypatch.setattr(run, "try_it", lambda talk, session: None)
    monkeypatch.setattr(
        engine,
        "start",
        lambda at, env=None, *, extra=None, given=None: started.append(extra),
    )
    monkeypatch.setattr(engine, "give_consent", lambda *given: consents.append(given[1:]))
    talk = Spoken(
        ("Type yes if", ""),
        ("shelve to put it aside, or press Enter", "shelve"),
        ("Type docs-0314 to go on", "docs-0314"),
    )
    with dropped_step(tmp_path):
        assert take_up(talk, Session(run=tmp_path)) == 0
    assert started == ["shelve", None]
    assert consents == [("shelf", {"by": "docs-0314"})]
    assert "Shelved: nothing was deleted." in talk.flat

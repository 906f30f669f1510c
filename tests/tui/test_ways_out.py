"""No dead ends: a verdict that is no GO is judged anew, a run is given up, and the words are true
when a run is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from textual.containers import Vertical
from textual.widget import AwaitMount, Widget

from qdrant_model_migration import engine
from qdrant_model_migration.pages import run_words
from qdrant_model_migration.pages.session import Adding, Connected, Session
from qdrant_model_migration.pages.work import practising
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.blocks import AskBlock, TableBlock
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.lines import Lines
from support.screens import CUTOVER, ERROR, SWITCHED, VERDICT, a_run, press, still, text_of, until

Make = Callable[..., WizardApp]
NO_GO = {**VERDICT, "word": "NO-GO", "reason": "the new model finds less: 0.846 → 0.702"}


@pytest.fixture(autouse=True)
def judged_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the run was judged by: no file yet."""
    proof = {"kind": "later", "file": None, "title_field": None, "margin": 0.02}
    for module in (engine, engine.judging):
        monkeypatch.setattr(module, "judged_by", lambda folder: dict(proof))


@pytest.mark.parametrize("state", ["waiting", "failed"])
async def test_a_verdict_is_judged_anew_by_the_searches_of_a_file(
    wizard: Make, stage: Any, tmp_path: Path, state: str
) -> None:
    gate = CUTOVER if state == "waiting" else None
    stage.view = a_run(stage.folder, state, at=6, gate=gate, verdict=NO_GO)
    file = tmp_path / "q.jsonl"
    file.write_text('{"query": "offline install", "answers": [7]}\n')
    app = wizard("run", "verify", "judge_again", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "Limit      [ 0.02")
        assert "line of it is a search and the ids of its right answers" in shown
        await press(pilot, *"no-such-file", "down", "down", "enter")
        await until(pilot, "there is no file no-such-file")
        assert stage.started == []
        app.screen.query_one("#input-file").value = str(file)  # type: ignore[attr-defined]
        await press(pilot, "down", "down", "enter")
        await until(pilot, lambda: bool(stage.started))
        assert stage.started == ["verify"]
        assert stage.given[0]["proof"] == {
            "kind": "file", "file": str(file), "title_field": None, "margin": 0.02,
        }  # fmt: skip
        await until(pilot, "WAITING FOR YOU" if state == "waiting" else "FAILED")


async def test_a_limit_that_is_none_is_said_and_nothing_starts(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=NO_GO)
    app = wizard("run", "judge_again", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Limit      [ 0.02")
        app.screen.query_one("#input-margin").value = "2 %"  # type: ignore[attr-defined]
        await press(pilot, "down", "down", "enter")
        await until(pilot, "2 % is not a number.")
        assert stage.started == []


async def test_the_old_model_is_asked_for_where_nobody_knew_it(wizard: Make, stage: Any) -> None:
    for why, asked in ((None, False), ("old model not known", True)):
        verdict = {**NO_GO, "unjudged": why}
        stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=verdict)
        app = wizard("run", "judge_again", session=Session(run=stage.folder))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "Limit      [ 0.02")
            await until(pilot, lambda app=app, asked=asked: ("Old model" in text_of(app)) is asked)
            if asked:
                await press(pilot, "down", "down", *"no/such", "down", "enter")
                await until(pilot, "There is no model called no/such.")
                assert stage.started == []


async def test_the_verdict_and_the_gate_lead_to_it(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=NO_GO)
    for screen, act in (("verify", "verify"), ("gate", "verify")):
        app = wizard("run", screen, session=Session(run=stage.folder))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "▸[ ")
            await app.stop_below.act(act)  # type: ignore[union-attr]
            await until(pilot, "Both collections are searched again")


async def test_after_the_switch_nothing_is_judged_anew(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "done", at=8, verdict=VERDICT, facts=SWITCHED)
    app = wizard("verify", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Judge anew… ] (switched already)")


async def test_the_gate_and_the_list_of_runs_offer_to_give_a_run_up(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    app = wizard("run", "gate", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Discard… ]")
        await app.stop_below.act("discard")  # type: ignore[union-attr]
        await until(pilot, lambda: stage.started == ["discard"])
    app = wizard("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Discard… ]")
        stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
        await until(pilot, "[ Discard… ] (it is done)")


@pytest.mark.parametrize(("key", "leads_to"), [("watch", "»RUN"), ("report", "»REPORT")])
async def test_the_list_of_runs_leads_to_one(
    wizard: Make, stage: Any, key: str, leads_to: str
) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    app = wizard("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Watch ]")
        await app.stop_below.act(key)  # type: ignore[union-attr]
        await until(pilot, leads_to)


async def test_a_discard_that_is_refused_says_why(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, error=ERROR)
    asked = Session(run=stage.folder, adding=Adding("discard"))
    app = wizard("run", "added_step", session=asked)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "The server's disk is full.")
        assert "»RUN" in shown
        assert "»REPORT" not in shown, "it has not come so far"


async def test_a_run_that_failed_at_its_first_step_has_no_later_stop_behind_it(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "failed", at=0, error=ERROR)
    app = wizard("report", session=Session(run=stage.folder))
    async with app.run_test(size=(90, 24)) as pilot:
        shown = await until(pilot, "»REPORT")
        assert "✓Plan" in shown
        for stop in ("✓Run", "✓Verify", "✓Cutover"):
            assert stop not in shown


@pytest.mark.parametrize("state", ["rolled back", "cleaned up", "discarded", "stopping"])
async def test_a_run_that_is_over_is_not_said_to_go_on(
    wizard: Make, stage: Any, state: str
) -> None:
    stage.view = a_run(stage.folder, state, at=8)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, state.upper())
        await until(pilot, "The run is over" if state.endswith(("k", "p")) else "run")
        assert "The run goes on" not in text_of(app)


@pytest.mark.parametrize("opens", ["ctrl+q", "f1", "f2", "ctrl+p"])
async def test_what_ends_under_an_open_dialog_takes_nothing_away_from_it(
    wizard: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opens: str
) -> None:
    """A leave dialog that is taken away unanswered would leave Ctrl+Q without an effect."""
    ready = threading.Event()

    def prepare(report: Callable[[object], None]) -> practising.Practice:
        ready.wait(20)
        report(("Done", 1, 1))
        connected = Connected("1.18.3", True, 0.1, (), True)
        return practising.Practice(Address.parse(str(tmp_path)), "docs_words", connected, {})

    monkeypatch.setattr(practising, "prepare", prepare)
    app = wizard("practice")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Looking what is there already")
        below = app.screen
        await press(pilot, opens)
        await until(pilot, lambda: app.screen is not below)
        on_top = app.screen
        ready.set()
        await until(pilot, lambda: any("Done" in pane.words for pane in below.query(Pane)))
        await still(pilot)
        assert app.screen is on_top
        await press(pilot, "escape")
        await until(pilot, "This server has no collections yet")
        await press(pilot, "ctrl+q")
        await until(pilot, "Leave the wizard?")


async def test_the_list_of_commands_of_the_map_names_each_once(wizard: Make) -> None:
    app = wizard("map")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What if…")
        await press(pilot, "ctrl+p")
        await until(pilot, "What you can do here")
        keys = [line.key for line in app.screen.query_one(Lines).lines]
        assert sorted(set(keys)) == sorted(keys)


def test_giving_up_a_run_that_failed_at_its_first_step_does_not_speak_of_that_step(
    tmp_path: Path,
) -> None:
    begun = a_run(tmp_path, "starting", at=0)
    assert run_words.second_line(begun).startswith("Nothing is written yet. Step 1")
    added = begun._replace(step=len(begun.steps) - 1)
    assert run_words.second_line(added) == "Checking what is already done, then it goes on."


async def test_a_window_that_closes_while_a_page_is_drawn_meets_no_fault(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put into a window that is going away stays empty."""
    mount_all, closed = Vertical.mount_all, list[str]()

    def closing(self: Widget, widgets: Iterable[Widget], **places: Any) -> AwaitMount:
        put = list(widgets)
        if any(isinstance(one, TableBlock | AskBlock) for one in put):
            self.app._running = False  # as it does itself before it closes anything
            closed.append(str(self))
        return mount_all(self, put, **places)

    stage.view = a_run(stage.folder, "failed", at=0, error=ERROR)
    app = wizard("report", session=Session(run=stage.folder))
    async with app.run_test(size=(90, 24)) as pilot:
        monkeypatch.setattr(Vertical, "mount_all", closing)
        await until(pilot, lambda: closed or "»REPORT" in text_of(app))

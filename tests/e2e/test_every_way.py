"""Each way, from its answers to the way back, on the practice Qdrant: by commands, in the wizard,
one line at a time. What that cannot do (compress, make vectors itself) goes the same ways on a fake
server. The gates are opened by what the program itself says opens them."""

from __future__ import annotations

import io
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from qdrant_model_migration import cli
from qdrant_model_migration.advice import read_named, save_answers
from qdrant_model_migration.embedders import kinds
from qdrant_model_migration.engine import RunView, list_runs
from qdrant_model_migration.pages.beginning import begin
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plain import run_plain
from qdrant_model_migration.plain.talk import Talk
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox
from qdrant_model_migration.steps.gate import Gate
from qdrant_model_migration.steps.ways import ways
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.blocks import AskBlock, TableBlock
from qdrant_model_migration.tui.widgets.press import Press
from qdrant_model_migration.tui.widgets.tick import Tick
from support import inference
from support.practised import as_json, long_vectors, second_vector
from support.screens import press, settle, still, text_of, until
from support.world import everything

from .conftest import Models
from .conftest import fill as fill_with_documents

LONG = 120.0
FEW, MANY = 150, 700  # a map is learned of some hundred texts
SECOND = {"change": "second", "vector_names": {"new": "subwords", "old": "words"}}
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "blue_green": ("blue_green", {}),
    "rebuild_from_source": ("rebuild_from_source", {"originals": {"have": "yes", "file": "here"}}),
    "side_by_side": ("side_by_side", {**SECOND, "in_place": "new"}),
    "linear_map": ("linear_map", {"accuracy": "approximate"}),
    "map_queries": ("map_queries", {"accuracy": "queries"}),
    "side_by_side in place": (
        "side_by_side",
        {"change": "second", "in_place": "in place", "vector_names": {"new": "subwords"}},
    ),
    "multivectors": (
        "multivectors",
        {"change": "second", "model": "late", "vector_names": {"new": "late"}},
    ),
    "dense_to_hybrid": ("dense_to_hybrid", {"change": "keywords"}),
    "dense_to_hybrid in place": (
        "dense_to_hybrid",
        {
            "change": "keywords",
            "keyword_model": {"language": "by lang"},
            "in_place": "in place",
            "fusion": "dbsf",
        },
    ),
    "dense_to_hybrid with a model": ("dense_to_hybrid", {"keywords": "yes"}),
    "truncate": ("truncate", {"change": "shorter"}),
    "drop_vector in place": (
        "drop_vector",
        {"change": "drop", "drop": "subwords", "in_place": "in place"},
    ),
    "requantize on a server": (
        "requantize",
        {"change": "compression", "quantization": {"vector": None, "kind": "none"}},
    ),
    "server_inference on a server": ("server_inference", {}),
}
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("every way")]


BEFORE = {"truncate": long_vectors, "drop_vector in place": second_vector}
"""What is done to the practice Qdrant first, so that a way has something true to do."""


@pytest.fixture(params=WAYS)
def way(
    request: pytest.FixtureRequest,
    practice_of: Callable[[int], Path],
    forked_engine: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Way]:
    for name in ("DATA", "STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("QDRANT_URL", "QDRANT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    if request.param.endswith("on a server"):
        with on_a_server(request.param, request.getfixturevalue("models"), monkeypatch) as there:
            yield there
    else:
        sandbox = Sandbox()
        shutil.copytree(practice_of(MANY if "map" in request.param else FEW), sandbox.folder)
        yield practised(request.param, sandbox)


def practised(name: str, sandbox: Sandbox) -> Way:
    strategy, given = WAYS[name]
    answers = {**sandbox.answers(), **given}
    if name in BEFORE:
        answers = {**given, "proof": answers["proof"], **BEFORE[name](sandbox)}
    if "originals" in given:  # the file that practice offers
        originals = {**given["originals"], "file": str(sandbox.originals)}
        answers = read_named({**answers, "originals": originals})
    if given.get("model") == "late":
        answers["model"] = as_json(sandbox.late_model())
    return Way(sandbox.address, COLLECTION, ALIAS, strategy, answers)


@contextmanager
def on_a_server(name: str, models: Models, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """A fake one, with an inference service."""
    strategy, given = WAYS[name]
    with inference.beside("1.18.3") as (address, _, _):
        monkeypatch.setenv("QDRANT_URL", str(address))
        with open_qdrant(address) as qdrant:
            fill_with_documents(qdrant, models, "docs_old", "docs")
        answers = {"proof": {"kind": "later"}, **given}
        if strategy == "server_inference":
            (model,) = [m for m in kinds()["server"].models(None) if m.name == inference.LISTED]
            answers |= {"change": "model", "both": "no", "model": as_json(model)}
        yield Way(address, "docs_old", "docs", strategy, answers)


def test_every_way_there_is_goes_here() -> None:
    missing = {strategy.name for strategy in strategies()} - {name for name, _ in WAYS.values()}
    assert not missing, "add it to WAYS, with the answers that lead to it"


class Way:
    def __init__(
        self, address: Address, collection: str, alias: str, strategy: str, answers: dict[str, Any]
    ) -> None:
        self.address, self.collection, self.alias = address, collection, alias
        self.strategy, self.answers = by_name(strategy), answers
        self.aliases, self.old = self._aliases(), self._old()

    def _aliases(self) -> dict[str, str]:
        with open_qdrant(self.address) as qdrant:
            return qdrant.aliases()

    def _old(self) -> dict[Any, Any]:
        """Payloads and vectors of what the practice application leaves alone."""
        with open_qdrant(self.address) as qdrant:
            points = everything(qdrant, self.collection)
        return {i: (p.payload, p.vectors.get("")) for i, p in points.items()}

    @property
    def switches(self) -> bool:
        """Whether anything is written and switched at all."""
        return bool({"builds", "adds"} & set(self.strategy.facets)) and not self.takes_out

    @property
    def takes_out(self) -> bool:
        return "drop" in self.answers and self.answers.get("in_place") == "in place"

    @property
    def begun(self) -> Session:
        url = None if self.address.folder else str(self.address)
        return begin(address=url, answers=self.answers)

    @property
    def run(self) -> RunView:
        (run,) = list_runs()
        return run

    def is_past(self, gate: dict[str, Any]) -> bool:
        """Whether it went on from this gate and came to another one, or to its end."""
        run = self.run
        return run.state in ("waiting", "done", "failed") and run.gate != gate

    def assert_switched(self) -> None:
        run = self.run
        assert run.state == "done", run.error
        if self.takes_out:
            with open_qdrant(self.address) as qdrant:
                assert set(qdrant.config(self.collection).vectors()) == {""}
        if not self.switches:
            return
        assert run.verdict is not None
        assert all(check["ok"] is not False for check in run.verdict["integrity"]["checks"])
        assert run.facts["switched"]

    def take_back(self, capsys: pytest.CaptureFixture[str]) -> None:
        """By the command that is printed; then all is as it was."""
        if not self.switches:
            return
        capsys.readouterr()
        assert qmm("rollback", self.run.run_id) == 3
        (command,) = re.findall(r"qmm (rollback \S+ --cutover .+)", capsys.readouterr().out)
        assert qmm(*shlex.split(command)) == 0
        assert self.run.state == "rolled back"
        assert self._aliases() == self.aliases
        now = self._old()
        same = [
            i
            for i, (payload, vector) in self.old.items()
            if i in now and same_payload(now[i][0], payload) and same_vector(now[i][1], vector)
        ]
        assert len(same) > 0.7 * len(self.old), "the application changes a few"


def qmm(*arguments: str) -> int:
    return cli.run(list(arguments))


def open_gate(run: RunView) -> int:
    """By the command that the gate names; the first where there is a choice."""
    assert run.gate is not None, run.error
    command = shlex.split(ways(Gate.model_validate(run.gate), run.run_id)[0].command)
    assert command[0] == "qmm"
    return qmm(*command[1:])


def test_by_commands(way: Way, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.yaml"
    save_answers(answers, way.answers)
    url = ("--url", str(way.address.folder or way.address))
    by = ("--strategy", way.strategy.name)
    assert qmm("plan", way.alias, *url, "--answers", str(answers), "--no-speed", *by) == 0
    said = capsys.readouterr()
    assert way.strategy.title in said.out + said.err
    accepted = set(re.findall(r"Must, (W\d+)", " ".join((said.out + said.err).split())))
    flags = [part for one in sorted(accepted) for part in ("--accept", one)]
    code = qmm("run", "plan.yaml", *flags)
    while code == 3:
        code = open_gate(way.run)
    assert code == 0
    way.assert_switched()
    assert qmm("report", way.run.run_id, "--print") == 0
    way.take_back(capsys)


class Sure(Talk):
    """A person who takes what is suggested, acknowledges, and types what is asked for."""

    RULES: tuple[tuple[str, str], ...] = (
        (r"choose it anyway", "take"),
        (r"^Type a search", "\n"),
        (r"^Type yes if", "yes"),
        (r"Start this run", "yes"),
        (r"^Type start", "start"),
        (r"^Type (?P<typed>.+?) to ", ""),
        (r"^Type the words:? (?P<typed>.+?)$", ""),
    )

    def __init__(self, title: str) -> None:
        self.title, self.chosen = title, False
        self.paper = io.StringIO()
        self.asked: list[str] = []
        self.left = 120
        self._once = {
            "Type a number, or back, why": "1",
            "again, start-over, a number": "1",
            "Type again, a number, or back": "1",
            "Number, or back": "rest",
        }
        super().__init__(self, self.paper)

    def text(self, message: str) -> str:
        self.left -= 1
        assert self.left, f"it does not end: {self.asked[-5:]}\n{self.paper.getvalue()[-2000:]}"
        self.asked.append(message)
        if "to go on with it" in message and not self.chosen:
            self.chosen = True
            heard = " ".join(self.paper.getvalue().split())
            if f"Recommended: {self.title}" not in heard:
                return re.findall(rf"(\d+)\. possible, {self.title}", heard)[-1]
        if "1. Keep it" in self.paper.getvalue()[-200:]:
            return "1"
        for start in [key for key in self._once if key in message]:
            return self._once.pop(start)
        for pattern, answer in self.RULES:
            if found := re.search(pattern, message):
                return answer.strip() if answer else found["typed"]
        return ""

    hidden = text

    def confirm(self, message: str) -> bool:
        return self.text(message) in ("yes", "")


def test_one_line_at_a_time(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    talk = Sure(way.strategy.title)
    url = None if way.address.folder else str(way.address)
    code = run_plain(url=url, answers=way.answers, talk=talk)
    assert code == 0, talk.paper.getvalue()[-3000:]
    way.assert_switched()
    way.take_back(capsys)


async def test_in_the_wizard(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    app = WizardApp(way.begun, start=() if way.address.folder else ("connect",))
    async with app.run_test(size=(100, 40)) as pilot:
        if way.address.folder:
            await until(pilot, "▸ Practice")
        else:
            await press_button(pilot, "Connect")
            await until(pilot, "▸[ See collections ]", seconds=LONG)
        await press(pilot, "enter")
        await until(pilot, f"▸ {way.collection}", seconds=LONG)
        await press(pilot, "enter")
        await until(pilot, "▸[ Continue ]", seconds=LONG)
        await press(pilot, "enter")
        await until(pilot, "Question 1 of about")
        await enter_until(pilot, "Recommended:", "left to acknowledge")
        if f"Recommended: {way.strategy.title}" not in await still(pilot):
            others = app.screen.query_one("#table-others", TableBlock)
            others.lines.focus()
            others.lines.go(way.strategy.name)
            await press(pilot, "enter")
            await press_button(pilot, "Choose it anyway")
        await until(pilot, f"▸[ Continue with {way.strategy.title} ]")
        await press(pilot, "enter")
        await enter_until(pilot, "Plan: ")
        await press_button(pilot, "Start…")
        await press_button(pilot, "Start")
        await until(
            pilot,
            lambda: any(end in text_of(app) for end in ("WAITING FOR YOU", "✓ DONE")),
            seconds=LONG,
        )
        while (asked := way.run.gate) is not None:
            gate = Gate.model_validate(asked)
            if gate.name == "cutover":
                await press_button(pilot, "Look at the verdict")
                await press_button(pilot, "Go to cutover")
            else:
                await press_button(pilot, "Answer…")
            await fill(pilot, gate)
            await press_button(pilot, gate.button)
            await until(pilot, lambda asked=asked: way.is_past(asked), seconds=LONG)
        await until(pilot, "✓ DONE", seconds=LONG)
        await press_button(pilot, "Report")
        await until(pilot, "»REPORT")
    way.assert_switched()
    way.take_back(capsys)


async def enter_until(pilot: Pilot[int], *words: str) -> None:
    """Enter, as long as none of these words stands there."""
    for _ in range(60):
        shown = text_of(pilot.app)
        if any(word in shown for word in words):
            return
        await press(pilot, "enter")
        await until(pilot, lambda shown=shown: text_of(pilot.app) != shown)  # type: ignore[misc]
        await pilot.pause(0.05)
    raise AssertionError(f"it goes on and on:\n{text_of(pilot.app)}")


async def press_button(pilot: Pilot[int], label: str) -> None:
    def found() -> Press | None:
        buttons = pilot.app.screen.query(Press)
        return next((b for b in buttons if b.act.label == label and not b.act.closed), None)

    await until(pilot, lambda: found() is not None, seconds=LONG)
    button = found()
    assert button is not None
    button.focus()
    await until(pilot, f"▸[ {label} ]")
    await press(pilot, "enter")


async def fill(pilot: Pilot[int], gate: Gate) -> None:
    """Everything that it asks for."""
    await until(pilot, lambda: len(pilot.app.screen.query(AskBlock)) >= len(gate.asks))
    for block in pilot.app.screen.query(AskBlock):
        control = block.control
        ask = next(one for one in gate.asks if one.key == block.ask.key)
        control.focus()
        await settle(pilot)
        if isinstance(control, Tick) or ask.kind == "choice":  # the first that there is
            await press(pilot, "enter")
        elif isinstance(control, Input):
            control.value = ask.expect
        await settle(pilot)

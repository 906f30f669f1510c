"""The wizard in a real terminal of 80 by 24: `qmm demo` by keys, from the start to the report."""

from __future__ import annotations

import os
import re
import shutil
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

UP, DOWN, RIGHT, ENTER, ESC = "\x1b[A", "\x1b[B", "\x1b[C", "\r", "\x1b"
CTRL_C, CTRL_Q = "\x03", "\x11"
KITTY = re.compile(rb"\x1b\[[<>=?][0-9;]*u")  # keyboard codes that pyte would print
LONG = 60.0


class Terminal:
    """A child process with a terminal of its own, and what a person sees in it."""

    def __init__(self, *arguments: str) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "qdrant_model_migration", *arguments],
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            dimensions=(24, 80),
        )
        self.line = self.discipline()
        self.raw = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    def discipline(self) -> int:
        """Echo, lines, signals: the terminal's local flags as they are now."""
        return int(termios.tcgetattr(self.child.child_fd)[3])

    @property
    def shown(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, words: str | Callable[[str], bool], seconds: float = 20.0) -> str:
        """Read on until these words stand on the screen, or something holds of it."""
        holds = words if callable(words) else lambda shown: words in shown
        end = time.monotonic() + seconds
        while not holds(self.shown):
            if time.monotonic() > end:
                raise AssertionError(f"{words!r} did not appear within {seconds} s:\n{self.shown}")
            self._read(0.1)
        return self.shown

    def quiet(self) -> None:
        """Until nothing more is drawn: a screen arrives in parts, the focus last."""
        drawn = -1
        while drawn != len(self.raw):
            drawn = len(self.raw)
            self._read(0.2)

    def _read(self, seconds: float) -> None:
        try:
            heard = self.child.read_nonblocking(1 << 16, timeout=seconds)
        except pexpect.TIMEOUT:
            return
        self.raw += heard
        self._stream.feed(KITTY.sub(b"", heard))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(key)

    def walk(self, key: str, words: str, most: int = 12) -> None:
        """Press the same key until these words stand there, each time after the screen changed."""
        for _ in range(most):
            if words in self.shown:
                return
            before = self.shown
            self.press(key)
            self.until(lambda shown: shown != before)  # noqa: B023 - called before the next turn
            self.quiet()
        raise AssertionError(f"{key!r} does not lead to {words!r}:\n{self.shown}")

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while True:
            try:
                self._read(LONG)
            except pexpect.EOF:
                break
        assert self.discipline() == self.line, "what is typed is not echoed any more"
        self.child.close()
        return int(self.child.exitstatus)

    def restored(self) -> None:
        """The other screen, mouse, paste mode and hidden cursor are all given back."""
        for mode, on, off in (
            ("the other screen", b"\x1b[?1049h", b"\x1b[?1049l"),
            ("the mouse", b"\x1b[?1000h", b"\x1b[?1000l"),
            ("pasting", b"\x1b[?2004h", b"\x1b[?2004l"),
            ("the cursor", b"\x1b[?25l", b"\x1b[?25h"),
        ):
            assert self.raw.rfind(off) > self.raw.rfind(on) > -1, f"{mode} is not given back"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of its own for the child process."""
    for name in ("DATA", "STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def make(*arguments: str) -> Terminal:
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield make
    for each in opened:
        each.child.close(force=True)


def acknowledge(window: Terminal) -> None:
    """Open and tick each warning that asks for it."""
    left = re.compile(r"(\d+) left to acknowledge")
    shown = window.until("left to acknowledge")
    while found := left.search(shown):
        window.press(ENTER)
        window.until("▸[ ]")
        window.press(ENTER)
        shown = window.until(lambda shown, words=found[0]: words not in shown)  # type: ignore[misc]
    window.until("▸[ Continue ]")


@pytest.mark.timeout(180)
@pytest.mark.xdist_group("wizard trips")
def test_practice_from_start_to_the_typed_cutover_and_the_report(
    home: Path, terminal: Callable[..., Terminal], practice_of: Callable[[int], Path]
) -> None:
    sandbox = Sandbox()
    shutil.copytree(practice_of(150), sandbox.folder)
    window = terminal("demo")
    window.until("▸ docs_words", LONG)
    window.press(ENTER)
    window.until("▸[ Continue ]", LONG)
    window.press(ENTER)
    window.until("Question 1 of about")
    window.walk(ENTER, "Recommended: Blue-green", 40)
    window.until("▸[ Continue with Blue-green ]")
    window.press(ENTER)
    acknowledge(window)
    window.press(ENTER)
    window.until("Plan: docs_words → docs_subwords_256, Blue-green")
    window.walk(DOWN, "▸[ Start… ]", 30)
    window.press(ENTER)
    window.until("▸[ Not yet ]")
    window.press(RIGHT)
    window.until("▸[ Start ]")
    window.press(ENTER)
    window.until("? WAITING FOR YOU · Cutover", LONG)
    window.until("▸[ Look at the verdict ]")
    window.press(CTRL_C)
    window.until("Nothing was stopped")
    assert window.child.isalive()
    window.press(ENTER)
    window.until("▸[ Try it yourself ]")
    window.press(RIGHT)
    window.until("▸[ Go to cutover ]")
    window.press(ENTER)
    shown = window.until("▸[ No, not now ]")
    asks = 3 if "without proof" in shown else 2
    window.press(*[UP] * asks, ENTER, DOWN)
    window.until("[x]")
    if asks == 3:
        window.press(*"without proof", DOWN)
    window.press(*"docs", ENTER)
    window.until("▸[ No, not now ]")
    window.press(RIGHT)
    window.until("▸[ Switch docs ]")
    window.press(ENTER)
    window.until("✓ DONE", LONG)
    window.until("▸[ Report ]")
    window.press(ENTER)
    window.until("Done: docs answers from docs_subwords_256")
    window.press(CTRL_Q)
    window.until("▸[ Stay ]")
    window.press(RIGHT)
    window.until("▸[ Leave ]")
    window.press(ENTER)
    assert window.end() == 0
    window.restored()
    with open_qdrant(sandbox.address) as qdrant:
        assert qdrant.aliases()[ALIAS] == "docs_subwords_256"
        assert qdrant.exists(COLLECTION)
    reports = list((home / "state" / "runs").glob("*/report.md"))
    assert len(reports) == 1
    assert "docs answers from docs_subwords_256" in reports[0].read_text(encoding="utf-8")


@pytest.mark.timeout(90)
@pytest.mark.xdist_group("wizard trips")
def test_leaving_gives_the_terminal_back_as_it_was(
    home: Path, terminal: Callable[..., Terminal]
) -> None:
    window = terminal()
    window.until("▸ Practice", LONG)
    window.press(CTRL_C)
    window.until("Nothing was stopped. Ctrl+Q leaves")
    window.press(ESC)
    window.until("▸[ Stay ]")
    window.press(RIGHT)
    window.until("▸[ Leave ]")
    assert window.discipline() != window.line, "the wizard reads keys one by one"
    window.press(ENTER)
    assert window.end() == 0
    window.restored()

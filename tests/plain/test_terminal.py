"""`qmm --plain` in a real pseudo terminal: lines, a stop before anything is written, no colour."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from qdrant_model_migration.sandbox import Sandbox

pexpect = pytest.importorskip("pexpect")


def test_practice_up_to_the_plan_and_out(sandbox: Sandbox, home: Path) -> None:
    heard = (home / "heard.txt").open("w+", encoding="utf-8")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "qdrant_model_migration", "--plain"],
        env={**os.environ, "TERM": "xterm-256color"},
        encoding="utf-8",
        dimensions=(24, 80),
        timeout=60,
    )
    child.logfile_read = heard
    for prompt, typed in (
        ("Type a number, or back, why, leave:", "1"),
        ("again, start-over, a number", "1"),
        ("Press Enter for Survey this one", ""),
        ("Press Enter to answer the questions", ""),
        ("Number, or back, why, map, rest,", "why"),
        ("Why we ask: some changes need", None),
        ("Number, or back, why, map, rest,", "rest"),
        ("Press Enter to go on with it", ""),
    ):
        child.expect_exact(prompt)
        if typed is not None:
            child.send(f"{typed}\r")
    warning, plan = "Type yes if that is so", "Press Enter to see the plan"
    while child.expect_exact([warning, plan]) == 0:
        child.send("yes\r")
        child.expect_exact("leave: yes")  # the echo, so that the same prompt is not found again
    child.send("\r")
    child.expect_exact("Type start, change, save, slow, answers")
    child.send("leave\r")
    child.expect_exact("Nothing was started or changed")
    child.expect(pexpect.EOF)
    child.close()
    heard.seek(0)
    drawn = heard.read()
    assert child.exitstatus == 0
    assert not re.search(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])(;[0-9]+)*m", drawn), "a colour"
    assert "\x1b[?1049h" not in drawn, "another screen"
    assert "\x1b[6n" not in drawn, "the terminal was asked where its cursor is"
    assert not (home / "runs").exists()

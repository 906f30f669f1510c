"""A step that the program does not have is added to a run by the command of its name."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.dropped_step import house_with_it
from support.fake_qdrant import FakeQdrant
from support.trip import Trip, whole

Qmm = Callable[..., tuple[int, str]]


@pytest.fixture
def qmm(trip: Trip, tmp_path: Path) -> Qmm:
    """The commands of a program that has one file more, in a process of their own."""
    source = house_with_it(tmp_path / "house")
    environment = {
        **os.environ, "PYTHONPATH": str(source), "QMM_RUN_DIR": str(trip.folder.parent),
    }  # fmt: skip

    def call(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "qdrant_model_migration", *arguments],
            env=environment, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    return call


def test_one_file_is_a_command_with_the_flag_of_its_gate(qmm: Qmm) -> None:
    assert "shelve Put a run aside for good; what it made stays." in qmm("--help")[1]
    assert "--shelf RUN Allow putting this run aside." in qmm("shelve", "--help")[1]
    assert "--shelf" not in qmm("resume", "--help")[1]


def test_it_is_asked_for_confirmed_by_its_flag_and_stands_in_the_report(
    trip: Trip, fake: FakeQdrant, qmm: Qmm
) -> None:
    assert trip.go() == 3
    run, before = trip.folder.name, whole(fake)
    assert f"qmm shelve {run}" in qmm("status", run)[1]
    code, said = qmm("shelve", run)
    assert code == 3
    assert f"Next: qmm shelve {run} --shelf {run}" in said
    assert trip.gate == "cutover"  # not confirmed, so it is taken back
    code, said = qmm("shelve", run, "--shelf", "another")
    assert (code, trip.gate) == (3, "cutover")
    assert f"You gave another, it is {run}." in said
    code, said = qmm("shelve", run, "--shelf", run)
    assert code == 0, said
    assert "Shelved: nothing was deleted" in said
    assert "SHELVED" in qmm("status")[1]
    assert "Shelved: nothing was deleted" in (trip.folder / "report.md").read_text()
    assert whole(fake) == before
    for command in ("resume", "discard"):
        code, said = qmm(command, run)
        assert code == 2
        assert "shelved" in said


def test_it_is_refused_in_words_where_it_makes_no_sense(trip: Trip, qmm: Qmm) -> None:
    trip.allow_the_switch()
    assert trip.go() == 0
    code, said = qmm("shelve", trip.folder.name)
    assert code == 4
    assert "The run was not put aside. The application uses it." in said
    assert trip.seen.state == "done"

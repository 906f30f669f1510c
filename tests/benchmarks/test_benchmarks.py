"""A benchmark is code: each runs at its smallest size. No time is judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
SCRIPTS = sorted(path for path in FOLDER.glob("[!_]*.py") if "__main__" in path.read_text())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_benchmark_runs_at_its_smallest_size(script: Path) -> None:
    ran = subprocess.run(
        [sys.executable, script, "--smallest"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "1.00 of " in ran.stdout


def test_every_benchmark_is_in_the_readme_and_among_all() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    every = (FOLDER / "__main__.py").read_text(encoding="utf-8")
    assert [path.name for path in SCRIPTS if f'"{path.name}"' not in every] == []
    assert [path.name for path in SCRIPTS if f"benchmarks/{path.name}" not in told] == []

"""On Windows itself every command says what to do; a person meets no missing module."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import signal, sys
import click                       # a third party's own look at the platform is not the matter
sys.platform = "win32"
for missing in ("fcntl", "termios", "pwd", "grp", "resource"):
    sys.modules[missing] = None
del signal.SIGHUP
from qdrant_model_migration import cli
sys.exit(cli.run(sys.argv[1:]))
"""


@pytest.mark.parametrize("arguments", ["", "status", "run plan.yaml", "demo", "--help"])
def test_windows_is_told_to_use_wsl(arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments.split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "WSL" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""

"""Processes that are forked from one which has imported the program and all that it needs.

A fresh Python takes two seconds to import the client, and a trip begins five engines. That a fresh
one works is shown where that is the question: tests/engine/test_process.py, in a real terminal by
tests/tui/test_terminal.py, and where engines are killed by tests/e2e/test_blue_green.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from typing import Any

from qdrant_model_migration import cli
from qdrant_model_migration.engine import engine_log, process

__all__ = ["FORKED", "ensure_running", "launch"]

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    [
        *("filelock", "jinja2", "qdrant_client", "scipy.sparse", "scipy.stats", "yaml"),
        *("qdrant_model_migration.commands.engine", "qdrant_model_migration.embedders.kinds"),
        *("qdrant_model_migration.engine.job", "qdrant_model_migration.engine.runner"),
        *("qdrant_model_migration.sandbox", "qdrant_model_migration.steps"),
    ]
)


class Engine:
    """What `engine.start` asks of the process that it began."""

    def __init__(self, folder: Path, env: Mapping[str, str], arguments: list[str]) -> None:
        self._process = FORKED.Process(
            target=_be_the_engine, args=(folder, dict(env), arguments), daemon=True
        )
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()


def launch(
    folder: Path, env: Mapping[str, str], extra: str | None, given: Mapping[str, Any] | None
) -> Engine:
    """In place of `engine.process._launch`: the same command, environment and log."""
    _python, _m, _program, *arguments = process.engine_command(folder, extra, given)
    return Engine(folder, env, arguments)


def _be_the_engine(folder: Path, env: Mapping[str, str], arguments: list[str]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    log = os.open(folder / engine_log.FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for there, here in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
        os.dup2(there, here)
    sys.exit(cli.run(arguments))

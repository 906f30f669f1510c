"""How long until the wizard stands on the terminal, against a Textual app with one line of text."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from sides import as_installed, interleaved, read_sizes, show
from terminal import in_terminal

BARE = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Bare(App):
    def compose(self) -> ComposeResult:
        yield Static("One line")

Bare().run()
"""


def main() -> None:
    given = read_sizes(argparse.ArgumentParser(description=__doc__), rounds=15)
    with tempfile.TemporaryDirectory() as folder:
        env = as_installed(Path(folder))
        sides = {
            "a bare Textual app": lambda: until_painted(env, b"One line", "-c", BARE),
            "qmm": lambda: until_painted(env, b"Practice", "-m", "qdrant_model_migration"),
        }
        for side in sides.values():
            side()  # compiles what is imported, as installing does
        show(interleaved(sides, given.rounds), "a bare Textual app")


def until_painted(env: dict[str, str], words: bytes, *arguments: str) -> None:
    """Start Python in a terminal of its own, wait for these words on it, and end it."""
    with in_terminal(env, *arguments) as (terminal, _):
        shown = b""
        while words not in shown:
            shown += os.read(terminal, 65536)


if __name__ == "__main__":
    main()

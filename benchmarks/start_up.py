"""How long until the first line: `qmm --help` and `qmm status` against a bare Python."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from sides import as_installed, interleaved, read_sizes, show


def main() -> None:
    given = read_sizes(argparse.ArgumentParser(description=__doc__), rounds=15)
    with tempfile.TemporaryDirectory() as folder:
        env = as_installed(Path(folder))

        def call(*arguments: str) -> None:
            subprocess.run(
                [sys.executable, *arguments], env=env, stdout=subprocess.DEVNULL, check=True
            )

        qmm = ("-m", "qdrant_model_migration")
        sides = {
            "python -c pass": lambda: call("-c", "pass"),
            "qmm --help": lambda: call(*qmm, "--help"),
            "qmm status": lambda: call(*qmm, "status"),
        }
        for side in sides.values():
            side()  # compiles what is imported, as installing does
        show(interleaved(sides, given.rounds), "python -c pass")


if __name__ == "__main__":
    main()

"""How long until the first line: `qmm --help` and `qmm status` against a bare Python."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile

from sides import interleaved, read_sizes, show


def main() -> None:
    given = read_sizes(argparse.ArgumentParser(description=__doc__), rounds=15)
    with tempfile.TemporaryDirectory() as runs:
        env = {**os.environ, "QMM_RUN_DIR": runs}

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
        show(interleaved(sides, given.rounds), "python -c pass")


if __name__ == "__main__":
    main()

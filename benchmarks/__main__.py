"""All benchmarks, one after the other: `python -m benchmarks`. Options go to each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
ALL = (
    "embed.py",
    "backfill.py",
    "copying.py",
    "clone.py",
    "compare_pass.py",
    "memory.py",
    "start_up.py",
    "first_paint.py",
    "plan.py",
    "start_run.py",
    "watched.py",
    "estimate.py",
)


def main() -> int:
    worst = 0
    for name in ALL:
        print(f"\n{name}", flush=True)
        ran = subprocess.run([sys.executable, FOLDER / name, *sys.argv[1:]], check=False)
        worst = max(worst, ran.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())

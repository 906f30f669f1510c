"""What benchmarks of whole runs share: planned and carried out by `qmm`, as a person does it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from qdrant_model_migration.engine import RunView, run_folders, view
from qdrant_model_migration.engine.stamps import parse
from qdrant_model_migration.plan import Estimate, left_open, load_plan
from qdrant_model_migration.qdrant import Qdrant

QMM = (sys.executable, "-m", "qdrant_model_migration")
LIVE = "live"
"""The alias of the collection that is migrated: without one a run waits until it is used."""


class Ran(NamedTuple):
    """seconds: from the command to the beginning of the backfill. folder: of the run."""

    run: RunView
    seconds: float
    folder: Path

    def step(self, name: str) -> float:
        return sum(step.seconds for step in self.run.steps if step.name == name)


def plan(qdrant: Qdrant, env: dict[str, str], file: Path, *options: str) -> Estimate:
    """`qmm plan`, into this file."""
    server = ("--url", str(qdrant.address))
    _call(*QMM, "plan", LIVE, *server, "--force", "-o", str(file), *options, env=env)
    return load_plan(file).estimate


def run(
    env: dict[str, str],
    plan: Path,
    beside: Callable[[dict[str, str], Path], AbstractContextManager[object]] | None = None,
) -> Ran:
    """`qmm run`, until it waits for a person or is done; all warnings are acknowledged.

    beside: what goes on meanwhile, told the environment and the folder of the run.
    """
    runs = Path(mkdtemp(dir=plan.parent))  # of its own: there is one run of a collection in each
    env, began = {**env, "QMM_RUN_DIR": str(runs)}, time.time()
    accepted = [word for one in left_open(load_plan(plan)) for word in ("--accept", one)]
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(_call, *QMM, "run", str(plan), *accepted, env=env)
        while not (folders := run_folders(runs)) and not going.done():
            time.sleep(0.05)
        with beside(env, folders[0]) if beside and folders else nullcontext():
            going.result()
    (folder,) = run_folders(runs)
    seen = view(folder, events=100_000)
    begins = next(e for e in seen.events if e.kind == "step" and e.text.startswith("Backfill"))
    return Ran(seen, parse(begins.at).timestamp() - began, folder)


def _call(*command: str, env: dict[str, str]) -> None:
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 3):
        raise RuntimeError(ran.stderr)

"""What a wizard that watches takes from a run: seconds of processor, which a busy machine changes
less than the time that passes."""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

import whole_run
from made_models import encoder
from sides import as_installed, filled, read_sizes, show
from terminal import in_terminal

from qdrant_model_migration.engine import create_run, view
from qdrant_model_migration.plan import acknowledge, left_open, load_plan

SETTLED = 3.0  # seconds after which a wizard has drawn all that it draws once
TICKS = os.sysconf("SC_CLK_TCK")


class Took(NamedTuple):
    """Seconds of processor: of the engine; of the wizard as it begins. watching: of the wizard for
    each second after that. seconds: that the engine took."""

    engine: float
    seconds: float
    beginning: float = 0.0
    watching: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    given = read_sizes(parser, points=10_000, rounds=3)
    alone: list[Took] = []
    watched: list[Took] = []
    with tempfile.TemporaryDirectory() as made, filled(given.points) as qdrant:
        folder = Path(made)
        env, model = as_installed(folder), encoder(folder / "model", layers=1, size=128)
        qdrant.switch_aliases([whole_run.LIVE], "old")
        for turn in range(given.rounds):
            for name, rounds in (("alone", alone), ("watched", watched)):
                target, file = f"target=new_{turn}_{name}", folder / "plan.yaml"
                options = ("--model-folder", str(model), "--no-speed", "--set", target)
                whole_run.plan(qdrant, env, file, *options)
                runs = Path(tempfile.mkdtemp(dir=folder))
                rounds.append(carried_out(env, file, runs, watch=name == "watched"))
    _show(alone, watched)


def carried_out(env: dict[str, str], file: Path, runs: Path, *, watch: bool) -> Took:
    """The run of a plan, until it waits for a person."""
    plan = load_plan(file)
    folder = create_run(acknowledge(plan, tuple(left_open(plan))), runs)
    env, began = {**env, "QMM_RUN_DIR": str(runs)}, time.monotonic()
    command = (*whole_run.QMM, "engine", str(folder))
    engine = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    beginning = watching = 0.0
    while watch and view(folder).session == 0:
        time.sleep(0.05)
    if watch:
        beginning, watching = _watched(env, folder, engine.pid)
    _, _, used = os.wait4(engine.pid, 0)
    seconds = time.monotonic() - began
    assert view(folder).state == "waiting", view(folder).error
    return Took(used.ru_utime + used.ru_stime, seconds, beginning, watching)


def _watched(env: dict[str, str], run: Path, engine: int) -> tuple[float, float]:
    """What the wizard takes as it begins, and for each second after that, until the engine ends."""
    with in_terminal(env, "-m", "qdrant_model_migration", "attach", run.name) as (terminal, wizard):

        def drain() -> None:
            with suppress(OSError):
                while os.read(terminal, 65536):
                    pass

        threading.Thread(target=drain, daemon=True).start()
        _until_it_ends(engine, SETTLED)
        begins, since = _processor(wizard), time.monotonic()
        _until_it_ends(engine)
        passed = max(time.monotonic() - since, 1e-9)
        return begins, (_processor(wizard) - begins) / passed


def _until_it_ends(process: int, most: float = float("inf")) -> None:
    began = time.monotonic()
    while time.monotonic() - began < most:
        if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(0.05)


def _processor(process: int) -> float:
    """Seconds that it has taken so far."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def _show(alone: list[Took], watched: list[Took]) -> None:
    nobody = "nobody watches"
    sides = {
        nobody: [one.engine for one in alone],
        "a wizard watches": [one.engine for one in watched],
        "the same and the wizard": [one.engine + one.watching * one.seconds for one in watched],
    }
    show(sides, nobody)
    print(
        f"the wizard takes {median(one.watching for one in watched):.1%} of a core while it "
        f"watches, and {median(one.beginning for one in watched):.2f} s as it begins; the run took "
        f"{median(one.seconds for one in alone):.1f} s"
    )


if __name__ == "__main__":
    main()

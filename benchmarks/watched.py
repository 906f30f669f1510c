"""What it costs a run that a wizard watches it, against one that nobody watches."""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import whole_run
from made_models import encoder
from sides import as_installed, filled, read_sizes, show
from terminal import in_terminal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    given = read_sizes(parser, points=10_000, rounds=3)
    seconds: dict[str, list[float]] = {"nobody watches": [], "a wizard watches": []}
    with tempfile.TemporaryDirectory() as made, filled(given.points) as qdrant:
        folder = Path(made)
        env, model = as_installed(folder), encoder(folder / "model", layers=1, size=128)
        qdrant.switch_aliases([whole_run.LIVE], "old")
        for turn in range(given.rounds):
            for name, beside in (("nobody watches", None), ("a wizard watches", _watching)):
                target, file = f"target=new_{turn}_{name[0]}", folder / "plan.yaml"
                options = ("--model-folder", str(model), "--no-speed", "--set", target)
                whole_run.plan(qdrant, env, file, *options)
                ran = whole_run.run(env, file, beside)
                seconds[name].append(ran.step("backfill"))
    show(seconds, "nobody watches")


@contextmanager
def _watching(env: dict[str, str], run: Path) -> Iterator[None]:
    with in_terminal(env, "-m", "qdrant_model_migration", "attach", run.name) as terminal:

        def drain() -> None:
            with suppress(OSError):
                while os.read(terminal, 65536):
                    pass

        threading.Thread(target=drain, daemon=True).start()
        yield


if __name__ == "__main__":
    main()

"""How long from `qmm run` to the first point read, against a script with Qdrant's own client."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import whole_run
from made_models import encoder
from sides import as_installed, filled, read_sizes, show

SCRIPT = "import sys, qdrant_client; qdrant_client.QdrantClient(sys.argv[1]).scroll('old', limit=1)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    given = read_sizes(parser, points=500, rounds=5)
    seconds: dict[str, list[float]] = {"the client, one page": [], "qmm run": []}
    with tempfile.TemporaryDirectory() as made, filled(given.points) as qdrant:
        folder = Path(made)
        env, model = as_installed(folder), encoder(folder / "model")
        qdrant.switch_aliases([whole_run.LIVE], "old")
        for turn in range(given.rounds + 1):
            began = time.perf_counter()
            script = (sys.executable, "-c", SCRIPT, str(qdrant.address))
            subprocess.run(script, env=env, check=True, capture_output=True)
            seconds["the client, one page"].append(time.perf_counter() - began)
            target, file = f"target=new_{turn}", folder / "plan.yaml"
            options = ("--model-folder", str(model), "--no-speed", "--set", target)
            whole_run.plan(qdrant, env, file, *options)
            seconds["qmm run"].append(whole_run.run(env, file).seconds)
    # the first turn compiles what is imported, as installing does
    show({name: each[1:] for name, each in seconds.items()}, "the client, one page")


if __name__ == "__main__":
    main()

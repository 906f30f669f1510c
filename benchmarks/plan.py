"""How long `qmm plan` takes, from the command to the file, whatever the size of the collection."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from made_models import encoder
from sides import as_installed, filled, interleaved, read_sizes, show

FEW = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a real server, instead of the fake one of the tests")
    given = read_sizes(parser, points=60_000, rounds=5)
    few, many = (f"{points:,} points" for points in (min(FEW, given.points), given.points))
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(min(FEW, given.points), size=384, url=given.url, name="few") as qdrant,
        filled(given.points, size=384, url=str(qdrant.address), name="many"),
    ):
        model, env = encoder(Path(folder) / "model"), as_installed(Path(folder))

        def plan(collection: str, *options: str) -> None:
            command = (sys.executable, "-m", "qdrant_model_migration", "plan", collection)
            named = ("--url", str(qdrant.address), "--model-folder", str(model), "--force")
            subprocess.run(
                (*command, *named, *options),
                env=env,
                cwd=folder,
                capture_output=True,
                check=True,
            )

        sides = {
            few: lambda: plan("few", "--no-speed"),
            many: lambda: plan("many", "--no-speed"),
            f"{many}, speed tried": lambda: plan("many", "--speed"),
        }
        sides[few]()  # compiles what is imported, as installing does
        show(interleaved(sides, given.rounds), few)
        if given.url:
            for name in ("few", "many"):
                qdrant.delete_collection(name)


if __name__ == "__main__":
    main()

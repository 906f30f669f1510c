"""The environment variables that this program reads for itself; and where runs are kept."""

from __future__ import annotations

import os
from pathlib import Path

URL = "QDRANT_URL"
KEY = "QDRANT_API_KEY"
FLEET = "QMM_FLEET"  # "ray": the engine has vectors made on the computers of a Ray cluster
FULL = "QMM_FULL"  # "1": Verify reads all copied vectors again, in this run from now on
CA = "QMM_CA"  # a file of certificates that are trusted besides those that are known anyway
HEADERS = "QMM_HEADERS"  # NAME=VARIABLE,...: headers of each request, and who has their values
TYPED = "QMM_TYPED"  # the options that gave CA and HEADERS, where they are not the shell's own
RUN_DIR = "QMM_RUN_DIR"
RUN_DIR_TYPED = "QMM_RUN_DIR_TYPED"  # set where RUN_DIR is not the shell's own: --run-dir gave it


def runs_folder() -> Path:
    """The folder that holds all runs of this user; QMM_RUN_DIR names another one."""
    named = os.environ.get(RUN_DIR)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("qmm", appauthor=False) / "runs"

"""The environment variables that this program reads for itself, by name."""

from __future__ import annotations

URL = "QDRANT_URL"
KEY = "QDRANT_API_KEY"
FLEET = "QMM_FLEET"  # "ray": the engine has vectors made on the computers of a Ray cluster
RUN_DIR = "QMM_RUN_DIR"
RUN_DIR_TYPED = "QMM_RUN_DIR_TYPED"  # set where RUN_DIR is not the shell's own: --run-dir gave it

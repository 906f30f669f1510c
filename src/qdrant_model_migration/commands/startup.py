"""What every command needs around it: quiet libraries, the runs folder, a place for details."""

from __future__ import annotations

import logging
import os
import traceback
import warnings
from datetime import datetime
from pathlib import Path

from qdrant_model_migration import private_file
from qdrant_model_migration.environment import RUN_DIR, RUN_DIR_TYPED
from qdrant_model_migration.redaction import keep_secrets_of, redacted


def prepare(run_dir: str | None) -> None:
    """Silence what would print into a screen, and pass the runs folder on to the engine."""
    keep_secrets_of(os.environ)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    warnings.simplefilter("ignore")
    logging.captureWarnings(True)
    logging.getLogger().addHandler(logging.NullHandler())
    if run_dir:
        folder = str(Path(run_dir).expanduser().absolute())
        if os.environ.get(RUN_DIR) not in (run_dir, folder):
            os.environ[RUN_DIR_TYPED] = "yes"
        os.environ[RUN_DIR] = folder


def keep_details(error: Exception) -> str:
    """Write the traceback where a developer finds it; returns the place, in words."""
    from platformdirs import user_log_path

    keep_secrets_of(os.environ)  # a key that was asked for stands there by now
    text = redacted("".join(traceback.format_exception(error)))
    try:
        folder = user_log_path("qmm", appauthor=False)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"error-{datetime.now():%Y%m%d-%H%M%S}.log"
        private_file.write(path, text)
    except OSError:
        return "no file: the log folder cannot be written"
    return str(path)

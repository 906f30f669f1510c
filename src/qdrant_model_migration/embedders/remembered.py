"""Where models were last opened on this machine, by their fingerprints.

A server is told what a model is and never where its files lie; this is how they are found again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import platformdirs

from qdrant_model_migration import private_file
from qdrant_model_migration.embedders.model import ModelRef

_FILE = "model-folders.json"
_MOST = 200  # the oldest are forgotten


def remember(opened: ModelRef) -> None:
    """Keep where a model is, if it is files. A disk that refuses is no trouble."""
    fingerprint, folder = opened.fingerprint, opened.folder
    if fingerprint is None or folder is None:
        return
    known = _read()
    if known.get(fingerprint) == folder:
        return
    known.pop(fingerprint, None)
    known[fingerprint] = folder
    path = _path()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        private_file.write(path, json.dumps(dict(list(known.items())[-_MOST:]), indent=1))


def remembered(fingerprint: str) -> Path | None:
    """The folder that held this model when it was last opened; None: never seen here."""
    found = _read().get(fingerprint)
    return None if found is None else Path(found)


def _path() -> Path:
    return platformdirs.user_state_path("qmm", appauthor=False) / _FILE


def _read() -> dict[str, str]:
    try:
        known = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {mark: folder for mark, folder in known.items() if isinstance(folder, str)}

"""Where a model's files are on this machine, found by looking at folders. Never the network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from qdrant_model_migration.embedders.catalogue import TOKENIZER, Entry, catalogue
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.embedders.practice import FILE as PRACTICE_FILE
from qdrant_model_migration.embedders.practice import practice_models_folder
from qdrant_model_migration.embedders.remembered import remembered


def download_folders() -> tuple[Path, ...]:
    """Where downloaded models are looked for; a fetch goes into the first.

    FASTEMBED_CACHE_PATH alone, where it is set. Otherwise this program's own folder, which
    survives a restart of the computer, and then fastembed's usual one, which need not.
    """
    if named := os.environ.get("FASTEMBED_CACHE_PATH"):
        return (Path(named),)
    own = platformdirs.user_cache_path("qmm", appauthor=False) / "models"
    return own, Path(tempfile.gettempdir()) / "fastembed_cache"


def locate(model: ModelRef) -> Path | None:
    """The folder that holds all files of this model; None: they are not all on this machine."""
    model = at_home(model)
    if model.folder is not None:
        folder = Path(model.folder)
        return folder if _whole(folder, files_of(model)) else None
    entry = catalogue().get(model.name.lower())
    return None if entry is None else downloaded(entry)


def at_home(model: ModelRef) -> ModelRef:
    """The model with the folder of its files, where it is told without: by its fingerprint.

    Unchanged where it has one, where downloads hold it, and where it is not on this machine.
    """
    entry = catalogue().get(model.name.lower()) if model.kind == "fastembed" else None
    if model.folder is not None or model.fingerprint is None:
        return model
    if model.model_file is None and entry is not None and downloaded(entry) is not None:
        return model
    places = [remembered(model.fingerprint)]
    if model.kind == "practice":
        places.append(practice_models_folder() / model.short_name)
    files = files_of(model)
    for folder in filter(None, places):
        if _whole(folder, files) and fingerprint(folder, files) == model.fingerprint:
            return model.model_copy(update={"folder": str(folder)})
    return model


def files_of(model: ModelRef) -> tuple[str, ...]:
    """The files without which this model cannot be opened, relative to its folder."""
    if model.kind == "practice":
        return (PRACTICE_FILE,)
    if model.model_file is not None:
        return (model.model_file, *TOKENIZER)
    entry = catalogue().get(model.name.lower())
    return () if entry is None else entry.needed


def downloaded(entry: Entry) -> Path | None:
    """The folder of a downloaded model, in the layout of huggingface_hub's cache."""
    for root in download_folders():
        for folder in (_snapshot(root, entry.repo), _legacy(root, entry.legacy)):
            if folder is not None and _whole(folder, entry.needed):
                return folder
    return None


def _snapshot(root: Path, repo: str) -> Path | None:
    """models--OWNER--NAME/snapshots/COMMIT, the commit that refs/main names."""
    home = root / f"models--{repo.replace('/', '--')}"
    if not home.is_dir():
        # Older versions of fastembed wrote some names in lower case.
        try:
            same = [entry for entry in root.iterdir() if entry.name.lower() == home.name.lower()]
        except OSError:
            return None
        if not same:
            return None
        home = same[0]
    try:
        commit = (home / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return home / "snapshots" / commit


def _legacy(root: Path, name: str | None) -> Path | None:
    return None if name is None else root / name


def _whole(folder: Path, files: Sequence[str]) -> bool:
    return bool(files) and all((folder / file).is_file() for file in files)

"""Where downloads are kept, and a model's files among them. Never the network."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

from qdrant_model_migration.embedders.kinds.fastembed import bm25
from qdrant_model_migration.embedders.kinds.fastembed.catalogue import TOKENIZER, Entry, catalogue
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.embedders.places import at_home, holds


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
    if bm25.wants_no_list(model):
        return bm25.NOWHERE
    model = found(model)
    if model.folder is not None:
        folder = Path(model.folder)
        return folder if holds(folder, files_of(model)) else None
    entry = catalogue().get(model.name.lower())
    return None if entry is None else downloaded(entry)


def found(model: ModelRef) -> ModelRef:
    """The model with the folder of its files, unless downloads hold it; see places.at_home."""
    entry = None if model.model_file else catalogue().get(model.name.lower())
    if entry is not None and downloaded(entry) is not None:
        return model
    return at_home(model, files_of(model))


def files_of(model: ModelRef) -> tuple[str, ...]:
    """The files without which this model cannot be opened, relative to its folder."""
    if model.model_file is not None:
        return (model.model_file, *TOKENIZER)
    if bm25.wants_no_list(model):
        return ()
    entry = catalogue().get(model.name.lower())
    return () if entry is None else entry.needed


def downloaded(entry: Entry) -> Path | None:
    """The folder of a downloaded model, in the layout of huggingface_hub's cache."""
    for root in download_folders():
        for folder in (_snapshot(root, entry.repo), _legacy(root, entry.legacy)):
            if folder is not None and holds(folder, entry.needed):
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

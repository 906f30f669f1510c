"""Listing, finding and opening models of every kind, by their ModelRef."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from qdrant_model_migration.embedders.catalogue import catalogue
from qdrant_model_migration.embedders.embedder import Embedder
from qdrant_model_migration.embedders.errors import ModelOutOfReach, ModelUnknown
from qdrant_model_migration.embedders.fast import FastEmbedder
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.embedders.places import at_home, downloaded, locate
from qdrant_model_migration.embedders.practice import (
    RECIPES,
    PracticeEmbedder,
    practice_model,
    practice_models_folder,
)
from qdrant_model_migration.embedders.remembered import remember


def open_embedder(model: ModelRef, *, threads: int | None = None) -> Embedder:
    """Open a model that is on this machine; the network is never used.

    threads: how many it may use; None: all cores. Where `model.fingerprint` is set, the files must
    still be the same; a model told without its folder is found by it. Raises ModelOutOfReach,
    ModelUnknown, ModelUnusable, ModelChanged.
    """
    model = at_home(model)
    opened: Embedder
    if model.kind == "practice":
        opened = PracticeEmbedder(model)
    elif model.model_file is None and model.name.lower() not in catalogue():
        raise ModelUnknown(model.name, _alike(model.name))
    else:
        opened = FastEmbedder(model, threads)
    if opened.model.folder is not None and opened.model.fingerprint is not None:
        remember(opened.model.fingerprint, opened.model.folder)
    return opened


def list_models(practice: Path | None = None) -> tuple[ModelRef, ...]:
    """The practice models in this folder (None: in its usual place), then fastembed's text models.

    Models that are on this machine carry their fingerprint. Nothing is asked over the network.
    """
    models = practice or practice_models_folder()
    found = []
    for name in RECIPES:
        try:
            found.append(practice_model(name, models))
        except ModelOutOfReach:
            continue
    for entry in catalogue().values():
        folder = downloaded(entry)
        mark = None if folder is None else fingerprint(folder, entry.needed)
        found.append(entry.model.model_copy(update={"fingerprint": mark}))
    return tuple(found)


def model_by_name(name: str, practice: Path | None = None) -> ModelRef:
    """One model of the list, by its name or the part after the slash. Raises ModelUnknown."""
    wanted = name.lower()
    models = list_models(practice)
    for model in models:
        if model.name.lower() == wanted:
            return model
    short = [model for model in models if model.label.lower() == wanted]
    if len(short) == 1:
        return short[0]
    raise ModelUnknown(name, _alike(name))


def within_reach(model: ModelRef) -> bool:
    """Whether it can be opened without a download, by looking for its files."""
    return locate(model) is not None


def _alike(name: str) -> tuple[str, ...]:
    names = [entry.model.name for entry in catalogue().values()]
    by_lower = {known.lower(): known for known in (*RECIPES, *names)}
    return tuple(
        by_lower[one] for one in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)
    )

"""Listing, finding, fetching and opening models, each by its kind."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration.embedders.embedder import Embedder
from qdrant_model_migration.embedders.errors import ModelClosed, ModelOutOfReach, ModelUnknown
from qdrant_model_migration.embedders.kind import Kind, Progress, Reach, alike
from qdrant_model_migration.embedders.kinds import kinds
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.embedders.remembered import remember


def kind_of(model: ModelRef) -> Kind:
    """What its kind says of it."""
    return kinds()[model.kind]


def by_direction(model: ModelRef) -> bool:
    """Whether nothing but the direction of its vectors counts: how they are compared, or made."""
    return model.distance == "Cosine" or kind_of(model).length_one(model)


_MOST_KEPT = 3  # models are large
_kept: OrderedDict[str, Embedder] | None = None


@contextmanager
def kept_open() -> Iterator[None]:
    """While this lasts, the last few models that were opened are not opened again: for one after
    another of several collections, in one thread."""
    global _kept
    _kept = OrderedDict()
    try:
        yield
    finally:
        _kept = None


def open_embedder(model: ModelRef, *, threads: int | None = None) -> Embedder:
    """Open a model that can be reached; nothing is fetched.

    threads: how many it may use; None: all cores. Where `model.fingerprint` is set, the files must
    still be the same; a model told without its folder is found by it. Raises ModelOutOfReach,
    ModelUnknown, ModelUnusable, ModelChanged, SecretMissing.
    """
    key = f"{model.model_dump_json()} {threads}"
    if _kept is not None and key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    opened = kind_of(model).open(model, threads)
    remember(opened.model)
    if _kept is not None:
        _kept[key] = opened
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return opened


def fetch(model: ModelRef, on_progress: Progress | None = None) -> None:
    """Download a model; nothing to do where it is here already.

    An exception from on_progress stops the download and comes through; what has arrived is kept
    and used the next time. Raises ModelNotFetched.
    """
    kind_of(model).fetch(model, on_progress)


class ModelChoice(NamedTuple):
    """A model that may be chosen, and how it can be had."""

    model: ModelRef
    reach: Reach


def model_choices(beside: Path | None = None) -> tuple[ModelChoice, ...]:
    """Every model that is listed, each with how it can be had; see list_models."""
    return tuple(ModelChoice(model, reach(model)) for model in list_models(beside))


def word_models() -> tuple[ModelChoice, ...]:
    """Those that make sparse vectors, for keyword search. What can do without its files is told so
    as long as they are not here."""
    made = []
    for model, how in model_choices():
        bare = None if how.opens else kind_of(model).without_files(model)
        if model.vector == "sparse":
            made.append(ModelChoice(model, how) if bare is None else ModelChoice(bare, reach(bare)))
    return tuple(made)


def average_words(model: ModelRef, texts: Sequence[str]) -> float:
    """See Kind.average_words."""
    return kind_of(model).average_words(model, texts)


def assumed(choices: Iterable[ModelChoice]) -> tuple[ModelChoice, ...]:
    """The same, each to be taken although nothing can be opened; without those for practising."""
    return tuple(
        choice._replace(reach=Reach("assumed", choice.model.size_bytes))
        for choice in choices
        if not kind_of(choice.model).toy
    )


def list_models(beside: Path | None = None) -> tuple[ModelRef, ...]:
    """The models of every kind. beside: where a practice Qdrant keeps its own; None: as usual.

    Models that are on this machine carry their fingerprint. Nothing is asked over the network.
    """
    return tuple(model for kind in kinds().values() for model in kind.models(beside))


def model_by_name(typed: str, beside: Path | None = None) -> ModelRef:
    """One model by what a person types: its name or the part after the slash, or KIND:NAME, which
    may also mean one that is in no list, or one at the Qdrant server; or by the folder that holds
    it, and behind a # what that leaves open: FOLDER#mean, FOLDER#OUTPUT. Raises ModelUnknown, and
    what model_from_folder raises."""
    head, colon, rest = typed.partition(":")
    kind = kinds().get(head) if colon else None
    name = typed if kind is None else rest
    models = list_models(beside) if kind is None else tuple(kind.models(beside))
    wanted = name.lower()
    if kind is None:  # those of the server have the names of others
        models = tuple(model for model in models if not kind_of(model).at_server)
    for model in models:
        if model.name.lower() == wanted:
            return model
    short = [model for model in models if model.label.lower() == wanted]
    if len(short) == 1:
        return short[0]
    folder, said = _in_folder(name)
    if folder.is_dir():
        held = (one.in_folder(folder, said) for one in ((kind,) if kind else kinds().values()))
        if (found := next(filter(None, held), None)) is not None:
            return found
    if kind is not None and (unlisted := kind.named(name)) is not None:
        return unlisted
    raise ModelUnknown(typed, alike(name, (model.name for model in models)))


def _in_folder(typed: str) -> tuple[Path, Sequence[str]]:
    """The folder, and what stands behind it."""
    if (whole := Path(typed).expanduser()).is_dir():
        return whole, ()
    path, _, said = typed.rpartition("#")
    return Path(path or typed).expanduser(), [one for one in said.split(",") if one]


def reach(model: ModelRef) -> Reach:
    """How it can be had now, by looking for its files and keys."""
    return kind_of(model).reach(model)


def within_reach(model: ModelRef) -> bool:
    """Whether it can be opened without a download."""
    return reach(model).opens


def stays_here(model: ModelRef) -> bool:
    """Whether it can be opened now, and no text leaves this computer: it may be tried unasked."""
    return reach(model).word == "here" and not kind_of(model).service


def secrets_of(models: Iterable[ModelRef], *, at_server: bool = False) -> frozenset[str]:
    """The environment variables with the keys that these models need. at_server: those that are
    sent to the Qdrant server, instead of those that go to a service directly."""
    asked = (model for model in models if kind_of(model).at_server == at_server)
    return frozenset(secret for m in asked if (secret := kind_of(m).secret_of(m)) is not None)


def keys_of(models: Iterable[ModelRef]) -> dict[str, str]:
    """The keys of our environment that the Qdrant server needs to make vectors by these models, by
    their variables."""
    needed = secrets_of(models, at_server=True)
    return {name: key for name in sorted(needed) if (key := os.environ.get(name, "").strip())}


def must_reach(model: ModelRef) -> None:
    """Raises ModelOutOfReach, ModelClosed where it cannot be opened now."""
    found = reach(model)
    if found.word == "no":
        raise ModelClosed(model.label, found.why)
    if not found.opens:
        raise ModelOutOfReach(model.label)

"""The one place that downloads files of a model, when a person asked for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from qdrant_model_migration.embedders.errors import ModelNotFetched
from qdrant_model_migration.embedders.kind import Progress
from qdrant_model_migration.embedders.kinds.fastembed.catalogue import Entry, catalogue
from qdrant_model_migration.embedders.kinds.fastembed.downloads import download_folders, downloaded
from qdrant_model_migration.embedders.kinds.fastembed.quiet import import_quietly
from qdrant_model_migration.embedders.model import ModelRef


def fetch(model: ModelRef, on_progress: Progress | None = None) -> None:
    """Download a model of fastembed's list; nothing to do where it is here already.

    An exception from on_progress stops the download and comes through; what has arrived is kept
    and used the next time. Raises ModelNotFetched.
    """
    entry = catalogue().get(model.name.lower())
    if entry is None or model.folder is not None:
        raise ModelNotFetched(model.label, "It is not in the list of models that can be fetched.")
    if downloaded(entry) is not None:
        return
    target = download_folders()[0]
    report = Report(entry.model.size_bytes or 0, on_progress)
    _download(entry, target, report)
    if downloaded(entry) is None:
        raise ModelNotFetched(model.label, "The download ended, but some of its files are missing.")
    report.finished()


def _download(entry: Entry, target: Path, report: Report) -> None:
    import httpx

    import_quietly()
    from fastembed import TextEmbedding

    try:
        target.mkdir(parents=True, exist_ok=True)
        TextEmbedding.download_files_from_huggingface(
            entry.repo,
            cache_dir=str(target),
            extra_patterns=list(entry.weights),
            tqdm_class=report.bar,
        )
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise _explained(entry.model.label, target, error) from error


def _explained(label: str, target: Path, error: Exception) -> ModelNotFetched:
    host = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co")).hostname
    response = getattr(error, "response", None)
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "TRUE", "YES", "ON"}:
        why = "Downloads are switched off here: HF_HUB_OFFLINE is set."
    elif response is not None:
        why = f"{host} answered with status {response.status_code}."
    elif getattr(error, "errno", None) == errno.ENOSPC:
        why = f"The disk of {target} is full."
    elif isinstance(error, PermissionError):
        why = f"The folder {target} cannot be written."
    elif isinstance(error, ValueError) and not isinstance(error, OSError):
        why = f"What arrived is not what {host} announced."
    else:
        why = f"{host} does not answer. This computer may have no internet."
    return ModelNotFetched(label, why)


class Report:
    """Adds up what the downloads say, and passes it on."""

    def __init__(self, size: int, on_progress: Progress | None) -> None:
        self._size, self._done, self._on_progress = size, 0, on_progress
        self._lock = Lock()

    def finished(self) -> None:
        if self._on_progress is not None:
            self._on_progress(max(self._done, self._size), max(self._done, self._size))

    def at(self, done: int) -> None:
        with self._lock:
            if done <= self._done:
                return
            self._done = done
            if self._on_progress is not None:
                self._on_progress(done, max(done, self._size))

    def bar(self, *args: Any, **settings: Any) -> _Bar:
        return _Bar(self, *args, **settings)


class _Bar:
    """Takes the place of a tqdm bar and draws nothing. Bars that count bytes report them."""

    def __init__(self, report: Report, items: Any = (), **settings: Any) -> None:
        self._report = report if settings.get("unit") == "B" else None
        self._items = items
        self.total = settings.get("total")
        self.n: int = 0
        self.format_dict: dict[str, Any] = {}

    def update(self, more: float | None = 1) -> None:
        self.n += int(more or 0)
        if self._report is not None:
            self._report.at(self.n)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Whatever else a bar can be told: descriptions, rates, redraws."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    return None

"""The practice Qdrant: a folder with a real collection, its models, and labelled searches.

It needs no server and no download. The application that uses it lives in application.py.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid5

from qdrant_model_migration.embedders import (
    ModelRef,
    fit,
    fit_late,
    kind_of,
    late_model,
    open_embedder,
    practice_model,
    practice_models_folder,
)
from qdrant_model_migration.errors import DiskFull
from qdrant_model_migration.qdrant import Address, Point, PointId, open_qdrant
from qdrant_model_migration.qdrant.errors import FolderUnusable
from qdrant_model_migration.sandbox.corpus import WORDLESS, Document, gather, library
from qdrant_model_migration.sandbox.errors import CorpusMissing
from qdrant_model_migration.sandbox.german import with_german

ALIAS = "docs"
COLLECTION = "docs_words"
OLD_MODEL = "practice/words-128"
NEW_MODEL = "practice/subwords-256"

POINTS = 1_200
FEWEST_POINTS = 100
SPARE = 300
"""Documents kept back, for the application to insert."""
QUERIES = 300
"""At most, and no more than a quarter of the points: the application changes only the others."""

_DAMAGED = '{"id": 0, "text": "a row that was cut off\n'  # so that there is one to be left out
_FEWEST_WORDS = 4  # of a summary that serves as a search
_BATCH = 256
_ROOM = 100 << 20  # bytes; more than ten times what the largest practice Qdrant takes
_IDS = UUID("6f1d3c6e-6f0a-4b7e-9a55-2f4c1a0d7b11")

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, and of how much."""


class Sandbox:
    """A folder and what is in it. Nothing is touched before `prepare`."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: None for the usual place in the user's data directory."""
        self.folder = folder or practice_models_folder().parent

    @classmethod
    def around(cls, address: Address) -> Sandbox:
        """The sandbox whose Qdrant has this address."""
        return cls(Path(address.folder or "").parent)

    @property
    def address(self) -> Address:
        """Where its Qdrant is."""
        return Address(folder=str(self.folder / "qdrant"))

    @property
    def models(self) -> Path:
        """The folder that list_models takes."""
        return self.folder / "models"

    @property
    def queries(self) -> Path:
        """The labelled searches: JSON lines with "query" and "answers"."""
        return self.folder / "queries.jsonl"

    @property
    def originals(self) -> Path:
        """The documents as rows with id and text, to load them again; one row is damaged."""
        return self.folder / "originals.jsonl"

    @property
    def diary(self) -> Path:
        """Where the application writes down how far it is."""
        return self.folder / "application.json"

    @property
    def ready(self) -> bool:
        """Whether it was prepared to the end."""
        return self._made.is_file()

    @property
    def _made(self) -> Path:
        return self.folder / "sandbox.json"

    @property
    def _spare(self) -> Path:
        return self.folder / "spare.jsonl"

    def old_model(self) -> ModelRef:
        """The model that made the vectors. Raises ModelOutOfReach before `prepare`."""
        return practice_model(OLD_MODEL, self.models)

    def new_model(self) -> ModelRef:
        """The model to migrate to. Raises ModelOutOfReach before `prepare`."""
        return practice_model(NEW_MODEL, self.models)

    def late_model(self) -> ModelRef:
        """One that makes many vectors for a text. Raises ModelOutOfReach before `prepare`."""
        return late_model(self.models)

    def own(self, model: ModelRef) -> ModelRef:
        """A practice model that a collection names, with the folder where it lies here."""
        if not kind_of(model).toy:
            return model
        return model.model_copy(update={"folder": str(self.models / model.short_name)})

    def answers(self, change: str = "model") -> dict[str, Any]:
        """The answers that practice suggests; the other questions have suggestions of their own."""
        if change != "model":
            return {"change": change}
        return {
            "change": "model",
            "model": self.new_model().model_dump(mode="json", exclude_defaults=True),
            "both": "no",
            "proof": {"kind": "file", "file": str(self.queries), "margin": 0.02},
        }

    def spare(self) -> list[dict[str, Any]]:
        """Payloads of documents that are not in the collection; empty before `prepare`."""
        if not self._spare.is_file():
            return []
        return [json.loads(line) for line in self._spare.read_text("utf-8").splitlines()]

    def prepare(
        self,
        points: int = POINTS,
        on_progress: Progress | None = None,
        *,
        documents: Sequence[Document] | None = None,
    ) -> None:
        """Make everything, unless it is there. Takes a few seconds for 1,200 points.

        points: how many documents with a text, fewer where this Python has fewer; six points
        without one are added. documents: instead of this Python's own.
        Raises CorpusMissing, FolderInUse, FolderUnusable, DiskFull.
        """
        if self.ready:
            return
        report = on_progress or (lambda *_: None)
        with self._folder_faults():
            self.reset()
            report("Collect texts", 0, 1)
            found = list(documents if documents is not None else with_german(gather()))
            used, rest = found[:points], found[points : points + SPARE]
            if len(used) < min(points, FEWEST_POINTS):
                raise CorpusMissing(len(used), min(points, FEWEST_POINTS), library())
            report("Collect texts", 1, 1)
            self.models.mkdir(parents=True)
            texts = [document.text for document in used]
            for done, name in enumerate((OLD_MODEL, NEW_MODEL)):
                report("Make the practice models", done, 3)
                fit(name, texts, self.models)
            report("Make the practice models", 2, 3)
            fit_late(texts, self.models)
            report("Make the practice models", 3, 3)
            _write_lines(self._spare, (document.payload() for document in rest))
            ids = [_id(document, at) for at, document in enumerate(used)]
            _write_lines(self.queries, _queries(used, ids))
            self._write_originals(used, ids)
            self._fill(self._points(used, ids), report)
            made = {"points": len(used) + len(WORDLESS), "python": sys.version.split()[0]}
            self._made.write_text(json.dumps(made), encoding="utf-8")

    def _write_originals(self, used: Sequence[Document], ids: Sequence[PointId]) -> None:
        rows = ({"id": i, **d.payload()} for i, d in zip(ids, used, strict=True))
        _write_lines(self.originals, rows)
        with self.originals.open("a", encoding="utf-8") as file:
            file.write(_DAMAGED)

    def reset(self) -> None:
        """Delete the practice Qdrant, its models and searches, and nothing else in the folder.

        Raises FolderInUse where a run or another program has it open.
        """
        with self._folder_faults():
            if (self.folder / "qdrant").is_dir():
                with suppress(FolderUnusable):  # a damaged one is to go all the same
                    open_qdrant(self.address).close()
            # The mark goes first: what is half deleted must not look ready.
            for file in (self._made, self.queries, self.originals, self._spare, self.diary):
                file.unlink(missing_ok=True)
            for folder in (self.models, self.folder / "qdrant", self.folder / "qdrant.part"):
                if folder.is_dir():
                    shutil.rmtree(folder)

    def _points(self, used: Sequence[Document], ids: Sequence[PointId]) -> list[Point]:
        embedder = open_embedder(self.old_model())
        vectors = embedder.embed([document.text for document in used], "passage").vectors
        points = [
            Point(point_id, document.payload(), {"": vector})
            for point_id, document, vector in zip(ids, used, vectors, strict=True)
        ]
        first = len(used) + 1
        points += [Point(first + at, payload, {}) for at, payload in enumerate(WORDLESS)]
        return points

    def _fill(self, points: Sequence[Point], report: Progress) -> None:
        """Make the Qdrant beside its place and move it there when it is whole.

        Local mode commits each point to disk by itself, so it is made in memory where the system
        has a folder for that: three times as fast here, and far more on a slow disk.
        """
        with TemporaryDirectory(dir=_fast_folder(self.folder), prefix="qmm-") as scratch:
            home = Path(scratch) / "qdrant"
            with open_qdrant(Address(folder=str(home))) as qdrant:
                qdrant.create_collection(
                    COLLECTION,
                    {
                        "vectors": {"size": self.old_model().dimensions, "distance": "Cosine"},
                        "metadata": self.old_model().to_metadata(),
                    },
                )
                for start in range(0, len(points), _BATCH):
                    report("Fill the practice Qdrant", start, len(points))
                    qdrant.insert(COLLECTION, points[start : start + _BATCH])
                qdrant.switch_alias(ALIAS, COLLECTION)
            part = self.folder / "qdrant.part"
            shutil.move(str(home), part)
            part.rename(self.folder / "qdrant")
        report("Fill the practice Qdrant", len(points), len(points))

    @contextmanager
    def _folder_faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFull(str(self.folder)) from error
            why = f"{error.strerror or 'It cannot be read or written'}: {error.filename}."
            raise FolderUnusable(str(self.folder), why) from error


def _fast_folder(otherwise: Path) -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - a folder with an unguessable name is made in it
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return otherwise


def _id(document: Document, at: int) -> PointId:
    """Mostly numbers; every twelfth is a UUID, and one needs all 64 bits."""
    if at % 12 == 11:
        return str(uuid5(_IDS, f"{at} {document.title}"))
    return 2**63 + at if at == 99 else at + 1


def _queries(used: Sequence[Document], ids: Sequence[PointId]) -> Iterator[dict[str, Any]]:
    """Summaries as searches, the text below each as its right answer."""
    seen: dict[str, int] = {}
    for document in used:
        seen[document.summary] = seen.get(document.summary, 0) + 1
    fit_to_ask = [
        (document, point_id)
        for document, point_id in zip(used, ids, strict=True)
        if seen[document.summary] == 1 and len(document.summary.split()) >= _FEWEST_WORDS
    ]
    for document, point_id in fit_to_ask[: min(QUERIES, len(used) // 4)]:
        language = {"language": document.language} if document.language else {}
        yield {"query": document.summary, "answers": [point_id], **language}


def _write_lines(path: Path, entries: Iterator[dict[str, Any]]) -> None:
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    path.write_text("".join(lines), encoding="utf-8")

"""fastembed's text models: in its list, downloaded once, or in a folder of the operator's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qdrant_model_migration.embedders.embedder import Embedder
from qdrant_model_migration.embedders.errors import FolderAsks, ModelOutOfReach, ModelUnknown
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.kind import Kind, Progress, Reach, Way, alike
from qdrant_model_migration.embedders.kinds.fastembed import bm25
from qdrant_model_migration.embedders.kinds.fastembed.by_batch import depends_on_batch
from qdrant_model_migration.embedders.kinds.fastembed.catalogue import catalogue
from qdrant_model_migration.embedders.kinds.fastembed.downloads import downloaded, found, locate
from qdrant_model_migration.embedders.kinds.fastembed.fetch import fetch
from qdrant_model_migration.embedders.kinds.fastembed.folder import model_from_folder
from qdrant_model_migration.embedders.kinds.fastembed.opened import FastEmbedder, pooled_by
from qdrant_model_migration.embedders.model import ModelRef, Pooling

_POOLED: dict[str, Pooling] = {
    "pooled by the first token": "cls",
    "pooled by the mean of the tokens": "mean",
}


_POOLINGS: tuple[Pooling, ...] = ("cls", "mean", "last")  # that a person may say
_LIMITS = (256, 512, 128, 2048)  # of sentence-transformers, of fastembed, of Ollama
_READS = range(128, 512)  # whoever reads so much of a text could read 512 tokens
_WHOLE: tuple[Pooling, ...] = ("cls", "mean", "none")


class Fastembed(Kind):
    name = "fastembed"
    order = 20
    libraries = ("fastembed", "onnxruntime", "tokenizers")

    def models(self, beside: Path | None) -> Iterator[ModelRef]:
        for entry in catalogue().values():
            folder = downloaded(entry)
            mark = None if folder is None else fingerprint(folder, entry.needed)
            yield entry.model.model_copy(update={"fingerprint": mark})

    def in_folder(self, folder: Path, said: Sequence[str] = ()) -> ModelRef | None:
        pooling = next((how for how in _POOLINGS if how in said), None)
        output = next((one for one in said if one != pooling), None)
        try:
            return model_from_folder(folder, output=output, pooling=pooling)
        except FolderAsks as asks:
            kept = {"output": output, "pooling": pooling}
            rest = [one for key, one in kept.items() if one and key != asks.key]
            raise asks.behind(folder, rest) from None

    def reach(self, model: ModelRef) -> Reach:
        if locate(model) is not None:
            return Reach("here")
        if model.folder is not None:
            return Reach("no", why=f"Its files are not all in {model.folder}.")
        if model.name.lower() not in catalogue():
            return Reach("no", why="It is in a folder that is not known on this computer.")
        return Reach("fetch", model.size_bytes)

    def open(self, model: ModelRef, threads: int | None) -> Embedder:
        """Raises ModelUnknown, ModelOutOfReach, ModelUnusable, ModelChanged."""
        if model.model_file is None and model.name.lower() not in catalogue():
            known = (entry.model.name for entry in catalogue().values())
            raise ModelUnknown(model.name, alike(model.name, known))
        return FastEmbedder(found(model), threads)

    def without_files(self, model: ModelRef) -> ModelRef | None:
        return bm25.without_list(model) if bm25.is_bm25(model) else None

    def wants_idf(self, model: ModelRef) -> bool:
        entry = catalogue().get(model.name.lower())
        return entry is not None and entry.idf

    def depends_on_batch(self, model: ModelRef) -> bool:
        return depends_on_batch(model)

    def other_ways(self, model: ModelRef) -> tuple[Way, ...]:
        """Versions of fastembed have pooled some models by the first token, others by the mean."""
        prefixed = (Way("", model), *super().other_ways(model))
        pooled = [
            Way(f"{way.words}{', ' if way.words else ''}{how}", changed)
            for how, pooling in _POOLED.items()
            for way in prefixed
            if (changed := pooled_by(way.model, pooling)) is not None
        ]
        return (*prefixed[1:], *pooled)

    def other_lengths(self, model: ModelRef) -> tuple[ModelRef, ...]:
        if model.full_dimensions is not None and not model.padded:
            return ()  # what is cut is made to length one again
        other = {"normalise": not self.length_one(model)}
        if model.model_file is not None:
            return (model.model_copy(update=other),)
        pooled = (pooled_by(model, how) for how in _WHOLE)
        return tuple(one.model_copy(update=other) for one in pooled if one is not None)

    def token_limits(self, model: ModelRef) -> tuple[int, ...] | None:
        if model.vector != "dense":
            return None
        own = model.max_tokens or max(_LIMITS)
        return tuple(n for n in _LIMITS if n < own or (own in _READS and own < n <= 512))

    def length_one(self, model: ModelRef) -> bool:
        if model.full_dimensions is not None and not model.padded:
            return True
        if model.model_file is not None:
            return model.normalise
        entry = catalogue().get(model.name.lower())
        return entry is not None and entry.length_one

    def counts_words(self, model: ModelRef) -> bool:
        return bm25.is_bm25(model)

    def average_words(self, model: ModelRef, texts: Sequence[str]) -> float:
        """Raises ModelOutOfReach."""
        if (folder := locate(model)) is None:
            raise ModelOutOfReach(model.label, model.folder)
        return bm25.average_words(model, folder, texts)

    def fetch(self, model: ModelRef, on_progress: Progress | None) -> None:
        fetch(model, on_progress)

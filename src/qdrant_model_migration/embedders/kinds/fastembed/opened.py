"""fastembed behind the Embedder protocol: files that are here, prefixes by role, tokens counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.embedders.embedder import (
    Embedded,
    checked_dense,
    checked_multi,
    checked_sparse,
)
from qdrant_model_migration.embedders.errors import ModelChanged, ModelOutOfReach, ModelUnusable
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.kinds.fastembed.bm25 import settings
from qdrant_model_migration.embedders.kinds.fastembed.catalogue import CUSTOM
from qdrant_model_migration.embedders.kinds.fastembed.downloads import files_of, locate
from qdrant_model_migration.embedders.kinds.fastembed.quiet import import_quietly
from qdrant_model_migration.embedders.kinds.fastembed.through import way_of
from qdrant_model_migration.embedders.model import ModelRef, Pooling, Role
from qdrant_model_migration.errors import QmmError

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

_POOLING: dict[Pooling, str] = {
    "cls": "CLS",
    "mean": "MEAN",
    "last": "LAST_TOKEN",
    "none": "DISABLED",
}

_registering = Lock()


class FastEmbedder:
    """One open model. Safe to use from several threads; closing it is dropping it."""

    def __init__(self, model: ModelRef, threads: int | None = None) -> None:
        """Raises ModelOutOfReach, ModelUnusable, or ModelChanged where a fingerprint was given.

        threads: how many the model may use; None: as many as the computer has cores.
        """
        import_quietly()
        folder = locate(model)
        if folder is None:
            raise ModelOutOfReach(model.label, model.folder)
        print_of_files = fingerprint(folder, files_of(model))
        if model.fingerprint not in (None, print_of_files):
            raise ModelChanged(model.label, folder)
        with _translated(model.label):
            self._engine = _open(model, folder)
            unit, most = model.cut_texts or ("", 0)
            if unit == "tokens":
                self._engine.model.tokenizer.enable_truncation(most)
            self._letters = most if unit == "letters" else None
            self._through = way_of(self._engine, threads)
        limit = self._through.limit or model.max_tokens
        self._model = model.model_copy(update={"fingerprint": print_of_files, "max_tokens": limit})

    @property
    def model(self) -> ModelRef:
        """The model with the fingerprint of its files and its true token limit."""
        return self._model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """See Embedder."""
        if not texts:
            return Embedded([], 0, 0)
        prefix = self._model.query_prefix if role == "query" else self._model.passage_prefix
        prefixed = [prefix + text[: self._letters] for text in texts]
        with _translated(self._model.label):
            make = self._engine.query_embed if role == "query" else self._engine.passage_embed
            made, tokens, cut_off = self._through(make, prefixed)
            return Embedded(self._checked(made), tokens, cut_off, self._through.by)

    def _checked(self, made: list[Any]) -> list[WritableVector]:
        if self._model.vector == "sparse":
            return checked_sparse(self._model, ((one.indices, one.values) for one in made))
        if self._model.vector == "multivector":
            return checked_multi(self._model, made)
        return checked_dense(self._model, made)


def pooled_by(model: ModelRef, pooling: Pooling) -> ModelRef | None:
    """The model with its token vectors made one in this way; None where it is not on this computer,
    or has none."""
    folder, file = locate(model), next(iter(files_of(model)), "")
    if folder is None or model.vector != "dense" or not file.endswith(".onnx"):
        return None
    if model.pooling in (pooling, "none"):
        return None
    said = {"folder": str(folder), "model_file": file, "pooling": pooling, "fingerprint": None}
    return model.model_copy(update=said)


def _open(model: ModelRef, folder: Path) -> Any:
    from fastembed import LateInteractionTextEmbedding, SparseTextEmbedding, TextEmbedding

    kinds: dict[str, Any] = {
        "dense": TextEmbedding,
        "sparse": SparseTextEmbedding,
        "multivector": LateInteractionTextEmbedding,
    }
    name = model.name if model.model_file is None else _registered(model, folder)
    return kinds[model.vector](
        name,
        # Both say: not from the network. The folder is made where it is missing, so it is named.
        cache_dir=str(folder),
        specific_model_path=str(folder),
        local_files_only=True,
        # On a processor a network's call is one core's work: see through.py.
        **({"threads": 1} if any(f.endswith(".onnx") for f in files_of(model)) else {}),
        **settings(model),
    )


def _registered(model: ModelRef, folder: Path) -> str:
    """The name under which fastembed knows this folder's model; its list is per process."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    pooling = model.pooling or "none"
    size = model.full_dimensions or model.dimensions
    # The folder is not in the name: fastembed is told where to read when it opens the model.
    name = f"{CUSTOM}{pooling}-{model.normalise}-{model.output}-{size}-{model.model_file}"
    with _registering:
        if not any(known["model"] == name for known in TextEmbedding.list_supported_models()):
            TextEmbedding.add_custom_model(
                model=name,
                pooling=PoolingType[_POOLING[pooling]],
                normalization=model.normalise,
                sources=ModelSource(url=folder.as_uri()),
                dim=size,
                model_file=model.model_file or "",
                output_name=model.output,
            )
    return name


@contextmanager
def _translated(label: str) -> Iterator[None]:
    """fastembed, tokenizers and onnxruntime raise what they like, much of it plain Exception."""
    try:
        yield
    except QmmError:
        raise
    except Exception as error:
        raise ModelUnusable(label, str(error)) from error

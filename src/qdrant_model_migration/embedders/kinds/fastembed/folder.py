"""Models in folders: for computers without internet, and for what fastembed does not list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders.errors import FolderHoldsNoModel, PoolingUnknown
from qdrant_model_migration.embedders.kinds.fastembed.catalogue import TOKENIZER, catalogue
from qdrant_model_migration.embedders.kinds.fastembed.opened import FastEmbedder
from qdrant_model_migration.embedders.kinds.fastembed.outputs import outputs_of, the_vector
from qdrant_model_migration.embedders.model import ModelRef, Pooling
from qdrant_model_migration.embedders.remembered import remember

_USUAL = (
    "model.onnx",
    "onnx/model.onnx",
    "model_optimized.onnx",
    "onnx/model_optimized.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
)


def model_from_folder(
    path: str | Path,
    *,
    name: str | None = None,
    pooling: Pooling | None = None,
    output: str | None = None,
    normalise: bool | None = None,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    languages: tuple[str, ...] = (),
    license: str = "",
) -> ModelRef:
    """The model whose files lie in this folder; it is opened once to see what it gives.

    Where `name` is one of fastembed's and the folder has its files, everything is known. Otherwise
    the folder itself is read: sentence-transformers writes down pooling, normalising and prompts;
    what is given here goes before what is found.
    Raises FolderHoldsNoModel, NoVectorAmongOutputs, ModelUnusable, and a FolderAsks (OutputUnknown,
    PoolingUnknown) for what only a person knows.
    """
    folder = Path(path).expanduser().absolute()
    prefixes = {"query_prefix": query_prefix, "passage_prefix": passage_prefix}
    given = {key: value for key, value in prefixes.items() if value is not None}
    entry = catalogue().get((name or "").lower())
    if entry is not None and all((folder / file).is_file() for file in entry.needed):
        return _opened(entry.model.model_copy(update={"folder": str(folder), **given}))
    file = _onnx_file(folder)
    missing = [file for file in TOKENIZER if not (folder / file).is_file()]
    if file is None or missing:
        raise FolderHoldsNoModel(folder, missing if file else [_USUAL[0], *missing])
    known = pooling or _written_pooling(folder)
    vector = the_vector(
        outputs_of(folder, file),
        folder,
        named=output,
        pooling_known=known is not None,
        said=pooling not in (None, "none"),
    )
    how = "none" if vector.pooled else known
    if how is None or (how == "none" and not vector.pooled):
        raise PoolingUnknown(folder)
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return _opened(
        ModelRef(
            kind="fastembed",
            name=name or folder.name,
            folder=str(folder),
            dimensions=vector.size,
            query_prefix=given.get("query_prefix", prompts.get("query", "")),
            passage_prefix=given.get(
                "passage_prefix", prompts.get("passage", prompts.get("document", ""))
            ),
            languages=languages,
            size_bytes=(folder / file).stat().st_size,
            license=license,
            pooling=how,
            normalise=_normalises(folder) if normalise is None else normalise,
            model_file=file,
            output=vector.recorded,
        )
    )


def _opened(model: ModelRef) -> ModelRef:
    """The model after it has been opened and has made a vector of the right size."""
    embedder = FastEmbedder(model, threads=1)
    embedder.embed(["one text, to see that it works"], "passage")
    remember(embedder.model)
    return embedder.model


def _onnx_file(folder: Path) -> str | None:
    for usual in _USUAL:
        if (folder / usual).is_file():
            return usual
    others = sorted(folder.glob("*.onnx")) or sorted(folder.glob("onnx/*.onnx"))
    return others[0].relative_to(folder).as_posix() if len(others) == 1 else None


def _written_pooling(folder: Path) -> Pooling | None:
    """What sentence-transformers wrote into 1_Pooling/config.json; None: nothing known here."""
    written = _json(folder / "1_Pooling" / "config.json")
    kinds: dict[str, Pooling] = {
        "pooling_mode_cls_token": "cls",
        "pooling_mode_mean_tokens": "mean",
        "pooling_mode_lasttoken": "last",
    }
    on = [
        key for key, value in written.items() if key.startswith("pooling_mode_") and value is True
    ]
    return kinds.get(on[0]) if len(on) == 1 else None


def _normalises(folder: Path) -> bool:
    """Whether sentence-transformers lists a Normalize module; True where it says nothing."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return any(str(module.get("type", "")).endswith("Normalize") for module in modules)


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}

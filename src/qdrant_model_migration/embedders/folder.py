"""Models in folders: for computers without internet, and for what fastembed does not list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.embedders.catalogue import TOKENIZER, catalogue
from qdrant_model_migration.embedders.model import ModelRef, Pooling
from qdrant_model_migration.embedders.opening import open_embedder
from qdrant_model_migration.embedders.quiet import import_quietly
from qdrant_model_migration.errors import (
    FolderHoldsNoModel,
    ModelUnusable,
    PoolingUnknown,
    QmmError,
)

_USUAL = (
    "model.onnx",
    "onnx/model.onnx",
    "model_optimized.onnx",
    "onnx/model_optimized.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
)
_POOLED_OUTPUT = "sentence_embedding"  # what exporters call an output that is pooled already


class _Output(NamedTuple):
    """What the model gives: name of the output (None: the first), pooled or per token, size."""

    name: str | None
    pooled: bool
    size: int


def model_from_folder(
    path: str | Path,
    *,
    name: str | None = None,
    pooling: Pooling | None = None,
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
    Raises FolderHoldsNoModel, PoolingUnknown, ModelUnusable.
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
    output = _output(folder, file)
    how = "none" if output.pooled else pooling or _written_pooling(folder)
    if how is None:
        raise PoolingUnknown(folder)
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    return _opened(
        ModelRef(
            kind="fastembed",
            name=name or folder.name,
            folder=str(folder),
            dimensions=output.size,
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
            output=output.name,
        )
    )


def _opened(model: ModelRef) -> ModelRef:
    """The model after it has been opened and has made a vector of the right size."""
    embedder = open_embedder(model, threads=1)
    embedder.embed(["one text, to see that it works"], "passage")
    return embedder.model


def _onnx_file(folder: Path) -> str | None:
    for usual in _USUAL:
        if (folder / usual).is_file():
            return usual
    others = sorted(folder.glob("*.onnx")) or sorted(folder.glob("onnx/*.onnx"))
    return others[0].relative_to(folder).as_posix() if len(others) == 1 else None


def _output(folder: Path, file: str) -> _Output:
    """Run the model on four made-up tokens: shapes written into files are not always true."""
    import_quietly()
    import numpy as np
    import onnxruntime

    label = folder.name
    try:
        session = onnxruntime.InferenceSession(
            str(folder / file), providers=["CPUExecutionProvider"]
        )
        feeds = {
            one.name: np.full((1, 4), one.name != "token_type_ids", np.int64)
            for one in session.get_inputs()
        }
        unknown = feeds.keys() - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown:
            raise ModelUnusable(label, f"it wants inputs that texts do not have: {sorted(unknown)}")
        names = [one.name for one in session.get_outputs()]
        name = _POOLED_OUTPUT if _POOLED_OUTPUT in names else None
        made = session.run([name or names[0]], feeds)[0]
    except QmmError:
        raise
    except Exception as error:  # onnxruntime's errors are plain Exceptions
        raise ModelUnusable(label, str(error)) from error
    if made.ndim not in (2, 3):
        raise ModelUnusable(label, f"its output has {made.ndim} axes instead of 2 or 3")
    return _Output(name, pooled=made.ndim == 2, size=int(made.shape[-1]))


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

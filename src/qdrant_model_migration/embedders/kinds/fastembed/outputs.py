"""Which output of an ONNX file is the vector of a text: seen by running it, told by name and shape.

Exports give several: token ids, one vector per token, one per text, scores. What is written into a
file about their shapes is not always true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.embedders.errors import (
    ModelUnusable,
    NoVectorAmongOutputs,
    OutputUnknown,
)
from qdrant_model_migration.embedders.kinds.fastembed.quiet import import_quietly
from qdrant_model_migration.errors import QmmError

_FINISHED = "sentence_embedding"  # what exporters call one that is pooled already, as it should be
_TOKENS = ("last_hidden_state", "token_embeddings")
_TEXTS = 2
_LENGTHS = (5, 7)  # in tokens: an axis that follows them counts tokens, one that stays is a size


class Output(NamedTuple):
    """An output that can be a text's vector. pooled: one per text, else one per token."""

    name: str
    pooled: bool
    size: int
    first: bool
    """It is the file's first output."""

    @property
    def recorded(self) -> str | None:
        """How a ModelRef says it: None for the first, unless its name says that it is finished."""
        return None if self.first and self.name != _FINISHED else self.name

    @property
    def in_words(self) -> str:
        return f"one vector per {'text' if self.pooled else 'token'}, {self.size} dimensions"


def outputs_of(folder: Path, file: str) -> tuple[Output, ...]:
    """Those of the outputs that can be a text's vector, in the file's order.

    Raises ModelUnusable, NoVectorAmongOutputs.
    """
    short, long = _run(folder, file)
    fit = []
    for place, name in enumerate(short):
        made = short[name], long[name]
        if any(one.dtype.kind != "f" for one in made):
            continue
        shapes = tuple(tuple(one.shape) for one in made)
        size = shapes[0][-1] if shapes[0] else 0
        if size and shapes == ((_TEXTS, size),) * 2:
            fit.append(Output(name, True, size, place == 0))
        elif size and shapes == tuple((_TEXTS, length, size) for length in _LENGTHS):
            fit.append(Output(name, False, size, place == 0))
    if not fit:
        found = [f"{name} ({one.dtype}, {len(one.shape)} axes)" for name, one in short.items()]
        raise NoVectorAmongOutputs(folder.name, found)
    return tuple(fit)


def the_vector(
    outputs: Sequence[Output], folder: Path, *, named: str | None, pooling_known: bool, said: bool
) -> Output:
    """The one to use. named: by a person. pooling_known: how token vectors become one is known;
    said: a person said it, who then means token vectors. Raises OutputUnknown where several fit
    and nothing tells them apart, or the named one is not among them.
    """
    by_name = {one.name: one for one in outputs}
    tokens = [one for one in outputs if not one.pooled]
    if named is not None:
        if named in by_name:
            return by_name[named]
    elif len(outputs) == 1:
        return outputs[0]
    elif _FINISHED in by_name and not (said and tokens):
        return by_name[_FINISHED]
    elif pooling_known and tokens:
        usual = [by_name[name] for name in _TOKENS if name in by_name]
        if usual or len(tokens) == 1:
            return (usual or tokens)[0]
    raise OutputUnknown(folder, named, [(one.name, one.in_words) for one in outputs])


def _run(folder: Path, file: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """All outputs for made-up texts of two lengths."""
    import_quietly()
    import numpy as np
    import onnxruntime

    label = folder.name
    try:
        session = onnxruntime.InferenceSession(
            str(folder / file), providers=["CPUExecutionProvider"]
        )
        inputs = [one.name for one in session.get_inputs()]
        if unknown := set(inputs) - {"input_ids", "attention_mask", "token_type_ids"}:
            raise ModelUnusable(label, f"it wants inputs that texts do not have: {sorted(unknown)}")
        names = [one.name for one in session.get_outputs()]
        made = []
        for length in _LENGTHS:
            feeds = {
                name: np.full((_TEXTS, length), name != "token_type_ids", np.int64)
                for name in inputs
            }
            made.append(dict(zip(names, session.run(names, feeds), strict=True)))
    except QmmError:
        raise
    except Exception as error:  # onnxruntime's errors are plain Exceptions
        raise ModelUnusable(label, str(error)) from error
    return made[0], made[1]

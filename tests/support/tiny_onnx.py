"""Builds tiny but real ONNX models with their tokenizers, so that fastembed runs for real, offline.

A token's vector is a row of a fixed random table; that is all the model does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

Kind = Literal["tokens", "mean", "first", "ids", "mask", "heads", "turned"]
"""What an output holds: a vector per token, their mean, the first of them, the ids as they came, a
number per token, one axis too many, sizes before tokens."""

_TEXT = (
    "the a of and to in is it red green blue cat dog bird runs sleeps eats house river mountain "
    "query passage : search_query search_document one text , see that works"
)
WORDS = tuple(_TEXT.split())
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def tiny_onnx(
    folder: Path,
    *,
    dimensions: int = 8,
    max_tokens: int = 16,
    words: Sequence[str] = WORDS,
    seed: int = 0,
    file: str = "model.onnx",
    pooled: bool = False,
    outputs: Mapping[str, Kind] | None = None,
    pooling: str | None = "mean",
    normalise: bool = True,
    prompts: dict[str, str] | None = None,
    unknown_value: float | None = None,
    quantized: bool = False,
) -> Path:
    """Write a model into `folder` and return it.

    pooled: the output is one vector per text, and is called sentence_embedding. outputs: several,
    by name, in this order. pooling: what the folder says of it ("cls", "mean", None: nothing).
    unknown_value: every value of the vector of a word that is not in `words`, so that NaN or 0 can
    be provoked by a text. quantized: tokens go through whole numbers of 8 bits whose scale is taken
    from all of the batch, and the values of the last word are so large that it shows.
    """
    vocabulary = (*SPECIAL, *words)
    table = np.random.default_rng(seed).normal(size=(len(vocabulary), dimensions))
    if unknown_value is not None:
        table[:] = np.where(np.arange(len(vocabulary))[:, None] < len(SPECIAL), 0.0, table)
        table[1] = unknown_value
    if quantized:
        table[-1] *= 8
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    usual: dict[str, Kind] = (
        {"sentence_embedding": "mean"} if pooled else {"last_hidden_state": "tokens"}
    )
    onnx.save(_graph(table.astype(np.float32), outputs or usual, quantized), str(path))
    tiny_tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    _write(folder / "tokenizer_config.json", {"model_max_length": max_tokens, "pad_token": "[PAD]"})
    _write(folder / "config.json", {"pad_token_id": 0, "hidden_size": dimensions})
    if pooling is not None:
        _write(
            folder / "1_Pooling" / "config.json",
            {
                "word_embedding_dimension": dimensions,
                "pooling_mode_cls_token": pooling == "cls",
                "pooling_mode_mean_tokens": pooling == "mean",
            },
        )
    modules = [{"type": "sentence_transformers.models.Pooling"}]
    if normalise:
        modules.append({"type": "sentence_transformers.models.Normalize"})
    _write(folder / "modules.json", modules)
    if prompts is not None:
        _write(folder / "config_sentence_transformers.json", {"prompts": prompts})
    return folder


def tiny_download(cache: Path, repo: str, *, commit: str = "0" * 40, **model: object) -> Path:
    """The same as `repo` in the layout of a download cache. Returns the folder of its files."""
    home = cache / f"models--{repo.replace('/', '--')}"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text(commit)
    return tiny_onnx(home / "snapshots" / commit, **model)  # type: ignore[arg-type]


def _graph(table: np.ndarray, outputs: Mapping[str, Kind], quantized: bool) -> onnx.ModelProto:
    size = table.shape[1]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    node = helper.make_node
    whole = ["whole", "scale", "zero_point"]
    nodes = [
        node("Gather", ["table", "input_ids"], ["of words" if quantized else "of tokens"]),
        *(
            (
                node("DynamicQuantizeLinear", ["of words"], whole),
                node("DequantizeLinear", whole, ["of tokens"]),
            )
            if quantized
            else ()
        ),
        node("Cast", ["attention_mask"], ["of mask"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["of mask", "last_axis"], ["wide"]),
        node("Mul", ["of tokens", "wide"], ["kept"]),
        node("ReduceSum", ["kept", "token_axis"], ["sum"], keepdims=0),
        node("ReduceSum", ["wide", "token_axis"], ["count"], keepdims=0),
        node("Div", ["sum", "count"], ["of mean"]),
        node("Gather", ["of tokens", "zero"], ["of first"], axis=1),
        node("Identity", ["input_ids"], ["of ids"]),
        node("Unsqueeze", ["of tokens", "token_axis"], ["of heads"]),
        node("Transpose", ["of tokens"], ["of turned"], perm=[0, 2, 1]),
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2], np.int64), "last_axis"),
        numpy_helper.from_array(np.array([1], np.int64), "token_axis"),
        numpy_helper.from_array(np.array(0, np.int64), "zero"),
    ]
    shapes: dict[Kind, list[str | int]] = {
        "tokens": ["batch", "tokens", size],
        "mean": ["batch", size],
        "first": ["batch", size],
        "ids": ["batch", "tokens"],
        "mask": ["batch", "tokens"],
        "heads": ["batch", 1, "tokens", size],
        "turned": ["batch", size, "tokens"],
    }
    told = []
    for name, kind in outputs.items():
        nodes.append(node("Identity", [f"of {kind}"], [name]))
        element = TensorProto.INT64 if kind == "ids" else TensorProto.FLOAT
        told.append(helper.make_tensor_value_info(name, element, shapes[kind]))
    graph = helper.make_graph(nodes, "tiny", inputs, told, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def tiny_tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    ids = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])]
    )
    tokenizer.add_special_tokens([word for word in vocabulary if word in (*SPECIAL, "[MASK]")])
    return tokenizer


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))

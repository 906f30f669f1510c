"""Models of a real shape with made-up weights: what they cost is true, what they say is not.

An encoder as small sentence models are (3 layers, 384 dimensions, 12 heads, like
paraphrase-MiniLM-L3), and a static one (a vector of 256 dimensions for each token).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

LAYERS, SIZE, HEADS = 3, 384, 12
SCRIPTS = tuple(tuple(f"{stem}{n:x}" for n in range(700)) for stem in ("", "word", "considerably"))
"""Words of three lengths: in some scripts a token is one letter, in others several."""
WORDS = tuple(word for words in SCRIPTS for word in words)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LIMIT = 512


def encoder(folder: Path, layers: int = LAYERS, size: int = SIZE) -> Path:
    """Write the encoder into `folder`, as an export with its tokenizer; and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(_Encoder(layers, size).model(), str(folder / "model.onnx"))
    tokenizer().save(str(folder / "tokenizer.json"))
    for name, value in (
        ("tokenizer_config.json", {"model_max_length": LIMIT, "pad_token": "[PAD]"}),
        ("config.json", {"pad_token_id": 0, "hidden_size": size}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": True}),
        ("modules.json", [{"type": "sentence_transformers.models.Normalize"}]),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value))
    return folder


def tokenizer() -> Tokenizer:
    """One token a word, the special ones around a text."""
    ids = {word: number for number, word in enumerate((*SPECIAL, *WORDS))}
    made = Tokenizer(models.WordLevel(ids, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])]
    )
    made.add_special_tokens(list(SPECIAL))
    return made


class _Encoder:
    """The graph, node by node: each method gives the name of what it makes."""

    def __init__(self, layers: int, size: int) -> None:
        self._layers, self._size, self._heads = layers, size, size * HEADS // SIZE
        self._random = np.random.default_rng(0)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        table = self._made_up(len(SPECIAL) + len(WORDS), self._size)
        places = self._made_up(LIMIT, self._size)
        length = self._node("Shape", "input_ids", start=1, end=2)
        some = self._node("Slice", places, self._whole([0]), length, self._whole([0]))
        hidden = self._node("Add", self._node("Gather", table, "input_ids"), some)
        mask = self._node("Cast", "attention_mask", to=TensorProto.FLOAT)
        wide = self._node("Unsqueeze", mask, self._whole([1, 2]))
        lost = self._node("Sub", wide, self._constant(np.float32(1)))
        hidden_pads = self._node("Mul", lost, self._constant(np.float32(1e9)))
        for _ in range(self._layers):
            hidden = self._norm(self._node("Add", hidden, self._attention(hidden, hidden_pads)))
            inner = self._node("Gelu", self._dense(hidden, self._size, 4 * self._size))
            hidden = self._norm(
                self._node("Add", hidden, self._dense(inner, 4 * self._size, self._size))
            )
        self._nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
        shape = ["batch", "tokens", self._size]
        told = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self._nodes, "encoder", inputs, told, self._weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)

    def _attention(self, hidden: str, hidden_pads: str) -> str:
        query, key, value = (
            self._split(self._dense(hidden, self._size, self._size)) for _ in range(3)
        )
        turned = self._node("Transpose", key, perm=[0, 1, 3, 2])
        scale = self._constant(np.float32((self._size / self._heads) ** -0.5))
        scores = self._node("Mul", self._node("MatMul", query, turned), scale)
        weights = self._node("Softmax", self._node("Add", scores, hidden_pads), axis=-1)
        mixed = self._node("Transpose", self._node("MatMul", weights, value), perm=[0, 2, 1, 3])
        return self._dense(
            self._node("Reshape", mixed, self._whole([0, 0, self._size])), self._size, self._size
        )

    def _split(self, name: str) -> str:
        split = self._node(
            "Reshape", name, self._whole([0, 0, self._heads, self._size // self._heads])
        )
        return self._node("Transpose", split, perm=[0, 2, 1, 3])

    def _dense(self, name: str, wide: int, out: int) -> str:
        product = self._node("MatMul", name, self._made_up(wide, out))
        return self._node("Add", product, self._made_up(out))

    def _norm(self, name: str) -> str:
        ones = self._constant(np.ones(self._size, np.float32))
        return self._node("LayerNormalization", name, ones, self._made_up(self._size), axis=-1)

    def _node(self, kind: str, *inputs: str, **told: object) -> str:
        name = f"{kind} {len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **told))
        return name

    def _made_up(self, *shape: int) -> str:
        return self._constant((self._random.normal(size=shape) * 0.05).astype(np.float32))

    def _whole(self, values: list[int]) -> str:
        return self._constant(np.array(values, np.int64))

    def _constant(self, value: np.ndarray | np.float32) -> str:
        name = f"constant {len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

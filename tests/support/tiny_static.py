"""Builds a small but real static model (a vector for each token, no network), so that fastembed
runs for real, offline."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from support.tiny_onnx import SPECIAL, WORDS, tiny_tokenizer

NAME = "minishlab/potion-base-8M"
SIZE = 256


def tiny_static(cache: Path, words: Sequence[str] = WORDS, commit: str = "0" * 40) -> np.ndarray:
    """potion-base-8M with few words, in the layout of a download cache. Returns its table, one row
    for each of SPECIAL and then of the words."""
    home = cache / f"models--{NAME.replace('/', '--')}"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text(commit)
    folder = home / "snapshots" / commit
    folder.mkdir(parents=True)
    vocabulary = (*SPECIAL, *words)
    table = np.random.default_rng(0).normal(size=(len(vocabulary), SIZE)).astype(np.float32)
    told = {"dtype": "F32", "shape": list(table.shape), "data_offsets": [0, table.nbytes]}
    header = json.dumps({"embeddings": told}).encode()
    (folder / "model.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + table.tobytes()
    )
    tiny_tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    return table

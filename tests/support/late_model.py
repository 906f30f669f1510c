"""A kind of embedder that the program does not have, as one file: a vector for each word of a text,
as late interaction models (ColBERT) make them, without a download."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qdrant_model_migration.embedders import ModelRef, known_kinds
from qdrant_model_migration.embedders.kinds import kinds

WORDS = 32
"""Of a longer text the rest is not read."""

LATE = """
import re
from zlib import crc32

import numpy as np

from qdrant_model_migration.embedders.embedder import Embedded, checked_multi
from qdrant_model_migration.embedders.kind import Kind, Reach
from qdrant_model_migration.embedders.model import ModelRef

MODEL = ModelRef(kind="late", name="late/words-16", dimensions=16, vector="multivector",
                 max_tokens=32, languages=("en",))


class Late(Kind):
    name = "late"
    order = 92

    def models(self, beside):
        return (MODEL,)

    def reach(self, model):
        return Reach("here")

    def open(self, model, threads):
        return Opened(model)


class Opened:
    def __init__(self, model):
        self.model = model

    def embed(self, texts, role):
        read = [re.findall(r"[A-Za-z0-9]+", text.lower()) or ["nothing"] for text in texts]
        rows = [np.stack([_of(word) for word in words[:32]]) for words in read]
        tokens = sum(len(one) for one in rows)
        return Embedded(checked_multi(self.model, rows), tokens, sum(len(w) > 32 for w in read))


def _of(word):
    vector = np.random.default_rng(crc32(word.encode())).normal(size=16)
    return vector / np.linalg.norm(vector)
"""


@contextmanager
def late_kind(folder: Path) -> Iterator[ModelRef]:
    """The kind, found in `folder` as if it were a file of the kinds; its one model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "late.py").write_text(LATE)
    known_kinds.FOLDERS.append(str(folder))
    kinds.cache_clear()
    try:
        yield ModelRef(
            kind="late",
            name="late/words-16",
            dimensions=16,
            vector="multivector",
            max_tokens=WORDS,
            languages=("en",),
        )
    finally:
        known_kinds.FOLDERS.remove(str(folder))
        kinds.cache_clear()

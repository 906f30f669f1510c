"""BM25 of fastembed: it has no weights. Its lists of filler words are a download of kilobytes, and
it works without them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders.model import ModelRef

NAME = "Qdrant/bm25"
NOWHERE = Path(__file__).parent
"""fastembed wants a folder to look for lists in; here are none."""

_NO_LIST: tuple[tuple[str, tuple[str, ...]], ...] = (("stopwords", ()),)
_COUNTING = {"k": 1.0, "b": 0.0}


def is_bm25(model: ModelRef) -> bool:
    return model.name.lower() == NAME.lower()


def wants_no_list(model: ModelRef) -> bool:
    """Whether it is opened without any file: filler words stay in, or words are taken as written
    (fastembed then leaves them in as well)."""
    told = dict(model.options)
    return is_bm25(model) and (told.get("stopwords") == () or told.get("disable_stemmer") is True)


def without_list(model: ModelRef) -> ModelRef:
    """The same without the lists of filler words, which can be opened at once."""
    rest = tuple(pair for pair in model.options if pair[0] != "stopwords")
    return model.model_copy(update={"options": (*rest, *_NO_LIST), "fingerprint": None})


def average_words(model: ModelRef, folder: Path, texts: Sequence[str]) -> float:
    """Of these texts, in words as it counts them: without filler words, each time that one occurs.

    With k 1 and b 0 a word that occurs n times has the weight 2n / (n + 1), whatever the length.
    """
    from fastembed import SparseTextEmbedding

    engine = SparseTextEmbedding(
        NAME,
        cache_dir=str(folder),
        specific_model_path=str(folder),
        local_files_only=True,
        **{**settings(model), **_COUNTING},
    )
    weights = (one.values for one in engine.passage_embed(list(texts)))
    counted = sum(round(float((made / (2 - made)).sum())) for made in weights)
    return counted / len(texts)


def settings(model: ModelRef) -> dict[str, Any]:
    """Its options as fastembed takes them."""
    return {
        name: set(value) if isinstance(value, tuple) else value for name, value in model.options
    }

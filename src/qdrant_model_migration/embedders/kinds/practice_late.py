"""A practice model that makes a vector of each word (late interaction, as ColBERT does it), of the
letters of the word and of how rare it is among the operator's own texts. Nothing to download."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration.embedders.embedder import Embedded, Embedder, checked_multi
from qdrant_model_migration.embedders.errors import ModelOutOfReach, ModelUnusable
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.kinds.practice import (
    FILE,
    WORD,
    Practice,
    buckets_of,
    checked,
    found,
    practice_models_folder,
    saved_at,
)
from qdrant_model_migration.embedders.model import ModelRef, Role

NAME = "practice/late-48"
_DIMENSIONS, _MOST = 48, 128
_LONGEST = 40  # letters of a word that is counted; others are as good as unseen
_RARE = 2.5  # the power of a word's rarity by which it counts in a search


class PracticeLate(Practice):
    name = "practice_late"
    order = 11

    def models(self, beside: Path | None) -> Iterator[ModelRef]:
        with suppress(ModelOutOfReach):
            yield late_model(beside or practice_models_folder())

    def open(self, model: ModelRef, threads: int | None) -> Embedder:
        return LateEmbedder(found(model))


def fit_late(texts: Sequence[str], models: Path) -> ModelRef:
    """Count the words of these texts, and save that below `models`. Raises OSError."""
    seen = Counter(
        word for text in texts for word in set(WORD.findall(text.lower())) if len(word) <= _LONGEST
    )
    words = np.array(sorted(seen), dtype=np.str_)
    rarity = np.array([seen[str(word)] for word in words], dtype=np.float64)
    weights = np.log((1 + len(texts)) / (1 + rarity)) + 1
    unseen = np.log(1 + len(texts)) + 1
    with saved_at(models / NAME.rsplit("/", 1)[-1]) as file:
        np.savez(file, words=words, weights=weights.astype(np.float32), unseen=unseen)
    return late_model(models)


def late_model(models: Path) -> ModelRef:
    """The saved model. Raises ModelOutOfReach."""
    folder = models / NAME.rsplit("/", 1)[-1]
    if not (folder / FILE).is_file():
        raise ModelOutOfReach(NAME, str(folder))
    return ModelRef(
        kind=PracticeLate.name,
        name=NAME,
        folder=str(folder),
        dimensions=_DIMENSIONS,
        vector="multivector",
        distance="Dot",
        max_tokens=_MOST,
        languages=("en",),
        size_bytes=(folder / FILE).stat().st_size,
        fingerprint=fingerprint(folder, (FILE,)),
    )


class LateEmbedder:
    """An open one. Tokens are words; each counts once for a text. Safe to use from several
    threads."""

    def __init__(self, model: ModelRef) -> None:
        """Raises ModelOutOfReach, ModelUnusable, ModelChanged."""
        folder, print_of_file = checked(model)
        try:
            with np.load(folder / FILE, allow_pickle=False) as saved:
                weights, self._unseen = saved["weights"].tolist(), float(saved["unseen"])
                self._weights = dict(zip(saved["words"].tolist(), weights, strict=True))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise ModelUnusable(model.label, str(error)) from error
        self._model = model.model_copy(update={"fingerprint": print_of_file})

    @property
    def model(self) -> ModelRef:
        """The model with the fingerprint of its file."""
        return self._model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """See Embedder. A word of a search is as long as it is rare, one of a document has length
        one: so a search asks most for what few texts have."""
        read = [WORD.findall(text.lower()) for text in texts]
        rows = [self._rows(words[:_MOST], role) for words in read]
        tokens = sum(min(len(words), _MOST) for words in read)
        cut_off = sum(len(words) > _MOST for words in read)
        return Embedded(checked_multi(self._model, rows), tokens, cut_off)

    def _rows(self, words: Sequence[str], role: Role) -> NDArray[np.float64]:
        distinct = list(dict.fromkeys(words)) or [""]
        rows = np.stack([_of_letters(word) for word in distinct])
        if role == "passage":
            return rows
        weights = np.array([self._weights.get(word, self._unseen) for word in distinct])
        weighed: NDArray[np.float64] = rows * (weights**_RARE)[:, None]
        return weighed


@lru_cache(maxsize=50_000)
def _of_letters(word: str) -> NDArray[np.float64]:
    """At length one. Words that share parts lie near each other: each part has a direction."""
    vector = np.sum([_direction(bucket) for bucket in buckets_of(word, subwords=True)], axis=0)
    unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
    return unit


@lru_cache(maxsize=50_000)
def _direction(bucket: int) -> NDArray[np.float64]:
    return np.random.default_rng(bucket).normal(size=_DIMENSIONS)

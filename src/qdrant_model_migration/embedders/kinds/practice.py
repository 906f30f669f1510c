"""Practice models: made of the operator's own texts in seconds, with nothing to download.

A truncated SVD of hashed word counts with tf-idf weights (latent semantic analysis, Deerwester et
al. 1990). They are worse than any real model, and differ from each other enough that a migration
between them can be measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import shake_256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple
from zlib import crc32

import numpy as np
import platformdirs
from numpy.typing import NDArray

from qdrant_model_migration.embedders.embedder import Embedded, Embedder, checked_dense
from qdrant_model_migration.embedders.errors import (
    ModelChanged,
    ModelOutOfReach,
    ModelUnknown,
    ModelUnusable,
)
from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.kind import Kind, Reach
from qdrant_model_migration.embedders.model import ModelRef, Role
from qdrant_model_migration.embedders.places import at_home, holds

FILE = "model.npz"

_BUCKETS = 1 << 18
WORD = re.compile(r"\w+")


class Recipe(NamedTuple):
    """sharpen: how far singular values are evened out, 0 not at all, 1 wholly. rare: features of
    fewer texts are left out."""

    dimensions: int
    subwords: bool
    max_tokens: int
    sharpen: float
    rare: int = 2
    matryoshka: tuple[int, ...] = ()


RECIPES: dict[str, Recipe] = {
    "practice/words-128": Recipe(128, subwords=False, max_tokens=128, sharpen=0.0),
    "practice/subwords-256": Recipe(
        256, subwords=True, max_tokens=512, sharpen=0.5, matryoshka=(128, 64)
    ),
}


class Practice(Kind):
    name = "practice"
    order = 10
    toy = True

    def models(self, beside: Path | None) -> Iterator[ModelRef]:
        for name in RECIPES:
            with suppress(ModelOutOfReach):
                yield practice_model(name, beside or practice_models_folder())

    def reach(self, model: ModelRef) -> Reach:
        folder = found(model).folder
        if folder is not None and holds(Path(folder), (FILE,)):
            return Reach("here")
        return Reach("no", why="It was made on another computer, or has been deleted.")

    def open(self, model: ModelRef, threads: int | None) -> Embedder:
        return PracticeEmbedder(found(model))

    def length_one(self, model: ModelRef) -> bool:
        return True


def found(model: ModelRef) -> ModelRef:
    """The model with the folder that it has on this computer."""
    return at_home(model, (FILE,), practice_models_folder() / model.short_name)


def practice_models_folder() -> Path:
    """Where the practice Qdrant keeps its models, unless it was made elsewhere."""
    return platformdirs.user_data_path("qmm", appauthor=False) / "practice" / "models"


def fit(name: str, texts: Sequence[str], models: Path) -> ModelRef:
    """Make the model of these texts and save it below `models`. The same texts give the same model.

    Costs about the square of the number of texts: 0.5 s for 1,200, 4 s for 3,000. With fewer texts
    than dimensions the last dimensions stay 0. Raises ModelUnknown, OSError.
    """
    recipe = _recipe(name)
    counts = [_counts(text, recipe) for text in texts]
    seen = Counter(bucket for one in counts for bucket in one)
    buckets = np.array(sorted(b for b, n in seen.items() if n >= recipe.rare), dtype=np.int32)
    rarity = np.array([seen[int(b)] for b in buckets], dtype=np.float64)
    idf = np.log((1 + len(texts)) / (1 + rarity)) + 1
    with saved_at(models / name.rsplit("/", 1)[-1]) as file:
        np.savez(
            file,
            buckets=buckets,
            idf=idf.astype(np.float32),
            projection=_projection(counts, buckets, idf, recipe).astype(np.float16),
        )
    return practice_model(name, models)


@contextmanager
def saved_at(folder: Path) -> Iterator[IO[bytes]]:
    """The file of a model, written beside its place and renamed, so that a half-written model is
    never found. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as beside:
        part = Path(beside) / FILE
        with part.open("wb") as file:
            yield file
        folder.mkdir(exist_ok=True)
        part.replace(folder / FILE)


def practice_model(name: str, models: Path) -> ModelRef:
    """The saved model of this name. Raises ModelUnknown, ModelOutOfReach."""
    recipe = _recipe(name)
    folder = models / name.rsplit("/", 1)[-1]
    if not (folder / FILE).is_file():
        raise ModelOutOfReach(name, str(folder))
    return ModelRef(
        kind="practice",
        name=name,
        folder=str(folder),
        dimensions=recipe.dimensions,
        max_tokens=recipe.max_tokens,
        languages=("en",),
        size_bytes=(folder / FILE).stat().st_size,
        fingerprint=fingerprint(folder, (FILE,)),
        matryoshka=recipe.matryoshka,
    )


def checked(model: ModelRef) -> tuple[Path, str]:
    """The folder of its file, and the file's fingerprint. Raises ModelOutOfReach, ModelChanged."""
    folder = Path(model.folder or "")
    if model.folder is None or not (folder / FILE).is_file():
        raise ModelOutOfReach(model.label, model.folder)
    print_of_file = fingerprint(folder, (FILE,))
    if model.fingerprint not in (None, print_of_file):
        raise ModelChanged(model.label, folder)
    return folder, print_of_file


class PracticeEmbedder:
    """An open practice model. Tokens are words. Safe to use from several threads."""

    def __init__(self, model: ModelRef) -> None:
        """Raises ModelUnknown, ModelOutOfReach, ModelUnusable, ModelChanged."""
        self._recipe = _recipe(model.name)
        folder, print_of_file = checked(model)
        try:
            with np.load(folder / FILE, allow_pickle=False) as saved:
                buckets, self._idf = saved["buckets"], saved["idf"]
                self._projection = saved["projection"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise ModelUnusable(model.label, str(error)) from error
        self._row_of_bucket = np.full(_BUCKETS, -1, dtype=np.int32)
        self._row_of_bucket[buckets] = np.arange(len(buckets), dtype=np.int32)
        self._rows_of_word = lru_cache(maxsize=50_000)(self._look_up)
        self._model = model.model_copy(update={"fingerprint": print_of_file})

    @property
    def model(self) -> ModelRef:
        """The model with the fingerprint of its file."""
        return self._model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """See Embedder. Both roles are embedded alike."""
        words = [WORD.findall(text.lower()) for text in texts]
        limit = self._recipe.max_tokens
        rows = [self._vector(text, one[:limit]) for text, one in zip(texts, words, strict=True)]
        return Embedded(
            checked_dense(self._model, rows),
            tokens=sum(min(len(one), limit) for one in words),
            cut_off=sum(len(one) > limit for one in words),
        )

    def _vector(self, text: str, words: list[str]) -> NDArray[np.float64]:
        """Unit length. A text without a known word gets a direction of its own."""
        found = [self._rows_of_word(word) for word in words]
        rows = np.concatenate(found) if found else np.empty(0, dtype=np.int32)
        rows, counts = np.unique(rows, return_counts=True)
        weights = (1 + np.log(counts)) * self._idf[rows]
        vector = (weights.astype(np.float32) @ self._projection[rows]).astype(np.float64)
        size = self._recipe.dimensions
        for cut in (size, *self._recipe.matryoshka):
            # Each size that it may be cut to has to be a vector too.
            if np.linalg.norm(vector[:cut]) < 1e-6:
                noise = np.frombuffer(shake_256(_bytes(text)).digest(size), dtype=np.uint8)
                vector = noise.astype(np.float64) - 127.5
        unit: NDArray[np.float64] = vector / np.linalg.norm(vector)
        return unit

    def _look_up(self, word: str) -> NDArray[np.int32]:
        rows = self._row_of_bucket[list(buckets_of(word, self._recipe.subwords))]
        return rows[rows >= 0]


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise ModelUnknown(name, tuple(RECIPES))
    return RECIPES[name]


@lru_cache(maxsize=50_000)
def buckets_of(word: str, subwords: bool) -> tuple[int, ...]:
    """Where the word is counted; with subwords also the parts between its underscores, and their
    3- to 5-letter bits. Python's own hash differs from process to process."""
    features = [f"w:{word}"]
    for part in word.split("_") if subwords else ():
        if part and part != word:
            features.append(f"w:{part}")
        edged = f"<{part}>"
        for length in (3, 4, 5):
            features += [edged[at : at + length] for at in range(len(edged) - length + 1)]
    return tuple(crc32(_bytes(feature)) % _BUCKETS for feature in features)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _counts(text: str, recipe: Recipe) -> Counter[int]:
    words = Counter(WORD.findall(text.lower())[: recipe.max_tokens])
    counts: Counter[int] = Counter()
    for word, times in words.items():
        for bucket in buckets_of(word, recipe.subwords):
            counts[bucket] += times
    return counts


def _projection(
    counts: Sequence[Counter[int]], buckets: NDArray[np.int32], idf: NDArray[np.float64], r: Recipe
) -> NDArray[np.float64]:
    """Features by dimensions: the right singular vectors, largest first.

    Taken from the eigenvectors of the texts' inner products, which for a few thousand texts is
    faster than an iterative SVD and starts from no random vector.
    """
    from scipy.sparse import csr_matrix

    column = {int(bucket): at for at, bucket in enumerate(buckets)}
    kept = [[(column[b], n) for b, n in one.items() if b in column] for one in counts]
    places = np.array([at for one in kept for at, _ in one], dtype=np.int64)
    times = np.array([n for one in kept for _, n in one], dtype=np.float64)
    ends = np.cumsum([0, *(len(one) for one in kept)])
    weights = (1 + np.log(times)) * idf[places]
    of_text = np.repeat(np.arange(len(kept)), np.diff(ends))
    lengths = np.sqrt(np.bincount(of_text, weights**2, minlength=len(kept)))
    rows = csr_matrix((weights / lengths[of_text], places, ends), shape=(len(kept), len(buckets)))
    values, vectors = np.linalg.eigh((rows @ rows.T).toarray())
    values, vectors = values[::-1][: r.dimensions], vectors[:, ::-1][:, : r.dimensions]
    real = values > 1e-9  # below lies rounding, not the texts
    singular = np.sqrt(np.where(real, values, 1.0))
    projection = np.asarray(rows.T @ vectors) * np.where(real, singular ** -(1 + r.sharpen), 0.0)
    # An eigenvector's sign is arbitrary: its largest value is made positive.
    if len(buckets):
        largest = projection[np.abs(projection).argmax(axis=0), np.arange(projection.shape[1])]
        projection *= np.where(largest < 0, -1.0, 1.0)
    missing = r.dimensions - projection.shape[1]
    return np.pad(projection, ((0, 0), (0, missing)))

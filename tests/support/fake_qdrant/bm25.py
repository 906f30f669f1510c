"""The BM25 that runs inside the server since 1.15.2: text to sparse vectors (facts §9).

Same formula, token numbers and stemmer as the server; the English stop words are a short list of
our own, so vectors agree with a server's only for texts without rarer stop words.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from . import replies
from .sparse import Sparse

Json = dict[str, Any]

_WORD = re.compile(r"[^\W_]+")
_ENGLISH = (
    "a about after all am an and any are as at be been before but by can could did do does for "
    "from had has have he her him his how i if in into is it its me my no nor not of off on or "
    "our out over own she so some than that the their them then there these they this those to "
    "too under up was we were what when where which who why will with you your"
)
_ENGLISH_STOP_WORDS = frozenset(_ENGLISH.split())


def is_bm25(raw: object) -> bool:
    """Is this a document for the server's own BM25? Any case of the name counts."""
    return isinstance(raw, dict) and str(raw.get("model")).lower() in ("qdrant/bm25", "bm25")


def embedded(raw: Json, *, query: bool) -> Sparse:
    """Query and document differ: a query weighs each word 1, a document by its frequency."""
    options = raw.get("options") or {}
    words = _words(str(raw.get("text", "")), options)
    if not words:
        return Sparse(np.zeros(0, np.int64), np.zeros(0, np.float32))
    weights: dict[int, float] = {}
    k, b = float(options.get("k", 1.2)), float(options.get("b", 0.75))
    average = float(options.get("avg_len", 256.0))
    for word, times in Counter(words).items():
        norm = k * (1 - b + b * len(words) / average)
        weights[_number(word)] = 1.0 if query else times * (k + 1) / (norm + times)
    indices = np.asarray(sorted(weights), dtype=np.int64)
    values = np.asarray([weights[index] for index in indices.tolist()], dtype=np.float32)
    return Sparse(indices, values)


def _number(word: str) -> int:
    import mmh3

    return abs(mmh3.hash(word))


def _words(text: str, options: Json) -> list[str]:
    if options.keys() & {"tokenizer", "stopwords", "stemmer", "ascii_folding"}:
        raise replies.not_spoken(f"the BM25 options {sorted(options)}")
    language = str(options.get("language", "english")).lower()
    words = [word.lower() for word in _WORD.findall(text)]
    # Facts §9: an unknown language means no stop words and no stemmer, without complaint.
    if language in ("english", "en"):
        words = [word for word in words if word not in _ENGLISH_STOP_WORDS]
    shortest, longest = options.get("min_token_len"), options.get("max_token_len")
    words = [
        word
        for word in words
        if (shortest is None or len(word) >= shortest) and (longest is None or len(word) <= longest)
    ]
    stem = _stemmer(language)
    return [stem(word) for word in words] if stem else words


def _stemmer(language: str) -> Any:
    from py_rust_stemmers import SnowballStemmer  # type: ignore[import-untyped]

    try:
        return SnowballStemmer("english" if language == "en" else language).stem_word
    except ValueError:
        return None

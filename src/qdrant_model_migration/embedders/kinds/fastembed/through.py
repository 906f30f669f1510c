"""How texts go through an open model: together in batches, and counted in tokens on the way.

All of a batch costs what its longest text costs. So texts of about as many tokens go together, and
a batch holds so many tokens, those that fill up its shorter texts included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, NamedTuple, Protocol

from qdrant_model_migration.embedders.kinds.fastembed.device import Device, device_of

_TEXTS = 256  # of a batch, where its length is of no matter

Make = Callable[..., Any]
"""One of fastembed's methods: texts and a batch_size, to what the model makes of each."""


class Through(NamedTuple):
    """What the model made, in the order of the texts; tokens read, and texts that were cut off."""

    made: list[Any]
    tokens: int
    cut_off: int


class Way(Protocol):
    """limit: tokens of a text; None: not known. by: what computes the vectors."""

    limit: int | None
    by: str

    def __call__(self, make: Make, texts: Sequence[str]) -> Through: ...


def way_of(engine: Any, callers: int | None) -> Way:
    """The way through this engine of fastembed. callers: threads that it may use; None: one for
    each core."""
    from onnxruntime import get_available_providers

    tokenizer = getattr(engine.model, "tokenizer", None)
    if not hasattr(tokenizer, "encode_batch"):
        return _ByWords(engine)
    if hasattr(engine.model, "onnx_embed"):
        device = device_of(engine.model.model, get_available_providers())
        return _Network(tokenizer, device, callers or device.calls or _cores())
    return _Table(engine, tokenizer)


class _Network:
    """An ONNX network. Its one session is called by several threads, each of which is one core's
    work: faster than one call that shares its work among them (benchmarks/embed.py)."""

    def __init__(self, tokenizer: Any, device: Device, callers: int) -> None:
        # A copy that does not fill up: it tells how long the texts are.
        self._tokenizer = type(tokenizer).from_str(tokenizer.to_str())
        self._tokenizer.no_padding()
        self._pool = ThreadPoolExecutor(callers, thread_name_prefix="model")
        self._lot, self.by = device.tokens, device.name
        self.limit: int | None = (tokenizer.truncation or {}).get("max_length")

    def __call__(self, make: Make, texts: Sequence[str]) -> Through:
        encoded = self._tokenizer.encode_batch(texts)
        lots = batches([len(one) for one in encoded], self._lot)

        def made(lot: Sequence[int]) -> list[Any]:
            return list(make([texts[place] for place in lot], batch_size=len(lot)))

        found: list[Any] = [None] * len(texts)
        for lot, some in zip(lots, self._pool.map(made, lots), strict=True):
            for place, one in zip(lot, some, strict=True):
                found[place] = one
        return Through(found, sum(map(len, encoded)), sum(bool(one.overflowing) for one in encoded))


class _Table:
    """A static model: no network, one vector for each token. Counting takes as long as all else, so
    it is done by the tokenizer that the model uses, in the same pass."""

    by = "the processor"

    def __init__(self, engine: Any, tokenizer: Any) -> None:
        self._counting = _Counting(tokenizer)
        engine.model.tokenizer = self._counting
        self._one_at_a_time = Lock()
        self.limit: int | None = (tokenizer.truncation or {}).get("max_length")

    def __call__(self, make: Make, texts: Sequence[str]) -> Through:
        with self._one_at_a_time:
            self._counting.tokens = self._counting.cut_off = 0
            made = list(make(texts, batch_size=_TEXTS))
            return Through(made, self._counting.tokens, self._counting.cut_off)


class _Counting:
    """A tokenizer that remembers what it has read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.tokens = self.cut_off = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)

    def encode_batch_fast(self, texts: Any, **told: Any) -> Any:
        encoded = self._tokenizer.encode_batch_fast(texts, **told)
        self.tokens += sum(map(len, encoded))
        self.cut_off += sum(bool(one.overflowing) for one in encoded)
        return encoded


class _ByWords:
    """BM25: no tokenizer, no limit."""

    limit: int | None = None
    by = ""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __call__(self, make: Make, texts: Sequence[str]) -> Through:
        return Through(list(make(texts, batch_size=_TEXTS)), self._engine.token_count(texts), 0)


def batches(lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """The places of all texts, in batches of so many tokens, the longest texts first.

    lengths: of the texts, in tokens. One that is longer than a batch goes alone.
    """
    made: list[list[int]] = []
    longest = 0
    for place in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if not made or (len(made[-1]) + 1) * longest > tokens:
            made.append([])
            longest = max(1, lengths[place])
        made[-1].append(place)
    return made


def _cores() -> int:
    """Of this computer, as far as this process may use them."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1

"""Calls to a model: so many texts each that one takes about a second, as many at a time as it can.

Whoever wants to stop or to rest does so between two calls, however slow the model is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from qdrant_model_migration.embedders import Embedded, Embedder, Kind, ModelRef, Role, kind_of
from qdrant_model_migration.embedders.errors import BadVector

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

SECONDS = 1.0  # that a call should take
FIRST = 500  # letters of the first call, of whose speed nothing is known
GROWTH = 4  # times as many letters as in the call before, at most
BATCH = 32  # texts that models take together: a call holds whole batches where it holds several
_EACH = 16  # letters that a text costs besides its own

_turns: dict[str, BoundedSemaphore] = {}
_making = Lock()


def _turn(kind: Kind) -> BoundedSemaphore:
    """The calls of this kind that may be made at a time, in the whole process.

    Models that use all cores themselves share one, of whichever kind; others read and write.
    """
    with _making:
        return _turns.setdefault(kind.name if kind.calls > 1 else "", BoundedSemaphore(kind.calls))


class InCalls:
    """An Embedder that makes many calls of one; `between` comes before each.

    waiting: around the time in which another thread has the model.
    """

    def __init__(
        self,
        embedder: Embedder,
        between: Callable[[], None] = lambda: None,
        waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._embedder, self._between, self._waiting = embedder, between, waiting
        self._clock = clock
        kind = kind_of(embedder.model)
        self._turn, self._most = _turn(kind), kind.texts
        self._letters = float(FIRST)

    @property
    def model(self) -> ModelRef:
        return self._embedder.model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """See Embedder. The texts stay together: each thread waits for its turn, and keeps it."""
        with self._waiting():
            self._turn.acquire()
        try:
            return self._embed(texts, role)
        finally:
            self._turn.release()

    def _embed(self, texts: Sequence[str], role: Role) -> Embedded:
        vectors: list[WritableVector] = []
        tokens = cut_off = at = 0
        by = ""
        bad: list[int] = []
        spoilt: BadVector | None = None
        while at < len(texts):
            self._between()
            call = self._next(texts, at)
            began = self._clock()
            try:
                made = self._embedder.embed(call, role)
            except BadVector as error:
                if not error.positions:
                    raise
                spoilt = error
                bad += [at + position for position in error.positions]
            else:
                vectors += made.vectors
                tokens, cut_off, by = tokens + made.tokens, cut_off + made.cut_off, made.by
            self._learn(call, self._clock() - began)
            at += len(call)
        if spoilt is not None:
            spoilt.positions = tuple(bad)
            raise spoilt
        return Embedded(vectors, tokens, cut_off, by)

    def _next(self, texts: Sequence[str], at: int) -> Sequence[str]:
        letters, end = 0, at
        while end < len(texts) and (end == at or letters < self._letters):
            letters += _letters(texts[end])
            end += 1
        if end < len(texts) and end - at > BATCH:
            end -= (end - at) % BATCH
        end = min(end, at + self._most) if self._most is not None else end
        return texts[at:end]

    def _learn(self, call: Sequence[str], seconds: float) -> None:
        letters = sum(_letters(text) for text in call)
        if letters >= self._letters / 2 or seconds > SECONDS:
            fits = letters * SECONDS / max(seconds, 1e-9)
            self._letters = min(fits, GROWTH * self._letters)


def _letters(text: str) -> int:
    return len(text) + _EACH

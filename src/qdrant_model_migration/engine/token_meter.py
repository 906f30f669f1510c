"""What services are asked for by a run, counted with each request and kept across interruptions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qdrant_model_migration.engine.backup import keep_fact
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.pipeline.spent import Spent, TokensSpent
from qdrant_model_migration.qdrant import Document
from qdrant_model_migration.steps.token_limit import LIMIT, USED
from qdrant_model_migration.survey import texts

BEHIND_S = 5.0  # seconds that the second copy of the journal may be behind: it takes its time


class TokenMeter:
    """The meter of a run's connection (qdrant/metering.py). What is counted is in the journal
    before the answer is used: a kill loses at most the requests that are on their way.

    Where the server does not tell, tokens are estimated as the survey does.
    """

    def __init__(
        self,
        journal: Journal,
        folder: Path,
        spending: Spending | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._folder, self._clock = journal, folder, clock
        self._copied_at = float("-inf")
        self._plan = spending or Spending()
        self._lock = threading.Lock()
        self._stops = False
        self._spent = Spent.of(journal.recall(USED))
        self._look_up_limit()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Meanwhile nothing is sent beyond the limit, but for what is on its way: one request of
        each thread."""
        self._look_up_limit()
        self._stops = True
        try:
            yield
        finally:
            self._stops = False

    def before(self, documents: Sequence[Document]) -> None:
        spent = self._spent
        if self._stops and spent.most is not None and spent.tokens >= spent.most:
            raise TokensSpent

    def after(self, documents: Sequence[Document], tokens: int | None) -> None:
        reckoned = 0 if tokens is not None else sum(texts.tokens(one.text) for one in documents)
        with self._lock:
            self._spent = self._spent._replace(
                tokens=self._spent.tokens + (tokens or reckoned),
                reckoned=self._spent.reckoned + reckoned,
            )
            self._journal.remember(USED, self._spent._asdict())
            if self._clock() - self._copied_at >= BEHIND_S:
                keep_fact(self._journal, self._folder, USED)
                self._copied_at = self._clock()

    def _look_up_limit(self) -> None:
        most = self._journal.recall(LIMIT, self._plan.most)
        self._spent = self._spent._replace(
            most=most, usd=self._plan.usd, expected=self._plan.expected
        )

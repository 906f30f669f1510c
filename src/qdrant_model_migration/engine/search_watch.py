"""Test searches beside the work, and what they do to its pace: slow searches slow it down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.engine import engine_log
from qdrant_model_migration.engine.brake import Brake, Change
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.steering import Steering
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.move import Searches
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey.sample import sample
from qdrant_model_migration.words import milliseconds

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

VECTORS = 16  # stored vectors that are searched with, in turn
BEFORE = 48  # searches before the load; the first third warms up
ROUND = 3
_PATIENCE = 10.0  # seconds for all searches before the load
_LAST = 1.0  # seconds that the end of a step waits for a search under way
_SHARES = {1 / 2: "half", 1 / 4: "a quarter", 1 / 8: "an eighth"}


class Query(NamedTuple):
    """A stored vector, and which one it is."""

    name: str
    vector: WritableVector


class SearchWatch:
    """One per session. The searches are of stored vectors, so that nothing is embedded."""

    def __init__(
        self,
        qdrant: Qdrant,
        collection: str,
        allowed: Searches,
        journal: Journal,
        steering: Steering,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._qdrant, self._collection, self._allowed = qdrant, collection, allowed
        self._journal, self._steering, self._clock = journal, steering, clock
        self._turn: Iterator[Query] | None = None
        self._brake: Brake | None = None
        self._parent: int | None = None
        self._over = threading.Event()

    @contextmanager
    def beside(self, parent: int | None) -> Iterator[None]:
        """Search again and again in a thread of its own for the length of the block."""
        self._parent = parent
        if self._turn is None:
            self.measure_before()
        if self._brake is None:
            yield
            return
        self._over = threading.Event()
        thread = threading.Thread(target=self._live, name="qmm-searches", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(_LAST)
            self._brake.release()
            self._set_free()
            self._journal.set(forced=False, searches=None)

    def measure_before(self) -> None:
        """What a search takes while this run does nothing. One that is refused is no trouble."""
        try:
            queries = self._queries()
            self._turn = cycle(queries)
            taken, end = [], self._clock() + _PATIENCE
            for _ in range(BEFORE if queries else 0):
                self._steering.breathe()
                taken.append(self._search())
                if self._clock() > end:
                    break
        except QmmError as error:
            if self._steering.stop.is_set():
                raise
            self._say(f"Searches are not watched: {error.what}")
            return
        if not taken:
            self._say(f"Searches are not watched: {self._collection} has no dense vectors.")
            return
        brake = self._brake = Brake(self._allowed, median(taken[len(taken) // 3 :]))
        self._say(
            f"A test search takes {milliseconds(brake.before_ms)} before the work begins. It slows "
            f"down above {milliseconds(brake.slow_ms)} and pauses above "
            f"{milliseconds(brake.pause_ms)}."
        )

    def measure(self) -> None:
        """One round of searches, and what follows from it."""
        brake = self._brake
        if brake is None or (self._steering.paused and not self._steering.held):
            return
        began = self._clock()
        try:
            took = median([self._search() for _ in range(ROUND)])
        except QmmError:
            # A server that does not answer at all is told elsewhere; searches that hang are not.
            took = 1000 * (self._clock() - began)
            if took <= brake.pause_ms:
                return
        if self._over.is_set():
            return
        self._journal.set(
            forced=False,
            searches={
                "milliseconds": took,
                "before": brake.before_ms,
                "slow": brake.slow_ms,
                "pause": brake.pause_ms,
            },
        )
        if not self._steering.searches_count:
            if brake.share < 1 or self._steering.held:
                brake.release()
                self._set_free()
            return
        if (change := brake.take(took, paused=self._steering.held)) is not None:
            self._carry_out(change, brake)

    def _carry_out(self, change: Change, brake: Brake) -> None:
        took, before = milliseconds(change.milliseconds), milliseconds(brake.before_ms)
        why = f"a test search takes {took}, {before} before"
        share = _SHARES.get(brake.share, "")
        if change.what == "pause":
            self._say(f"Pausing: {why}. It goes on by itself when searches are quick again.")
            self._steering.ask_hold(why)
            return
        if change.what == "faster" and not share:
            self._say(f"No longer slowed down: {why}.")
        else:
            done = {"slower": "Slowed down to", "faster": "Faster, to", "go on": "Going on at"}
            self._say(f"{done[change.what]} {share} of the time: {why}.")
        if change.what != "slower":
            why = f"searches were slow; a test search takes {took} now"
        slowed = {"share": brake.share, "why": why} if share else None
        self._journal.set(forced=False, slowed=slowed)
        self._steering.ask_share(brake.share)
        self._steering.ask_release()

    def _set_free(self) -> None:
        self._steering.ask_share(1.0)
        self._steering.ask_release()
        self._journal.set(forced=False, slowed=None)

    def _live(self) -> None:
        try:
            while not self._over.wait(self._allowed.every_s):
                self.measure()
        except Exception as error:  # noqa: BLE001 - the work must not stay slow for want of a watch
            if self._over.is_set():  # the connection was closed under the last one
                return
            engine_log.log.error("test searches ended with an error", exc_info=error)
            self._set_free()

    def _search(self) -> float:
        """Milliseconds."""
        assert self._turn is not None, "there is something to search with"
        query = next(self._turn)
        return 1000 * self._qdrant.search_seconds(self._collection, query.vector, using=query.name)

    def _queries(self) -> list[Query]:
        vectors = self._qdrant.config(self._collection).vectors()
        plain = [name for name, params in vectors.items() if not params.get("multivector_config")]
        if not plain:
            return []
        points = sample(
            self._qdrant,
            self._collection,
            VECTORS,
            self._qdrant.count(self._collection),
            payload=False,
            vectors=plain,
        )
        return [Query(name, vector) for point in points for name, vector in point.vectors.items()]

    def _say(self, text: str) -> None:
        self._journal.event("pace", text, {}, self._parent)

"""The application of the practice Qdrant: it searches and writes through the alias during a run.

It does what a careful application should: it asks which model the alias answers with, and looks
again after each write. It knows nothing of the migration.
"""

from __future__ import annotations

import json
import random
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import numpy as np

from qdrant_model_migration.embedders import Embedder, ModelRef, open_embedder
from qdrant_model_migration.embedders.errors import ModelOutOfReach
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import Hit, Point, PointId, Qdrant, order
from qdrant_model_migration.quality.query_file import read_queries
from qdrant_model_migration.sandbox.practice import ALIAS, Sandbox

PAUSE_S = 0.7
"""Seconds between two searches."""

FIRST_NEW_ID = 100_000
"""Points that the application inserts are numbered from here."""

_WRITE_EVERY = 3  # searches
_LIMIT = 10
_COUNTS = ("searches", "failed", "inserted", "edited", "payloads", "deleted", "failed_writes")


class Say(Protocol):
    """Kind "application": how things stand now. Any other kind: something that happened."""

    def __call__(self, kind: str, text: str, **data: Any) -> None: ...


class _Behind(NamedTuple):
    """What the alias stands for at this moment."""

    collection: str
    embedder: Embedder
    using: str


class Application:
    """One user of the alias. Not thread-safe itself; the Qdrant it is given has its own lock."""

    def __init__(
        self,
        qdrant: Qdrant,
        sandbox: Sandbox | None = None,
        *,
        seed: int = 0,
        open_model: Callable[[ModelRef], Embedder] = open_embedder,
    ) -> None:
        """sandbox: None for the one around this Qdrant. The same seed gives the same steps, which
        go on where an earlier application in this sandbox ended. Raises QueryFileUnusable."""
        self._qdrant, self._seed, self._open_model = qdrant, seed, open_model
        self._sandbox = sandbox or Sandbox.around(qdrant.address)
        self._queries = read_queries(self._sandbox.queries).queries
        self._spare = self._sandbox.spare()
        self._opened: dict[str, Embedder] = {}
        self._ids: list[PointId] = []
        self._seconds: deque[float] = deque(maxlen=1_000)
        self._answers_from = self._last_error = ""
        self._steps = 0
        self._counts = dict.fromkeys(_COUNTS, 0)
        self._found: dict[str, list[int]] = {}
        self._remember()

    def run(
        self, stop: threading.Event, say: Say | None = None, *, pause_s: float = PAUSE_S
    ) -> None:
        """Go on until told to stop; `say` gets the state after each step, and each switch.

        The last state names the collection behind the alias at the very end: it may have been
        switched since the last search.
        """
        while not stop.is_set():
            before = self._answers_from
            try:
                self.step()
            except Stopped:
                break
            if say is not None:
                if before and self._answers_from not in ("", before):
                    say(
                        "switched",
                        f"The application's searches are answered from {self._answers_from} now.",
                    )
                say("application", self._sentence(), **self.report())
            stop.wait(pause_s)
        with suppress(Stopped, QmmError):
            if say is not None and self._answers_from not in (
                "",
                now := self._qdrant.resolve(ALIAS),
            ):
                self._answers_from = now
                say("application", self._sentence(), **self.report())

    def step(self) -> None:
        """One search, and after every third one a write. What fails is counted, not raised."""
        number, self._steps = self._steps, self._steps + 1
        self._search(number)
        if number % _WRITE_EVERY == _WRITE_EVERY - 1:
            self._write(number // _WRITE_EVERY)
        self._note()

    def report(self) -> dict[str, Any]:
        """Counts since the sandbox was prepared, and times of the latest searches.

        found: for each collection that answered, the share of searches whose right answer was
        among the first ten. p50_ms, p95_ms: embedding included; None before the first search.
        """
        times = np.array(self._seconds) * 1000
        writes = sum(self._counts[kind] for kind in ("inserted", "edited", "payloads", "deleted"))
        return {
            **self._counts,
            "writes": writes,
            "answers_from": self._answers_from,
            "found": {name: round(hit / n, 4) for name, (hit, n) in self._found.items() if n},
            "p50_ms": round(float(np.percentile(times, 50)), 1) if len(times) else None,
            "p95_ms": round(float(np.percentile(times, 95)), 1) if len(times) else None,
            "last_error": self._last_error,
        }

    # --- Searching -------------------------------------------------------------------------------

    def _search(self, number: int) -> None:
        query = self._queries[number * 7919 % len(self._queries)]
        began = perf_counter()
        try:
            behind, hits = self._hits(query.text)
        except Stopped:
            raise
        except QmmError as error:
            self._counts["failed"] += 1
            self._last_error = str(error)
            return
        self._seconds.append(perf_counter() - began)
        self._counts["searches"] += 1
        self._answers_from = behind.collection
        tally = self._found.setdefault(behind.collection, [0, 0])
        tally[0] += any(hit.id in query.answers for hit in hits)
        tally[1] += 1

    def _hits(self, text: str, *, last_try: bool = False) -> tuple[_Behind, list[Hit]]:
        behind = self._behind()
        (vector,) = behind.embedder.embed([text], "query").vectors
        try:
            return behind, self._qdrant.search(
                ALIAS, vector, using=behind.using, limit=_LIMIT, payload=False
            )
        except QmmError:
            # A switch in between: the vector is the other model's, so it is made once more.
            if last_try or self._qdrant.resolve(ALIAS) == behind.collection:
                raise
            return self._hits(text, last_try=True)

    def _behind(self) -> _Behind:
        collection = self._qdrant.resolve(ALIAS)
        config = self._qdrant.config(collection)
        model = ModelRef.of_metadata(config.metadata)
        if model is None:
            raise ModelOutOfReach(f"the model of {collection}")
        model = self._sandbox.own(model)
        key = model.model_dump_json()
        if key not in self._opened:
            self._opened[key] = self._open_model(model)
        sizes = {name: params.get("size") for name, params in config.vectors().items()}
        fitting = [name for name, size in sizes.items() if size == model.dimensions]
        return _Behind(collection, self._opened[key], "" if "" in sizes else fitting[0])

    # --- Writing ---------------------------------------------------------------------------------

    def _write(self, number: int) -> None:
        kinds: tuple[tuple[str, Callable[[int, _Behind], bool]], ...] = (
            ("inserted", self._insert),
            ("edited", self._edit_text),
            ("payloads", self._edit_payload),
            ("deleted", self._delete),
        )
        kind, write = kinds[number % len(kinds)]
        for last_try in (False, True):
            try:
                behind = self._behind()
                done = write(number, behind)
                # A switch in between: the vector is the old model's, so it is made once more.
                if self._qdrant.resolve(ALIAS) == behind.collection:
                    self._counts[kind] += done
                    return
            except Stopped:
                raise
            except QmmError as error:
                self._last_error = str(error)
                if last_try:
                    self._counts["failed_writes"] += 1

    def _insert(self, number: int, behind: _Behind) -> bool:
        if not self._spare:
            return False
        at = number // 4
        payload = {**self._spare[at % len(self._spare)], "inserted_by": "the application"}
        self._put(Point(FIRST_NEW_ID + at, payload, {}), behind, text=payload["text"])
        return True

    def _edit_text(self, number: int, behind: _Behind) -> bool:
        point = self._pick(number)
        if point is None or not isinstance(point.payload.get("text"), str):
            return False
        text = f"{point.payload['text']}\n\nEdited by the application, change {number}."
        self._put(point._replace(payload={**point.payload, "text": text}), behind, text=text)
        return True

    def _edit_payload(self, number: int, behind: _Behind) -> bool:
        point = self._pick(number)
        if point is None:
            return False
        payload = {**point.payload, "views": number, "seen_by": ["the application"]}
        self._qdrant.upsert(ALIAS, [point._replace(payload=payload)])
        return True

    def _delete(self, number: int, behind: _Behind) -> bool:
        point = self._pick(number)
        if point is None:
            return False
        self._qdrant.delete(ALIAS, [point.id])
        return True

    def _put(self, point: Point, behind: _Behind, *, text: str) -> None:
        """Write the point with a vector of this text by the model behind the alias."""
        (vector,) = behind.embedder.embed([text], "passage").vectors
        vectors = {**point.vectors, behind.using: vector}
        self._qdrant.upsert(ALIAS, [point._replace(vectors=vectors)])

    def _pick(self, number: int) -> Point | None:
        """A point chosen by the number alone, with its vectors; None where it is gone.

        Right answers of the searches are left as they are, so that what is found stays comparable.
        """
        if not self._ids:
            self._ids = self._changeable()
        point_id = random.Random(f"{self._seed}-{number}").choice(self._ids)  # noqa: S311
        found = self._qdrant.retrieve(ALIAS, [point_id], vectors=True)
        return found[0] if found else None

    def _changeable(self) -> list[PointId]:
        answers = {answer for query in self._queries for answer in query.answers}
        ids: list[PointId] = []
        start: PointId | None = None
        while True:
            page = self._qdrant.scroll(ALIAS, start=start, limit=1_000, payload=False)
            ids += [point.id for point in page.points]
            if page.next is None:
                return sorted((one for one in ids if one not in answers), key=order)
            start = page.next

    # --- What it says and keeps ------------------------------------------------------------------

    def _sentence(self) -> str:
        return (
            f"The application searched {self._counts['searches']:,} times, "
            f"{self._counts['failed']:,} failed; {ALIAS} answers from {self._answers_from}."
        )

    def _note(self) -> None:
        """Written whole and renamed, so that a kill leaves the last one."""
        state = {"steps": self._steps, "counts": self._counts, "found": self._found}
        part = self._sandbox.diary.with_suffix(".part")
        try:
            part.write_text(json.dumps(state), encoding="utf-8")
            part.replace(self._sandbox.diary)
        except OSError as error:
            self._last_error = f"{self._sandbox.diary} cannot be written: {error.strerror}."

    def _remember(self) -> None:
        try:
            state = json.loads(self._sandbox.diary.read_text(encoding="utf-8"))
            self._steps = int(state["steps"])
            self._counts |= {kind: int(state["counts"][kind]) for kind in _COUNTS}
            self._found = {name: [int(hit), int(n)] for name, (hit, n) in state["found"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return  # none yet, or not one of ours: it starts from the beginning

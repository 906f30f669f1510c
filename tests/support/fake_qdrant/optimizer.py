"""A simulation of the optimizer: yellow with running work for some polls, then indexed and green.

Time is counted in polls (a GET of the collection or of its optimizations), so no test sleeps.
"""

from __future__ import annotations

import uuid
from typing import Any

from .points import Points
from .settings import dense_params, sparse_params

Json = dict[str, Any]
KILOBYTE = 1024


class Optimizer:
    """Of one collection.

    polls: how many polls an optimization stays visible. lag: how many polls show green before it
    turns yellow, since PATCH returns before the work starts (facts §1, §7).
    """

    def __init__(self, polls: int, lag: int) -> None:
        self.polls, self.lag = polls, lag
        self._lag_left = 0
        self._polls_left = 0
        self._kind = "indexing"
        self._seed = uuid.UUID(int=0x5EED)

    @property
    def pending(self) -> bool:
        return self._lag_left > 0 or self._polls_left > 0

    @property
    def running(self) -> bool:
        return self._lag_left == 0 and self._polls_left > 0

    def start(self, config: Json, points: Points, kind: str = "indexing") -> None:
        """Work begins; with `polls` 0 it is over at once. Without points there is none."""
        if not len(points):
            return
        self._kind = kind
        self._lag_left, self._polls_left = self.lag, self.polls
        if not self.polls:
            self._lag_left = 0
            self._finish(config, points)

    def after_write(self, config: Json, points: Points) -> None:
        """Start when the unindexed vectors have passed the threshold (facts §7)."""
        if not self.pending and _passes_threshold(config, points):
            self.start(config, points)

    def polled(self, config: Json, points: Points) -> None:
        """One poll has been answered."""
        if self._lag_left:
            self._lag_left -= 1
        elif self._polls_left:
            self._polls_left -= 1
            if not self._polls_left:
                self._finish(config, points)

    def report(self, points: Points, extra: frozenset[str]) -> Json:
        """`result` of `GET /collections/{name}/optimizations` (facts §7)."""
        waiting = self._polls_left - 1 if self.running else 0
        segment = {"uuid": str(self._seed), "points_count": len(points)}
        reply: Json = {
            "summary": {
                "queued_optimizations": max(waiting, 0),
                "queued_segments": max(waiting, 0),
                "queued_points": len(points) - points.indexed_count if waiting > 0 else 0,
                "idle_segments": 0 if self.running else 1,
            },
            "running": [],
        }
        if self.running:
            done = len(points) * (self.polls - self._polls_left) // max(self.polls, 1)
            reply["running"] = [
                {
                    "uuid": str(uuid.UUID(int=self._seed.int + 1)),
                    "optimizer": self._kind,
                    "status": "optimizing",
                    "segments": [segment],
                    "progress": {
                        "name": "Segment Optimizing",
                        "started_at": "2026-01-01T00:00:00Z",
                        "done": done,
                        "total": len(points),
                    },
                }
            ]
        if "queued" in extra:
            one = {"optimizer": self._kind, "segments": [segment]}
            reply["queued"] = [one for _ in range(max(waiting, 0))]
        if "completed" in extra:
            reply["completed"] = []
        if "idle_segments" in extra:
            reply["idle_segments"] = [] if self.running else [segment]
        return reply

    def _finish(self, config: Json, points: Points) -> None:
        if points.indexed_count or _passes_threshold(config, points):
            points.mark_all_indexed()


def _passes_threshold(config: Json, points: Points) -> bool:
    optimizers = config["optimizer_config"]
    threshold = optimizers["indexing_threshold"]
    if threshold == 0 or optimizers["max_optimization_threads"] == 0:
        return False
    limit = (10000 if threshold is None else threshold) * KILOBYTE
    unindexed = len(points) - points.indexed_count
    sizes = [
        params["size"] * 4
        for params in dense_params(config).values()
        if (params.get("hnsw_config") or {}).get("m", config["hnsw_config"]["m"])
    ]
    if sparse_params(config) and not sizes:
        sizes = [4]
    return bool(sizes) and unindexed * max(sizes) > limit

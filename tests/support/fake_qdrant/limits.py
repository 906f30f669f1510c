"""Strict mode: what it refuses and in which words (facts §5, §14), and the token buckets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import replies
from .filters import Filter

Json = dict[str, Any]


class Bucket:
    """Tokens per minute, full at first. clock: seconds, monotonic."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._capacity = float(per_minute)
        self._tokens = float(per_minute)
        self._clock = clock
        self._seen = clock()

    def take(self, cost: int, kind: str) -> None:
        """429 with Retry-After if empty, 429 without it if the request can never pass."""
        if cost > self._capacity:
            raise replies.Refusal(
                429,
                f"Rate limiting exceeded: {kind} rate limit exceeded, request larger than rate "
                "limiter capacity, please try to split your request",
            )
        now = self._clock()
        per_second = self._capacity / 60
        self._tokens = min(self._capacity, self._tokens + (now - self._seen) * per_second)
        self._seen = now
        if self._tokens >= cost:
            self._tokens -= cost
            return
        wait = math.ceil((cost - self._tokens) / per_second)
        raise replies.Refusal(
            429,
            f"Rate limiting exceeded: {kind} rate limit exceeded: Operation requires {cost} tokens "
            f"but only {self._tokens:.1f} were available. Retry after {wait}s",
            {"retry-after": str(wait)},
        )


class LaggingCount:
    """Facts §17: how many points a collection has, looked at anew only at every 32nd question."""

    _EVERY = 32

    def __init__(self) -> None:
        self._seen = 0
        self._asked = 1

    def of(self, points: int) -> int:
        if self._asked % self._EVERY == 0:
            self._seen = points
        self._asked += 1
        return self._seen


class Limits:
    """Strict mode of one collection; made anew when its configuration changes."""

    def __init__(
        self, strict: Json, clock: Callable[[], float], lagging: LaggingCount | None = None
    ) -> None:
        self._strict = strict if strict.get("enabled") else {}
        self._lagging = lagging or LaggingCount()
        self._write = self._bucket("write_rate_limit", clock)
        self._read = self._bucket("read_rate_limit", clock)

    def _bucket(self, name: str, clock: Callable[[], float]) -> Bucket | None:
        rate = self._strict.get(name)
        return Bucket(rate, clock) if rate else None

    def write(self, cost: int) -> None:
        """Facts §5: about the number of ids."""
        if self._write:
            self._write.take(max(cost, 1), "Write")

    def read(self, cost: int) -> None:
        if self._read:
            self._read.take(max(cost, 1), "Read")

    def size(self, field: str, name: str, value: int | None) -> None:
        """`Limit exceeded 51 > 50 for "limit"`."""
        limit = self._strict.get(field)
        if limit is not None and value is not None and value > limit:
            raise _strict(
                f'Limit exceeded {value} > {limit} for "{name}"',
                f'Reduce the "{name}" parameter to or below {limit}.',
            )

    def points(self, count: int) -> None:
        """Before an upsert: did the collection, when last looked at, hold what it may?"""
        limit = self._strict.get("max_points_count")
        if limit is not None and self._lagging.of(count) >= limit:
            raise replies.bad_request(f"Max points count limit of {limit} reached!")

    def indexes(self, count: int) -> None:
        limit = self._strict.get("max_payload_index_count")
        if limit is not None and count >= limit:
            raise _strict(
                f"Collection already has the maximum number of payload indices ({limit})",
                "Please delete an existing index or increase the limit.",
            )

    def filter(self, given: Filter | None, indexed: set[str], *, writes: bool) -> None:
        """has_id and has_vector need no index (facts §5)."""
        if given is None:
            return
        field = "unindexed_filtering_update" if writes else "unindexed_filtering_retrieve"
        if self._strict.get(field) is False:
            for key in given.keys:
                if key not in indexed:
                    raise _strict(
                        f'Index required but not found for "{key}" of one of the following '
                        "types: [keyword]",
                        "Create an index for this key or use a different filter.",
                    )
        limit = self._strict.get("filter_max_conditions")
        if limit is not None and given.conditions > limit:
            raise _strict(
                f"Filter condition limit reached ({given.conditions} > {limit})",
                "Reduce the amount of conditions of your filter.",
            )
        limit = self._strict.get("condition_max_size")
        largest = max(given.sizes, default=0)
        if limit is not None and largest > limit:
            raise _strict(
                f"Condition size limit reached ({largest} > {limit})",
                "Reduce the size of your condition.",
            )

    def search(self, params: Json) -> None:
        if self._strict.get("search_allow_exact") is False and params.get("exact"):
            raise _strict("Exact search disabled!", "Set exact=false.")
        asked = (params.get("quantization") or {}).get("oversampling")
        self.size("search_max_oversampling", "oversampling", asked)
        self.size("search_max_hnsw_ef", "hnsw_ef", params.get("hnsw_ef"))


def _strict(what: str, help_text: str) -> replies.Refusal:
    return replies.bad_request(f"{what}. Help: {help_text}")

"""Faults and hooks: what a test makes go wrong, and what it lets happen between two requests."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import replies
from .requests import Request

Answer = str | bytes | dict[str, Any] | list[Any] | None
When = Callable[[Request], bool]


@dataclass(eq=False)
class Fault:
    """One rule. hits counts how often it struck; `remove()` ends it."""

    method: str | None
    path: re.Pattern[str]
    reply: replies.Reply | None
    times: int | None
    after: int
    apply: bool
    delay: float
    drop: bool
    when: When | None
    hits: int = 0
    seen: int = 0
    removed: bool = False

    def remove(self) -> None:
        self.removed = True

    @property
    def only_delays(self) -> bool:
        return self.reply is None and not self.drop

    def strikes(self, request: Request) -> bool:
        """Counts the request if it fits, and says whether it is this rule's turn."""
        if self.removed or (self.times is not None and self.hits >= self.times):
            return False
        if not _fits(self.method, self.path, self.when, request):
            return False
        self.seen += 1
        if self.seen <= self.after:
            return False
        self.hits += 1
        return True


@dataclass(eq=False)
class Hook:
    """A callable run before or after requests that fit."""

    method: str | None
    path: re.Pattern[str]
    call: Callable[[Request], object]
    times: int | None
    after: int
    when: When | None
    hits: int = 0
    seen: int = 0
    removed: bool = False

    def remove(self) -> None:
        self.removed = True


def _fits(method: str | None, path: re.Pattern[str], when: When | None, request: Request) -> bool:
    return (
        (method is None or method.upper() == request.method)
        and path.search(request.path) is not None
        and (when is None or when(request))
    )


@dataclass
class Faults:
    """All rules and hooks of one fake. Thread-safe."""

    rules: list[Fault] = field(default_factory=list)
    before: list[Hook] = field(default_factory=list)
    after: list[Hook] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def struck(self, request: Request) -> Fault | None:
        """The first rule whose turn it is; earlier rules come first."""
        with self.lock:
            return next((rule for rule in self.rules if rule.strikes(request)), None)

    def run(self, hooks: list[Hook], request: Request) -> None:
        """Hooks run outside every lock, so they may write to the same fake."""
        chosen: list[Hook] = []
        with self.lock:
            for hook in hooks:
                spent = hook.times is not None and hook.hits >= hook.times
                if hook.removed or spent:
                    continue
                if not _fits(hook.method, hook.path, hook.when, request):
                    continue
                hook.seen += 1
                if hook.seen > hook.after:
                    hook.hits += 1
                    chosen.append(hook)
        for hook in chosen:
            hook.call(request)


def answer_of(
    status: int | None, body: Answer, error: str | None, headers: dict[str, str] | None
) -> replies.Reply | None:
    """The answer of a fault: none if it only delays or drops.

    error: text in the server's JSON envelope. body: a dict or list goes as JSON, text as it is.
    """
    if status is None:
        return None
    if error is not None:
        return replies.error(status, error, headers)
    if isinstance(body, bytes):
        return replies.Reply(status, body, dict(headers or {}))
    if isinstance(body, str):
        return replies.plain(status, body, headers)
    if body is None:
        return replies.error(status, "fault made by the test", headers)
    return replies.as_json(status, body, headers)

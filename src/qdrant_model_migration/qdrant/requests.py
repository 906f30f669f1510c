"""How a request reaches a Qdrant: through one call site, again where that helps, and where it fails
with one of errors.py. What is asked is in the other files of this room."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from qdrant_model_migration.qdrant import faults
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.capabilities import Capabilities
from qdrant_model_migration.qdrant.errors import RequestTooLarge
from qdrant_model_migration.qdrant.limits import Limits
from qdrant_model_migration.qdrant.metering import Meter, Unmetered, listening, served
from qdrant_model_migration.qdrant.points import Document
from qdrant_model_migration.qdrant.providers import keys_for, provider_of
from qdrant_model_migration.qdrant.rest import with_headers
from qdrant_model_migration.qdrant.retries import GaveUp, Patience, Retry, patiently
from qdrant_model_migration.qdrant.version import Version
from qdrant_model_migration.qdrant.wire import Wire
from qdrant_model_migration.redaction import redacted
from qdrant_model_migration.words import listing

T = TypeVar("T")

_log = logging.getLogger(__name__)

CONNECT_S = 10.0
"""Seconds to wait for the first answer of a server."""

ONCE = Patience(total_s=0.0)

BROKEN_BYTES, BREAKS = 64_000, 2
"""From how many bytes on a line that breaks so often may break because of them."""


class Requests:
    """What every part of a connection stands on. Tests inject faults into `_send`.

    meter: hears of every text that the server's service is asked for.
    """

    version: Version
    capabilities: Capabilities
    meter: Meter = Unmetered()

    def __init__(
        self,
        address: Address,
        wire: Wire,
        lock: AbstractContextManager[object],
        timeout_s: float,
        stop: threading.Event,
        on_retry: Callable[[Retry], None] | None,
        may_have_keys: bool = True,
        shows_key: bool = False,
    ) -> None:
        """may_have_keys: whether the server may be shown those of providers; see providers.py.
        shows_key: it is shown one of its own, which may open a part of it alone."""
        self.address = address
        self.patience = ONCE
        self._connecting = True
        self._wire, self._lock = wire, lock
        self._timeout_s, self._stop, self._on_retry = timeout_s, stop, on_retry
        self._limits = Limits()
        self._may_have_keys, self._shows_key = may_have_keys, shows_key

    def _call(
        self,
        doing: str,
        request: Callable[[], T],
        collection: str = "",
        patience: Patience | None = None,
        documents: Sequence[Document] = (),
    ) -> T:
        """Send one request until it works or cannot. doing: completes "refused to ...". documents:
        of which the server is to make vectors for it."""
        models = {document.model for document in documents}
        keys = keys_for(models, self.address.label, self._may_have_keys)
        if metered := served(documents):
            self.meter.before(metered)
        try:
            with with_headers(keys) if keys else nullcontext(), listening() as told:
                result = patiently(
                    self._heeding(lambda: self._send(doing, request), collection),
                    self.patience if patience is None else patience,
                    self._stop,
                    self._on_retry,
                )
            if metered:
                self.meter.after(metered, sum(told) if told else None)
            return result
        except GaveUp as end:
            last, attempts, waited_s = end.last, end.attempts, end.waited_s
        if not faults.is_expected(last):
            raise last
        timeout_s = min(self._timeout_s, CONNECT_S) if self._connecting else self._timeout_s
        at = faults.Situation(
            self.address,
            doing,
            collection,
            timeout_s,
            attempts,
            waited_s,
            self._connecting,
            listing([p.variable for p in map(provider_of, sorted(models)) if p is not None]),
        )
        # Without the cause, whose frames hold the request with its key; the log tells it.
        _log.info("could not %s: %s", doing, redacted(faults.summary(last)))
        raise faults.translate(last, at)

    def _heeding(self, request: Callable[[], T], collection: str) -> Callable[[], T]:
        """The same request. Where its line breaks twice while a small one is answered, something on
        the way does not take as much: RequestTooLarge is raised."""
        broke = 0

        def once() -> T:
            nonlocal broke
            try:
                return request()
            except Exception as error:
                size = faults.broke_with(error)
                broke += size >= BROKEN_BYTES
                if size < BROKEN_BYTES or broke < BREAKS or not self._answers():
                    raise
                detail = f"the line broke {broke} times while {size:,} bytes were sent"
                raise RequestTooLarge(collection, detail) from None

        return once

    def _answers(self) -> bool:
        try:
            self._wire.root()
        except Exception as error:
            if not faults.is_expected(error):
                raise
            return False
        return True

    def _send(self, doing: str, request: Callable[[], T]) -> T:
        """One attempt. doing names it for whoever listens in or injects faults."""
        with self._lock:
            return request()


def completed(status: str) -> None:
    """For the status of a write: one that is not applied yet is asked for again."""
    if status != "completed":
        raise faults.NotDoneYet(status)

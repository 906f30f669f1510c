"""JSON over one pool of connections to a server: what is asked, and what it answered or raised.

Not Qdrant's own client: importing that takes a second, and all that is needed of it is this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import quote

from qdrant_model_migration import __version__
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.faults import SENT
from qdrant_model_migration.qdrant.tls import certificates
from qdrant_model_migration.qdrant.wire import JsonObject

# A compressed answer leaves the server in small pieces, each of which waits until the one before is
# acknowledged: 40 ms a page over a kept connection.
_HEADERS = {
    "Accept-Encoding": "identity",
    "User-Agent": f"qdrant-model-migration/{__version__}",
}

_more: ContextVar[Mapping[str, str]] = ContextVar("_more", default={})  # noqa: B039 - never changed


class NotTaken(Exception):
    """The server answered with another status than 2xx."""

    def __init__(self, status_code: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.status_code, self.content, self.headers = status_code, content, headers
        super().__init__(status_code)  # a crash report shows no more: the rest may repeat a key


@contextmanager
def with_headers(headers: Mapping[str, str]) -> Iterator[None]:
    """What this thread asks of a server meanwhile has these, too."""
    token = _more.set({**_more.get(), **headers})
    try:
        yield
    finally:
        _more.reset(token)


class Rest:
    """May be used from several threads at once."""

    def __init__(
        self, address: Address, key: str | None, timeout_s: float, more: Mapping[str, str]
    ) -> None:
        """more: headers of one's own. Raises CertificatesUnusable."""
        import httpx

        headers = {**more, **_HEADERS, **({"api-key": key} if key else {})}
        base = httpx.URL(address.url or "").copy_with(port=address.port)
        self._base = str(base).rstrip("/")
        self._client = httpx.Client(
            headers=headers,
            timeout=timeout_s,
            verify=certificates(),
            limits=httpx.Limits(),  # as many as there are threads; all are kept
            trust_env=not address.on_this_computer,  # a proxy would look on its own computer
        )

    def ask(
        self,
        method: str,
        url: str,
        parts: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float | None = None,
    ) -> JsonObject:
        """The answer of `send`; raises ValueError as well, for one that is no JSON object."""
        return read_json(self.send(method, url, parts, body, timeout_s))

    def send(
        self,
        method: str,
        url: str,
        parts: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float | None = None,
    ) -> bytes:
        """The answer as it was written. parts: fill the places in the url; each is one step of the
        path, whatever is in it. Raises NotTaken, and what httpx does."""
        given: dict[str, Any] = {} if timeout_s is None else {"timeout": timeout_s}
        type_ = {} if body is None else {"Content-Type": "application/json"}
        path = url.format(**{name: _one_step(value) for name, value in parts.items()})
        headers = {**type_, **_more.get()}
        try:
            answer = self._client.request(
                method, self._base + path, content=body, headers=headers, **given
            )
        except Exception as error:
            setattr(error, SENT, len(body or b""))
            raise
        if answer.is_success:
            return answer.content
        raise NotTaken(answer.status_code, answer.content, answer.headers)

    def close(self) -> None:
        self._client.close()


def _one_step(name: str) -> str:
    if name in (".", ".."):  # would lead to the path above
        raise ValueError(f"{name!r} is no name")
    return quote(name, safe="")


def read_json(content: bytes) -> JsonObject:
    """Raises ValueError for what is no JSON object."""
    try:
        found: JsonObject = _object().validate_json(content)
    except ValueError:
        raise ValueError("no JSON object") from None  # nor what it is, for the same reason
    return found


@cache
def _object() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(JsonObject)

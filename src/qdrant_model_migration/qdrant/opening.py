"""Opening a connection: to a server or to a folder, with a key that can be one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from pydantic import SecretStr

from qdrant_model_migration.qdrant import faults
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.connection import Qdrant
from qdrant_model_migration.qdrant.errors import KeyRefused, NoQdrantThere, WrongScheme
from qdrant_model_migration.qdrant.headers import own_headers
from qdrant_model_migration.qdrant.requests import CONNECT_S
from qdrant_model_migration.qdrant.retries import Patience, Retry
from qdrant_model_migration.qdrant.wire import Wire
from qdrant_model_migration.redaction import keep_secret
from qdrant_model_migration.words import listing

T = TypeVar("T")


def open_qdrant(
    address: Address,
    api_key: str | None = None,
    *,
    timeout: float = 60.0,
    stop: threading.Event | None = None,
    on_retry: Callable[[Retry], None] | None = None,
    patience: Patience = Patience(),  # noqa: B008 - immutable
    may_have_keys: bool = True,
) -> Qdrant:
    """Connect, and find out what is there. Close it, or use it as a context manager.

    timeout: seconds for one attempt of a request. patience: for how long a request is repeated
    while the server is away or busy; connecting itself is tried once. stop: ends any waiting with
    Stopped. on_retry is called before each wait, in the thread that made the request.
    may_have_keys: whether this server may be shown the keys of providers that it asks for vectors,
    and headers of one's own (headers.py).
    Raises one of the errors of this room.
    """
    secret = SecretStr(api_key.strip()) if api_key else None
    keep_secret(api_key.strip() if api_key else "")
    del api_key  # a crash report that shows variables must not show the key
    if secret is not None and not _could_be_a_key(secret):
        raise KeyRefused("It holds characters that no key has; perhaps it was pasted in part.")
    lock: AbstractContextManager[object] = nullcontext()
    wire: Wire
    headers: dict[str, str] = {}
    if address.folder is not None:
        from qdrant_model_migration.qdrant.local import Folder

        lock = threading.RLock()
        try:
            wire = Folder(address.folder)
        except Exception as error:  # noqa: BLE001 - a damaged folder can raise anything
            at = faults.Situation(address, "open", "", timeout, connecting=True)
            raise faults.translate(error, at) from None
    else:
        from qdrant_model_migration.qdrant.server import Server

        headers = own_headers() if may_have_keys else headers
        wire = Server(address, secret, timeout, min(timeout, CONNECT_S), headers)
    qdrant = Qdrant(
        address,
        wire,
        lock,
        timeout,
        stop or threading.Event(),
        on_retry,
        may_have_keys,
        shows_key=secret is not None or bool(headers),
    )
    try:
        qdrant.introduce()
    except BaseException:
        qdrant.close()
        raise
    qdrant.patience = patience
    return qdrant


def first_that_answers(ways: Sequence[Address], do: Callable[[Address], T]) -> T:
    """What is done at the first of these (`Address.ways`) at which there is a Qdrant.

    From https to http it goes on only where the port speaks no TLS. Raises what was wrong with the
    first where it is so with all, and says which others were tried.
    """
    first: NoQdrantThere | None = None
    tried: list[str] = []
    for way, following in zip(ways, (*ways[1:], None), strict=True):
        try:
            return do(way)
        except NoQdrantThere as error:
            tried.append(str(way))
            first = first or error
            if following is None:
                break
            if following.scheme != way.scheme and not isinstance(error, WrongScheme):
                break
    assert first is not None, "there is a way at least"
    raise first.tried_as_well(listing(tried[1:])) if tried[1:] else first


def _could_be_a_key(secret: SecretStr) -> bool:
    """Whether it can be sent in a header; what cannot would be quoted in an exception."""
    key = secret.get_secret_value()
    return key.isascii() and key.isprintable()

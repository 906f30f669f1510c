"""How a command reaches Qdrant: the address by option or environment, the key never by option."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qdrant_model_migration.errors import CollectionMissing, RightMissing, UsageError

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant import Address, Qdrant
    from qdrant_model_migration.survey import Survey

F = TypeVar("F", bound=Callable[..., Any])


def server_options(function: F) -> F:
    """Adds --url and --ask-key."""
    function = click.option(
        "--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used)."
    )(function)
    return click.option(
        "--url",
        envvar="QDRANT_URL",
        metavar="URL",
        help="Address of the server, or a folder of an embedded Qdrant. [env: QDRANT_URL]",
    )(function)


def address_of(url: str | None) -> Address:
    """The address that was named. Raises UsageError where none is, and as Address.parse."""
    from qdrant_model_migration.qdrant import Address

    if not url:
        raise UsageError(
            "No server is named.",
            "Neither --url nor QDRANT_URL says where Qdrant is.",
            "Example: qmm inspect docs --url http://localhost:6333. No server? qmm demo.",
        )
    return Address.parse(url)


def ask_key(wanted: bool) -> None:
    """Take the key from a hidden prompt into the environment, where every part looks for it."""
    if wanted:
        os.environ["QDRANT_API_KEY"] = click.prompt("API key", hide_input=True, err=True)


def connect(url: str | None, wants_key: bool) -> Qdrant:
    """An open connection; use it as a context manager."""
    from qdrant_model_migration.qdrant import open_qdrant

    ask_key(wants_key)
    return open_qdrant(address_of(url), os.environ.get("QDRANT_API_KEY"))


def surveyed(qdrant: Qdrant, collection: str, *, text_field: str | None) -> Survey:
    """The survey of a collection that was typed. Raises CollectionMissing with a name like it."""
    from qdrant_model_migration.survey import survey

    try:
        return survey(qdrant, collection, text_field=text_field)
    except CollectionMissing:
        known: tuple[str, ...] = ()
        with suppress(RightMissing):  # a key for one collection need not list the rest
            known = (*qdrant.collections(), *qdrant.aliases())
        raise CollectionMissing(collection, known) from None

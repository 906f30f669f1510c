"""How a command reaches Qdrant: the address by option or environment, the key never by option."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qdrant_model_migration.commands.errors import KeyOfAnother, OtherServer
from qdrant_model_migration.commands.line import line_options
from qdrant_model_migration.environment import HEADERS, KEY, URL
from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.words import listing

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef
    from qdrant_model_migration.qdrant import Address, Qdrant
    from qdrant_model_migration.survey import Survey

F = TypeVar("F", bound=Callable[..., Any])


old_model_option = click.option(
    "--old-model",
    metavar="NAME|DIR",
    help="The model that made the present vectors, by its name or its folder.",
)


def server_options(function: F) -> F:
    """Adds --url and --ask-key, and those of `line_options`."""
    function = line_options(function)
    function = click.option(
        "--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used)."
    )(function)
    return click.option(
        "--url",
        envvar=URL,
        metavar="URL",
        help="Address of the server, or a folder of an embedded Qdrant. [env: QDRANT_URL]",
    )(function)


def _ways(url: str | None) -> tuple[Address, ...]:
    """Where the address that was named may lead. Raises UsageError where none is, and as
    Address.ways."""
    from qdrant_model_migration.qdrant import Address

    if not url:
        raise UsageError(
            "No server is named.",
            "Neither --url nor QDRANT_URL says where Qdrant is.",
            "Example: qmm inspect docs --url http://localhost:6333. No server? qmm demo.",
        )
    return Address.ways(url)


def connect(url: str | None, wants_key: bool) -> Qdrant:
    """An open connection to a server that a person named; use it as a context manager."""
    from qdrant_model_migration.qdrant import first_that_answers, open_qdrant

    ways = _ways(url)
    key = _ask(ways[0]) if wants_key else os.environ.get(KEY)
    qdrant = first_that_answers(ways, lambda way: open_qdrant(way, key))
    if qdrant.address != ways[0]:
        click.echo(f"Server: {qdrant.address}", err=True)
    return qdrant


def key_options(function: F) -> F:
    """Adds --ask-key and --server, for commands whose server stands in a file; see `key_for`. And
    those of `line_options`."""
    function = line_options(function)
    function = click.option(
        "--server",
        "named",
        metavar="HOST",
        help="The server that may be sent QDRANT_API_KEY, if QDRANT_URL does not name it.",
    )(function)
    return click.option(
        "--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used)."
    )(function)


def key_for(
    server: Address, named: str | None, wants_key: bool, models: Iterable[ModelRef] = ()
) -> dict[str, str]:
    """What the engine gets in its environment for this server, which is said; nothing: no key.

    models: of the plan. Where the server asks a provider for one, that has a key, too. Keys go to
    the server that QDRANT_URL names, or that the person names or agrees to. Raises UsageError where
    none of it is so, or another server is named than the file has.
    """
    from qdrant_model_migration.embedders import keys_of
    from qdrant_model_migration.qdrant import headers_for_engine, is_own, names, own_server

    click.echo(f"Server: {server}", err=True)
    if named is not None and not names(named, server):
        raise OtherServer(str(server), named, server.label)
    if server.folder is not None:
        return {}
    keys = {**keys_of(models), **headers_for_engine()}
    if wants_key:
        return {**keys, KEY: _ask(server)}
    if key := os.environ.get(KEY):
        keys[KEY] = key
    theirs = listing([name for name in keys if name != HEADERS])
    if not keys or named is not None or is_own(server) or _agrees(server, theirs):
        return keys
    raise KeyOfAnother(str(server), server.label, str(own_server() or ""), theirs)


def server_flags(server: str) -> list[str]:
    """What `key_for` wants for this server, as it is typed: nothing where QDRANT_URL names it."""
    if "://" not in server or not (os.environ.get(KEY) or os.environ.get(HEADERS)):
        return []
    from qdrant_model_migration.qdrant import Address, is_own

    address = Address.read(server)
    return [] if is_own(address) else ["--server", address.label]


def key_for_run(folder: Path, named: str | None, wants_key: bool) -> dict[str, str]:
    """As `key_for`, for a run that is there."""
    from qdrant_model_migration.engine import models_of_run, read_card
    from qdrant_model_migration.qdrant import Address

    server = Address.read(read_card(folder).server)
    return key_for(server, named, wants_key, models_of_run(folder))


def _ask(server: Address) -> str:
    key = str(click.prompt(f"API key of {server.label}", hide_input=True, err=True))
    os.environ[KEY] = key  # whoever writes down what went wrong looks there for what to blank
    return key


def _agrees(server: Address, keys: str) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm(
        f"QDRANT_URL does not name {server}. Send it the key in {keys} all the same?", err=True
    )


def surveyed(
    qdrant: Qdrant,
    collection: str,
    *,
    text_field: str | None,
    old_model: str | None = None,
    known_before: Mapping[str, ModelRef] | None = None,
) -> Survey:
    """The survey of a collection that was typed. old_model: as model_by_name takes it. Raises
    CollectionMissing with a name like it."""
    from qdrant_model_migration.embedders import model_by_name
    from qdrant_model_migration.qdrant.errors import CollectionMissing, RightMissing, RouteUnknown
    from qdrant_model_migration.survey import survey

    if collection in ("", ".", "..") or not collection.isprintable():
        raise CollectionMissing(collection)
    try:
        told = model_by_name(old_model) if old_model else None
        return survey(
            qdrant, collection, text_field=text_field, old_model=told, known_before=known_before
        )
    except CollectionMissing:
        known: tuple[str, ...] = ()
        with suppress(
            RightMissing, RouteUnknown
        ):  # a key for one collection need not list the rest
            known = (*qdrant.collections(), *qdrant.aliases())
        raise CollectionMissing(collection, known) from None

"""What stands between this computer and the server: --ca and --header, for every command.

Both go into the environment, where the engine finds them too.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from qdrant_model_migration.environment import CA, HEADERS, TYPED

F = TypeVar("F", bound=Callable[..., Any])


def line_options(function: F) -> F:
    """Adds --ca and --header, which the command itself does not get to see."""

    @click.option(
        "--header",
        multiple=True,
        metavar="NAME=VARIABLE",
        help="Send this header with each request; its value is read from that environment "
        "variable. May be repeated.",
    )
    @click.option(
        "--ca",
        metavar="FILE",
        help="Trust the certificates in this file too. (In place of the public ones: "
        "SSL_CERT_FILE.)",
    )
    @wraps(function)
    def command(*args: Any, ca: str | None, header: tuple[str, ...], **options: Any) -> Any:
        _take(ca, header)
        return function(*args, **options)

    return cast("F", command)


def _take(ca: str | None, headers: tuple[str, ...]) -> None:
    """Raises CertificatesUnusable, HeaderUnusable."""
    if ca:
        from qdrant_model_migration.qdrant import certificates

        os.environ[CA] = str(Path(ca).expanduser().absolute())
        certificates()  # better unusable now than in the engine
        _repeat("--ca", os.environ[CA])
    if headers:
        from qdrant_model_migration.qdrant import headers_named

        os.environ[HEADERS] = headers_named(headers)
        for pair in headers:
            _repeat("--header", pair)


def _repeat(*words: str) -> None:
    """In every command that is printed. Names and paths, never a value."""
    before = shlex.split(os.environ.get(TYPED, ""))
    os.environ[TYPED] = shlex.join([*before, *words])

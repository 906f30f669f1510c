"""Encrypted lines: whose certificates are trusted, and whether a port speaks TLS at all."""

from __future__ import annotations

import os
import socket
import ssl
from functools import cache

from qdrant_model_migration.environment import CA
from qdrant_model_migration.qdrant.errors import CertificatesUnusable

INSTEAD = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name certificates to trust in place of the public ones, as httpx reads them."""


def certificates() -> ssl.SSLContext:
    """Those that are trusted: the public ones (or what SSL_CERT_FILE names), and those in the file
    of --ca. Raises CertificatesUnusable."""
    return _read(os.environ.get(CA, ""), tuple(os.environ.get(name, "") for name in INSTEAD))


@cache  # reading them takes longer than anything else in opening
def _read(more: str, instead: tuple[str, ...]) -> ssl.SSLContext:
    import httpx

    named = next(((var, path) for var, path in zip(INSTEAD, instead, strict=True) if path), None)
    try:
        context = httpx.create_ssl_context()
    except OSError as error:  # an ssl.SSLError is one
        raise CertificatesUnusable(*(named or ("", "")), _why(error)) from None
    if more:
        try:
            context.load_verify_locations(cafile=more)
        except OSError as error:
            raise CertificatesUnusable("--ca", more, _why(error)) from None
    return context


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "There is no such file."
    if isinstance(error, ssl.SSLError):
        return "It holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)."
    return f"The system says: {error.strerror or 'no'}."


def own_certificates() -> str:
    """What is trusted here besides or instead of the public ones, in words; "" if nothing is."""
    for name in (CA, *INSTEAD):
        if path := os.environ.get(name):
            return f"{path} ({'--ca' if name == CA else name})"
    return ""


def speaks_tls(host: str, port: int, timeout_s: float = 3.0) -> bool:
    """Begin a handshake and see whether the other side takes part in it.

    The certificate does not matter here: the connection is closed before anything is said.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout_s) as line,
            context.wrap_socket(line, server_hostname=host),
        ):
            return True
    except OSError:  # ssl.SSLError is one of them
        return False

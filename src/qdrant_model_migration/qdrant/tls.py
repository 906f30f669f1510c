"""Whether a port speaks TLS, to tell a wrong scheme from a wrong program. Sends no data."""

from __future__ import annotations

import socket
import ssl


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

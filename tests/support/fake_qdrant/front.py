"""What may stand before a server: a path of its own, a header that it wants, what it lets through.

As nginx does it: its own pages, 413 for a body that is too large (or the line is cut), TLS.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import NamedTuple

from . import replies

PAGE = "<html><head><title>{status}</title></head><body>nginx</body></html>"


class Front(NamedTuple):
    """prefix: "/qdrant". wants: name (in small letters) and value of a header. forbids: a pattern,
    searched in "GET /aliases"; told with the status that it answers. body_bytes: of one request.
    cuts: the line, in place of saying 413. tls: how the line is encrypted, None: it is not.
    """

    prefix: str = ""
    wants: tuple[str, str] | None = None
    forbids: str = ""
    status: int = 403
    body_bytes: int | None = None
    cuts: bool = False
    tls: ssl.SSLContext | None = None

    def page(self, method: str, path: str, headers: Mapping[str, str]) -> replies.Reply | None:
        """Its own answer; None where it lets the request through."""
        if not path.startswith(f"{self.prefix}/"):
            return self._says(404)
        if self.wants is not None and headers.get(self.wants[0]) != self.wants[1]:
            return self._says(401)
        if self.forbids and re.search(self.forbids, f"{method} {path.removeprefix(self.prefix)}"):
            return self._says(self.status)
        return None

    def too_large(self, length: int) -> bool:
        return self.body_bytes is not None and length > self.body_bytes

    def refuses_body(self) -> replies.Reply | None:
        """None: it cuts the line."""
        return None if self.cuts else self._says(413)

    @staticmethod
    def _says(status: int) -> replies.Reply:
        page = PAGE.format(status=status).encode()
        return replies.Reply(status, page, {"content-type": "text/html"})

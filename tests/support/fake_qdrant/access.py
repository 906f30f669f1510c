"""Who may do what: the API key, the read-only key, and keys for single collections (facts §12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from . import replies

OPEN_PATHS = ("/", "/healthz", "/readyz", "/livez")


class Right(Enum):
    """What a route needs."""

    READ = "read"  # of one collection
    READ_ALL = "read all"  # of the whole server
    WRITE_POINTS = "write points"
    WRITE = "write"  # indexes, vector names, snapshots of one collection
    MANAGE = "manage"


@dataclass(frozen=True)
class Access:
    """The keys of a server. by_collection: key -> {collection name: "r" | "rw" | "prw"}."""

    api_key: str | None = None
    read_only_key: str | None = None
    by_collection: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def refusal(self, path: str, headers: Mapping[str, str]) -> replies.Reply | None:
        """The 401 of a request that shows no valid key; plain text (facts §12)."""
        guarded = self.api_key or self.read_only_key or self.by_collection
        if not guarded or path in OPEN_PATHS:
            return None
        key = _shown(headers)
        if key is None:
            return replies.plain(401, "Must provide an API key or an Authorization bearer token")
        if key in (self.api_key, self.read_only_key) or key in self.by_collection:
            return None
        return replies.plain(401, "Invalid API key or JWT")

    def check(self, right: Right, name: str | None, headers: Mapping[str, str]) -> None:
        """403 if the shown key does not reach so far. Names are literal, never resolved."""
        key = _shown(headers)
        if key is None or key == self.api_key:
            return
        reads = right in (Right.READ, Right.READ_ALL)
        if key == self.read_only_key:
            if not reads:
                raise replies.forbidden("Global manage access is required")
            return
        grants = self.by_collection.get(key)
        if grants is None:
            return
        if right is Right.MANAGE:
            raise replies.forbidden("Global access is required")
        if name is None:
            return
        grant = grants.get(name)
        if grant is None:
            raise replies.forbidden(f"Access to collection {name} is required")
        if not reads and grant == "r":
            raise replies.forbidden(f"Write access to collection {name} is required")
        if right is Right.WRITE and grant == "prw":
            raise replies.forbidden(f"Only points access is allowed for collection {name}")

    def sees(self, name: str, headers: Mapping[str, str]) -> bool:
        """Is the collection in this key's listing?"""
        grants = self.by_collection.get(_shown(headers) or "")
        return grants is None or name in grants

    def is_narrow(self, headers: Mapping[str, str]) -> bool:
        """A key for single collections; it lists no aliases (facts §12)."""
        return (_shown(headers) or "") in self.by_collection


def _shown(headers: Mapping[str, str]) -> str | None:
    key = headers.get("api-key")
    if key is not None:
        return key
    bearer = headers.get("authorization", "")
    return bearer[7:] if bearer.lower().startswith("bearer ") else None

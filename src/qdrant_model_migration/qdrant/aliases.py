"""Names: the collections that there are, and which of them each alias stands for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant.errors import (
    CollectionMissing,
    FrontRefuses,
    RightMissing,
    RouteUnknown,
)
from qdrant_model_migration.qdrant.requests import Requests
from qdrant_model_migration.words import listing

Asked = Literal["list", "name", "settings"]
"""How one asks for a collection: by the list of all, by its name, by its settings."""


class Aliases(Requests):
    """The part of a connection that knows names."""

    _narrow: bool | None = None

    def collections(self) -> tuple[str, ...]:
        """The collections' own names, sorted; aliases are not among them."""
        return tuple(sorted(self._call("list its collections", self._wire.collections)))

    def aliases(self) -> dict[str, str]:
        """Alias to collection. Empty for keys that open only some collections."""
        return self._call("list its aliases", self._wire.aliases)

    def known_aliases(self) -> dict[str, str] | None:
        """The same; None where the key, or what stands before the server, does not show them."""
        try:
            found = self.aliases()
        except (RightMissing, RouteUnknown):
            return None
        return found if found or not self._is_narrow() else None

    def _is_narrow(self) -> bool:
        """Whether the key is for single collections: it is shown no aliases, be there any or not.
        Asked once, by the name of a collection that there is not."""
        if self._narrow is None and not self._shows_key:
            self._narrow = False
        if self._narrow is None:
            nobody = f"qmm-right-{uuid.uuid4()}"
            try:
                self._call("read a collection", lambda: self._wire.info(nobody), nobody)
                self._narrow = False
            except RightMissing as error:
                self._narrow = not isinstance(error, FrontRefuses)
            except QmmError:
                self._narrow = False
        return self._narrow

    def resolve(self, name: str) -> str:
        """The collection behind a name, which may be an alias. Raises CollectionMissing."""
        found = (self.known_aliases() or {}).get(name, name)
        if found == name and not self.exists(name):
            raise CollectionMissing(name)
        return found

    def exists(self, name: str) -> bool:
        """Whether this is a collection or an alias."""
        try:
            return self.found_by("name", name)
        except (RightMissing, RouteUnknown):  # the collection itself may be shown all the same
            return self.found_by("settings", name)

    def found_by(self, asked: Asked, name: str) -> bool:
        """Whether one request finds the name, and no other is made: as applications ask, each in
        one way. Raises RightMissing, RouteUnknown."""
        if asked == "list":
            return name in self.collections()
        doing = "look for a collection"
        if asked == "name":
            return self._call(doing, lambda: self._wire.exists(name), name)
        try:
            self._call(doing, lambda: self._wire.info(name), name)
        except CollectionMissing:
            return False
        return True

    def switch_alias(self, alias: str, collection: str) -> None:
        """Let the alias stand for this collection, from whatever it stood for before.

        Raises NameTaken if a collection has the alias's name, CollectionMissing if the target is
        not there.
        """
        self.switch_aliases((alias,), collection)

    def switch_aliases(self, aliases: Sequence[str], collection: str) -> None:
        """The same for several, in one request with one action each.

        A list of actions is not a transaction: where a later one fails, the earlier ones stay.
        """
        self._call(
            "switch an alias",
            lambda: self._wire.switch_aliases(aliases, collection),
            listing(aliases),
        )

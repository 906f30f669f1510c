"""Names: the collections that there are, and which of them each alias stands for."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration.qdrant.errors import CollectionMissing
from qdrant_model_migration.qdrant.requests import Requests
from qdrant_model_migration.words import listing


class Aliases(Requests):
    """The part of a connection that knows names."""

    def collections(self) -> tuple[str, ...]:
        """The collections' own names, sorted; aliases are not among them."""
        return tuple(sorted(self._call("list its collections", self._wire.collections)))

    def aliases(self) -> dict[str, str]:
        """Alias to collection. Empty for keys that open only some collections."""
        return self._call("list its aliases", self._wire.aliases)

    def resolve(self, name: str) -> str:
        """The collection behind a name, which may be an alias. Raises CollectionMissing."""
        found = self.aliases().get(name, name)
        if found == name and not self.exists(name):
            raise CollectionMissing(name)
        return found

    def exists(self, name: str) -> bool:
        """Whether this is a collection or an alias."""
        return self._call("look for a collection", lambda: self._wire.exists(name), name)

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

"""Collections whole: their settings and state, making, changing and deleting one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant.aliases import Aliases
from qdrant_model_migration.qdrant.errors import (
    CollectionMissing,
    IsAlias,
    NotDeleted,
    RightMissing,
    RouteUnknown,
)
from qdrant_model_migration.qdrant.requests import ONCE, completed
from qdrant_model_migration.qdrant.settings import CollectionConfig, JsonObject
from qdrant_model_migration.qdrant.state import CollectionMemory, CollectionState, state_from_json
from qdrant_model_migration.qdrant.writes import as_numbered


class Collections(Aliases):
    """The part of a connection that knows collections."""

    def config(self, collection: str) -> CollectionConfig:
        """Every setting as the server tells it. Raises CollectionMissing."""
        return CollectionConfig.of(self._info(collection))

    def overview(self, collection: str) -> tuple[CollectionConfig, CollectionState]:
        """Settings and state by one request; what the optimizer does now is not among it."""
        info = self._info(collection)
        state = state_from_json(info, None, local=self.capabilities.local)
        return CollectionConfig.of(info), state

    def state(self, collection: str) -> CollectionState:
        """How the collection is doing now. Done is: green, nothing queued, nothing running."""
        told = None
        if self.capabilities.reports_optimizations:
            told = self._call(
                "tell its optimizations", lambda: self._wire.optimizations(collection), collection
            )
        return state_from_json(self._info(collection), told, local=self.capabilities.local)

    def memory(self, collection: str) -> CollectionMemory | None:
        """What the collection takes, as far as the server tells (from 1.18): estimates, of the
        node that answers. None where it does not tell."""
        if not self.capabilities.reports_memory:
            return None
        try:
            told = self._call("tell its memory", lambda: self._wire.memory(collection), collection)
        except (RouteUnknown, RightMissing):  # a proxy or a key that lets only the rest through
            return None
        total = (told or {}).get("total") or {}
        if not isinstance(total.get("ram_bytes"), int):
            return None
        return CollectionMemory(
            total["ram_bytes"], total.get("cached_bytes") or 0, total.get("disk_bytes") or 0
        )

    def writes(self, collection: str) -> str | None:
        """A text that becomes another one with the next write that is applied to the collection,
        of whomever. None where this cannot be known; see `as_numbered`."""
        try:
            told = self._call("tell its writes", self._wire.telemetry, collection, ONCE)
        except QmmError:  # good to know, and nothing that has to be known
            return None
        return as_numbered(told, collection)

    def _info(self, collection: str) -> JsonObject:
        return self._call("read a collection", lambda: self._wire.info(collection), collection)

    def create_collection(self, name: str, body: JsonObject) -> None:
        """Create from a raw PUT body (settings.create_body makes one). Raises NameTaken.

        An attempt that was cut off may have created it; the next one then raises NameTaken, so
        put a mark of your own into the metadata and look for it.
        """
        self._call("create a collection", lambda: self._wire.create(name, body), name)

    def patch(self, name: str, body: JsonObject) -> None:
        """Change settings by a raw PATCH body. Its parts are applied one by one, and take effect
        after it returns. The practice Qdrant takes metadata and ignores the rest."""
        self._call("change settings", lambda: self._wire.patch(name, body), name)

    def create_payload_index(self, collection: str, path: str, schema: JsonObject | str) -> None:
        """Index a payload field. One of another type on the same path is replaced."""
        self._call(
            "create a payload index",
            lambda: completed(self._wire.create_index(collection, path, schema)),
            collection,
        )

    def delete_collection(self, name: str) -> None:
        """Delete a collection with its aliases, for good.

        Raises IsAlias, CollectionMissing, NotDeleted.
        """
        behind = self.resolve(name)
        if behind != name:
            raise IsAlias(name, behind)
        deleted = self._call(
            "delete a collection", lambda: self._wire.delete_collection(name), name
        )
        # A first attempt that was cut off may have done it, and the second then finds nothing.
        if not deleted and self.exists(name):
            raise NotDeleted(name)

    def lacking_rights(self, collection: str) -> tuple[str, ...]:
        """What the key, or what stands before the server, does not allow of all that a run may
        need, in words that follow "may not". Tried by requests that change nothing."""
        if self.capabilities.local:
            return ()
        nobody = f"qmm-right-{uuid.uuid4()}"
        tries: tuple[tuple[str, Callable[[], object]], ...] = (
            ("create collections and change settings", lambda: self._wire.patch(nobody, {})),
            ("change aliases", lambda: self._wire.switch_aliases((), nobody)),
            # A key for single collections is shown an empty list, and is refused other names.
            ("list aliases", lambda: (self._wire.aliases(), self._wire.info(nobody))),
            (f"write points of {collection}", lambda: self._wire.write(collection, (), {})),
        )
        lacking = []
        for what, request in tries:
            try:
                self._call(what, request, collection)
            except (RightMissing, RouteUnknown):
                lacking.append(what)
            except QmmError:
                continue  # it was let through, and refused for what it is
        return tuple(lacking)

    def may_manage(self) -> bool | None:
        """Whether the key may create collections and change aliases; None: cannot tell.

        Tried by changing nothing in a collection that does not exist: rights are checked first.
        """
        if self.capabilities.local:
            return True
        nobody = f"qmm-right-{uuid.uuid4()}"
        try:
            self._call("change settings", lambda: self._wire.patch(nobody, {}), nobody)
        except CollectionMissing:
            return True
        except RightMissing:
            return False
        except QmmError:
            return None
        return None

"""The whole server's memory: collections, aliases, snapshots, and how names resolve."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import drift, replies, versions
from .collection import Collection
from .keyed import KeyedCollection
from .optimizer import Optimizer

Json = dict[str, Any]
SNAPSHOTS = "/qdrant/snapshots"


@dataclass(frozen=True)
class Snapshot:
    """A copy of a collection, and what listings tell of it."""

    listed: Json
    collection: Collection


class State:
    """Open to tests: look, and change, under `lock`.

    optimizer_polls, optimizer_lag: for collections made from now on (see optimizer.py).
    clock: seconds, monotonic; the token buckets of strict mode follow it.
    distributed: shard keys can be made, and collections with custom sharding have points by them.
    restoring: collections into which a snapshot is said to be restored right now; restored: into
    which one was.
    drifting_floats: payload floats lose their last place now and then, as on a real server.
    """

    def __init__(
        self,
        version: str,
        optimizer_polls: int = 2,
        optimizer_lag: int = 0,
        clock: Callable[[], float] = time.monotonic,
        drifting_floats: bool = False,
        distributed: bool = False,
    ) -> None:
        self.distributed = distributed
        self.drifting_floats = drifting_floats
        self.version_text = version
        self.version = versions.parse(version)
        self.optimizer_polls = optimizer_polls
        self.optimizer_lag = optimizer_lag
        self.clock = clock
        self.lock = threading.RLock()
        self.collections: dict[str, Collection] = {}
        self.aliases: dict[str, str] = {}
        self.snapshots: dict[str, dict[str, Snapshot]] = {}
        self._snapshot_number = 0
        self.restoring: set[str] = set()
        self.restored: set[str] = set()

    def now(self) -> float:
        """The clock as it is at the time of the call, so that a test may replace it."""
        return self.clock()

    def kept_payload(self, payload: Json) -> Json:
        """The payload as it is stored: unchanged, unless floats shall drift (facts §17)."""
        return drift.drifted(payload) if self.drifting_floats else payload

    def collection(self, name: str) -> Collection:
        """Aliases resolve before collections (facts §6)."""
        real = self.aliases.get(name, name)
        try:
            return self.collections[real]
        except KeyError:
            raise missing(real) from None

    def exists(self, name: str) -> bool:
        return self.aliases.get(name, name) in self.collections

    def create(self, name: str, body: Json) -> None:
        """409 for a collection of that name, 400 for an alias (facts §6)."""
        if name in self.collections:
            raise replies.conflict(f"Collection `{name}` already exists!")
        if name in self.aliases:
            raise replies.wrong_input(
                f"Can't create collection with name {name}. Alias with the same name already exists"
            )
        if not name or len(name) > 255:
            raise replies.invalid("collection_name", "value invalid, must be from 1 to 255")
        for sign in '<>:"/\\|?*\0\x1f':
            if sign in name:
                raise replies.invalid(
                    "collection_name", f'collection name cannot contain "{sign}" char'
                )
        optimizer = Optimizer(self.optimizer_polls, self.optimizer_lag)
        custom = self.distributed and body.get("sharding_method") == "custom"
        self.collections[name] = (KeyedCollection if custom else Collection)(
            name, body, self.version, self.now, optimizer, self.kept_payload
        )

    def delete(self, name: str) -> bool:
        """False for a missing name or an alias; a real one takes its aliases along (facts §6).

        Under an alias of the same name the physical collection goes (facts §6, the takeover).
        """
        self.aliases = {alias: real for alias, real in self.aliases.items() if real != name}
        return self.collections.pop(name, None) is not None

    def change_aliases(self, actions: list[Json]) -> None:
        """One by one: what came before a failing action stays (facts, fact 6)."""
        for action in actions:
            if "create_alias" in action:
                self._create_alias(action["create_alias"])
            elif "delete_alias" in action:
                self.aliases.pop(action["delete_alias"]["alias_name"], None)
            elif "rename_alias" in action:
                self._rename_alias(action["rename_alias"])
            else:
                raise replies.format_error(
                    "data did not match any variant of untagged enum AliasOperations"
                )

    def _create_alias(self, given: Json) -> None:
        name, real = given["alias_name"], given["collection_name"]
        if real not in self.collections:
            raise missing(real)
        if name in self.collections:
            raise replies.conflict(f"Collection `{name}` already exists!")
        self.aliases[name] = real

    def _rename_alias(self, given: Json) -> None:
        # Facts §6: no check for a collection of the new name.
        old, new = given["old_alias_name"], given["new_alias_name"]
        if old not in self.aliases:
            raise replies.not_found(f"Alias {old} does not exists!")
        self.aliases[new] = self.aliases.pop(old)

    def listed_aliases(self, of: str | None = None) -> list[Json]:
        """Of one real collection, or all. For an alias as name: none (facts §6)."""
        return [
            {"alias_name": alias, "collection_name": real}
            for alias, real in self.aliases.items()
            if of is None or real == of
        ]

    # Snapshots (facts §10)

    def snapshot(self, name: str) -> Json:
        """Take one, stored under the real collection's name."""
        collection = self.collection(name)
        self._snapshot_number += 1
        listed: Json = {
            "name": f"{collection.name}-1-2026-01-01-00-00-{self._snapshot_number:02}.snapshot",
            "creation_time": "2026-01-01T00:00:00",
            "size": 1024 + 64 * len(collection.points),
            "checksum": f"{self._snapshot_number:064x}",
        }
        kept = Snapshot(listed, _copied(collection))
        self.snapshots.setdefault(collection.name, {})[listed["name"]] = kept
        return listed

    def listed_snapshots(self, name: str) -> list[Json]:
        """Files outlive their collection, but the list needs it."""
        collection = self.collection(name)
        return [one.listed for one in self.snapshots.get(collection.name, {}).values()]

    def delete_snapshot(self, name: str, snapshot: str) -> None:
        collection = self.collection(name)
        if self.snapshots.get(collection.name, {}).pop(snapshot, None) is None:
            raise replies.not_found(f"Snapshot {snapshot} not found")

    def recover(self, name: str, location: str, checksum: str | None) -> None:
        """From a file in the folder of snapshots (facts §10); a url is taken by its last part.

        A collection that stands keeps its settings and gets the points; it must have the vectors
        and the number of shards of the other (facts, fact 4).
        """
        self.restored.add(name)
        kept = self._snapshot_at(location)
        if checksum is not None and checksum != kept.listed["checksum"]:
            told = f"expected {checksum}, got {kept.listed['checksum']}"
            raise replies.wrong_input(f"Snapshot checksum mismatch: {told}")
        source, there = kept.collection, self.collections.get(name)
        for what in ("vectors", "shard_number"):
            here = (there or source).config["params"].get(what)
            if here != source.config["params"].get(what):
                raise replies.wrong_input(
                    f"Snapshot is not compatible with existing collection: Collection {what}: "
                    f"{here} Snapshot {what}: {source.config['params'].get(what)}"
                )
        restored = _copied(source)
        if there is None:
            restored.name = name
            self.collections[name] = restored
        else:
            there.points = restored.points
            there.forget_columns()

    def _snapshot_at(self, location: str) -> Snapshot:
        path = unquote(location.removeprefix("file://"))
        of, wanted = path.split("/")[-2:]
        if not location.startswith("file://"):
            kept = [group[wanted] for group in self.snapshots.values() if wanted in group]
        elif path == "/":  # what is there, and not in the folder
            raise replies.forbidden(
                f'Snapshot file path must be inside the snapshots directory "{SNAPSHOTS}"'
            )
        else:
            group = self.snapshots.get(of, {})
            there = path == f"{SNAPSHOTS}/{of}/{wanted}" and wanted in group
            kept = [group[wanted]] if there else []
        if not kept:
            raise replies.bad_request(f'Snapshot file "{path}" does not exist')
        return kept[0]


def _copied(collection: Collection) -> Collection:
    """Settings and points of their own; payloads and vectors are never changed in place."""
    twin = copy.copy(collection)
    twin.config = copy.deepcopy(collection.config)
    twin.payload_schema = copy.deepcopy(collection.payload_schema)
    twin.points = collection.points.copy()
    twin.optimizer = Optimizer(collection.optimizer.polls, collection.optimizer.lag)
    twin.hidden = set(collection.hidden)
    twin.forget_columns()
    return twin


def missing(name: str) -> replies.Refusal:
    return replies.not_found(f"Collection `{name}` doesn't exist!")

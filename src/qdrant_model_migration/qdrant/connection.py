"""The connection to a Qdrant: everything the rest of the program may ask of it or do to it.

How a server and a folder differ is in server.py and local.py; what may be offered is in
capabilities.py.
"""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType

from qdrant_model_migration.qdrant import capabilities
from qdrant_model_migration.qdrant.by_value import ByValue
from qdrant_model_migration.qdrant.errors import NotQdrant, RightMissing, RouteUnknown, ServerTooOld
from qdrant_model_migration.qdrant.inference import Inference
from qdrant_model_migration.qdrant.named_vectors import NamedVectors
from qdrant_model_migration.qdrant.passing_on import PassingOn
from qdrant_model_migration.qdrant.snapshots import Snapshots
from qdrant_model_migration.qdrant.version import OLDEST, Version


class Qdrant(NamedVectors, ByValue, Inference, Snapshots, PassingOn):
    """An open connection. Safe to use from several threads. Made by open_qdrant."""

    def introduce(self) -> None:
        """Ask who answers, and whether the key is accepted. Changes nothing."""
        root = self._call("say what it is", self._wire.root)
        self._connecting = False
        try:
            if "qdrant" not in str(root["title"]).lower():
                raise NotQdrant
            self.version = Version.parse(str(root["version"]))
        except (KeyError, ValueError):
            raise NotQdrant from None
        if self.address.folder is not None:
            self.capabilities = capabilities.of_practice(self.version)
        elif self.version < OLDEST:
            raise ServerTooOld(str(self.version), f"{OLDEST.major}.{OLDEST.minor}")
        else:
            self.capabilities = capabilities.of_server(self.version)
            with suppress(RightMissing, RouteUnknown):  # it opens only some collections
                self.collections()

    def close(self) -> None:
        """Free the connection or the folder. May be called twice."""
        with self._lock:
            self._wire.close()

    def __enter__(self) -> Qdrant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Qdrant at {self.address}>"

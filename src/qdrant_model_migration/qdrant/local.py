"""The practice Qdrant: the client's local mode in a folder, behind the same wire as a server.

Local mode is not thread-safe and one client owns a folder; the lock around every call is in
requests.py. It keeps vectors, payloads, metadata and aliases, and ignores other settings.

Opened again, it gives a Cosine vector back as it was written, while a server gives it back as it is
stored, at length one. So here it is made length one where it is read, and nobody above can tell.
"""

from __future__ import annotations

import fcntl
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.qdrant.errors import FolderInUse, FolderUnusable
from qdrant_model_migration.qdrant.points import PointId
from qdrant_model_migration.qdrant.settings import CollectionConfig
from qdrant_model_migration.qdrant.wire import JsonObject

if TYPE_CHECKING:
    from qdrant_client import models

_ROUNDED = 1e-6  # as far from length one a server makes nothing longer or shorter (tools.rs:15)
_NOISE = (
    "Payload indexes have no effect in the local Qdrant",
    "Local mode is not recommended",
    "Removed .* outdated copies of points",
)


class Folder:
    """One folder, owned until closed. Not thread-safe. Makes the folder if it is not there."""

    def __init__(self, folder: str) -> None:
        _check(Path(folder))
        from qdrant_client import QdrantClient

        for message in _NOISE:
            warnings.filterwarnings("ignore", message=message)
        self._client = QdrantClient(path=folder, force_disable_check_same_thread=True)

    def root(self) -> JsonObject:
        return _json(self._client.info())

    def collections(self) -> list[str]:
        return [found.name for found in self._client.get_collections().collections]

    def aliases(self) -> dict[str, str]:
        listed = self._client.get_aliases().aliases
        return {alias.alias_name: alias.collection_name for alias in listed}

    def exists(self, name: str) -> bool:
        return self._client.collection_exists(name)

    def info(self, name: str) -> JsonObject:
        return _json(self._client.get_collection(name))

    def optimizations(self, name: str) -> JsonObject | None:
        return None  # there are none, ever

    def memory(self, name: str) -> JsonObject | None:
        return None  # everything is in this process, and not counted

    def telemetry(self) -> JsonObject | None:
        return None  # writes are not numbered

    def count(self, name: str, condition: JsonObject | None) -> int:
        return self._client.count(name, count_filter=_filter(condition), exact=True).count

    def scroll(self, name: str, body: JsonObject) -> JsonObject:
        records, following = self._client.scroll(
            name,
            scroll_filter=_filter(body.get("filter")),
            offset=body.get("offset"),
            limit=body["limit"],
            with_payload=body["with_payload"],
            with_vectors=body["with_vector"],
        )
        cosine = self._cosine(name, body)
        points = [_record(record, cosine) for record in records]
        return {"points": points, "next_page_offset": following}

    def scroll_as_written(self, name: str, body: JsonObject) -> bytes:
        raise NotImplementedError("nothing is written where nobody answers")

    def retrieve(self, name: str, body: JsonObject) -> list[JsonObject]:
        records = self._client.retrieve(
            name, body["ids"], with_payload=body["with_payload"], with_vectors=body["with_vector"]
        )
        cosine = self._cosine(name, body)
        return [_record(record, cosine) for record in records]

    def query(self, name: str, body: JsonObject) -> list[JsonObject]:
        from qdrant_client import models

        legs = [
            models.Prefetch(query=_query(leg["query"]), using=leg.get("using"), limit=leg["limit"])
            for leg in body.get("prefetch", ())
        ]
        found = self._client.query_points(
            name,
            prefetch=legs or None,
            query=_query(body["query"]),
            using=body.get("using"),
            query_filter=_filter(body.get("filter")),
            limit=body["limit"],
            with_payload=body["with_payload"],
        )
        return [{"id": hit.id, "score": hit.score, "payload": hit.payload} for hit in found.points]

    def search_seconds(self, name: str, body: JsonObject) -> float | None:
        self.query(name, body)
        return None

    def create(self, name: str, body: JsonObject) -> None:
        from qdrant_client import models

        self._client.create_collection(
            name,
            vectors_config=_vectors_config(body.get("vectors") or {}),
            sparse_vectors_config={
                vector: models.SparseVectorParams(**params)
                for vector, params in (body.get("sparse_vectors") or {}).items()
            },
            metadata=body.get("metadata"),
        )

    def patch(self, name: str, body: JsonObject) -> None:
        # The rest of a PATCH (hnsw, optimizers, quantization, strict mode) is ignored here.
        if body.get("metadata"):
            self._client.update_collection(name, metadata=body["metadata"])
        elif not self.exists(name):
            raise ValueError(f"Collection {name} not found")

    def create_index(self, name: str, path: str, schema: JsonObject | str) -> str:
        self.info(name)  # raises where the collection is missing; there is nothing else to do
        return "completed"

    def switch_aliases(self, aliases: Sequence[str], collection: str) -> None:
        from qdrant_client import models

        actions = [
            models.CreateAlias(alias_name=alias, collection_name=collection) for alias in aliases
        ]
        self._client.update_collection_aliases(
            [models.CreateAliasOperation(create_alias=action) for action in actions]
        )

    def delete_collection(self, name: str) -> bool:
        return self._client.delete_collection(name)

    def write(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        from qdrant_client import models

        mode = options.get("update_mode")
        result = self._client.upsert(
            name,
            points=[models.PointStruct(**_named(json.loads(point))) for point in points],
            update_mode=models.UpdateMode(mode) if mode else None,
            update_filter=_filter(options.get("update_filter")),
            wait=True,
        )
        return str(result.status.value)

    def set_vectors(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        from qdrant_client import models

        given = [json.loads(point) for point in points]
        here = {r.id for r in self._client.retrieve(name, [p["id"] for p in given], False)}
        known = [p for p in given if p["id"] in here]  # a missing one is a KeyError in mid-write
        if known:
            self._client.update_vectors(
                name,
                [models.PointVectors(id=p["id"], vector=_named(p)["vector"]) for p in known],
                update_filter=_filter(options.get("update_filter")),
            )
        return "completed"

    def unset_vectors(self, name: str, body: JsonObject) -> str:
        from qdrant_client import models

        chosen = (
            models.FilterSelector(filter=models.Filter(**body["filter"]))
            if "filter" in body
            else models.PointIdsList(points=body["points"])
        )
        self._client.delete_vectors(name, body["vector"], chosen)
        return "completed"

    def add_vector(self, name: str, vector: str, body: JsonObject) -> str:
        from qdrant_client import models

        config = (
            models.SparseVectorNameConfig(**body)
            if "sparse" in body
            else models.DenseVectorNameConfig(**body)
        )
        self._client.create_vector_name(name, vector, config)
        return "completed"

    def drop_vector(self, name: str, vector: str) -> str:
        self._client.delete_vector_name(name, vector)
        return "completed"

    def create_snapshot(self, name: str, timeout_s: float) -> JsonObject:
        raise NotImplementedError("see capabilities.snapshots")

    def snapshots(self, name: str) -> list[JsonObject]:
        return []

    def delete_snapshot(self, name: str, snapshot: str) -> None:
        raise NotImplementedError("see capabilities.snapshots")

    def restore(self, name: str, body: JsonObject, timeout_s: float) -> None:
        raise NotImplementedError("see capabilities.clone")

    def cluster(self) -> JsonObject:
        return {"status": "disabled"}

    def delete(self, name: str, ids: Sequence[PointId], options: JsonObject) -> str:
        from qdrant_client import models

        result = self._client.delete(name, models.PointIdsList(points=list(ids)), wait=True)
        return str(result.status.value)

    def delete_where(self, name: str, condition: JsonObject, options: JsonObject) -> str:
        from qdrant_client import models

        chosen = models.FilterSelector(filter=models.Filter(**condition))
        return str(self._client.delete(name, chosen, wait=True).status.value)

    def shards(self, name: str) -> JsonObject:
        return {}

    def add_shard_key(self, name: str, body: JsonObject) -> None:
        raise AssertionError("nothing here has shard keys")

    def close(self) -> None:
        self._client.close()

    def _cosine(self, name: str, asked: JsonObject) -> frozenset[str]:
        """The vectors that are stored at length one, where any are asked for."""
        if not asked["with_vector"]:
            return frozenset()
        config = CollectionConfig.of(self.info(name))
        return frozenset(v for v, has in config.vectors().items() if has["distance"] == "Cosine")


def _check(folder: Path) -> None:
    """Refuse what local mode would open wrongly.

    It makes a practice Qdrant inside any folder, and finds out that another program owns one only
    after loading (and tidying) everything.
    """
    if not folder.is_dir():
        if folder.exists():
            raise FolderUnusable(str(folder), "It is a file, not a folder.")
        return
    if (folder / "raft_state.json").exists() or (folder / "collections").is_dir():
        raise FolderUnusable(
            str(folder),
            "It is the storage of a Qdrant server, which must be reached by its address.",
        )
    if any(folder.iterdir()) and not (folder / "meta.json").exists():
        raise FolderUnusable(str(folder), "It holds files that are not those of a Qdrant.")
    lock = folder / ".lock"
    if not lock.is_file():
        return
    with lock.open("r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(str(folder)) from None


def _named(point: JsonObject) -> JsonObject:
    """Local mode takes a plain list only where the unnamed vector is the only one."""
    vector = point["vector"]
    return point if isinstance(vector, dict) else {**point, "vector": {"": vector}}


def _vectors_config(
    vectors: dict[str, Any],
) -> models.VectorParams | dict[str, models.VectorParams]:
    from qdrant_client import models

    if isinstance(vectors.get("size"), int):
        return models.VectorParams(**vectors)
    return {name: models.VectorParams(**params) for name, params in vectors.items()}


def _query(wanted: Any) -> Any:
    """A vector, or how the results of others are fused."""
    from qdrant_client import models

    if not isinstance(wanted, dict):
        return wanted
    return models.FusionQuery(**wanted) if "fusion" in wanted else models.SparseVector(**wanted)


def _filter(condition: JsonObject | None) -> models.Filter | None:
    from qdrant_client import models

    return models.Filter(**condition) if condition else None


def _record(record: models.Record, cosine: frozenset[str]) -> JsonObject:
    vector: Any = record.vector
    if isinstance(vector, dict):
        vector = {name: _vector(value, name in cosine) for name, value in vector.items()}
    else:
        vector = _vector(vector, "" in cosine)
    return {"id": record.id, "payload": record.payload, "vector": vector}


def _vector(value: Any, cosine: bool) -> Any:
    if cosine and value:
        return _at_length_one(value)
    return value.model_dump() if hasattr(value, "model_dump") else value


def _at_length_one(vector: list[Any]) -> list[Any]:
    """A vector, or each row of a multivector; one that has that length or none stays as it is."""
    import numpy as np

    values = np.asarray(vector, np.float32)
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    stays = (length < np.finfo(np.float32).eps) | (np.abs(length - 1) <= _ROUNDED)
    if stays.all():
        return vector
    made: list[Any] = (values / np.where(stays, 1, length)).tolist()
    return made


def _json(model: Any) -> JsonObject:
    dumped: JsonObject = model.model_dump(mode="json", exclude_none=True)
    return dumped

"""A Qdrant server, spoken to in raw JSON.

Raw, because typed answers lose the settings they do not know and refuse the fields they do not
expect; and because points are written as the bytes that were measured.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.metering import hear
from qdrant_model_migration.qdrant.points import PointId
from qdrant_model_migration.qdrant.rest import Rest, read_json
from qdrant_model_migration.qdrant.wire import BYTES, JsonObject

_SNAPSHOTS = "/collections/{name}/snapshots"
_VECTOR = "/collections/{name}/vectors/{vector}?wait=true"


def _result(answer: JsonObject) -> Any:
    """Raises ValueError for an answer without one, which is none of Qdrant's."""
    if answer.get("result") is None:
        raise ValueError("no result")
    return answer["result"]


class Server:
    """One connection pool; may be used from several threads at once."""

    def __init__(
        self,
        address: Address,
        secret: SecretStr | None,
        timeout_s: float,
        connect_s: float,
        headers: Mapping[str, str],
    ) -> None:
        """headers: of each request, besides our own. Raises CertificatesUnusable."""
        key = secret.get_secret_value() if secret else None
        self._rest = Rest(address, key, math.ceil(timeout_s), headers)
        self._connect_s = connect_s

    def root(self) -> JsonObject:
        return self._rest.ask("GET", "/", {}, timeout_s=self._connect_s)

    def collections(self) -> list[str]:
        return [found["name"] for found in self._ask("GET", "/collections")["collections"]]

    def aliases(self) -> dict[str, str]:
        listed = self._ask("GET", "/aliases")["aliases"]
        return {alias["alias_name"]: alias["collection_name"] for alias in listed}

    def exists(self, name: str) -> bool:
        return bool(self._ask("GET", "/collections/{name}/exists", name)["exists"])

    def info(self, name: str) -> JsonObject:
        info: JsonObject = self._ask("GET", "/collections/{name}", name)
        return info

    def optimizations(self, name: str) -> JsonObject | None:
        state: JsonObject = self._ask("GET", "/collections/{name}/optimizations", name)
        return state

    def memory(self, name: str) -> JsonObject | None:
        told: JsonObject = self._ask("GET", "/collections/{name}/memory", name)
        return told

    def telemetry(self) -> JsonObject | None:
        told: JsonObject = self._ask("GET", "/telemetry?details_level=3")
        return told

    def count(self, name: str, condition: JsonObject | None) -> int:
        body = {"exact": True, **({"filter": condition} if condition else {})}
        return int(self._ask("POST", "/collections/{name}/points/count", name, body)["count"])

    def scroll(self, name: str, body: JsonObject) -> JsonObject:
        answer = self.scroll_as_written(name, body)
        return {**_result(read_json(answer)), BYTES: len(answer)}

    def scroll_as_written(self, name: str, body: JsonObject) -> bytes:
        asked = json.dumps(body, allow_nan=False).encode()
        return self._rest.send("POST", "/collections/{name}/points/scroll", {"name": name}, asked)

    def retrieve(self, name: str, body: JsonObject) -> list[JsonObject]:
        records: list[JsonObject] = self._ask("POST", "/collections/{name}/points", name, body)
        return records

    def query(self, name: str, body: JsonObject) -> list[JsonObject]:
        found = self._ask("POST", "/collections/{name}/points/query", name, body)
        hits: list[JsonObject] = found["points"]
        return hits

    def search_seconds(self, name: str, body: JsonObject) -> float | None:
        told = self._ask(
            "POST",
            "/collections/{name}/points/query",
            name,
            body,
            take=lambda answer: answer.get("time"),
        )
        return float(told) if isinstance(told, (int, float)) else None

    def create(self, name: str, body: JsonObject) -> None:
        self._ask("PUT", "/collections/{name}", name, body)

    def patch(self, name: str, body: JsonObject) -> None:
        self._ask("PATCH", "/collections/{name}", name, body)

    def create_index(self, name: str, path: str, schema: JsonObject | str) -> str:
        body = {"field_name": path, "field_schema": schema}
        return str(self._ask("PUT", "/collections/{name}/index?wait=true", name, body)["status"])

    def switch_aliases(self, aliases: Sequence[str], collection: str) -> None:
        actions = [
            {"create_alias": {"alias_name": alias, "collection_name": collection}}
            for alias in aliases
        ]
        self._ask("POST", "/collections/aliases", body={"actions": actions})

    def delete_collection(self, name: str) -> bool:
        return bool(self._ask("DELETE", "/collections/{name}", name))

    def write(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        return self._write("/collections/{name}/points?wait=true", name, points, options)

    def set_vectors(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        return self._write("/collections/{name}/points/vectors?wait=true", name, points, options)

    def _write(self, url: str, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        rest = "".join(f",{json.dumps(key)}:{json.dumps(value)}" for key, value in options.items())
        body = b'{"points":[' + b",".join(points) + b"]" + rest.encode() + b"}"
        return str(self._ask("PUT", url, name, body)["status"])

    def unset_vectors(self, name: str, body: JsonObject) -> str:
        url = "/collections/{name}/points/vectors/delete?wait=true"
        return str(self._ask("POST", url, name, body)["status"])

    def add_vector(self, name: str, vector: str, body: JsonObject) -> str:
        return str(self._ask("PUT", _VECTOR, name, body, vector=vector)["status"])

    def drop_vector(self, name: str, vector: str) -> str:
        return str(self._ask("DELETE", _VECTOR, name, vector=vector)["status"])

    def create_snapshot(self, name: str, timeout_s: float) -> JsonObject:
        made: JsonObject = self._ask("POST", _SNAPSHOTS, name, timeout_s=timeout_s)
        return made

    def snapshots(self, name: str) -> list[JsonObject]:
        return list(self._ask("GET", _SNAPSHOTS, name))

    def delete_snapshot(self, name: str, snapshot: str) -> None:
        self._ask("DELETE", f"{_SNAPSHOTS}/{{snapshot}}?wait=true", name, snapshot=snapshot)

    def restore(self, name: str, body: JsonObject, timeout_s: float) -> None:
        self._ask("PUT", f"{_SNAPSHOTS}/recover?wait=true", name, body, timeout_s=timeout_s)

    def cluster(self) -> JsonObject:
        told: JsonObject = self._ask("GET", "/cluster")
        return told

    def delete(self, name: str, ids: Sequence[PointId], options: JsonObject) -> str:
        return self._delete(name, {"points": list(ids), **options})

    def delete_where(self, name: str, condition: JsonObject, options: JsonObject) -> str:
        return self._delete(name, {"filter": condition, **options})

    def _delete(self, name: str, body: JsonObject) -> str:
        return str(
            self._ask("POST", "/collections/{name}/points/delete?wait=true", name, body)["status"]
        )

    def shards(self, name: str) -> JsonObject:
        told: JsonObject = self._ask("GET", "/collections/{name}/cluster", name)
        return told

    def add_shard_key(self, name: str, body: JsonObject) -> None:
        self._ask("PUT", "/collections/{name}/shards", name, body)

    def close(self) -> None:
        self._rest.close()

    def _ask(
        self,
        method: str,
        url: str,
        name: str = "",
        body: JsonObject | bytes | None = None,
        *,
        timeout_s: float | None = None,
        take: Callable[[JsonObject], Any] = _result,
        **more: str,
    ) -> Any:
        """One request, and what to take of its answer. more: what else stands in the url."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, allow_nan=False).encode()
        answer = self._rest.ask(method, url, {"name": name, **more}, body, timeout_s)
        hear(answer)
        return take(answer)

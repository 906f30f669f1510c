"""The server that contract tests talk to: the fake, and a real one where QDRANT_URL names it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from qdrant_client import QdrantClient

from support.fake_qdrant import FakeQdrant

REAL = os.environ.get("QDRANT_URL")
KEY = os.environ.get("QDRANT_API_KEY")


@dataclass
class Server:
    """Raw httpx and the Python client on one server. fake is None on a real one."""

    client: QdrantClient
    http: httpx.Client
    fake: FakeQdrant | None
    version: tuple[int, ...]
    prefix: str

    def name(self, stem: str = "c") -> str:
        """A collection or alias name that no other test has; removed at the end."""
        return f"{self.prefix}-{stem}"

    def ask(self, method: str, path: str, body: object = None, **query: Any) -> httpx.Response:
        """One raw request, whatever the answer."""
        return self.http.request(method, path, json=body, params=query)

    def result(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        """The `result` of a raw request that must succeed."""
        reply = self.ask(method, path, body, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()["result"]

    def create(self, body: dict[str, Any] | None = None, stem: str = "c") -> str:
        """A collection from a raw body (default: unnamed, 4 dimensions, Dot). Returns its name."""
        name = self.name(stem)
        self.result(
            "PUT", f"/collections/{name}", body or {"vectors": {"size": 4, "distance": "Dot"}}
        )
        return name

    def config(self, name: str) -> dict[str, Any]:
        """The raw configuration."""
        config: dict[str, Any] = self.result("GET", f"/collections/{name}")["config"]
        return config

    def upsert(self, name: str, *points: dict[str, Any], **more: Any) -> Any:
        """Raw upsert, waited for."""
        body = {"points": list(points), **more}
        return self.result("PUT", f"/collections/{name}/points", body, wait="true")

    def points(self, name: str, **body: Any) -> list[dict[str, Any]]:
        """All records (up to 1,000), with payload and vectors."""
        asked = {"limit": 1000, "with_payload": True, "with_vector": True, **body}
        found: list[dict[str, Any]] = self.result(
            "POST", f"/collections/{name}/points/scroll", asked
        )["points"]
        return found

    def clean(self) -> None:
        """Remove what the test left."""
        for alias in self.result("GET", "/aliases")["aliases"]:
            if alias["alias_name"].startswith(self.prefix):
                action = {"delete_alias": {"alias_name": alias["alias_name"]}}
                self.ask("POST", "/collections/aliases", {"actions": [action]})
        for entry in self.result("GET", "/collections")["collections"]:
            if entry["name"].startswith(self.prefix):
                self.ask("DELETE", f"/collections/{entry['name']}")


def open_server(url: str, key: str | None, fake: FakeQdrant | None) -> Iterator[Server]:
    """A Server on `url`, cleaned up afterwards."""
    client = QdrantClient(url=url, api_key=key, timeout=60, check_compatibility=False)
    headers = {"api-key": key} if key else {}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as http:
        text = http.get("/").json()["version"]
        version = tuple(int(part) for part in text.split("-")[0].split("."))
        server = Server(client, http, fake, version, f"t{uuid.uuid4().hex[:10]}")
        try:
            yield server
        finally:
            server.clean()
            client.close()


def fake_server(version: str) -> Iterator[Server]:
    """A Server on a fake of that version."""
    with FakeQdrant(version) as fake:
        yield from open_server(fake.url, None, fake)


@pytest.fixture(
    params=["fake", *([pytest.param("real", marks=pytest.mark.server)] if REAL else [])]
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The fake of version 1.18.3, or the real server at QDRANT_URL."""
    if request.param == "fake":
        yield from fake_server("1.18.3")
    elif REAL:
        yield from open_server(REAL, KEY, None)


@pytest.fixture
def newest_server() -> Iterator[Server]:
    """The fake of version 1.19.0."""
    yield from fake_server("1.19.0")


@pytest.fixture
def old_server() -> Iterator[Server]:
    """The fake of version 1.16.3: before update_mode, optimizations and vector names."""
    yield from fake_server("1.16.3")

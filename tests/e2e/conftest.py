"""Where the whole trip is run: a local folder, fake servers of several versions, a real server.

The same collection everywhere, made by a practice model that is fitted once per process.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.embedders.kinds.practice import RECIPES, fit
from qdrant_model_migration.qdrant import Address, Point, PointId, Qdrant, open_qdrant
from support import trip as trips
from support.fake_qdrant import FakeQdrant
from support.sentences import sentence

POINTS = 240
_WORDS = [
    f"{first}{second}"
    for first in ("vec", "seg", "col", "pay", "clu")
    for second in ("tor", "ment", "lection", "load", "ster", "nal", "dex", "ter")
]


class Models(NamedTuple):
    old: ModelRef
    new: ModelRef


class Place(NamedTuple):
    """A Qdrant with the collection in it. `fake` where it is one, for faults."""

    address: Address
    collection: str
    alias: str
    models: Models
    fake: FakeQdrant | None

    def open(self) -> Qdrant:
        return open_qdrant(self.address, os.environ.get("QDRANT_API_KEY"))

    def aliases(self, qdrant: Qdrant) -> dict[str, str]:
        """Those of its collections: other tests have theirs on the same server."""
        return {a: c for a, c in qdrant.aliases().items() if c.startswith(self.collection)}

    def collections(self, qdrant: Qdrant) -> set[str]:
        return {name for name in qdrant.collections() if name.startswith(self.collection)}


def document(number: int) -> dict[str, Any]:
    """A payload with a title, a text that has something to do with it, and awkward values."""
    choose = random.Random(number)
    title = " ".join(choose.sample(_WORDS, 4))
    body = f"About {title}. " + " ".join(choose.choices(_WORDS, k=choose.randint(12, 60)))
    return {
        "title": title,
        "text": body,
        "rank": choose.random(),
        "big": 2**64 - 1 - number,
        "nested": {"tags": [choose.choice(_WORDS), None, True], "n": -number},
    }


def ident(number: int) -> PointId:
    return number if number % 3 else str(uuid.UUID(int=number * 7919 + (1 << 100)))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("models")
    texts = [document(n)["text"] for n in range(POINTS)]
    return Models(*(fit(name, texts, folder) for name in RECIPES))


@pytest.fixture(scope="session")
def models_of_sentences(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Of the texts and lines of support/written.py: each has a vector of its own."""
    folder = tmp_path_factory.mktemp("models")
    lines = "source: manual_0.pdf\nauthor: Jane Doe\nfile_name: manual_1.pdf"
    texts = [text for n in range(240) for text in (sentence(n), f"{lines}\n\n{sentence(n)}")]
    return Models(*(fit(name, texts, folder) for name in RECIPES))


def fill(qdrant: Qdrant, models: Models, collection: str, alias: str) -> None:
    """The collection as an application with the old model leaves it."""
    qdrant.create_collection(
        collection,
        {
            "vectors": {
                "size": models.old.dimensions,
                "distance": "Cosine",
                "hnsw_config": {"m": 24},
            },
            "on_disk_payload": True,
            "optimizers_config": {"default_segment_number": 2},
            "quantization_config": {"scalar": {"type": "int8", "quantile": 0.97}},
            "metadata": {"owner": "search", **models.old.to_metadata()},
        },
    )
    if qdrant.capabilities.settings:
        qdrant.create_payload_index(collection, "rank", {"type": "float", "on_disk": True})
        qdrant.create_payload_index(collection, "nested.n", {"type": "integer", "range": True})
    embedder = open_embedder(models.old)
    payloads = [document(n) for n in range(POINTS)]
    payloads[7]["text"] = ""
    payloads[8].pop("text")
    vectors = embedder.embed([p.get("text") or "nothing" for p in payloads], "passage").vectors
    qdrant.insert(
        collection,
        [
            Point(ident(n), payload, {"": vector})
            for n, (payload, vector) in enumerate(zip(payloads, vectors, strict=True))
        ],
    )
    if qdrant.capabilities.settings:
        qdrant.patch(
            collection, {"strict_mode_config": {"enabled": True, "upsert_max_batchsize": 50}}
        )
    qdrant.switch_alias(alias, collection)


@pytest.fixture(scope="session", autouse=True)
def signs_once() -> Iterator[None]:
    """fastembed looks at all of Unicode for signs each time that BM25 is opened."""
    from fastembed.sparse import bm25

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "get_all_punctuation", cache(bm25.get_all_punctuation))
        yield


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a server is done is asked without a rest."""
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    """The small collection of support/trip.py on a fake server."""
    with FakeQdrant() as fake:
        with open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
            trips.fill(qdrant)
        yield fake


@pytest.fixture
def trip(fake: FakeQdrant, tmp_path: Path) -> trips.Trip:
    return trips.Trip(Address(url=fake.url, folder=None), tmp_path / "runs")


PLACES = ["local", "fake 1.16.3", "fake 1.17.1", "fake 1.18.3"]


@contextmanager
def _qdrant(kind: str, folder: Path) -> Iterator[tuple[Address, FakeQdrant | None, str]]:
    """With a mark for the names of all that is made there: on a real one these are deleted."""
    if kind == "local":
        yield Address(url=None, folder=str(folder / "qdrant")), None, ""
    elif kind == "real":
        url = os.environ.get("QDRANT_URL")
        if not url:
            pytest.skip("QDRANT_URL names no server")
        address, mark = Address(url=url, folder=None), uuid.uuid4().hex[:8]
        yield address, None, mark
        with open_qdrant(address, os.environ.get("QDRANT_API_KEY")) as qdrant:
            for name in qdrant.collections():
                if mark in name:
                    qdrant.delete_collection(name)
    else:
        with FakeQdrant(version=kind.split()[1]) as fake:
            yield Address(url=fake.url, folder=None), fake, ""


@pytest.fixture(params=[*PLACES, pytest.param("real", marks=pytest.mark.server)])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    with _qdrant(request.param, tmp_path) as (address, fake, mark):
        place = Place(address, f"docs_old{mark}", f"docs{mark}", models, fake)
        with place.open() as qdrant:
            fill(qdrant, models, place.collection, place.alias)
        yield place


@pytest.fixture(params=["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)])
def empty(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    models_of_sentences: Models,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    """A Qdrant without a collection."""
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    with _qdrant(request.param, tmp_path) as (address, fake, mark):
        yield Place(address, "", f"docs{mark}", models_of_sentences, fake)

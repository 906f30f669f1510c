"""A practice model fitted once, and a Qdrant to survey: a folder and the fake server in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedder, ModelRef, fit, open_embedder
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant

_SUBJECTS = ("The parser", "A socket", "This iterator", "The caller", "An empty list", "The thread")
_VERBS = ("returns", "raises", "accepts", "closes", "wraps", "ignores")
_OBJECTS = (
    "the first argument when it is given",
    "an error if the file is not there",
    "a copy of the headers that were sent",
    "every line of the buffer in order",
    "the lock which has been taken by another",
)


def sentence(number: int) -> str:
    """One of 180 different English sentences, with its number as a word."""
    subject = _SUBJECTS[number % 6]
    verb = _VERBS[number // 6 % 6]
    return f"{subject} {verb} {_OBJECTS[number // 36 % 5]} in case n{number}"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """practice/words-128, fitted on the sentences."""
    texts = [sentence(number) for number in range(180)]
    return fit("practice/words-128", texts, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def embedder(model: ModelRef) -> Embedder:
    return open_embedder(model)


@pytest.fixture(params=["folder", "server"])
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    """An open, empty Qdrant."""
    if request.param == "folder":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as opened:
            yield opened
        return
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
        yield opened


@pytest.fixture
def on_server() -> Iterator[tuple[FakeQdrant, Qdrant]]:
    """The fake server with an open connection to it."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
        yield fake, opened


Fill = Callable[..., None]


@pytest.fixture
def fill(model: ModelRef, embedder: Embedder) -> Fill:
    """fill(qdrant, name, payloads, texts=..., metadata=...): points 0, 1, ... with these payloads.

    texts: what the stored vectors are made of; None for a point gives it no vector.
    """

    def filled(
        qdrant: Qdrant,
        name: str,
        payloads: list[dict[str, Any]],
        texts: list[str | None],
        metadata: dict[str, Any] | None = None,
    ) -> None:
        body = {"vectors": {"size": 128, "distance": "Cosine"}, "metadata": metadata or {}}
        qdrant.create_collection(name, body)
        made = iter(embedder.embed([text for text in texts if text], "passage").vectors)
        points = [
            Point(number, payload, {"": next(made)} if text else {})
            for number, (payload, text) in enumerate(zip(payloads, texts, strict=True))
        ]
        qdrant.insert(name, points)

    return filled

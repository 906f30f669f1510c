"""A practice model fitted once, and a Qdrant to survey: a folder and the fake server in turn."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedder, ModelRef, fit, open_embedder
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.sentences import sentence


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    """practice/words-128, fitted on the sentences."""
    texts = [sentence(number) for number in range(180)]
    return fit("practice/words-128", texts, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def embedder(model: ModelRef) -> Embedder:
    return open_embedder(model)


Fill = Callable[..., None]


@pytest.fixture
def on_server() -> Iterator[tuple[FakeQdrant, Qdrant]]:
    """The fake server with an open connection to it."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
        yield fake, opened


@pytest.fixture
def server(on_server: tuple[FakeQdrant, Qdrant]) -> Qdrant:
    """A connection to an empty fake server."""
    return on_server[1]


@pytest.fixture(scope="session")
def fill(embedder: Embedder) -> Fill:
    """fill(qdrant, name, payloads, texts, metadata): points 0, 1, ... with these payloads.

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


@pytest.fixture(scope="session")
def fill_docs(fill: Fill, model: ModelRef) -> Callable[[Qdrant], None]:
    """`docs_a` behind the alias `docs`: 120 texts, a number in place of one, two points bare.

    Beside it `other`, which is empty.
    """

    def filled(qdrant: Qdrant) -> None:
        texts = [sentence(number) for number in range(120)]
        payloads: list[dict[str, Any]] = [
            {"title": f"No {number}", "meta": {"body": text}, "lang": "en"}
            for number, text in enumerate(texts)
        ]
        payloads += [{"title": "x", "meta": {"body": 7}}, {"title": "y"}, {}]
        fill(qdrant, "docs_a", payloads, [*texts, None, None, None], model.to_metadata())
        qdrant.switch_alias("docs", "docs_a")
        qdrant.create_collection("other", {"vectors": {"size": 4, "distance": "Dot"}})

    return filled


@pytest.fixture(scope="session")
def filled_folder(
    fill_docs: Callable[[Qdrant], None], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with the docs, to be copied: writing it takes seconds."""
    folder = tmp_path_factory.mktemp("docs") / "qdrant"
    with open_qdrant(Address(folder=str(folder))) as opened:
        fill_docs(opened)
    return folder


@pytest.fixture(params=["folder", "server"])
def docs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    """A Qdrant with the docs, of one's own: a folder and the fake server in turn."""
    if request.param == "folder":
        folder = tmp_path / "qdrant"
        shutil.copytree(request.getfixturevalue("filled_folder"), folder)
        with open_qdrant(Address(folder=str(folder))) as opened:
            yield opened
        return
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
        request.getfixturevalue("fill_docs")(opened)
        yield opened

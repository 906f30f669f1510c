"""The list of collections: what a person needs to choose one, for a few cheap requests each."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.survey import Listed, look_at, named
from qdrant_model_migration.survey.listing import AT_ONCE
from support.fake_qdrant import FakeQdrant
from support.sentences import sentence

Fill = Callable[..., None]


def catalogue(qdrant: Qdrant) -> tuple[Listed, ...]:
    return tuple(look_at(qdrant, named(qdrant, qdrant.collections())))


def test_a_collection_is_listed_with_what_is_told_of_it(docs: Qdrant) -> None:
    first, second = catalogue(docs)
    assert (first.collection, first.alias, first.points) == ("docs_a", "docs", 123)
    assert (first.vectors, first.model, first.text_field) == ("128", "words-128", "meta.body")
    assert first.vectors_in_words == "1 without a name: 128 dimensions, cosine"
    assert (first.status, first.status_in_words) == ("green", "everything indexed")
    assert first.bytes is not None
    assert first.bytes > 123 * 128 * 4
    assert (second.collection, second.alias, second.points) == ("other", None, 0)
    assert (second.vectors, second.bytes, second.model) == ("4", 0, "")


def test_several_vectors_stand_in_one_column(server: Qdrant) -> None:
    server.create_collection(
        "products",
        {
            "vectors": {"text": {"size": 1536, "distance": "Dot"}},
            "sparse_vectors": {"bm25": {"modifier": "idf"}},
            "metadata": {"embedding_model": "text-embedding-3-small"},
        },
    )
    (listed,) = catalogue(server)
    assert (listed.vectors, listed.model) == ("1536 + sparse", "text-embedding-3-small")
    assert listed.vectors_in_words == "2; text: 1,536 dimensions, dot; bm25: sparse, idf"


def test_the_compression_of_a_vector_is_told_where_it_is_the_vectors_own(server: Qdrant) -> None:
    int8 = {"scalar": {"type": "int8"}}
    body = {"size": 4, "distance": "Dot", "quantization_config": int8}
    server.create_collection("own", {"vectors": body, "quantization_config": {"binary": {}}})
    (listed,) = catalogue(server)
    assert listed.quantization == "scalar"


def test_nothing_is_counted_and_few_requests_are_made(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill
) -> None:
    fake, qdrant = on_server
    texts = [sentence(number) for number in range(30)]
    for name in ("a", "b", "c"):
        fill(qdrant, name, [{"text": text} for text in texts], texts)
    seen = len(fake.requests)
    catalogue(qdrant)
    made = list(fake.requests)[seen:]
    assert len(made) == 2 + 3 * 2
    assert not [request for request in made if request.path.endswith("/count")]


def test_a_collection_that_this_key_may_not_read_is_listed_with_its_problem(fill: Fill) -> None:
    texts = [sentence(number) for number in range(5)]
    keys = {"one": {"docs": "r"}}
    with FakeQdrant(api_key="all", collection_keys=keys) as fake:
        with open_qdrant(Address(url=fake.url), "all") as qdrant:
            fill(qdrant, "docs", [{"text": text} for text in texts], texts)
            fill(qdrant, "secret", [{"text": text} for text in texts], texts)
        fake.fail(
            method="GET", path="/collections/secret", status=403, error="Forbidden: x", times=None
        )
        with open_qdrant(Address(url=fake.url), "all") as qdrant:
            listed = {one.collection: one for one in catalogue(qdrant)}
    assert listed["docs"].points == 5
    assert listed["secret"].points is None
    assert listed["secret"].problem


def test_a_collection_that_vanishes_meanwhile_is_left_out(
    on_server: tuple[FakeQdrant, Qdrant], fill: Fill
) -> None:
    fake, qdrant = on_server
    fill(qdrant, "docs", [{"text": "a b c"}], ["a b c"])
    fill(qdrant, "gone", [{"text": "a b c"}], ["a b c"])
    text = "Not found: Collection `gone` doesn't exist!"
    fake.fail(method="GET", path="/collections/gone", status=404, error=text, times=None)
    assert [one.collection for one in catalogue(qdrant)] == ["docs"]


@pytest.fixture
def forty(on_server: tuple[FakeQdrant, Qdrant]) -> tuple[FakeQdrant, Qdrant]:
    fake, qdrant = on_server
    for number in range(40):
        body = {"vectors": {"size": 4, "distance": "Cosine"}}
        fake.call("PUT", f"/collections/c{number:02}", body)
    return fake, qdrant


def test_the_names_are_there_before_any_collection_is_looked_at(
    forty: tuple[FakeQdrant, Qdrant],
) -> None:
    fake, qdrant = forty
    fake.call(
        "POST",
        "/collections/aliases",
        {"actions": [{"create_alias": {"collection_name": "c07", "alias_name": "docs"}}]},
    )
    seen = len(fake.requests)
    listed = named(qdrant, qdrant.collections())
    assert len(list(fake.requests)[seen:]) == 2
    assert len(listed) == 40
    assert listed[7] == Listed("c07", ("docs",))
    assert not any(one.looked_at for one in listed)


def test_several_are_looked_at_at_a_time_and_told_in_order(
    forty: tuple[FakeQdrant, Qdrant],
) -> None:
    """One after the other, 500 collections behind a VPN take minutes."""
    fake, qdrant = forty
    under_way = most = 0
    lock = threading.Lock()
    many = threading.Event()

    def comes(request: object) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            if under_way == AT_ONCE:
                many.set()
        many.wait(20)  # the first ones wait for each other: one at a time would never go on

    def goes(request: object) -> None:
        nonlocal under_way
        with lock:
            under_way -= 1

    fake.before("/points/scroll", comes)
    fake.after("/points/scroll", goes)
    names = [one.collection for one in look_at(qdrant, named(qdrant, qdrant.collections()))]
    assert many.is_set()
    assert most == AT_ONCE, "a server must not notice"
    assert names == [f"c{number:02}" for number in range(40)]


def test_looking_ends_when_it_is_no_longer_wanted(forty: tuple[FakeQdrant, Qdrant]) -> None:
    fake, qdrant = forty
    stop = threading.Event()
    looks = look_at(qdrant, named(qdrant, qdrant.collections()), stop)
    next(looks)
    stop.set()
    assert list(looks) == []
    seen = len(fake.requests)
    qdrant.collections()
    assert len(fake.requests) == seen + 1, "none is asked any more"

"""One more vector in a collection that stands: what it does to points, and what it leaves alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Address, Point, Qdrant, SparseVector, open_qdrant
from qdrant_model_migration.qdrant.errors import RouteUnknown, VectorTaken
from support.fake_qdrant import FakeQdrant

NEW = {"size": 3, "distance": "Dot", "hnsw_config": {"m": 4}, "on_disk": True}


@pytest.fixture(
    params=[
        "local",
        "fake 1.18.1",
        "fake 1.19.0",
        pytest.param("server", marks=pytest.mark.server),
    ]
)
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    if request.param == "local":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as opened:
            yield opened
        return
    if request.param == "server":
        yield request.getfixturevalue("real")
        return
    with (
        FakeQdrant(version=request.param.split()[1]) as fake,
        open_qdrant(Address(url=fake.url)) as opened,
    ):
        yield opened


@pytest.fixture
def docs(qdrant: Qdrant) -> Iterator[str]:
    """Ten points with one unnamed vector."""
    name = f"qmm-test-{uuid.uuid4()}"
    qdrant.create_collection(name, {"vectors": {"size": 2, "distance": "Dot"}})
    qdrant.insert(name, [Point(n, {"text": f"text {n}"}, {"": [1.0, n]}) for n in range(10)])
    yield name
    qdrant.delete_collection(name)


def given(numbers: range | list[int], value: float = 1.0, text: str = "") -> list[Point]:
    """As they were read, with the new vector made of that."""
    return [
        Point(n, {"text": text or f"text {n}"}, {"new": [value, 0.0, float(n)]}) for n in numbers
    ]


def having(qdrant: Qdrant, docs: str, name: str = "new") -> dict[int, object]:
    points = qdrant.scroll(docs, vectors=[name]).points
    return {point.id: point.vectors[name] for point in points if name in point.vectors}


def test_a_vector_is_added_and_filled_and_nothing_else_changes(qdrant: Qdrant, docs: str) -> None:
    before = qdrant.scroll(docs, vectors=[""]).points
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.add_vector(docs, "new", "dense", NEW)  # once more is no error
    assert qdrant.config(docs).vectors()["new"]["size"] == 3
    assert qdrant.count(docs, without_vector="new") == 10
    qdrant.set_vectors(docs, given(range(10)))
    assert having(qdrant, docs) == {n: [1.0, 0.0, float(n)] for n in range(10)}
    assert qdrant.scroll(docs, vectors=[""]).points == before


def test_a_sparse_vector_is_added_too(qdrant: Qdrant, docs: str) -> None:
    qdrant.add_vector(docs, "words", "sparse", {"modifier": "idf"})
    point = Point(3, {"text": "text 3"}, {"words": SparseVector((7,), (2.0,))})
    qdrant.set_vectors(docs, [point])
    assert having(qdrant, docs, "words") == {3: SparseVector((7,), (2.0,))}


def test_a_point_whose_text_has_changed_keeps_what_it_has(qdrant: Qdrant, docs: str) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    made_of_old_texts = given(range(10))
    qdrant.upsert(docs, [Point(4, {"text": "another"}, {"": [5.0, 5.0]})])
    qdrant.set_vectors(docs, made_of_old_texts)
    assert having(qdrant, docs).keys() == set(range(10)) - {4}


def test_a_text_behind_many_other_values_is_compared_all_the_same(
    qdrant: Qdrant, docs: str
) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    many = {"a": list(range(70)), "b": {f"n{n}": n for n in range(70)}}
    read = Point(4, {**many, "text": "as it was read"}, {"new": [1.0, 1.0, 1.0]})
    qdrant.upsert(docs, [Point(4, {**many, "text": "another"}, {"": [5.0, 5.0]})])
    qdrant.set_vectors(docs, [read])
    assert having(qdrant, docs) == {}


def test_points_that_were_deleted_meanwhile_cost_the_others_nothing(
    qdrant: Qdrant, docs: str
) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.delete(docs, [0, 5])
    qdrant.set_vectors(docs, given(range(10)))
    assert having(qdrant, docs).keys() == set(range(10)) - {0, 5}
    assert qdrant.count(docs) == 8


def test_a_vector_that_is_there_stays_where_only_new_ones_are_wanted(
    qdrant: Qdrant, docs: str
) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.set_vectors(docs, given([1]))
    qdrant.set_vectors(docs, given([1, 2], value=9.0), only_new=True)
    assert having(qdrant, docs) == {1: [1.0, 0.0, 1.0], 2: [9.0, 0.0, 2.0]}


def test_where_nobody_else_writes_the_payload_does_not_travel() -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
        qdrant.insert("docs", [Point(n, {"text": f"text {n}"}, {"": [1.0, n]}) for n in range(3)])
        qdrant.add_vector("docs", "new", "dense", NEW)
        qdrant.set_vectors("docs", given([1]))
        fake.requests.clear()
        given_, other = given([1, 2, 7], value=9.0), "a text that nobody has"
        seen = [point._replace(payload={"text": other}) for point in given_]
        qdrant.set_vectors("docs", seen, only_new=True, compared=False)
        assert having(qdrant, "docs") == {1: [1.0, 0.0, 1.0], 2: [9.0, 0.0, 2.0]}
        assert not [request for request in fake.requests if other.encode() in request.raw]


def test_a_vector_is_taken_from_points_that_are_still_as_seen(qdrant: Qdrant, docs: str) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.set_vectors(docs, given(range(10)))
    qdrant.upsert(docs, [Point(4, {"text": "another"}, {"": [5.0, 5.0], "new": [2.0, 2.0, 2.0]})])
    qdrant.unset_vectors(docs, given([3, 4, 5]))
    assert having(qdrant, docs).keys() == set(range(10)) - {3, 5}
    assert qdrant.count(docs, without_vector="") == 0


def test_a_point_that_was_deleted_meanwhile_is_no_fault_where_no_filter_may_be_used(
    qdrant: Qdrant, docs: str
) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.set_vectors(docs, given(range(10)))
    if qdrant.capabilities.settings:
        forbids = {"enabled": True, "unindexed_filtering_update": False}
        qdrant.patch(docs, {"strict_mode_config": forbids})
    qdrant.delete(docs, [4])
    qdrant.unset_vectors(docs, given([3, 4, 5]))
    assert having(qdrant, docs).keys() == set(range(10)) - {3, 4, 5}


def test_another_vector_of_the_same_name_is_refused(qdrant: Qdrant, docs: str) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    with pytest.raises(VectorTaken):
        qdrant.add_vector(docs, "new", "dense", {**NEW, "size": 4})


def test_a_dropped_vector_leaves_the_others(qdrant: Qdrant, docs: str) -> None:
    qdrant.add_vector(docs, "new", "dense", NEW)
    qdrant.set_vectors(docs, given(range(10)))
    before = qdrant.scroll(docs, vectors=[""]).points
    if not qdrant.capabilities.drop_vector:
        return
    qdrant.drop_vector(docs, "new")
    assert "new" not in qdrant.config(docs).vectors()
    assert qdrant.scroll(docs, vectors=[""]).points == before


def test_an_older_server_says_that_it_knows_no_such_request() -> None:
    with FakeQdrant(version="1.17.1") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        assert not qdrant.capabilities.add_vector
        qdrant.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
        with pytest.raises(RouteUnknown):
            qdrant.add_vector("docs", "new", "dense", NEW)

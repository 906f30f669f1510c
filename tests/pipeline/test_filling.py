"""What a clone is filled with: new vectors only, made of what stands there, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import Origin, as_it_is, embedded
from qdrant_model_migration.pipeline.slices import Slice, SliceTask, run_slice
from qdrant_model_migration.pipeline.sources.collection import Collection
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.world import NEW, OLD, HashModel, World, new_model

OLD_VECTOR, NEW_VECTOR = ({"size": model.dimensions, "distance": "Cosine"} for model in (OLD, NEW))


def cloned(origin: Origin) -> Move:
    return Move(
        source="docs_old",
        target="docs_new",
        vectors=(
            TargetVector(name="", params=OLD_VECTOR, origin=as_it_is("")),
            TargetVector(name="new", params=NEW_VECTOR, origin=origin),
        ),
        cloned=True,
    )


@pytest.fixture
def clone() -> Iterator[tuple[FakeQdrant, Qdrant]]:
    """docs_new with five points; docs_old is not there: nothing of it is needed."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_new", {"vectors": OLD_VECTOR})
        made = HashModel(OLD).embed([f"text {n}" for n in range(5)], "passage").vectors
        payloads = [{"text": f"text {n}", "more": "x" * 500} for n in range(5)]
        qdrant.insert("docs_new", [Point(n, payloads[n], {"": made[n]}) for n in range(5)])
        qdrant.add_vector("docs_new", "new", "dense", NEW_VECTOR)
        fake.requests.clear()
        yield fake, qdrant


def test_each_point_gets_the_new_vector_and_nothing_else_travels(
    clone: tuple[FakeQdrant, Qdrant], tmp_path
) -> None:
    fake, qdrant = clone
    move = cloned(new_model())
    result = run_slice(SliceTask(Slice(0, None, None), move.filling), World(qdrant, tmp_path, move))
    assert (result.points, result.records) == (5, b"")
    sent = [request.raw for request in fake.requests if request.method == "PUT"]
    assert not any(b"xxx" in raw or b"text 1" in raw for raw in sent)
    (read,) = (r.object for r in fake.requests if r.path.endswith("/scroll"))
    assert read["with_payload"] == ["text"]
    for point in qdrant.scroll("docs_new", vectors=True).points:
        (right,) = HashModel(NEW).embed([point.payload["text"]], "passage").vectors
        assert point.vectors["new"] == pytest.approx(right, abs=1e-6)
        assert len(point.payload["more"]) == 500


def test_a_worker_that_writes_late_changes_nothing(
    clone: tuple[FakeQdrant, Qdrant], tmp_path
) -> None:
    """A point that a pass has made anew meanwhile, of a text that is another by now."""
    _, qdrant = clone
    move, mended = cloned(new_model()), [1.0, *[0.0] * (NEW.dimensions - 1)]
    qdrant.set_vectors("docs_new", [Point(3, {}, {"new": mended})], compared=False)
    run_slice(SliceTask(Slice(0, None, None), move.filling), World(qdrant, tmp_path, move))
    (point,) = qdrant.retrieve("docs_new", [3], vectors=["new"])
    assert point.vectors["new"] == mended


def test_a_key_with_a_dot_in_it_is_read_too(clone: tuple[FakeQdrant, Qdrant], tmp_path) -> None:
    _, qdrant = clone
    qdrant.upsert("docs_new", [Point(9, {"doc.title": "text"}, {})])
    move = cloned(embedded(NEW, TextSource(fields=("doc.title",))))
    run_slice(SliceTask(Slice(0, None, None), move.filling), World(qdrant, tmp_path, move))
    (point,) = qdrant.retrieve("docs_new", [9], vectors=["new"])
    assert "new" in point.vectors


def test_what_is_read_is_what_the_vectors_are_made_of() -> None:
    nothing = cloned(as_it_is("")).filling.points
    texts = cloned(embedded(NEW, TextSource(fields=("title", "body.en")))).filling.points
    assert isinstance(texts, Collection)
    assert texts.fields == ("body", "body.en", "title")
    assert isinstance(nothing, Collection)
    assert nothing.fields == (), "no vector is new"

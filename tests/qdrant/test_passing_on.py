"""Points are passed on as the server has written them, and never half a page."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.slices import Slice, SliceTask, run_slice
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Address, Point, Qdrant, SparseVector, open_qdrant, pages
from qdrant_model_migration.qdrant.passing_on import Passed, _page
from support.fake_qdrant import FakeQdrant

PLACES = ["1.16.2", "1.18.3", pytest.param("server", marks=pytest.mark.server)]
NUMBER = 50
BODY = {
    "vectors": {
        "": {"size": 2, "distance": "Cosine"},
        "many": {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}},
        "gone": {"size": 2, "distance": "Dot"},
    },
    "sparse_vectors": {"words": {}},
}


def point(n: int) -> Point:
    """With all that JSON can go wrong with; some lack vectors."""
    payload: dict[str, Any] = {
        "n": 2**64 - 1 - n,
        "float": n / 7,
        "whole": float(n),
        "text": 'a "next_page_offset":7},"status":"ok" b \\ \u0000 ü 漢 😀',
        "next_page_offset": [{}, None, [], {"points": [n]}],
    }
    every = {
        "": [1.0 + n, 2.0],
        "many": [[1.0, 0.0], [0.0, 1.0]],
        "gone": [1.0, 2.0],
        "words": SparseVector((1, 5), (0.5, 2.0)),
    }
    names = list(every)[: n % 5]
    return Point(n, payload, {name: every[name] for name in names})


@pytest.fixture(params=PLACES)
def qdrant(request: pytest.FixtureRequest) -> Iterator[Qdrant]:
    if request.param != "server":
        with FakeQdrant(request.param) as fake, open_qdrant(Address(url=fake.url)) as opened:
            yield opened
        return
    url = os.environ.get("QDRANT_URL") or pytest.skip("QDRANT_URL names no server")
    with open_qdrant(Address.parse(url), os.environ.get("QDRANT_API_KEY")) as opened:
        yield opened


@pytest.fixture
def names(qdrant: Qdrant) -> Iterator[tuple[str, str]]:
    old = f"qmm-test-{uuid.uuid4().hex[:8]}"
    new = f"{old}-new"
    qdrant.create_collection(old, BODY)
    vectors = {name: params for name, params in BODY["vectors"].items() if name != "gone"}
    qdrant.create_collection(new, {**BODY, "vectors": vectors})
    qdrant.upsert(old, [point(n) for n in range(NUMBER)])
    yield old, new
    for name in (old, new):
        qdrant.delete_collection(name)


def everything(qdrant: Qdrant, collection: str) -> dict[Any, Point]:
    return {p.id: p for page in pages(qdrant, collection, vectors=True) for p in page}


def the_move(names: tuple[str, str], **load: Any) -> Move:
    made = tuple(
        TargetVector(name=name, kind=kind, params=params, origin=as_it_is(name))
        for kind, some in (
            ("dense", {"": BODY["vectors"][""]}),
            ("multivector", {"many": BODY["vectors"]["many"]}),
            ("sparse", BODY["sparse_vectors"]),
        )
        for name, params in some.items()
    )
    return Move(source=names[0], target=names[1], vectors=made, load=Load(**load))


def test_a_slice_that_is_passed_on_is_a_slice_that_is_read_and_inserted(
    qdrant: Qdrant, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = names
    qdrant.insert(new, [Point(7, {"of": "the application"}, {})])
    move, passed = the_move(names, batch=8, slice=64), []
    pass_on = Qdrant.pass_on

    def noted(self: Qdrant, *given: Any, **told: Any) -> Passed | None:
        passed.append(pass_on(self, *given, **told))
        return passed[-1]

    monkeypatch.setattr(Qdrant, "pass_on", noted)
    with Worker(WorkerSpec(qdrant.address)) as worker:
        first = run_slice(SliceTask(Slice(0, None, 21), move), worker)
        rest = run_slice(SliceTask(Slice(1, 21, None), move), worker)
    # 0 to 15 whole, 16 to 20 not; 21 to 44 whole, and the last page is read to see its end.
    assert passed == [(8, 8), (8, 16), None, (8, 29), (8, 37), (8, 45), None]
    assert (first.points, rest.points) == (21, NUMBER - 21)
    assert (first.slice, rest.slice) == (Slice(0, None, 21), Slice(1, 21, None))
    theirs, mine = everything(qdrant, new), everything(qdrant, old)
    assert theirs.pop(7).payload == {"of": "the application"}
    del mine[7]
    for number, stands in mine.items():
        vectors = {name: v for name, v in stands.vectors.items() if name != "gone"}
        assert theirs[number] == stands._replace(vectors=vectors)
    assert theirs.keys() == mine.keys()


def test_a_slice_that_has_grown_is_passed_on_in_part(
    qdrant: Qdrant, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    move = the_move(names, batch=8)
    move = move.model_copy(update={"load": move.load.model_copy(update={"slice": 8})})
    with Worker(WorkerSpec(qdrant.address)) as worker:
        done = run_slice(SliceTask(Slice(0, None, 40), move), worker)
    assert (done.points, done.slice) == (16, Slice(0, None, 16))
    assert qdrant.count(names[1]) == 16


def test_what_the_server_does_not_take_at_once_is_read_and_inserted(
    qdrant: Qdrant, names: tuple[str, str]
) -> None:
    old, new = names
    strict = {"enabled": True, "max_query_limit": 5, "upsert_max_batchsize": 3}
    for name in names:
        qdrant.patch(name, {"strict_mode_config": strict})
    told = {"start": None, "end": None, "vectors": [""], "limit": 8}
    assert qdrant.pass_on(old, new, **told) is None
    assert qdrant.count(new) == 0
    with Worker(WorkerSpec(qdrant.address)) as worker:
        done = run_slice(SliceTask(Slice(0, None, None), the_move(names, batch=8)), worker)
    assert done.points == qdrant.count(new) == NUMBER


def test_a_refusal_is_told_as_every_other_one(qdrant: Qdrant, names: tuple[str, str]) -> None:
    from qdrant_model_migration.qdrant.errors import CollectionMissing

    told = {"start": None, "end": None, "vectors": [""], "limit": 8}
    with pytest.raises(CollectionMissing):
        qdrant.pass_on(f"{names[0]}-none", names[1], **told)
    with pytest.raises(CollectionMissing):
        qdrant.pass_on(names[0], f"{names[0]}-none", **told)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"result":{"points":[],"next_page_offset":null},"status":"ok","time":0.1}',
        b'{"result":{"next_page_offset":3,"points":[{"id":1}]},"status":"ok","time":0.1}',
        b'{"result":{"points":[{"id":1}],"next_page_offset":3,"x":1},"status":"ok"}',
        b'{"status":"ok","result":{"points":[{"id":1}],"next_page_offset":3}}',
        b'{"result":{"points":[{"id":1,"shard_key":"a"}],"next_page_offset":3},"status":"ok"}',
        b'{"result":{"points":[{"id":1}],"next_page_offset":3},"sta',
        b"",
    ],
)
def test_another_form_of_an_answer_is_not_passed_on(answer: bytes) -> None:
    assert _page(answer) is None


def test_the_form_that_servers_have_is() -> None:
    points = b'{"id":1,"payload":{"next_page_offset":5}},{"id":2}'
    tail = b'"next_page_offset":"ff000000-0000-4000-8000-000000000000"},"status":"ok","time":0.1}'
    assert _page(b'{"result":{"points":[' + points + b"]," + tail) == (
        points,
        "ff000000-0000-4000-8000-000000000000",
    )

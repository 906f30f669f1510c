"""What every Qdrant must do the same: the practice folder, the fake server, and real ones."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.qdrant import (
    Address,
    Asked,
    Fusion,
    Patience,
    Point,
    Qdrant,
    Query,
    SparseVector,
    can_order,
    carried_later,
    create_body,
    differences,
    errors,
    index_schema,
    not_as_asked,
    open_qdrant,
    order,
    pages,
    strict_mode_body,
)
from support.fake_qdrant import FakeQdrant

UUID_LOW = "0f000000-0000-4000-8000-000000000000"
UUID_HIGH = "ff000000-0000-4000-8000-000000000000"
FAKES = ("1.16.2", "1.17.1", "1.18.3", "1.19.0")
QUICK = Patience(total_s=20.0, first_wait_s=0.001, longest_wait_s=0.01)
KEY = "key-of-the-operator"


@pytest.fixture(
    params=["folder", *FAKES, pytest.param("server", marks=pytest.mark.server)],
)
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    if request.param == "folder":
        with open_qdrant(Address(folder=str(tmp_path / "practice"))) as opened:
            yield opened
    elif request.param == "server":
        url = os.environ.get("QDRANT_URL")
        if not url:
            pytest.skip("QDRANT_URL names no server")
        with open_qdrant(Address.parse(url), os.environ.get("QDRANT_API_KEY")) as opened:
            yield opened
    else:
        with (
            FakeQdrant(request.param, KEY) as fake,
            open_qdrant(Address(url=fake.url), KEY, patience=QUICK) as opened,
        ):
            yield opened


@pytest.fixture
def name(qdrant: Qdrant) -> Iterator[str]:
    """A name for a collection; those that begin with it are deleted afterwards."""
    chosen = f"qmm-test-{uuid.uuid4().hex[:8]}"
    yield chosen
    for collection in qdrant.collections():
        if collection.startswith(chosen):
            qdrant.delete_collection(collection)


def _on_a_server(qdrant: Qdrant) -> None:
    if not qdrant.capabilities.settings:
        pytest.skip("the practice Qdrant says that it ignores settings")


def test_points_come_back_as_written_in_the_order_of_ids(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(
        name,
        {
            "vectors": {
                "dense": {"size": 3, "distance": "Dot"},
                "many": {
                    "size": 2,
                    "distance": "Dot",
                    "multivector_config": {"comparator": "max_sim"},
                },
            },
            "sparse_vectors": {"words": {}},
        },
    )
    payload: dict[str, Any] = {
        "big": 2**64 - 1,
        "small": -(2**63),
        "float": 3.0,
        "none": None,
        "empty": [[], {}],
        "text": "a\u0000b \U0001f409",
        "inner": {"a": [1, {"b": True}]},
    }
    dense = np.array([0.1, -0.25, 3.0], dtype=np.float32)
    points = [
        Point(UUID_HIGH, {}, {}),
        Point(2**64 - 1, {}, {"many": [[1.0, 2.0], [3.0, 4.0]]}),
        Point(2**63, payload, {"dense": dense}),
        Point(10, {}, {"words": SparseVector((7, 9), (0.5, 0.25))}),
        Point(UUID_LOW, {}, {"dense": dense, "words": SparseVector((1,), (1.0,))}),
        Point(0, {}, {}),
    ]
    qdrant.insert(name, points)

    back = [point for page in pages(qdrant, name, limit=2, vectors=True) for point in page]

    assert [point.id for point in back] == sorted((p.id for p in points), key=order)
    written = {point.id: point for point in points}
    for point in back:
        assert repr(point.payload) == repr(written[point.id].payload) or point.id == 2**63
        assert point.payload == written[point.id].payload
        assert set(point.vectors) == set(written[point.id].vectors)
        for vector, value in written[point.id].vectors.items():
            if vector == "dense":
                assert np.array_equal(np.asarray(point.vectors[vector], np.float32), dense)
            else:
                assert point.vectors[vector] == value
    assert qdrant.count(name) == 6
    assert qdrant.count(name, without_vector="dense") == 4
    assert qdrant.count(name, without_vector="words") == 4


def test_a_cosine_vector_is_given_back_at_length_one(
    qdrant: Qdrant, name: str, tmp_path: Path
) -> None:
    """Whoever opens a folder next is given the same as whoever wrote to it."""
    late = {"size": 2, "distance": "Cosine", "multivector_config": {"comparator": "max_sim"}}
    others = {"cosine": {"size": 2, "distance": "Cosine"}, "dot": {"size": 2, "distance": "Dot"}}
    three_four = {"late": [[3.0, 4.0], [0.0, 2.0]], "cosine": [3.0, 4.0], "dot": [3.0, 4.0]}

    def written(opened: Qdrant) -> None:
        opened.create_collection(name, {"vectors": {"late": late, **others}})
        opened.insert(name, [Point(1, {}, three_four), Point(2, {}, {"cosine": [0.0, 0.0]})])

    def given_back(opened: Qdrant) -> None:
        first, second = opened.scroll(name, vectors=True).points
        assert np.allclose(first.vectors["late"], [[0.6, 0.8], [0.0, 1.0]])
        assert np.allclose(first.vectors["cosine"], [0.6, 0.8])
        assert first.vectors["dot"] == [3.0, 4.0]
        assert second.vectors["cosine"] == [0.0, 0.0]
        (one,) = opened.retrieve(name, [1], vectors=True)
        assert np.allclose(one.vectors["cosine"], [0.6, 0.8])

    written(qdrant)
    given_back(qdrant)
    if qdrant.capabilities.local:
        another = Address(folder=str(tmp_path / "another"))
        with open_qdrant(another) as first_time:
            written(first_time)
        with open_qdrant(another) as again:
            given_back(again)


def test_the_parameters_of_vectors_are_read_back_as_they_were_set(
    qdrant: Qdrant, name: str
) -> None:
    plain: dict[str, Any] = {"size": 4, "distance": "Dot"}
    own: dict[str, dict[str, Any]] = {
        "": {"size": 4, "distance": "Cosine"},
        "kept small": {"on_disk": True, "datatype": "float16"},
        "said though default": {"on_disk": False, "datatype": "float32"},
        "whole numbers": {"datatype": "uint8"},
        "index": {"hnsw_config": {"m": 0, "ef_construct": 100, "on_disk": False}},
        "nothing set": {"hnsw_config": {"m": None}, "quantization_config": None},
        "scalar": {"quantization_config": {"scalar": {"type": "int8", "quantile": 0.97}}},
        "binary": {"quantization_config": {"binary": {"always_ram": True}}},
        "product": {"quantization_config": {"product": {"compression": "x16"}}},
        "late": {"multivector_config": {"comparator": "max_sim"}},
    }
    vectors = {vector: {**plain, **params} for vector, params in own.items()}
    sparse: dict[str, dict[str, Any]] = {
        "words": {"modifier": "idf"},
        "more words": {"index": {"on_disk": True, "full_scan_threshold": 1000}},
        "bare": {},
    }
    qdrant.create_collection(name, {"vectors": vectors, "sparse_vectors": sparse})

    there = qdrant.config(name)
    assert not_as_asked({**vectors, **sparse}, there) == ()
    other: dict[str, dict[str, Any]] = {
        "": {"size": 5, "distance": "Cosine"},
        "scalar": {**vectors["scalar"], "on_disk": True},
        "bare": {"modifier": "idf"},
        "gone": {},
    }
    assert not_as_asked(other, there) == (
        "vectors.gone",
        "vectors.(unnamed).size",
        "vectors.bare.modifier",
        "vectors.scalar.on_disk",
    )


@pytest.mark.parametrize("rows", [[[1, 0], [0, 1]], np.eye(2, dtype=np.int8)])
def test_a_multivector_of_whole_numbers_is_written_and_searched(
    qdrant: Qdrant, name: str, rows: Any
) -> None:
    late = {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}}
    qdrant.create_collection(name, {"vectors": {"late": late}})
    qdrant.insert(name, [Point(1, {}, {"late": rows})])
    assert qdrant.scroll(name, vectors=True).points[0].vectors["late"] == [[1.0, 0.0], [0.0, 1.0]]
    assert [hit.id for hit in qdrant.search(name, rows, using="late")] == [1]


def test_the_unnamed_vector_may_have_named_ones_beside_it(qdrant: Qdrant, name: str) -> None:
    vectors = {"": {"size": 1, "distance": "Dot"}, "new": {"size": 2, "distance": "Dot"}}
    qdrant.create_collection(name, {"vectors": vectors})
    points = [
        Point(1, {}, {"": [1.0]}),
        Point(2, {}, {"": [1.0], "new": [1.0, 2.0]}),
        Point(3, {}, {"new": [1.0, 2.0]}),
    ]
    qdrant.insert(name, points)
    assert qdrant.scroll(name, vectors=True).points == points
    assert {hit.id for hit in qdrant.search(name, [1.0])} == {1, 2}
    assert qdrant.count(name, without_vector="") == 1


def test_insert_leaves_what_is_there_untouched(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(name, {"vectors": {"size": 2, "distance": "Dot"}})
    qdrant.insert(name, [Point(1, {"text": "first"}, {"": [1.0, 2.0]})])
    qdrant.insert(
        name, [Point(1, {"text": "second"}, {"": [9.0, 9.0]}), Point(2, {"text": "new"}, {})]
    )
    assert qdrant.scroll(name, vectors=True).points == [
        Point(1, {"text": "first"}, {"": [1.0, 2.0]}),
        Point(2, {"text": "new"}, {}),
    ]


def test_upsert_and_delete_change_what_is_there(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(name, {"vectors": {"size": 2, "distance": "Dot"}})
    qdrant.insert(name, [Point(n, {"n": n}, {"": [1.0, n]}) for n in range(5)])
    qdrant.upsert(name, [Point(1, {"n": "changed"}, {"": [5.0, 5.0]})])
    qdrant.delete(name, [0, 4, 77])
    assert [(p.id, p.payload["n"]) for p in qdrant.retrieve(name, [3, 0, 1])] == [
        (3, 3),
        (1, "changed"),
    ]
    assert qdrant.count(name) == 3


def test_a_selection_of_payload_and_vectors_is_all_that_comes(qdrant: Qdrant, name: str) -> None:
    vectors = {"a": {"size": 1, "distance": "Dot"}, "b": {"size": 1, "distance": "Dot"}}
    qdrant.create_collection(name, {"vectors": vectors})
    qdrant.insert(name, [Point(1, {"text": "t", "other": 1}, {"a": [1.0], "b": [2.0]})])
    (point,) = qdrant.scroll(name, payload=["text"], vectors=["b"]).points
    assert point == Point(1, {"text": "t"}, {"b": [2.0]})
    assert qdrant.scroll(name, payload=False).points == [Point(1, {}, {})]


def test_the_nearest_come_first_by_the_vector_that_is_named(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(
        name,
        {
            "vectors": {"a": {"size": 2, "distance": "Cosine"}},
            "sparse_vectors": {"words": {}},
        },
    )
    qdrant.insert(
        name,
        [
            Point(1, {"t": "x"}, {"a": [1.0, 0.0], "words": SparseVector((1,), (1.0,))}),
            Point(2, {}, {"a": [0.0, 1.0], "words": SparseVector((1, 2), (2.0, 1.0))}),
            Point(3, {}, {}),
        ],
    )
    ignored = {"ignore": True}
    near = qdrant.search(name, np.array([1.0, 0.1]), using="a", exact=True, quantization=ignored)
    assert [hit.id for hit in near] == [1, 2]
    assert near[0].payload == {"t": "x"}
    assert near[0].score == pytest.approx(0.995, abs=0.001)
    words = qdrant.search(name, SparseVector((1,), (1.0,)), using="words", limit=1, payload=False)
    assert [(hit.id, hit.score, hit.payload) for hit in words] == [(2, 2.0, {})]


def test_an_alias_serves_reads_and_is_switched_in_one_action(qdrant: Qdrant, name: str) -> None:
    old, new, alias = f"{name}-old", f"{name}-new", f"{name}-alias"
    for collection in (old, new):
        qdrant.create_collection(collection, {"vectors": {"size": 1, "distance": "Dot"}})
    qdrant.insert(new, [Point(1, {}, {"": [1.0]})])
    qdrant.switch_alias(alias, old)
    assert (qdrant.resolve(alias), qdrant.count(alias)) == (old, 0)
    qdrant.switch_alias(alias, new)
    assert (qdrant.resolve(alias), qdrant.count(alias)) == (new, 1)
    assert qdrant.aliases()[alias] == new
    assert alias not in qdrant.collections()
    with pytest.raises(errors.NameTaken):
        qdrant.switch_alias(old, new)
    with pytest.raises(errors.NameTaken):
        qdrant.create_collection(alias, {"vectors": {"size": 1, "distance": "Dot"}})
    with pytest.raises(errors.IsAlias):
        qdrant.delete_collection(alias)
    qdrant.delete_collection(new)
    assert not qdrant.exists(alias)
    assert alias not in qdrant.aliases()


def test_an_alias_is_found_by_its_name_and_its_settings_and_not_in_the_list(
    qdrant: Qdrant, name: str
) -> None:
    qdrant.create_collection(name, {"vectors": {"size": 1, "distance": "Dot"}})
    qdrant.switch_alias(f"{name}-alias", name)
    ways: tuple[Asked, ...] = ("list", "name", "settings")
    assert [qdrant.found_by(one, name) for one in ways] == [True] * 3
    assert [qdrant.found_by(one, f"{name}-alias") for one in ways] == [False, True, True]
    assert [qdrant.found_by(one, f"{name}-none") for one in ways] == [False] * 3


def test_under_the_name_of_an_alias_nothing_is_made_and_nothing_deleted(
    qdrant: Qdrant, name: str
) -> None:
    """What applications run into that look for the alias in the list and make what is missing."""
    _on_a_server(qdrant)
    alias = f"{name}-alias"
    qdrant.create_collection(name, {"vectors": {"size": 1, "distance": "Dot"}})
    qdrant.insert(name, [Point(1, {}, {"": [1.0]})])
    qdrant.switch_alias(alias, name)
    assert qdrant._wire.delete_collection(alias) is False
    with pytest.raises(errors.NameTaken, match=r"An alias of that name exists already\."):
        qdrant.create_collection(alias, {"vectors": {"size": 2, "distance": "Dot"}})
    assert (qdrant.count(alias), qdrant.aliases()[alias]) == (1, name)


def test_what_is_not_there_is_missing_in_the_same_words(qdrant: Qdrant, name: str) -> None:
    for call in (
        lambda: qdrant.count(name),
        lambda: qdrant.scroll(name),
        lambda: qdrant.config(name),
        lambda: qdrant.resolve(name),
        lambda: qdrant.patch(name, {}),
        lambda: qdrant.insert(name, [Point(1, {}, {})]),
        lambda: qdrant.switch_alias(f"{name}-alias", name),
        lambda: qdrant.delete_collection(name),
    ):
        with pytest.raises(errors.CollectionMissing, match=f"There is no collection {name}"):
            call()


def test_a_vector_that_does_not_fit_is_refused(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(name, {"vectors": {"a": {"size": 2, "distance": "Dot"}}})
    with pytest.raises(errors.WrongDimensions, match="3 dimensions, and 2 are expected"):
        qdrant.insert(name, [Point(1, {}, {"a": [1.0, 2.0, 3.0]})])
    with pytest.raises(errors.VectorNameUnknown, match="no vector named b"):
        qdrant.insert(name, [Point(1, {}, {"b": [1.0]})])
    assert qdrant.count(name) == 0


def test_an_idle_collection_says_so(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(name, {"vectors": {"size": 1, "distance": "Dot"}})
    for _ in range(100):
        state = qdrant.state(name)
        if state.status == "green" and not state.queued and not state.running:
            break
    assert (state.status, state.error, state.points) == ("green", None, 0)
    assert state.queue_length in (0, None)
    tells = qdrant.capabilities.reports_optimizations or qdrant.capabilities.local
    assert (state.running, state.queued) == ((0, 0) if tells else (None, None))


def test_writes_are_numbered_and_nothing_else_is(qdrant: Qdrant, name: str) -> None:
    params = {"size": 2, "distance": "Dot"}
    qdrant.create_collection(name, {"vectors": {"": params}, "sparse_vectors": {"words": {}}})
    first = qdrant.writes(name)
    if qdrant.capabilities.local or qdrant.version < (1, 18, 0):
        assert first is None
        return
    assert first is not None

    def other() -> bool:
        nonlocal first
        before, first = first, qdrant.writes(name)
        assert first is not None
        return first != before

    point = Point(1, {"a": 1}, {"": [1.0, 2.0]})
    qdrant.create_collection(f"{name}-2", {"vectors": params})
    qdrant.upsert(f"{name}-2", [point])
    assert not other()
    qdrant.insert(name, [point])
    assert other()
    qdrant.insert(name, [point])  # it is applied, though it changes nothing
    assert other()
    qdrant.set_vectors(name, [Point(1, {}, {"": [2.0, 1.0]})])
    assert other()
    qdrant.create_payload_index(name, "a", "integer")
    assert other()
    qdrant.patch(name, {"optimizers_config": {"indexing_threshold": 5}})
    qdrant.patch(name, {"metadata": {"a": "b"}})
    list(pages(qdrant, name))
    assert not other()
    qdrant.delete(name, [1])
    assert other()
    assert qdrant.writes(f"{name}-3") is None


def test_a_copy_has_every_setting_of_its_original(qdrant: Qdrant, name: str) -> None:
    _on_a_server(qdrant)
    old, new = f"{name}-old", f"{name}-new"
    qdrant.create_collection(
        old,
        {
            "vectors": {
                "a": {
                    "size": 4,
                    "distance": "Cosine",
                    "on_disk": True,
                    "hnsw_config": {"m": 24},
                    "datatype": "float16",
                },
                "kept": {"size": 2, "distance": "Dot"},
            },
            "sparse_vectors": {"words": {"modifier": "idf", "index": {"on_disk": True}}},
            "shard_number": 2,
            "on_disk_payload": True,
            "hnsw_config": {"m": 20, "ef_construct": 128, "payload_m": 8},
            "optimizers_config": {"indexing_threshold": 5000, "default_segment_number": 3},
            "wal_config": {"wal_capacity_mb": 16},
            "quantization_config": {"scalar": {"type": "int8", "quantile": 0.99}},
        },
    )
    qdrant.patch(old, {"params": {"read_fan_out_factor": 1}, "metadata": {"owner": "search"}})
    qdrant.patch(old, {"strict_mode_config": {"enabled": True, "upsert_max_batchsize": 3}})
    text = {"type": "text", "tokenizer": "word", "lowercase": True, "min_token_len": 2}
    qdrant.create_payload_index(old, "color", "keyword")
    qdrant.create_payload_index(old, "a.b", {"type": "keyword", "is_tenant": True})
    qdrant.create_payload_index(old, "body", text)
    before = qdrant.config(old)

    vectors = {**before.vectors(), "a": {"size": 8, "distance": "Dot"}}
    qdrant.create_collection(new, create_body(before, vectors=vectors, metadata={"by": "test"}))
    for body in carried_later(before):
        qdrant.patch(new, body)
    for path, info in before.payload_schema.items():
        qdrant.create_payload_index(new, path, index_schema(info))
    loaded = qdrant.config(new)
    same = {"kept": "kept", "words": "words"}
    assert {d.setting for d in differences(before, loaded, kept=same)} <= {
        "strict_mode_config.enabled",
        "strict_mode_config.upsert_max_batchsize",
    }
    qdrant.insert(new, [Point(n, {}, {}) for n in range(10)])

    strict = strict_mode_body(before)
    assert strict is not None
    qdrant.patch(new, strict)
    after = qdrant.config(new)
    assert differences(before, after, kept=same) == ()
    assert after.vectors()["a"]["size"] == 8
    assert after.metadata == {"owner": "search", "by": "test"}
    qdrant.insert(new, [Point(n, {}, {}) for n in range(20)])
    assert qdrant.count(new) == 20


def test_the_right_to_manage_is_found_without_leaving_a_trace(qdrant: Qdrant, name: str) -> None:
    assert qdrant.may_manage() is True
    assert qdrant.lacking_rights(name) == ()
    # Other tests make collections on a real server meanwhile.
    assert not [one for one in qdrant.collections() if one.startswith("qmm-right-")]


@pytest.mark.parametrize("version", FAKES)
def test_keys_open_what_they_open(version: str) -> None:
    of_one = {"narrow-key": {"docs": "rw"}}
    with FakeQdrant(version, KEY, "reading-key", collection_keys=of_one) as fake:
        address = Address(url=fake.url)
        with open_qdrant(address, KEY) as all_rights:
            all_rights.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
            assert all_rights.may_manage() is True
        with open_qdrant(address, "reading-key") as reader:
            assert reader.may_manage() is False
            assert reader.count("docs") == 0
            with pytest.raises(errors.ReadOnlyKey, match="This key may only read"):
                reader.switch_alias("alias", "docs")
        with open_qdrant(address, "narrow-key") as narrow:
            assert narrow.may_manage() is False
            narrow.insert("docs", [Point(1, {}, {"": [1.0]})])
            with pytest.raises(errors.RightMissing):
                narrow.create_collection("other", {"vectors": {}})
            with pytest.raises(errors.RightMissing):
                narrow.count("other")
        for wrong in (None, "wrong-key"):
            with pytest.raises(errors.KeyRefused):
                open_qdrant(address, wrong)


@pytest.mark.parametrize("version", FAKES)
def test_a_load_survives_a_server_with_every_trouble_at_once(version: str) -> None:
    with (
        FakeQdrant(version, max_request_bytes=20_000) as fake,
        open_qdrant(Address(url=fake.url), patience=QUICK) as qdrant,
    ):
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        strict = {"enabled": True, "upsert_max_batchsize": 30, "max_query_limit": 70}
        qdrant.patch("docs", {"strict_mode_config": strict})
        fake.fail(method="PUT", path="/points", drop=True, apply=True, after=1)
        fake.fail(method="PUT", path="/points", status=500, error="Service internal error: x")
        fake.fail(method="PUT", path="/points", status=408, error="Timeout error", apply=True)
        fake.fail(path="/points/scroll", drop=True, after=2, times=2)
        qdrant.insert("docs", [Point(n, {"t": "x" * 900}, {"": [float(n)]}) for n in range(200)])
        back = [p for page in pages(qdrant, "docs", limit=100, vectors=True) for p in page]
        assert [(p.id, p.vectors[""]) for p in back] == [(n, [float(n)]) for n in range(200)]


class PassingTime(threading.Event):
    """A stop that never comes, and a clock that runs only while somebody waits."""

    now = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0.0
        return False


def test_a_write_rate_limit_is_halved_below_and_then_waited_for() -> None:
    time, heard = PassingTime(), []
    with (
        FakeQdrant("1.18.3", clock=lambda: time.now) as fake,
        open_qdrant(
            Address(url=fake.url), patience=Patience(600), stop=time, on_retry=heard.append
        ) as qdrant,
    ):
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        limits = {"enabled": True, "write_rate_limit": 16}
        qdrant.patch("docs", {"strict_mode_config": limits})
        qdrant.insert("docs", [Point(n, {}, {"": [1.0]}) for n in range(40)])
        qdrant.delete("docs", list(range(40)))
        assert qdrant.count("docs") == 0
    assert {retry.reason for retry in heard} == {"the server limits the rate of requests"}
    assert time.now > 60


def test_many_vectors_order_what_a_dense_search_finds(qdrant: Qdrant, name: str) -> None:
    many = {"size": 2, "distance": "Dot", "multivector_config": {"comparator": "max_sim"}}
    if qdrant.capabilities.settings:
        many |= {"on_disk": True, "hnsw_config": {"m": 0}}
    dense = {"size": 2, "distance": "Dot"}
    qdrant.create_collection(name, {"vectors": {"body": dense, "late": many}})
    rows = {1: [[0.0, 1.0]], 2: [[1.0, 0.0], [0.0, 1.0]], 3: [[1.0, 0.0]], 4: [[2.0, 2.0]]}
    points = [Point(n, {"n": n}, {"body": [5.0 - n, 0.0], "late": rows[n]}) for n in rows]
    qdrant.insert(name, points)
    first, then = [Query("body", [1.0, 0.0])], Query("late", [[1.0, 0.0], [0.0, 1.0]])
    found = qdrant.search_reranked(name, first, then, 3, exact=True)
    # By hand: the dense search finds 1, 2 and 3; for each row of the query the best row counts.
    assert (found[0].id, found[0].score) == (2, 2.0)
    assert sorted(str(hit.id) for hit in found) == ["1", "2", "3"]
    assert [hit.id for hit in qdrant.search_reranked(name, first, then, 3, limit=1)] == [2]
    # The same in two requests: only what was found is put in order, the best of all is not.
    among = qdrant.search(name, then.vector, using="late", among=[1, 2, 3, 77], payload=False)
    assert [(hit.id, hit.score) for hit in among][:1] == [(2, 2.0)]
    assert sorted(str(hit.id) for hit in among) == ["1", "2", "3"]
    assert qdrant.search(name, then.vector, using="late", among=[]) == []


@pytest.mark.parametrize("fusion", ["rrf", "dbsf"])
def test_a_dense_and_a_sparse_search_become_one_list(
    qdrant: Qdrant, name: str, fusion: Fusion
) -> None:
    qdrant.create_collection(
        name,
        {"vectors": {"body": {"size": 2, "distance": "Dot"}}, "sparse_vectors": {"words": {}}},
    )
    words = {1: 1.0, 2: 8.0, 3: 2.0}
    points = [
        Point(n, {"n": n}, {"body": [5.0 - n, 0.0], "words": SparseVector((7,), (words[n],))})
        for n in words
    ]
    qdrant.insert(name, [*points, Point(4, {"n": 4}, {"body": [1.0, 0.0]})])
    queries = (Query("body", [1.0, 0.0]), Query("words", SparseVector((7,), (1.0,))))
    found = qdrant.search_fused(name, queries, fusion, exact=True)
    # By hand: bodies score 4, 3, 2, 1 for points 1 to 4, words 8, 2, 1 for points 2, 3, 1.
    if fusion == "rrf":
        expected = {1: 1 / 2 + 1 / 4, 2: 1 / 3 + 1 / 2, 3: 1 / 4 + 1 / 3, 4: 1 / 5}
    else:
        body, word = np.asarray([4.0, 3.0, 2.0, 1.0]), np.asarray([8.0, 2.0, 1.0])
        spread = [0.5 + (part - part.mean()) / (6 * part.std(ddof=1)) for part in (body, word)]
        expected = dict(zip((1, 2, 3, 4), spread[0], strict=True))
        for n, score in zip((2, 3, 1), spread[1], strict=True):
            expected[n] += score
    best = sorted(expected, key=lambda n: -expected[n])
    assert [hit.id for hit in found] == best
    assert [hit.score for hit in found] == pytest.approx([expected[n] for n in best], abs=1e-5)
    assert found[0].payload == {"n": best[0]}
    assert len(qdrant.search_fused(name, queries, fusion, limit=2)) == 2


def test_points_are_read_by_the_value_of_a_field_the_highest_first(
    qdrant: Qdrant, name: str
) -> None:
    _on_a_server(qdrant)
    qdrant.create_collection(name, {"vectors": {"size": 2, "distance": "Cosine"}})
    days = ["2024-01-01T00:00:00Z", "2024-01-03T00:00:00.5Z", "2024-01-03T00:00:00.5Z"]
    views: list[Any] = [7, [3, 9], 7]
    payloads: list[dict[str, Any]] = [
        {"views": many, "share": many, "at": day} for many, day in zip(views, days, strict=True)
    ]
    payloads.append({"text": "without any of them"})
    qdrant.insert(name, [Point(n, payload, {}) for n, payload in enumerate(payloads)])
    for field, schema in (("views", "integer"), ("share", "float"), ("at", "datetime")):
        qdrant.create_payload_index(name, field, schema)
    indexes = qdrant.config(name).payload_schema
    assert all(can_order(indexes[field]) for field in ("views", "share", "at"))
    assert not can_order(None)
    assert not can_order({"data_type": "keyword"})
    assert not can_order({"data_type": "integer", "params": {"range": False}})

    found = qdrant.highest(name, "views")
    assert [(row.point.id, row.value) for row in found][:1] == [(1, 9)]
    assert {row.point.id for row in found[1:3]} == {0, 2}
    assert [(row.point.id, row.value) for row in found[3:]] == [(1, 3)]
    assert found[0].point.payload == payloads[1]
    assert [r.value for r in qdrant.highest(name, "share", at_most=7, limit=2)] == [7.0, 7.0]
    (first, second, third) = qdrant.highest(name, "at")
    assert ({first.point.id, second.point.id}, third.point.id) == ({1, 2}, 0)
    for field, value in (("views", 7), ("share", 7.0)):
        page = qdrant.of_value(name, field, value, start=None, limit=1)
        assert ([point.id for point in page.points], page.next) == ([0], 2)
        page = qdrant.of_value(name, field, value, start=page.next, limit=1)
        assert ([point.id for point in page.points], page.next) == ([2], None)
    same_day = qdrant.of_value(name, "at", first.value, start=None)
    assert [point.id for point in same_day.points] == [1, 2]
    with pytest.raises(errors.QmmError):
        qdrant.highest(name, "text")

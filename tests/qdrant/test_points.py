from __future__ import annotations

import itertools
import json
import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qdrant_model_migration.qdrant import Point, PointId, Qdrant, SparseVector, order, pages
from qdrant_model_migration.qdrant.errors import PointNotWritable
from qdrant_model_migration.qdrant.points import encode

ids = st.one_of(
    st.integers(0, 2**64 - 1),
    st.integers(2**63 - 2, 2**63 + 2),
    st.integers(0, 20),
    st.uuids().map(str),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
on_one_folder = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
_names = (f"collection-{n}" for n in itertools.count())


def _filled(qdrant: Qdrant, points: list[Point]) -> str:
    name = next(_names)
    qdrant.create_collection(name, {"vectors": {}})
    qdrant.insert(name, points)
    return name


def test_the_order_is_integers_ascending_then_uuids_by_bytes() -> None:
    tiny = "00000000-0000-0000-0000-000000000001"
    low, high = "0f000000-0000-4000-8000-000000000000", "ff000000-0000-4000-8000-000000000000"
    in_order: list[PointId] = [0, 2, 10, 2**63 - 1, 2**63, 2**64 - 1, tiny, low, high]
    assert [order(i) for i in in_order] == sorted({order(i) for i in in_order})
    assert order(low.upper()) == order(low)


@on_one_folder
@given(st.lists(ids, min_size=1, max_size=25, unique_by=order))
def test_the_order_is_that_of_scroll(folder: Qdrant, some: list[PointId]) -> None:
    name = _filled(folder, [Point(point_id, {}, {}) for point_id in some])
    scrolled = [p.id for page in pages(folder, name, limit=4) for p in page]
    assert [order(point_id) for point_id in scrolled] == sorted(order(i) for i in some)


@on_one_folder
@given(st.lists(ids, min_size=1, max_size=12, unique_by=order), ids, st.integers(1, 5))
def test_a_page_starts_at_the_first_id_not_below_start(
    folder: Qdrant, some: list[PointId], start: PointId, limit: int
) -> None:
    name = _filled(folder, [Point(point_id, {}, {}) for point_id in some])
    expected = sorted(order(i) for i in some if order(i) >= order(start))
    page = folder.scroll(name, start=start, limit=limit)
    assert [order(p.id) for p in page.points] == expected[:limit]
    following = None if page.next is None else order(page.next)
    assert following == (expected[limit] if len(expected) > limit else None)


@on_one_folder
@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_a_payload_comes_back_exactly(folder: Qdrant, payload: dict[str, Any]) -> None:
    name = _filled(folder, [Point(1, payload, {})])
    back = folder.scroll(name).points[0].payload
    assert repr(back) == repr(payload)


def test_every_kind_of_vector_comes_back_as_it_was_given(folder: Qdrant) -> None:
    folder.create_collection(
        "kinds",
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
    dense = np.array([0.1, -0.25, 3.0], dtype=np.float32)
    given_ = {
        "dense": dense,
        "many": [[1.0, 2.0], [3.0, 4.0]],
        "words": SparseVector((7, 2**31), (0.5, 0.25)),
    }
    folder.insert("kinds", [Point(1, {}, given_), Point(2, {}, {}), Point(3, {}, {"dense": dense})])

    all_of_it, nothing, one = folder.scroll("kinds", vectors=True).points

    assert np.array_equal(np.asarray(all_of_it.vectors["dense"], dtype=np.float32), dense)
    assert all_of_it.vectors["many"] == [[1.0, 2.0], [3.0, 4.0]]
    assert all_of_it.vectors["words"] == SparseVector((7, 2**31), (0.5, 0.25))
    assert nothing.vectors == {}
    assert list(one.vectors) == ["dense"]
    assert list(folder.scroll("kinds", vectors=["many"]).points[0].vectors) == ["many"]
    assert folder.count("kinds", without_vector="dense") == 1
    assert folder.count("kinds", without_vector="many") == 2


@pytest.mark.parametrize(
    ("vector", "written"),
    [
        ([1, 0, 2**60], "[1.0,0.0,1.152921504606847e+18]"),
        (np.array([1, 0], dtype=np.int8), "[1.0,0.0]"),
        ([[1, 0], [0, 1]], "[[1.0,0.0],[0.0,1.0]]"),
        (np.eye(2, dtype=np.uint8), "[[1.0,0.0],[0.0,1.0]]"),
        (SparseVector((7, 9), (1, 2)), '{"indices":[7,9],"values":[1.0,2.0]}'),
        ([], "[]"),
    ],
)
def test_the_values_of_a_vector_are_written_as_floats(vector: Any, written: str) -> None:
    text = encode(Point(1, {"whole": 1}, {"late": vector, "other": [0.5]})).decode()
    assert f'"late":{written},' in text
    assert '"payload":{"whole":1}' in text


def test_the_unnamed_vector_is_named_by_the_empty_string(folder: Qdrant) -> None:
    folder.create_collection("one", {"vectors": {"size": 2, "distance": "Dot"}})
    folder.insert("one", [Point(1, {}, {"": [1.0, 2.0]})])
    assert folder.scroll("one", vectors=True).points[0].vectors == {"": [1.0, 2.0]}
    assert folder.retrieve("one", [1], vectors=[""])[0].vectors == {"": [1.0, 2.0]}
    assert list(folder.config("one").vectors()) == [""]


@pytest.mark.parametrize(
    "wrong",
    [math.nan, math.inf, [None, {"deep": math.nan}], {1, 2}, b"bytes", date(2026, 1, 2), "\ud800"],
)
def test_what_json_does_not_have_is_refused_before_anything_is_written(
    folder: Qdrant, wrong: Any
) -> None:
    folder.create_collection("empty", {"vectors": {}})
    with pytest.raises(PointNotWritable, match="The point 2 cannot be written"):
        folder.insert("empty", [Point(1, {}, {}), Point(2, {"x": wrong}, {})])
    assert folder.count("empty") == 0


@pytest.mark.parametrize("vector", [[0.5, math.nan], np.array([math.inf, 0.5], dtype=np.float32)])
def test_no_vector_is_written_that_is_not_finite(vector: Any) -> None:
    with pytest.raises(PointNotWritable, match="The point 2 cannot be written"):
        encode(Point(2, {"nothing": None}, {"": vector}))


@pytest.mark.parametrize("payload", [{"n": 2**64 - 1}, {"n": 2**90, "m": None}, {"n": -(2**63)}])
@pytest.mark.parametrize("vector", [[0.1, 1e-7], np.array([0.1, 1e-7], dtype=np.float32)])
def test_large_numbers_and_nulls_are_written_as_they_are(
    payload: dict[str, Any], vector: Any
) -> None:
    written = json.loads(encode(Point(2, payload, {"": vector})))
    assert written["payload"] == payload
    assert np.array_equal(np.float32(written["vector"]), np.float32(vector))

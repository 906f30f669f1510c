"""The pure parts of the data path: texts, sameness, digests, the ledger, walking side by side."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.marks import digest
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, first_values
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.pipeline.sameness import made_of, same_payload, same_vector
from qdrant_model_migration.pipeline.slices import find_slices
from qdrant_model_migration.pipeline.sources.collection import Collection
from qdrant_model_migration.pipeline.text import NoText, TextSource, text_of
from qdrant_model_migration.qdrant import Page, Point, SparseVector, order
from support.world import NEW, HashModel, OneModel, a_move

IDS = st.one_of(st.integers(0, 2**64 - 1), st.uuids().map(str))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
PAYLOAD = st.dictionaries(st.text(max_size=5), JSON, max_size=4)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "field text is missing"),
        ({"text": None}, "field text is missing"),
        ({"text": ""}, "text is empty"),
        ({"text": " \n"}, "text is only spaces"),
        ({"text": ["a"]}, "not a text"),
        ({"text": 7}, "not a text"),
    ],
)
def test_what_is_no_text_is_never_embedded(payload: dict[str, Any], reason: str) -> None:
    found = text_of(payload, TextSource(fields=("text",)))
    assert isinstance(found, NoText)
    assert found.reason == reason


def test_texts_are_found_in_nested_fields_and_joined() -> None:
    payload = {"doc": {"title": "A", "body": "B"}, "doc.title": "literal"}
    assert text_of(payload, TextSource(fields=("doc.title", "doc.body"))) == "literal\n\nB"
    assert text_of({"doc": {"body": "B"}}, TextSource(fields=("doc.title", "doc.body"))) == "B"


@given(PAYLOAD)
def test_a_payload_equals_itself_after_json_and_has_the_same_digest(payload: Any) -> None:
    again = json.loads(json.dumps(payload))
    assert same_payload(payload, again)
    assert digest(Point(1, payload, {})) == digest(Point(1, again, {}))


@given(PAYLOAD, PAYLOAD)
def test_payloads_with_the_same_digest_are_the_same(one: Any, other: Any) -> None:
    if digest(Point(1, one, {})) == digest(Point(1, other, {})):
        assert json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True) or same_payload(
            one, other
        )


def test_a_vector_without_a_value_is_not_a_missing_one() -> None:
    empty, missing = (Point(1, {}, vectors) for vectors in ({"words": SparseVector((), ())}, {}))
    assert not same_vector(empty.vectors["words"], missing.vectors.get("words"))
    assert digest(empty, ("words",)) != digest(missing, ("words",))
    assert digest(empty, (), ("words",)) != digest(missing, (), ("words",))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, 1.0), ("1", 1), (None, 0), ([1], [1, 2]), ({"a": 1}, {"a": 2})],
)
def test_values_that_only_look_alike_differ(one: Any, other: Any) -> None:
    assert not same_payload({"k": one}, {"k": other})


def test_a_float_that_the_server_moved_by_one_unit_is_the_same() -> None:
    value = 0.12051785276403837
    assert same_payload({"k": value}, {"k": np.nextafter(value, 1.0).item()})
    assert not same_payload({"k": value}, {"k": value + 1e-9})


def test_a_vector_is_recognised_after_the_servers_normalisation() -> None:
    made = [3.0, 4.0]
    assert made_of([0.6, 0.8], made, "Cosine", None)
    assert not made_of([0.8, 0.6], made, "Cosine", None)
    assert not made_of([0.6, 0.8], made, "Dot", None)
    assert not made_of(None, made, "Cosine", None)
    assert not made_of([0.6, 0.8, 0.0], made, "Cosine", None)


def test_sparse_vectors_are_compared_by_index_and_value() -> None:
    one = SparseVector((1, 5), (0.5, 0.25))
    assert same_vector(one, SparseVector((1, 5), (0.5, 0.25)))
    assert not same_vector(one, SparseVector((1, 6), (0.5, 0.25)))
    assert not same_vector(one, None)
    assert not same_vector(one, [0.5, 0.25])


@given(st.lists(st.lists(IDS, unique=True), min_size=3, max_size=3))
def test_readings_side_by_side_give_each_id_once_in_order(lists: list[list[Any]]) -> None:
    ordered = [sorted(ids, key=order) for ids in lists]
    one, two, three = (iter([(i, f"{n}:{i}") for i in ids]) for n, ids in enumerate(ordered))
    rows = list(align(one, two, three))
    assert [i for i, _ in rows] == sorted({i for ids in lists for i in ids}, key=order)
    for point, row in rows:
        assert row == tuple(f"{n}:{point}" if point in ids else None for n, ids in enumerate(lists))


class _Ids:
    """As much of a Qdrant as finding slices needs."""

    def __init__(self, ids: list[Any]) -> None:
        self.ids = sorted(ids, key=order)

    def scroll(self, collection: str, *, start: Any, limit: int, **_: Any) -> Page:
        rest = [i for i in self.ids if start is None or order(i) >= order(start)]
        page, more = rest[:limit], rest[limit:]
        return Page([Point(i, {}, {}) for i in page], more[0] if more else None)


@given(st.lists(IDS, unique=True), st.integers(1, 7), st.lists(IDS, unique=True))
def test_slices_cover_each_id_once_and_late_ones_too(
    ids: list[Any], size: int, late: list[Any]
) -> None:
    slices = list(find_slices(_Ids(ids), Collection(collection="x"), size))  # type: ignore[arg-type]
    for point in {*ids, *late}:
        homes = [
            s
            for s in slices
            if (s.start is None or order(s.start) <= order(point))
            and (s.end is None or order(point) < order(s.end))
        ]
        assert len(homes) == 1


def test_equal_texts_are_embedded_once_and_shortest_first() -> None:
    model = HashModel(NEW)
    seen: list[str] = []
    embed = model.embed

    def spy(texts: Any, role: str) -> Any:
        seen.extend(texts)
        return embed(texts, role)

    model.embed = spy  # type: ignore[method-assign]
    points = [Point(i, {"text": t}, {}) for i, t in enumerate(["long text", "a", "long text"])]
    made = make(points, a_move(), OneModel(model))
    assert seen == ["a", "long text"]
    assert made.points[0].vectors == made.points[2].vectors


def test_other_vectors_are_kept_and_shortened_ones_cut() -> None:
    cut = TargetVector(
        name="short",
        params={"size": 2, "distance": "Cosine"},
        origin=first_values("long", NEW.model_copy(update={"dimensions": 2})),
    )
    kept = TargetVector(name="img", params={}, origin=as_it_is("image"))
    move = a_move(vectors=(cut, kept))
    point = Point(1, {"a": 1}, {"long": [3.0, 4.0, 5.0], "image": [9.0]})
    empty = Point(3, {}, {"long": [0.0, 0.0, 1.0]})
    made = make([point, Point(2, {}, {}), empty], move, OneModel(HashModel(NEW)))
    short = [pytest.approx(0.6), pytest.approx(0.8)]  # at length one, as the model's own cut is
    assert made.points == [
        Point(1, {"a": 1}, {"short": short, "img": [9.0]}),
        Point(2, {}, {}),
        Point(3, {}, {}),
    ]
    assert [(letter.point, letter.held) for letter in made.dead] == [(3, "3 values")]
    assert move.read_vectors == ("long", "image")

"""Texts in the place of vectors: a server with an inference service, and one without."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from qdrant_model_migration.errors import SecretMissing
from qdrant_model_migration.pipeline.sameness import made_of, same_vector
from qdrant_model_migration.qdrant import (
    Address,
    Document,
    Patience,
    Point,
    Qdrant,
    Query,
    SparseVector,
    errors,
    open_qdrant,
)
from qdrant_model_migration.qdrant.limits import DOCUMENTS
from support import inference
from support.fake_qdrant import FakeQdrant
from support.inference import (
    DENSE,
    KEYS,
    MULTI,
    OPENAI,
    SPARSE,
    TOO_LONG,
    WIDE,
    Answer,
    Inference,
    refusal,
    vector,
)

QUICK = Patience(total_s=20.0, first_wait_s=0.001, longest_wait_s=0.002)
FAKES = ("1.17.1", "1.18.3", "1.19.0")
REAL = pytest.param("real", marks=pytest.mark.server)
BODY = {
    "vectors": {
        "words": {"size": 48, "distance": "Cosine"},
        "late": {
            "size": 16,
            "distance": "Cosine",
            "multivector_config": {"comparator": "max_sim"},
        },
    },
    "sparse_vectors": {"sparse": {}},
}


class With(NamedTuple):
    """A connection to a server that has the service, and a collection on it."""

    qdrant: Qdrant
    service: Inference
    name: str


@pytest.fixture(params=[*FAKES, REAL])
def at(request: pytest.FixtureRequest) -> Iterator[With]:
    with (
        inference.beside(request.param) as (address, service, _),
        open_qdrant(address, patience=QUICK) as qdrant,
    ):
        name = f"inferred{uuid.uuid4().hex[:8]}"
        qdrant.create_collection(name, BODY)
        yield With(qdrant, service, name)
        for one in qdrant.collections():
            if name in one:
                qdrant.delete_collection(one)


@pytest.fixture(params=[*FAKES, REAL])
def without(request: pytest.FixtureRequest) -> Iterator[Qdrant]:
    """A server without a service."""
    if request.param != "real":
        with FakeQdrant(request.param) as fake, open_qdrant(Address(url=fake.url)) as qdrant:
            yield qdrant
        return
    url = os.environ.get("QDRANT_URL")
    if not url:
        pytest.skip("QDRANT_URL names no server")
    with open_qdrant(Address.parse(url)) as qdrant:
        yield qdrant


@pytest.fixture
def bare(without: Qdrant) -> Iterator[str]:
    name = f"inferred{uuid.uuid4().hex[:8]}"
    without.create_collection(name, {"vectors": {"size": 4, "distance": "Dot"}})
    yield name
    without.delete_collection(name)


def text(words: str, model: str = DENSE) -> Document:
    return Document(words, model)


def point(number: int, said: str, **vectors: Any) -> Point:
    return Point(number, {"text": said}, vectors or {"words": text(said)})


def test_one_search_tells_whether_the_server_makes_vectors(at: With) -> None:
    assert at.qdrant.infers(at.name) is True
    assert sum(at.service.calls) == 1
    assert at.qdrant.count(at.name) == 0


def test_a_server_without_a_service_says_so_and_is_not_asked_again(
    without: Qdrant, bare: str
) -> None:
    assert without.infers(bare) is False
    with pytest.raises(errors.InferenceMissing, match="makes no vectors itself"):
        without.insert(bare, [Point(1, {}, {"": text("words")})])
    with pytest.raises(errors.InferenceMissing):
        without.inferred_size(bare, text("words"))
    assert without.count(bare) == 0


def test_what_cannot_be_told_now_is_not_taken_for_no(at: With) -> None:
    at.service.refusing = [refusal(503, "down")]
    assert at.qdrant.infers(at.name) is None
    at.service.refusing = [refusal(401, "who are you")]
    assert at.qdrant.infers(at.name) is True


@pytest.mark.parametrize(("model", "size"), [(DENSE, 48), (WIDE, 128), (SPARSE, 0)])
def test_one_search_tells_the_size_of_a_model(at: With, model: str, size: int) -> None:
    assert at.qdrant.inferred_size(at.name, text("words", model)) == size
    assert at.service.calls == [1]


def test_a_model_that_the_service_does_not_have_is_said(at: With) -> None:
    with pytest.raises(errors.InferenceRefused, match="Unsupported model: nobody/knows"):
        at.qdrant.inferred_size(at.name, text("words", "nobody/knows"))


def test_what_is_written_is_what_the_service_makes_of_a_document(at: With) -> None:
    vectors = {"words": text("a b"), "late": text("a b", MULTI), "sparse": text("a b", SPARSE)}
    at.qdrant.insert(at.name, [point(1, "a b", **vectors), point(2, "a b")])
    first, second = at.qdrant.retrieve(at.name, [1, 2], vectors=True)
    assert made_of(first.vectors["words"], vector(DENSE, "a b"), "Cosine", None)
    assert made_of(first.vectors["late"], vector(MULTI, "a b"), "Cosine", None)
    sparse = vector(SPARSE, "a b")
    assert first.vectors["sparse"] == SparseVector(
        tuple(sparse["indices"]), tuple(sparse["values"])
    )
    assert second.vectors.keys() == {"words"}
    assert at.service.calls == [3]  # equal texts of one request are made once


def test_a_request_holds_few_texts_and_those_of_points_that_are_there_are_not_sent(
    at: With,
) -> None:
    points = [point(n, f"text number {n}") for n in range(150)]
    at.qdrant.insert(at.name, points[:40])
    at.service.calls.clear()
    at.qdrant.insert(at.name, points)
    assert at.service.calls == [DOCUMENTS, 110 - DOCUMENTS]
    assert at.qdrant.count(at.name) == 150


def test_points_are_replaced_and_given_further_vectors_by_texts(at: With) -> None:
    old = [point(n, f"old {n}") for n in range(70)]
    at.qdrant.insert(at.name, old)
    at.service.calls.clear()
    new = [point(n, f"new {n}") for n in range(70)]
    at.qdrant.replace(at.name, new, old)
    later = [Point(p.id, p.payload, {"sparse": text(f"word{p.id}", SPARSE)}) for p in new]
    at.qdrant.set_vectors(at.name, later)
    assert max(at.service.calls) == DOCUMENTS
    for found in at.qdrant.retrieve(at.name, range(70), vectors=True):
        assert found.payload == {"text": f"new {found.id}"}
        assert made_of(found.vectors["words"], vector(DENSE, f"new {found.id}"), "Cosine", None)
        sparse = vector(SPARSE, f"word{found.id}")
        assert found.vectors["sparse"] == SparseVector(tuple(sparse["indices"]), (1.0,))


def test_a_search_is_a_text_too_and_the_service_is_told_that_it_is_one(at: With) -> None:
    texts = ["red apple", "green pear", "blue plum"]
    both = [
        Point(n, {}, {"words": text(one), "sparse": text(one, SPARSE)})
        for n, one in enumerate(texts)
    ]
    at.qdrant.insert(at.name, both)
    hits = at.qdrant.search(at.name, text("green pear"), using="words", limit=1)
    assert [hit.id for hit in hits] == [1]
    queries = [Query("words", text("blue plum")), Query("sparse", text("blue plum", SPARSE))]
    at.service.calls.clear()
    fused = at.qdrant.search_fused(at.name, queries, "rrf", limit=1)
    assert [hit.id for hit in fused] == [2]
    assert at.service.calls == [2]
    roles = {asked["inference"] for asked in at.service.asked}
    assert roles == {"update", "search"}


@pytest.mark.parametrize(
    ("kind", "params", "model"),
    [
        ("dense", {"size": 48, "distance": "Cosine", "hnsw_config": {"m": 24}}, DENSE),
        ("dense", {"size": 48, "distance": "Dot", "datatype": "float16"}, DENSE),
        ("sparse", {"index": {"on_disk": True}}, SPARSE),
        ("multivector", BODY["vectors"]["late"], MULTI),  # type: ignore[index]
    ],
)
def test_what_the_server_makes_is_told_without_leaving_anything(
    at: With, kind: str, params: dict[str, Any], model: str
) -> None:
    given = [text("a b", model), None, text("c d e", model), [1.0, 2.0]]
    before = set(at.qdrant.collections())
    made = at.qdrant.as_made(given, kind, params, at.name)
    assert made[1] is None
    assert made[3] == [1.0, 2.0]
    for words, one in (("a b", made[0]), ("c d e", made[2])):
        right: Any = vector(model, words)
        if isinstance(right, dict):
            right = SparseVector(tuple(right["indices"]), tuple(right["values"]))
        assert made_of(one, right, params.get("distance", ""), params.get("datatype"))
    assert set(at.qdrant.collections()) == before


def test_what_a_killed_check_left_is_taken_away_and_nothing_of_others(at: With) -> None:
    scratch, params = f"{at.name}_qmm_check", BODY["vectors"]["words"]  # type: ignore[index]
    left = {"vectors": {"size": 3, "distance": "Dot"}, "metadata": {"qmm_scratch": True}}
    at.qdrant.create_collection(scratch, left)
    assert at.qdrant.as_made([text("a")], "dense", params, at.name)[0] is not None
    assert not at.qdrant.exists(scratch)
    at.qdrant.create_collection(scratch, {**left, "metadata": {"owner": "somebody"}})
    with pytest.raises(errors.NameTaken):
        at.qdrant.as_made([text("a")], "dense", params, at.name)
    assert at.qdrant.exists(scratch)
    at.qdrant.delete_collection(scratch)


def test_a_check_that_fails_leaves_nothing_either(at: With) -> None:
    params = BODY["vectors"]["words"]  # type: ignore[index]
    with pytest.raises(errors.InferenceRefused):
        at.qdrant.as_made([text("a", "nobody/knows")], "dense", params, at.name)
    assert not at.qdrant.exists(f"{at.name}_qmm_check")


@pytest.mark.parametrize(
    "first", [refusal(429, "slow down", 0), refusal(429, "slow down"), refusal(503, "restarting")]
)
def test_a_service_that_is_busy_is_asked_again(at: With, first: Answer) -> None:
    at.service.refusing = [first]
    at.qdrant.insert(at.name, [point(1, "words")])
    assert at.qdrant.count(at.name) == 1


@pytest.mark.parametrize(
    ("refusals", "kind", "says"),
    [
        ([refusal(401, "the key is old")], errors.InferenceClosed, "the key is old"),
        ([refusal(400, "no such option")] * 2, errors.InferenceRefused, "no such option"),
        ([Answer(400, b"nonsense")] * 2, errors.InferenceRefused, "nonsense"),
        ([refusal(413, "too many tokens")] * 2, errors.InferenceRefused, "too many tokens"),
    ],
)
def test_a_service_that_takes_not_even_a_short_text_is_asked_no_more_and_quoted(
    at: With, refusals: list[Answer], kind: type[Exception], says: str
) -> None:
    at.service.refusing = list(refusals)
    with pytest.raises(kind, match=says):
        at.qdrant.insert(at.name, [point(n, f"words {n}") for n in range(30)])
    assert at.service.refusing == at.service.calls == []
    assert at.qdrant.count(at.name) == 0


def test_a_text_that_is_refused_is_found_and_its_point_written_without(at: With) -> None:
    said = {n: f"text number {n}" for n in range(64)}
    said |= {7: f"this is {TOO_LONG}", 40: f"and this is {TOO_LONG}"}
    unmade = at.qdrant.insert(at.name, [point(n, words) for n, words in said.items()])
    assert [(one.point, one.vector, one.document.text) for one in unmade] == [
        (7, "words", said[7]),
        (40, "words", said[40]),
    ]
    assert all("the text is too long" in one.why for one in unmade)
    found = {p.id: p for p in at.qdrant.retrieve(at.name, range(64), vectors=True)}
    assert {n for n, one in found.items() if one.vectors} == said.keys() - {7, 40}
    assert all(one.payload == {"text": said[n]} for n, one in found.items())
    assert at.service.texts["update", said[5]] <= 8, "a request is halved, not taken apart"
    at.service.calls.clear()
    at.qdrant.insert(at.name, [point(n, words) for n, words in said.items()])
    assert at.service.calls == []


def test_of_two_texts_of_a_point_the_one_that_is_taken_is_kept(at: With) -> None:
    both = {"sparse": text("a b", SPARSE), "words": text(TOO_LONG)}
    (one,) = at.qdrant.insert(at.name, [point(1, "a b", **both)])
    assert (one.point, one.vector) == (1, "words")
    (stored,) = at.qdrant.retrieve(at.name, [1], vectors=True)
    assert stored.vectors.keys() == {"sparse"}


def test_a_further_vector_of_a_refused_text_is_left_out_and_nothing_else_touched(
    at: With,
) -> None:
    said = {n: f"text {n}" for n in range(8)} | {3: TOO_LONG}
    at.qdrant.insert(at.name, [Point(n, {"text": words}, {}) for n, words in said.items()])
    (one,) = at.qdrant.set_vectors(at.name, [point(n, words) for n, words in said.items()])
    assert (one.point, one.vector) == (3, "words")
    found = {p.id: p for p in at.qdrant.retrieve(at.name, range(8), vectors=True)}
    assert {n for n, point in found.items() if point.vectors} == said.keys() - {3}
    assert found[3].payload == {"text": TOO_LONG}


def test_a_request_that_is_too_large_for_the_service_is_halved_and_later_ones_are_smaller(
    at: With,
) -> None:
    answer = at.service.answer

    def of_few(asked: Any) -> Answer:
        many = len(asked["inputs"]) > 20
        return refusal(413, "too many tokens") if many else answer(asked)

    at.service.answer = of_few  # type: ignore[method-assign]
    assert at.qdrant.insert(at.name, [point(n, f"text {n}") for n in range(200)]) == []
    assert at.qdrant.count(at.name) == 200
    one_probe, four_parts = 1, 4
    assert at.service.calls == [1] + [16] * 4 + [16] * 8 + [8]
    assert len(at.service.calls) == one_probe + four_parts + 9


def with_key(monkeypatch: pytest.MonkeyPatch, key: str = KEYS["openai-api-key"]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)


def test_the_key_of_a_provider_goes_with_each_request_for_its_model_and_with_no_other(
    at: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch)
    monkeypatch.setenv("COHERE_API_KEY", "of-somebody-else")
    at.qdrant.insert(at.name, [point(1, "a b"), point(2, "c d", words=text("c d", OPENAI))])
    at.qdrant.insert(at.name, [point(3, "e f")])
    at.qdrant.set_vectors(at.name, [point(3, "e f", words=text("e f", OPENAI))])
    at.qdrant.search(at.name, text("e f", OPENAI), using="words")
    at.qdrant.search(at.name, text("e f"), using="words")
    assert at.qdrant.inferred_size(at.name, text("words", OPENAI)) == 48
    assert at.service.shown == [KEYS, {}, KEYS, KEYS, {}, KEYS]


def test_without_the_key_of_a_provider_nothing_is_asked(
    at: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    asked = [point(1, "a b", words=text("a b", OPENAI))]
    with pytest.raises(SecretMissing, match="Set OPENAI_API_KEY"):
        at.qdrant.insert(at.name, asked)
    with_key(monkeypatch, "sk-pasted…in part")
    with pytest.raises(SecretMissing, match="pasted in part") as unusable:
        at.qdrant.insert(at.name, asked)
    assert "sk-pasted" not in str(unusable.value)
    assert at.service.shown == []


def test_a_server_that_only_a_file_names_is_shown_no_key_of_a_provider(
    at: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch)
    with (
        open_qdrant(at.qdrant.address, may_have_keys=False) as theirs,
        pytest.raises(errors.ServiceKeyWithheld, match="OPENAI_API_KEY was not sent to"),
    ):
        theirs.search(at.name, text("a b", OPENAI), using="words")
    assert at.service.shown == []


def test_a_key_that_is_refused_is_named_by_its_variable_and_not_repeated(
    at: With, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch, "sk-an-old-one-4711")
    with pytest.raises(errors.InferenceClosed, match="Look at the key in OPENAI_API_KEY") as closed:
        at.qdrant.insert(at.name, [point(1, "a b", words=text("a b", OPENAI))])
    assert "invalid key [key]" in str(closed.value)


def test_bm25_is_made_by_every_server_without_a_service(without: Qdrant) -> None:
    name = f"inferred{uuid.uuid4().hex[:8]}"
    without.create_collection(name, {"sparse_vectors": {"bm25": {"modifier": "idf"}}})
    assert without.capabilities.bm25
    told = (("avg_len", 3.0), ("b", 0.5), ("k", 1.5), ("language", "german"))
    texts = {1: "drei Katzen", 2: "eine Katze", 3: "rote Rosen"}
    try:
        without.insert(
            name,
            [
                Point(n, {}, {"bm25": Document(words, "Qdrant/bm25", told)})
                for n, words in texts.items()
            ],
        )
        hits = without.search(name, Document("Katzen", "Qdrant/bm25", told), using="bm25")
        assert {hit.id for hit in hits} == {1, 2}  # by its stem, so the options were heard
        documents = [Document(words, "Qdrant/bm25", told) for words in texts.values()]
        again = without.as_made(documents, "sparse", {"modifier": "idf"}, name)
        stored = [p.vectors["bm25"] for p in without.retrieve(name, [1, 2, 3], vectors=True)]
        assert all(map(same_vector, stored, again))
        assert not any(name in one for one in without.collections() if one != name)
    finally:
        without.delete_collection(name)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_check_whose_answer_is_lost_goes_on(method: str) -> None:
    with FakeQdrant("1.18.3") as fake:
        fake.fail(method=method, path="_qmm_check$", drop=True, apply=True)
        with open_qdrant(Address(url=fake.url), patience=QUICK) as qdrant:
            documents = [Document("two words", "Qdrant/bm25", (("avg_len", 3.0),))]
            (made,) = qdrant.as_made(documents, "sparse", {}, "docs")
            assert isinstance(made, SparseVector)
            assert not qdrant.collections()


class Counted:
    """A meter: the texts of each request, and the tokens that it was told."""

    def __init__(self, stops_at: int | None = None) -> None:
        self.sent: list[tuple[int, int | None]] = []
        self.stops_at = stops_at

    def before(self, documents: Sequence[Document]) -> None:
        if self.stops_at == len(self.sent):
            raise StopIteration

    def after(self, documents: Sequence[Document], tokens: int | None) -> None:
        self.sent.append((len(documents), tokens))


def words_of(n: int) -> Point:
    return Point(n, {}, {"words": Document(f"text number {n}", DENSE)})


def test_what_a_request_took_is_told_by_the_server_and_heard(at: With) -> None:
    meter = at.qdrant.meter = Counted()
    at.qdrant.insert(at.name, [words_of(n) for n in range(70)])
    assert meter.sent == [(64, 64 * 3), (6, 6 * 3)]
    at.qdrant.search(at.name, Document("two words", DENSE), using="words")
    two = [Query("words", Document("a b c d", DENSE)), Query("sparse", Document("e", SPARSE))]
    at.qdrant.search_fused(at.name, two, "rrf")
    assert meter.sent[2:] == [(1, 2), (2, 5)]
    at.qdrant.set_vectors(at.name, [Point(3, {}, {"late": Document("a b", MULTI)})])
    assert meter.sent[4:] == [(1, 2)]
    assert sum(tokens or 0 for _, tokens in meter.sent) == at.service.tokens


def test_nothing_is_heard_of_a_service_that_does_not_tell_and_of_own_models(at: With) -> None:
    at.service.silent = True
    meter = at.qdrant.meter = Counted()
    at.qdrant.insert(at.name, [words_of(1), words_of(2)])
    assert meter.sent == [(2, None)]
    at.qdrant.insert(at.name, [Point(9, {}, {"sparse": Document("a word", "Qdrant/bm25")})])
    at.qdrant.insert(at.name, [Point(10, {}, {"words": [1.0] * 48})])
    assert meter.sent == [(2, None)], "the server makes that itself, and nobody charges for it"


def test_no_more_is_sent_than_the_meter_lets(at: With) -> None:
    at.qdrant.texts_at_once(10)
    at.qdrant.meter = Counted(stops_at=2)
    with pytest.raises(StopIteration):
        at.qdrant.insert(at.name, [words_of(n) for n in range(70)])
    assert at.service.calls == [10, 10]
    assert at.qdrant.count(at.name) == 20


def test_of_what_was_refused_nothing_is_counted(at: With) -> None:
    meter = at.qdrant.meter = Counted()
    bad = Point(2, {}, {"words": Document(TOO_LONG, DENSE)})
    at.qdrant.insert(at.name, [words_of(1), bad])
    assert sum(tokens or 0 for _, tokens in meter.sent) == at.service.tokens

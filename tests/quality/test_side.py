"""A side searches as it says, with one vector or several, or says why it cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from qdrant_model_migration.embedders import Embedded, ModelRef, Spoken
from qdrant_model_migration.embedders.errors import BadVector, MapUnreadable
from qdrant_model_migration.embedders.learned_map import LearnedMap
from qdrant_model_migration.qdrant import Address, Point, Qdrant, SparseVector, open_qdrant
from qdrant_model_migration.quality import Leg, Side
from support.fake_qdrant import FakeQdrant

DENSE = ModelRef(kind="practice", name="test/dense", dimensions=2)
WORDS = ModelRef(kind="practice", name="test/words", dimensions=0, vector="sparse")
BOTH = Side(
    collection="docs",
    legs=(Leg(using="body", model=DENSE), Leg(using="words", model=WORDS)),
    fusion="rrf",
)


class Written:
    """The dense vector is the same for all texts; a sparse one has each letter a to j once."""

    def __init__(self, model: ModelRef) -> None:
        self.model = model

    def embed(self, texts: list[str], role: str) -> Embedded:
        assert role == "query"
        if self.model == DENSE:
            return Embedded([[1.0, 0.0] for _ in texts], 0, 0)
        letters = [tuple(sorted({ord(c) - 97 for c in text if "a" <= c <= "j"})) for text in texts]
        if bad := tuple(n for n, found in enumerate(letters) if not found):
            raise BadVector("words", "it is empty", bad)
        return Embedded([SparseVector(one, (1.0,) * len(one)) for one in letters], 0, 0)


@pytest.fixture(params=["folder", "fake"])
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    if request.param == "folder":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as opened:
            yield filled(opened)
    else:
        with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
            yield filled(opened)


def filled(qdrant: Qdrant) -> Qdrant:
    """Bodies rank 1, 2, 3; the letter a stands in 3 most, then in 2, and not in 1."""
    qdrant.create_collection(
        "docs",
        {"vectors": {"body": {"size": 2, "distance": "Dot"}}, "sparse_vectors": {"words": {}}},
    )
    words = {1: SparseVector((1,), (1.0,)), 2: SparseVector((0,), (1.0,)),
             3: SparseVector((0,), (2.0,))}  # fmt: skip
    qdrant.insert(
        "docs", [Point(n, {}, {"body": [4.0 - n, 0.0], "words": words[n]}) for n in words]
    )
    return qdrant


def found(side: Side, qdrant: Qdrant, text: str) -> list[int | str]:
    searcher = side.searcher(qdrant, Written, exact=True, here=(DENSE, WORDS))
    assert searcher is not None
    return [hit.id for hit in searcher.search(text).hits]


def test_one_vector_is_searched_alone_also_a_sparse_one(qdrant: Qdrant) -> None:
    dense, sparse = (Side(collection="docs", legs=(leg,)) for leg in BOTH.legs)
    assert found(dense, qdrant, "a") == [1, 2, 3]
    assert found(sparse, qdrant, "a") == [3, 2]


@pytest.mark.parametrize("fusion", ["rrf", "dbsf"])
def test_several_are_fused_by_the_server(qdrant: Qdrant, fusion: str) -> None:
    side = BOTH.model_copy(update={"fusion": fusion})
    assert found(side, qdrant, "a")[0] == 3
    assert sorted(map(str, found(side, qdrant, "a"))) == ["1", "2", "3"]


def test_a_text_that_one_model_can_make_nothing_of_is_searched_by_the_other(
    qdrant: Qdrant,
) -> None:
    assert found(BOTH, qdrant, "xyz") == [1, 2, 3]
    sparse = Side(collection="docs", legs=BOTH.legs[1:])
    with pytest.raises(BadVector):
        found(sparse, qdrant, "xyz")


def test_a_leg_whose_model_is_not_known_or_not_here_is_named(qdrant: Qdrant) -> None:
    unknown = BOTH.model_copy(update={"legs": (BOTH.legs[0], Leg(using="words"))})
    assert unknown.searcher(qdrant, Written, here=(DENSE,)) is None
    assert unknown.out_of_reach(here=(DENSE,)) == (Leg(using="words"),)
    assert BOTH.out_of_reach(here=(DENSE,)) == (BOTH.legs[1],)
    assert unknown.told(WORDS) == BOTH


def test_several_legs_need_a_fusion_and_one_leg_has_none() -> None:
    for legs, fusion in ((BOTH.legs, None), (BOTH.legs[:1], "rrf"), ((), None)):
        with pytest.raises(ValidationError):
            Side.model_validate({"collection": "docs", "legs": legs, "fusion": fusion})


def test_a_side_that_orders_has_no_fusion() -> None:
    ordered = {"collection": "docs", "legs": BOTH.legs, "rerank": 10}
    assert Side.model_validate(ordered).rerank == 10
    for wrong in ({"fusion": "rrf"}, {"legs": BOTH.legs[:1]}):
        with pytest.raises(ValidationError):
            Side.model_validate(ordered | wrong)


def test_the_last_one_orders_what_the_others_find_and_adds_nothing(qdrant: Qdrant) -> None:
    side = Side(collection="docs", legs=BOTH.legs, rerank=2)
    assert found(side, qdrant, "a") == [3, 2], "by its words; the first alone finds 1, 2 and 3"
    deep = BOTH.model_copy(update={"fusion": None, "rerank": 2})
    assert found(deep, qdrant, "xyz") == [1, 2, 3], "without words, what is found stays in order"


def test_a_second_collection_orders_what_is_found_and_the_rest_comes_after(qdrant: Qdrant) -> None:
    qdrant.create_collection("second", {"sparse_vectors": {"words": {}}})
    words = {2: (1.0,), 3: (2.0,), 9: (9.0,)}  # 1 is missing there, 9 is nowhere else
    points = [Point(n, {}, {"words": SparseVector((0,), of)}) for n, of in words.items()]
    qdrant.insert("second", points)
    body, there = BOTH.legs[0], Leg(using="words", model=WORDS, second="second")
    side = Side(collection="docs", legs=(body, there), rerank=3)
    assert side.collections == ("docs", "second")
    assert found(side, qdrant, "a") == [3, 2, 1]
    assert found(side, qdrant, "xyz") == [1, 2, 3], "no vector of the text, so as it was found"
    searcher = side.searcher(qdrant, Written, exact=True, here=(DENSE, WORDS))
    assert searcher is not None
    assert [hit.id for hit in searcher.search("a", limit=2).hits] == [3, 2]


def test_only_the_last_one_of_a_rerank_may_be_asked_elsewhere() -> None:
    there = Leg(using="words", model=WORDS, second="second")
    whole = {"collection": "docs", "legs": (BOTH.legs[0], there), "rerank": 10}
    assert Side.model_validate(whole).second == "second"
    for wrong in (
        {"legs": (there, BOTH.legs[0])},
        {"rerank": None, "fusion": "rrf"},
        {"rerank": None, "legs": (there,)},
    ):
        with pytest.raises(ValidationError):
            Side.model_validate(whole | wrong)


def test_a_size_that_is_not_said_is_the_one_that_the_collection_has(qdrant: Qdrant) -> None:
    side = Side(collection="docs", legs=(Leg(using="body"),))
    assert side.measured(qdrant).legs[0].size == 2
    gone = Side(collection="gone", legs=(Leg(using="body"),))
    assert gone.measured(qdrant) == gone


def test_a_side_says_by_which_models_it_is_searched_where_all_are_known() -> None:
    known, unknown = Leg(using="body", model=DENSE), Leg(using="words")
    assert Side(collection="docs", legs=(known,)).label == "dense"
    for legs in ((unknown,), (known, unknown)):
        fusion = "rrf" if len(legs) > 1 else None
        assert Side(collection="docs", legs=legs, fusion=fusion).label == "model not known"


def test_queries_go_through_the_map_of_a_leg(qdrant: Qdrant, tmp_path: Path) -> None:
    turned = np.array([[-1.0, 0.0], [0.0, 1.0]], np.float32)
    LearnedMap(turned, np.zeros(2, np.float32)).save(tmp_path / "turned.npz")
    side = Side(collection="docs", legs=(Leg(using="body", model=DENSE, map="turned.npz"),))
    assert found(side.placed(tmp_path), qdrant, "a") == [3, 2, 1]  # without it 1, 2, 3
    assert side.label == "dense"  # as long as before: nothing is projected away
    with pytest.raises(MapUnreadable):
        found(side.placed(tmp_path / "gone"), qdrant, "a")


def test_a_search_is_made_as_the_model_is_told_of_its_language(qdrant: Qdrant) -> None:
    spoken = Spoken(field="lang", told={code: (("language", code),) for code in ("de", "en")})
    leg = Leg(using="words", model=WORDS, spoken=spoken)
    side, asked = Side(collection="docs", legs=(leg,)), defaultdict[ModelRef, list[str]](list)

    class Noted(Written):
        def embed(self, texts: list[str], role: str) -> Embedded:
            asked[self.model] += texts
            return super().embed(texts, role)

    assert side.languages == ("de", "en")
    searcher = side.searcher(qdrant, Noted, here=(WORDS, *leg.by_language().values()))
    assert searcher is not None
    searcher.search_many(list("abcd"), languages=["en", "de", "fr", None])
    assert asked[spoken.model(WORDS, "de")] == ["b", "d"], "no language: that of most texts"
    assert asked[spoken.model(WORDS, "en")] == ["a"]
    assert asked[WORDS] == ["c"], "one of which it is told nothing"
    assert side.out_of_reach(here=(WORDS,)) == (leg,), "each of them has to be here"

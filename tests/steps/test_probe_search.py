"""What the measured search is worth: who searches, what is found, and what proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.qdrant import Address, Hit, Point, open_qdrant
from qdrant_model_migration.steps.probe_search import ProbeSearch
from support.fake_qdrant import FakeQdrant
from support.world import World

POINTS, SIZE = 600, 16
Make = Callable[..., World]


def random_rows(distance: str) -> Any:
    return np.random.default_rng(7).normal(size=(POINTS, SIZE))


def like_texts(distance: str) -> Any:
    """Forty topics, each point near one of them."""
    draw = np.random.default_rng(7)
    topics = draw.normal(size=(40, SIZE))
    return topics[draw.integers(0, 40, POINTS)] + 0.15 * draw.normal(size=(POINTS, SIZE))


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    with FakeQdrant(optimizer_polls=0) as fake, open_qdrant(Address(url=fake.url)) as qdrant:

        def make(rows: Any, distance: str = "Cosine", names: tuple[str, ...] = ("",)) -> World:
            one = {"size": SIZE, "distance": distance}
            qdrant.create_collection(
                "docs",
                {
                    "vectors": one if names == ("",) else dict.fromkeys(names, one),
                    "optimizers_config": {"indexing_threshold": 1},
                },
            )
            points = [Point(n, {}, dict.fromkeys(names, row)) for n, row in enumerate(rows)]
            qdrant.insert("docs", points)
            return World(qdrant, tmp_path, None)

        yield make


def measured(world: World, moment: Any = "before", **how: Any) -> dict[str, Any]:
    ProbeSearch(collection="docs", moment=moment, **how).apply(world)
    found: dict[str, Any] = world.kept[f"search_{moment}"]
    return found


def test_a_search_that_finds_only_itself_finds_nothing(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(like_texts("Cosine"))
    search = world.qdrant.search

    def itself(collection: str, vector: Any, *, exact: bool = False, **how: Any) -> list[Hit]:
        found = search(collection, vector, exact=exact, **how)
        return found if exact else found[:1]

    monkeypatch.setattr(world.qdrant, "search", itself)
    assert measured(world)["recall"] == 0.0


def test_the_searches_come_from_all_over_the_collection(made: Make) -> None:
    world = made(like_texts("Cosine"))
    assert measured(world)["searches"] == 64
    asked = world.kept["probed"][""]
    assert min(asked) < POINTS / 8
    assert max(asked) > POINTS * 7 / 8


def test_after_the_change_the_same_points_search_but_for_those_that_are_gone(made: Make) -> None:
    world = made(like_texts("Cosine"))
    measured(world)
    asked = world.kept["probed"][""]
    world.qdrant.delete("docs", [asked[0]])
    assert measured(world, "after")["searches"] == 63
    assert world.kept["probed"][""] == asked[1:]


@pytest.mark.parametrize("distance", ["Cosine", "Dot", "Euclid", "Manhattan"])
def test_random_vectors_prove_nothing_and_those_of_texts_do(made: Make, distance: str) -> None:
    world = made(random_rows(distance), distance)
    assert "the vectors look random" in measured(world)["proves_nothing"]
    assert "it proves nothing: the vectors look random" in world.said[-1]
    world.qdrant.delete_collection("docs")
    world.kept.clear()
    assert measured(made(like_texts(distance), distance))["proves_nothing"] == ""


def test_vectors_that_are_all_the_same_prove_nothing(made: Make) -> None:
    assert "look random" in measured(made(np.ones((POINTS, SIZE))))["proves_nothing"]


def test_without_an_index_the_recall_proves_nothing(made: Make) -> None:
    world = made(like_texts("Cosine")[:15])
    assert "nothing is in an index" in measured(world)["proves_nothing"]
    world.qdrant.patch("docs", {"quantization_config": {"product": {"compression": "x64"}}})
    after = measured(world, "after")  # what is lost without an index is lost all the same
    assert after["recall"] < 0.99
    assert after["proves_nothing"] == ""


def test_stronger_compression_is_seen(made: Make) -> None:
    world = made(like_texts("Cosine"))
    before = measured(world)
    world.qdrant.patch("docs", {"quantization_config": {"product": {"compression": "x32"}}})
    after = measured(world, "after")
    assert after["recall"] < before["recall"] == 1.0


def test_of_several_vectors_the_lowest_recall_is_kept(made: Make) -> None:
    world = made(like_texts("Cosine"), names=("title", ""))
    product = {"quantization_config": {"product": {"compression": "x32"}}}
    world.qdrant.patch("docs", {"vectors": {"": product}})
    found = measured(world, vector="title", also=("",))
    assert found["lowest"] == "the unnamed vector"
    assert found["recall"] < 1.0
    assert found["searches"] == 128
    assert [said.split(": ")[1] for said in world.said] == ["title", "the unnamed vector"]


def test_where_a_search_may_ask_for_only_ten_results_the_recall_is_not_known(made: Make) -> None:
    world = made(like_texts("Cosine"))
    strict = {"enabled": True, "max_query_limit": 10}
    world.qdrant.patch("docs", {"strict_mode_config": strict})
    found = measured(world)
    assert found["recall"] is None
    assert found["milliseconds"] > 0


def test_a_vector_that_no_point_has_is_not_measured(made: Make) -> None:
    world = made(like_texts("Cosine"), names=("title", "body"))
    world.qdrant.delete("docs", list(range(POINTS)))
    found = measured(world, vector="title")
    assert (found["recall"], found["milliseconds"], found["searches"]) == (None, None, 0)
    assert "no vector to search with" in world.said[-1]


def test_search_params_reach_the_server_and_exact_search_stays_exact(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(like_texts("Cosine"))
    asked = list[tuple[bool, Any]]()
    search = world.qdrant.search

    def noted(*given: Any, exact: bool = False, quantization: Any = None, **how: Any) -> list[Hit]:
        asked.append((exact, dict(quantization)))
        return search(*given, exact=exact, quantization=quantization, **how)

    monkeypatch.setattr(world.qdrant, "search", noted)
    measured(world, rescore=True, oversampling=2.0)
    said = {"rescore": True, "oversampling": 2.0}
    assert asked == [(False, said)] * 64 + [(True, {"ignore": True})] * 64


def test_strict_mode_decides_how_much_oversampling_is_tried(made: Make) -> None:
    world = made(like_texts("Cosine"))
    measured(world)
    strict = {"enabled": True, "search_max_oversampling": 2.0}
    product = {"product": {"compression": "x32"}}
    world.qdrant.patch("docs", {"quantization_config": product, "strict_mode_config": strict})
    after = measured(world, "after", factors=(1.0, 2.0, 3.0))
    assert [one["params"]["oversampling"] for one in after["tried"]] == [1.0, 2.0]


def test_of_several_vectors_the_lowest_recall_of_each_way_is_kept(made: Make) -> None:
    world = made(like_texts("Cosine"), names=("title", ""))
    own = {
        name: {"quantization_config": {"product": {"compression": compression}}}
        for name, compression in (("", "x32"), ("title", "x8"))
    }
    world.qdrant.patch("docs", {"vectors": own})
    apart = [
        measured(world, vector=vector, factors=(1.0,))["tried"][0]["recall"]
        for vector in ("", "title")
    ]
    found = measured(world, vector="title", also=("",), factors=(1.0,))["tried"]
    assert found[0]["recall"] == apart[0] < apart[1]


def test_what_proves_nothing_advises_nothing(made: Make) -> None:
    world = made(random_rows("Cosine"))
    measured(world)
    world.qdrant.patch("docs", {"quantization_config": {"product": {"compression": "x32"}}})
    after = measured(world, "after", factors=(1.0, 2.0))
    assert after["tried"]
    assert (after["advised"], after["advice"]) == (None, "")

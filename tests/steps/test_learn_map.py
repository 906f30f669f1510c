"""Learning the map as a step: from where it samples, what it keeps, and when it ends the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import Embedded, ModelRef
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.pipeline.errors import SampleTooSmall
from qdrant_model_migration.pipeline.origins import calculated
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.steps.errors import MapTooLossy
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.learn_map import LEARNED, LearnMap
from qdrant_model_migration.steps.map_sample import Wanted, pairs
from qdrant_model_migration.steps.verify import Proof
from support.fake_qdrant import FakeQdrant
from support.world import NEW, OLD, HashModel, World

POINTS = 400
TURN = np.random.default_rng(1).normal(size=(OLD.dimensions, NEW.dimensions))


class Turned:
    """A model whose vectors are a linear map of the old one's: what a map can learn whole."""

    def __init__(self, model: ModelRef) -> None:
        self.model, self.texts = model, 0
        self._old = HashModel(OLD)

    def embed(self, texts: list[str], role: str) -> Embedded:
        self.texts += len(texts)
        rows = np.asarray(self._old.embed(texts, role).vectors) @ TURN
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Embedded(rows.tolist(), len(texts), 0)


def text(number: int) -> str:
    return f"Title {number} of it. What stands below it, at some length: {number * 7919 % 1000}."


@pytest.fixture
def qdrant():
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as client:
        client.create_collection("docs", {"vectors": {"size": 8, "distance": "Cosine"}})
        vectors = HashModel(OLD).embed([text(n) for n in range(POINTS)], "passage").vectors
        client.insert("docs", [Point(n, {"text": text(n)}, {"": v}) for n, v in enumerate(vectors)])
        yield client


@pytest.fixture
def world(qdrant: Qdrant, tmp_path: Path) -> World:
    world = World(qdrant, tmp_path, None)
    world.models[NEW.name] = Turned(NEW)  # type: ignore[assignment]
    return world


def a_step(**changes: Any) -> LearnMap:
    given = {"collection": "docs", "source": "", "model": NEW, **changes}
    return LearnMap(texts=TextSource(fields=("text",)), **given)


def learned(world: World, **changes: Any) -> dict[str, Any]:
    with pytest.raises(Waiting) as waiting:
        a_step(**changes).apply(world)
    assert waiting.value.gate.name == "loss"
    return world.kept[LEARNED]


def test_a_map_that_loses_nothing_waits_with_its_figures(world: World) -> None:
    told = learned(world)
    assert (told["word"], told["found"]) == ("GO", "100 %")
    assert told["documents"]["n"] >= 30
    one = LearnedMap.load(world.folder / FILE)
    old = HashModel(OLD).embed([text(5)], "passage").vectors
    new = world.models[NEW.name].embed([text(5)], "passage").vectors
    np.testing.assert_allclose(one.of(old, length_one=True), new, atol=0.06)
    world.consents["loss"] = {"loss": "yes"}
    a_step().apply(world)


def test_a_model_that_has_nothing_in_common_ends_the_run_with_the_price(world: World) -> None:
    world.models[NEW.name] = HashModel(NEW)
    world.consents["loss"] = {"loss": "yes"}
    with pytest.raises(MapTooLossy) as caught:
        a_step().apply(world)
    error = caught.value
    assert error.what.startswith("NO-GO: the calculated vectors find ")
    assert "At least 80 % are asked for. Measured by " in error.why
    assert "to embed 400 texts takes about" in error.todo
    with pytest.raises(MapTooLossy):  # and so it is when it is resumed
        a_step().apply(world)


def test_too_few_searches_to_tell_are_said_to_be(world: World) -> None:
    """Perfect as it is, 80 texts that judge do not show that 99 % are found."""
    told = learned(world, least=0.99)
    assert told["word"] == "INCONCLUSIVE"
    with pytest.raises(Waiting) as waiting:
        a_step(least=0.99).apply(world)
    assert any("too few to tell" in sentence for sentence in waiting.value.gate.says)


def test_the_sample_comes_from_all_over_the_collection(world: World) -> None:
    learned(world, sample=200)
    assert world.models[NEW.name].texts < 300  # the sample and the searches
    wanted = Wanted("docs", "", TextSource(fields=("text",)), 200, ())
    counts, _ = np.histogram([int(str(one)) for one in pairs(world, wanted, NEW).ids], 8, (0, 400))
    assert counts.sum() == 200
    assert counts.min() >= 15


def test_a_kill_between_two_parts_embeds_nothing_twice(world: World) -> None:
    model = world.models[NEW.name]
    breaths = 0

    def kill() -> None:
        nonlocal breaths
        breaths += 1
        if breaths == 3:
            raise KeyboardInterrupt

    world.on_breath = kill
    with pytest.raises(KeyboardInterrupt):
        a_step().apply(world)
    assert LEARNED not in world.kept
    embedded = model.texts
    assert 0 < embedded < POINTS
    world.on_breath = None
    first = learned(world)
    queries = first["documents"]["among"]  # one is made up of each text that judges
    assert model.texts == POINTS + queries
    assert not list(world.folder.glob("map-part-*"))
    assert learned(world) == first  # nothing is done again
    assert model.texts == POINTS + queries


def test_a_consent_counts_only_for_the_map_that_it_was_given_for(world: World) -> None:
    learned(world)
    world.consents["loss"] = {"loss": "yes"}
    (world.folder / FILE).unlink()
    learned(world)
    assert "loss" not in world.consents


def test_known_answers_judge_and_are_not_learned_from(world: World, tmp_path: Path) -> None:
    lines = [f'{{"query": "{text(n)}", "answers": [{n}]}}' for n in range(40)]
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(lines))
    told = learned(world, proof=Proof(kind="file", file=str(file)))
    assert told["searches"] == {**told["searches"], "share": 1.0, "n": 40}
    assert "queries.jsonl" in told["measured"]


def test_points_without_a_text_or_a_vector_and_equal_texts_do_not_count(
    world: World, qdrant: Qdrant
) -> None:
    vector = HashModel(OLD).embed(["same"], "passage").vectors[0]
    same = [Point(1000 + n, {"text": "the same for all"}, {"": vector}) for n in range(300)]
    bare = [Point(2000 + n, {"text": f"no vector {n}"}, {}) for n in range(20)]
    empty = [Point(3000 + n, {"text": ""}, {"": vector}) for n in range(20)]
    qdrant.insert("docs", [*same, *bare, *empty])
    told = learned(world)
    assert told["documents"]["among"] + told["pairs"] == POINTS + 1


def test_too_few_texts_are_refused_before_anything_is_written(world: World, qdrant: Qdrant) -> None:
    qdrant.delete("docs", list(range(60, POINTS)))
    with pytest.raises(SampleTooSmall):
        a_step().apply(world)
    assert not (world.folder / FILE).exists()


# --- the origin that uses it -----------------------------------------------------------------


PARAMS = {"size": 12, "distance": "Cosine"}


@pytest.fixture
def tools(world: World) -> World:
    LearnedMap(TURN.astype(np.float32), np.zeros(12, np.float32)).save(world.folder / FILE)
    return world


@pytest.mark.parametrize("distance", ["Cosine", "Dot"])
def test_what_is_calculated_is_judged_right_and_anything_else_wrong(
    tools: World, distance: Any
) -> None:
    """Of length one by either distance, as the model makes its own: each counts alike."""
    origin = calculated("old", NEW.model_copy(update={"distance": distance}), OLD)
    params = {**PARAMS, "distance": distance}
    points = [Point(n, {}, {"old": list(np.random.default_rng(n).normal(size=8))}) for n in (1, 2)]
    made = origin.make(points, tools)
    assert made.dead == []
    for point, vector in zip(points, made.vectors, strict=True):
        right = np.asarray(point.vectors["old"]) @ TURN
        np.testing.assert_allclose(vector, right / np.linalg.norm(right), atol=1e-5)
        assert origin.judge(point, vector, params, tools) == "same"
    assert origin.judge(points[0], made.vectors[1], params, tools) == "differs"
    assert origin.judge(points[0], None, params, tools) == "differs"
    assert origin.tells


def test_without_a_usable_old_vector_there_is_none_and_it_is_listed(tools: World) -> None:
    origin = calculated("", NEW, None)
    points = [Point(1, {}, {}), Point(2, {}, {"": [0.0] * 8}), Point(3, {}, {"": [1.0] * 8})]
    made = origin.make(points, tools)
    assert [vector is None for vector in made.vectors] == [True, True, False]
    assert [letter.point for letter in made.dead] == [1, 2]
    for point in points[:2]:
        assert origin.judge(point, None, PARAMS, tools) == "same"
        assert origin.judge(point, made.vectors[2], PARAMS, tools) == "differs"


def test_the_metadata_says_that_no_text_gives_it() -> None:
    said = calculated("", NEW, OLD).metadata
    assert said is not None
    assert said["name"] == NEW.name
    assert said["mapped_from"] == OLD.name
    assert calculated("", NEW, None).metadata == {**said, "mapped_from": ""}
    assert ModelRef.of_metadata({"qmm_model": said}) == NEW

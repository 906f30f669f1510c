"""The files of a run are read once, before anything is made: what is wrong, and how many match."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline.errors import FileChanged, NoIdMatches
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.read_rows import ReadRows
from support.fake_qdrant import FakeQdrant
from support.world import NEW, World, a_move, old_point


@pytest.fixture
def qdrant() -> Iterator[Qdrant]:
    with FakeQdrant(version="1.18.3") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, "an old one") for n in range(20)])
        yield qdrant


def rows(tmp_path: Path, *ids: int, bad: int = 0) -> Path:
    path = tmp_path / "rows.jsonl"
    good = "".join(json.dumps({"id": n, "text": f"text {n}"}) + "\n" for n in ids)
    path.write_text("{\n" * bad + good)
    return path


def test_many_bad_rows_wait_for_a_word_and_are_read_once(qdrant: Qdrant, tmp_path: Path) -> None:
    path = rows(tmp_path, *range(50), bad=2)
    world = World(qdrant, tmp_path, a_move(rows=rows_of(str(path), "id")))
    with pytest.raises(Waiting) as caught:
        ReadRows().apply(world)
    assert caught.value.gate.title == "2 of 52 rows cannot be used"
    assert list(world.dead) == ["rows.jsonl, line 1", "rows.jsonl, line 2"]
    ReadRows(acceptable=0.05).apply(world)
    world.consents["bad_rows"] = {"accept": "yes"}
    world.on_breath = pytest.fail  # what was read is not read again
    ReadRows().apply(world)
    rows(tmp_path, *range(51), bad=2)
    world.on_breath = None
    with pytest.raises(FileChanged):
        ReadRows().apply(world)


def by_file(qdrant: Qdrant, tmp_path: Path, path: Path) -> World:
    text = TextSource(fields=("text",), file=rows_of(str(path), "id"))
    vector = TargetVector(
        name="", params={"size": 12, "distance": "Cosine"}, origin=embedded(NEW, text)
    )
    return World(qdrant, tmp_path, a_move(vectors=(vector,)))


def test_it_is_said_how_many_points_have_a_row(qdrant: Qdrant, tmp_path: Path) -> None:
    world = by_file(qdrant, tmp_path, rows(tmp_path, *range(15, 700)))
    ReadRows().apply(world)
    assert "5 of 20 points of docs_old have a row in it." in world.said


def test_a_file_of_no_point_is_refused(qdrant: Qdrant, tmp_path: Path) -> None:
    world = by_file(qdrant, tmp_path, rows(tmp_path, *range(100, 110)))
    with pytest.raises(NoIdMatches, match="column id"):
        ReadRows().apply(world)

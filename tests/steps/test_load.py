"""A new collection from a file: each row is a point, of the file that the run began with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline.errors import FileChanged
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.errors import NewShrunk
from qdrant_model_migration.steps.read_rows import ReadRows
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.switches.takes_name import TakesName
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything, old_point


def write(path: Path, texts: dict[int, str], *more: tuple[int, str]) -> None:
    rows = [*texts.items(), *more]
    path.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in rows))


TEXTS = {number: f"text {number}" for number in range(150)}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


@pytest.fixture
def world(rows: Path, tmp_path: Path) -> Iterator[World]:
    with FakeQdrant(version="1.18.3") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(1, "an old one")])
        yield World(qdrant, tmp_path, a_move(rows=rows_of(str(rows), "id")))


def judged(world: World) -> dict[str, bool | None]:
    return {check.name: check.ok for check in route_of(world.move).check(world, 30)}


def fill(world: World) -> None:
    CreateCollection().apply(world)
    Backfill().apply(world)


def test_a_row_that_stands_twice_makes_one_point_and_is_no_fault(world: World, rows: Path) -> None:
    write(rows, TEXTS, (7, TEXTS[7]), (8, TEXTS[8]))
    fill(world)
    assert len(everything(world.qdrant, "docs_new")) == len(TEXTS)
    found = judged(world)
    assert found["Points besides"] is None
    assert all(ok is not False for name, ok in found.items() if name != "Settings equal"), found


def test_two_rows_of_one_id_are_a_fault_and_so_is_a_point_that_no_row_has_made(
    world: World, rows: Path
) -> None:
    write(rows, TEXTS, (7, "another text"))
    fill(world)
    assert judged(world)["Payload equal"] is False
    point = next(iter(everything(world.qdrant, "docs_new").values()))
    world.qdrant.insert("docs_new", [point._replace(id=9000), point._replace(id=9001)])
    assert judged(world)["Points besides"] is False


def test_a_file_that_is_another_when_it_is_compared_is_said_as_such(
    world: World, rows: Path
) -> None:
    write(rows, TEXTS)
    fill(world)
    write(rows, {**TEXTS, 9: "a longer text than it was"})
    with pytest.raises(FileChanged):
        judged(world)


def test_the_old_one_is_not_deleted_while_the_new_one_lacks_rows(world: World, rows: Path) -> None:
    write(rows, TEXTS)
    ReadRows().apply(world)
    fill(world)
    takes_over = TakesName(name="docs_old")
    takes_over.must_be_ready(world)
    world.qdrant.delete("docs_new", [3])
    with pytest.raises(NewShrunk, match="149 points by now, and 150 were made"):
        takes_over.go(world, world.before, world.after)
    assert world.qdrant.exists("docs_old")

"""The rows of a file by id: whole or not there, also after a kill; and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.pipeline.errors import IdsContradict, RowsUnusable
from qdrant_model_migration.pipeline.row_index import Indexed, index_of, texts_of
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import NoText, TextSource
from qdrant_model_migration.qdrant import Point

TEXT = TextSource(fields=("text",))


class Tools:
    """A run folder, and how often it may be asked whether to go on."""

    def __init__(self, folder: Path, breaths: int = 10_000) -> None:
        self.folder, self.breaths = folder, breaths

    def open_model(self, model: Any) -> Any:
        raise LookupError(model)

    def artifact(self, name: str) -> Path:
        return self.folder / name

    def breathe(self) -> None:
        self.breaths -= 1
        if self.breaths < 0:
            raise Stopped


def file(tmp_path: Path, *rows: Any) -> TextSource:
    path = tmp_path / "texts.jsonl"
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return TEXT.model_copy(update={"file": rows_of(str(path), "id")})


def points(*ids: int | str) -> list[Point]:
    return [Point(one, {"text": "its own"}, {}) for one in ids]


def test_each_point_gets_the_text_of_its_row_and_the_others_the_reason(tmp_path: Path) -> None:
    uuid = "6f1d3c0e-5f4b-4c55-9d0e-0f4f0d9b7a11"
    rows = ({"id": 1, "text": "one"}, {"id": uuid.upper(), "text": "two"}, {"id": 3, "text": " "})
    big = {"id": str(2**64 - 1), "text": "big"}
    text = file(tmp_path, *rows, big)
    found = texts_of(points(uuid, 1, 2**64 - 1, 3, 9), text, Tools(tmp_path))
    assert found[:3] == ["two", "one", "big"]
    assert [one.reason for one in found[3:] if isinstance(one, NoText)] == [
        "no text in texts.jsonl",
        "not in texts.jsonl",
    ]


def test_one_that_was_broken_off_is_made_anew_and_a_whole_one_is_kept(tmp_path: Path) -> None:
    text = file(tmp_path, *({"id": n, "text": f"text {n}"} for n in range(1_000)))
    assert text.file is not None
    with pytest.raises(Stopped):
        index_of(text.file, text, Tools(tmp_path, breaths=2))
    assert not list(tmp_path.glob("rows-*.db"))
    facts = index_of(text.file, text, Tools(tmp_path)).facts
    assert facts == Indexed(1_000, 0, 0, 1_000)
    (tmp_path / "texts.jsonl").unlink()
    assert index_of(text.file, text, Tools(tmp_path, breaths=0)).facts == facts, "not read again"


def test_rows_that_are_none_are_told_and_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    text = file(
        tmp_path, {"id": 1, "text": "a", "n": 1}, "{", {"id": 1, "text": "a", "n": 2}, {"id": 2}
    )
    assert text.file is not None
    told: list[tuple[int, str]] = []
    index = index_of(text.file, text, Tools(tmp_path), lambda n, bad: told.append((n, bad.why)))
    assert index.facts == Indexed(4, 1, 1, 1), "what nobody takes from a row may differ"
    assert told == [(2, "it is not JSON")]


def test_rows_of_one_id_that_differ_are_refused_with_their_lines(tmp_path: Path) -> None:
    rows = ({"id": 1, "text": "a"}, {"id": 2, "text": "b"}, {"id": "1", "text": "c"})
    text = file(tmp_path, *rows)
    assert text.file is not None
    with pytest.raises(IdsContradict, match="1 stands on lines 1 and 3"):
        index_of(text.file, text, Tools(tmp_path))


@pytest.mark.parametrize("rows", [(), ("a", "b", {"id": 1})])
def test_a_file_of_which_less_than_half_can_be_used_is_none(tmp_path: Path, rows: Any) -> None:
    text = file(tmp_path, *rows)
    assert text.file is not None
    with pytest.raises(RowsUnusable):
        index_of(text.file, text, Tools(tmp_path))

"""Sources: any borders cover each row once, in an order that stays; what is no row is said."""

from __future__ import annotations

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qdrant_model_migration.pipeline.errors import FileBroken, FileUnreadable
from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.pipeline.slices import find_slices
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.qdrant import Point

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NOBODY: Any = None  # a file asks no Qdrant


def between() -> None:
    pass


def everything(source: Source, size: int) -> list[Point]:
    return [
        placed.point
        for where in find_slices(NOBODY, source, size)
        for placed in source.read(NOBODY, where.start, where.end, (), between)
    ]


def as_csv(rows: list[list[str]], path: Path) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["id", "text"], *rows])
    path.write_bytes(text.getvalue().encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, max_size=9), st.integers(1, 4), st.sampled_from(["csv", "jsonl"]))
def test_slices_of_a_file_cover_each_row_once_in_its_order(
    tmp_path: Path, texts: list[str], size: int, form: str
) -> None:
    path = tmp_path / f"docs.{form}"
    if form == "csv":
        as_csv([[str(n), text] for n, text in enumerate(texts)], path)
    else:
        lines = [json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)]
        path.write_text("".join(lines))
    points = everything(rows_of(str(path), "id"), size)
    assert [(p.id, p.payload["text"]) for p in points] == list(enumerate(texts))


def written(path: Path, text: str) -> Source:
    path.write_bytes(text.encode())
    return rows_of(str(path), "id")


def test_ids_are_kept_where_qdrant_takes_them_and_made_the_same_way_every_time(
    tmp_path: Path,
) -> None:
    known = str(uuid.uuid4())
    ids = [7, "8", known, known.upper(), "doc-9", 2**64, "9" * 5_000]
    text = "".join(json.dumps({"id": one}) + "\n" for one in ids)
    source = written(tmp_path / "a.jsonl", text)
    found = [point.id for point in everything(source, 10)]
    assert found[:4] == [7, 8, known, known]
    assert all(uuid.UUID(str(one)) for one in found[4:])
    assert found == [point.id for point in everything(source, 1)]


def test_a_byte_order_mark_and_empty_lines_are_no_rows(tmp_path: Path) -> None:
    source = written(tmp_path / "a.csv", "\ufeffid,text\r\n\r\n1,a\r\n\r\n2,b\r\n")
    assert [p.payload for p in everything(source, 1)] == [
        {"id": "1", "text": "a"},
        {"id": "2", "text": "b"},
    ]


BAD = [
    ("a.jsonl", '{"id": \n', "it is not JSON"),
    ("a.jsonl", "[1]\n", "it is not an object"),
    ("a.jsonl", '{"text": "a"}\n', "it has no id in id"),
    ("a.jsonl", '{"id": true}\n', "it has no id in id"),
    ("a.jsonl", '{"id": 2, "text": "\\ud800"}\n', "no payload can hold"),
    ("a.jsonl", '{"id": 2, "number": NaN}\n', "no payload can hold"),
    ("a.jsonl", '{"id": 2, "deep": ' + "[" * 9_000 + "]" * 9_000 + "}\n", "it is not JSON"),
    ("a.jsonl", b"\xff\xfe\n", "it is not UTF-8"),
    ("a.csv", "2,a,b\n", "it has 3 values for 2 columns"),
    ("a.csv", '"2"x,a\n', "',' expected after"),
    ("a.csv", b"2,\xff\n", "it is not UTF-8"),
    ("a.csv", ",a\n", "it has no id in id"),
]


@pytest.mark.parametrize(("name", "row", "said"), BAD)
@pytest.mark.parametrize("size", [1, 10])
def test_a_row_that_is_none_is_said_with_its_line_and_those_around_it_are_read(
    tmp_path: Path, name: str, row: str | bytes, said: str, size: int
) -> None:
    bad = row.encode() if isinstance(row, str) else row
    good = [b'{"id": 1}\n\n', b'{"id": 3}\n'] if name == "a.jsonl" else [b"1,a\n\n", b"3,c\n"]
    head = b"" if name == "a.jsonl" else b"id,text\n"
    (tmp_path / name).write_bytes(head + good[0] + bad + good[1])
    source = rows_of(str(tmp_path / name), "id")
    assert [point.id for point in everything(source, size)] == [1, 3]
    lines = {one.line: one.point for one in source.numbered(between)}
    first = len(head.splitlines()) + 1
    assert lines.keys() == {first, first + 2, first + 3}
    wrong = lines[first + 2]
    assert isinstance(wrong, Unusable)
    assert said in wrong.why


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "id,text,text\n1,a,b\n", "two of the columns have one name"),
        ("a.csv", "id,text\r1,a\r", "new-line character"),
        ("a.csv", 'id,text\n1,b\n2,"a\n3,c\n', "a quotation mark is never closed"),
    ],
)
def test_a_file_that_cannot_be_told_apart_is_refused_as_a_whole(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(FileBroken, match=said):
        everything(written(tmp_path / name, text), 10)


def test_a_quotation_mark_that_is_never_closed_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileBroken) as caught:
        everything(written(tmp_path / "a.csv", 'id,text\n1,"two\nlines"\n2,"a\n3,c\n'), 10)
    assert "line 4" in caught.value.why


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_separated_as_the_first_line_says(tmp_path: Path, separator: str) -> None:
    text = f"id{separator}text\n7{separator}a\n"
    (point,) = everything(written(tmp_path / "a.csv", text), 5)
    assert (point.id, point.payload) == (7, {"id": "7", "text": "a"})


def test_chosen_columns_are_the_payload_and_the_id_is_read_all_the_same(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", '{"id": 7, "text": "a", "secret": NaN}\n')
    source = rows_of(str(tmp_path / "a.jsonl"), "id", columns=("text",))
    (point,) = everything(source, 5)
    assert (point.id, point.payload) == (7, {"text": "a"})


def test_no_text_of_a_table_is_too_long_and_a_column_may_have_two_lines(tmp_path: Path) -> None:
    long = "x" * 200_000
    source = written(tmp_path / "a.csv", f'id,"the\ntext"\n1,{long}\n2,b\n')
    assert [p.payload["the\ntext"] for p in everything(source, 1)] == [long, "b"]


def test_a_file_that_is_away_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="gone"):
        rows_of(str(tmp_path / "gone.jsonl")).fingerprint()


def test_a_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    source = written(tmp_path / "a.jsonl", '{"id": 1}\n')
    before = source.fingerprint()
    assert before == source.fingerprint()
    written(tmp_path / "a.jsonl", '{"id": 2}\n')
    assert source.fingerprint() != before

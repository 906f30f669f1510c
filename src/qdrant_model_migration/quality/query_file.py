"""Reads a file of searches: JSON lines, CSV, or plain lines without answers. Nothing is written."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.quality.errors import QueryFileUnusable
from qdrant_model_migration.quality.query_set import Query, QuerySet, merged

MAX_BYTES = 16 * 2**20
MAX_QUERIES = 10_000
MAX_CHARACTERS = 8_000
MAX_ANSWERS = 1_000
ANSWER_NAMES = ("answers", "ids", "id")
FORM = 'lines like {"query": "a search", "answers": [17]}; or CSV: query,answers'
"""How such a file looks, for whoever has to write one. The answers are ids of points."""


class _Row(NamedTuple):
    """One line as read: a search, or what is wrong with the line."""

    line: int
    query: Query | None
    wrong: str = ""


class _Wrong(ValueError):
    """What is wrong with a line, as the end of the sentence "line 17 …"."""


def read_queries(path: Path, *, skip_unusable: bool = False) -> QuerySet:
    """The searches in `path`; its ending says how it is read: .jsonl, .ndjson, .json, .csv, else
    plain lines.

    JSON lines: {"query": text, "answers": [ids], "part": text, "language": text}, the last two if
    wanted ("ids" and "id" also name the answers). CSV: columns query, answers (ids separated by |),
    part, language. A file in which no line has an answer is unlabelled; one in which some have is
    labelled, and the others are unusable. Raises QueryFileUnusable, with the line.
    """
    text = _text(path)
    kind = path.suffix.lower()
    if kind in {".jsonl", ".ndjson", ".json"}:
        rows = list(_json_lines(text))
    elif kind == ".csv":
        rows = list(_csv(text, path.name))
    else:
        rows = list(_plain(text))
    labelled = any(row.query.answers for row in rows if row.query)
    if labelled:
        rows = [_answered(row) for row in rows]
    unusable = [row for row in rows if row.query is None]
    if unusable and not skip_unusable:
        first = unusable[0]
        raise QueryFileUnusable(
            f"line {first.line} of {path.name} {first.wrong}",
            unusable=len(unusable),
            total=len(rows),
        )
    queries = merged(row.query for row in rows if row.query)
    if not queries:
        raise QueryFileUnusable(f"{path.name} holds no searches")
    if len(queries) > MAX_QUERIES:
        raise QueryFileUnusable(
            f"{path.name} holds {len(queries):,} searches",
            f"at most {MAX_QUERIES:,}",
            todo="Keep a part of them; a few hundred are enough to judge by.",
        )
    lines = "line" if len(unusable) == 1 else "lines"
    skipped = f", {len(unusable):,} unusable {lines} skipped" if unusable else ""
    return QuerySet(
        queries=queries,
        origin="labelled" if labelled else "unlabelled",
        source=path.name + skipped,
    )


def _answered(row: _Row) -> _Row:
    if row.query is not None and not row.query.answers:
        return _Row(row.line, None, "has no id of a right answer")
    return row


def _text(path: Path) -> str:
    expected = f"a file of {FORM}"
    try:
        there = path.is_file()
    except OSError:  # a name that no file can have
        there = False
    if not there:
        raise QueryFileUnusable(
            f"there is no file {path.name} in {path.absolute().parent}",
            expected,
            todo="Give its path.",
        )
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise QueryFileUnusable(f"{path.name} may not be read", expected) from error
    if len(raw) > MAX_BYTES:
        raise QueryFileUnusable(
            f"{path.name} is larger than {MAX_BYTES // 2**20} MB",
            "some hundred searches",
            todo="Keep a part of them.",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryFileUnusable(
            f"{path.name} is not text in UTF-8", expected, todo="Save it as UTF-8."
        ) from error


def _json_lines(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _Row(number, _query_of(json.loads(line)))
        except _Wrong as wrong:
            yield _Row(number, None, str(wrong))
        except (ValueError, RecursionError):
            yield _Row(number, None, "is not a JSON object")


def _query_of(entry: object) -> Query:
    if not isinstance(entry, dict):
        raise _Wrong("is not a JSON object")
    answers = next((entry[name] for name in ANSWER_NAMES if name in entry), None)
    if answers is None:
        answers = []
    listed = answers if isinstance(answers, list) else [answers]
    return _query(entry.get("query"), listed, entry.get("part"), entry.get("language"))


def _csv(text: str, name: str) -> Iterator[_Row]:
    first = text.split("\n", 1)[0]
    # Spreadsheets in some countries separate by semicolons.
    delimiter = ";" if ";" in first and "," not in first else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [column.strip().lower() for column in next(rows, [])]
    except csv.Error:
        head = []
    if "query" not in head:
        raise QueryFileUnusable(
            f"line 1 of {name} names no column query",
            "the columns query and answers (ids separated by |), and part if wanted",
            todo="Write these names into the first line.",
        )
    answers_name = next((column for column in ANSWER_NAMES if column in head), None)
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield _Row(line, None, "cannot be read as CSV")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        entry = dict(zip(head, cells, strict=False))
        answers = entry.get(answers_name, "") if answers_name else ""
        ids = [part.strip() for part in answers.split("|") if part.strip()]
        try:
            yield _Row(line, _query(entry.get("query"), ids, *map(entry.get, ("part", "language"))))
        except _Wrong as wrong:
            yield _Row(line, None, str(wrong))


def _plain(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _Row(number, _query(line, []))
        except _Wrong as wrong:
            yield _Row(number, None, str(wrong))


def _query(
    text: object,
    answers: list[object] | list[str],
    part: object = None,
    language: object = None,
) -> Query:
    if not isinstance(text, str) or not text.strip():
        raise _Wrong("has no search text")
    if len(text) > MAX_CHARACTERS:
        raise _Wrong(f"is longer than {MAX_CHARACTERS:,} characters")
    if len(answers) > MAX_ANSWERS:
        raise _Wrong(f"has more than {MAX_ANSWERS:,} right answers")
    told = {"part": part, "language": language}
    named: dict[str, str | None] = {}
    for name, value in told.items():
        if value is not None and not isinstance(value, str):
            raise _Wrong(f"has a {name} that is not a text")
        named[name] = (value or "").strip() or None
    ids = tuple(_point_id(answer) for answer in answers)
    return Query(text=text.strip(), answers=ids, **named)


def _point_id(value: object) -> int | str:
    """An id as the server gives it back: an unsigned 64-bit number, or a UUID in lower case."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
        return value
    if isinstance(value, str):
        try:
            return str(uuid.UUID(value))
        except ValueError:
            pass
    shown = words.cut(json.dumps(value, ensure_ascii=False))
    raise _Wrong(f"has the id {shown}, which is neither a whole number nor a UUID")

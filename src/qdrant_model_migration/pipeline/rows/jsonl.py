"""Format: JSON lines, one object a line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.errors import FileBroken
from qdrant_model_migration.pipeline.rows.format import LONGEST, Format, Row, Unusable


class JsonLines(Format):
    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON lines"
    endings: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")

    def rows(self, path: Path, start: int) -> Iterator[Row]:
        with path.open("rb") as file:
            file.seek(start)
            at, number = start, 0
            while line := file.readline(LONGEST + 1):
                number += 1
                if len(line) > LONGEST:
                    raise FileBroken(str(path), "it has a line of more than 64 MB", number)
                if line.strip(b" \t\r\n\xef\xbb\xbf"):
                    yield Row(at, number, _read(line))
                at += len(line)


def _read(line: bytes) -> dict[str, Any] | Unusable:
    try:
        text = line.decode().removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        return Unusable("it is not UTF-8", words.cut(line.decode("utf-8", "replace")))
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return Unusable("it is not JSON", words.cut(text, 60))
    return row if isinstance(row, dict) else Unusable("it is not an object", words.cut(text, 60))

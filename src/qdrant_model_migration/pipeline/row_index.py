"""The rows of a file by their ids: made once in the run folder, by reading the file once.

It says what is wrong with the file before anything is written, and gives texts to points by id
without holding the file in memory. It is written beside its place and moved there when it is whole,
so that a kill leaves none or all of it.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from qdrant_model_migration.errors import DiskFull, RunFolderUnusable
from qdrant_model_migration.pipeline.errors import IdsContradict, RowsUnusable
from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.text import NoText, TextSource, text_of
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.qdrant import Point, PointId

_SHOWN = 3  # ids that contradict each other, in the sentence that says so
_AT_ONCE = 500  # ids in one question
_MOST_UNUSABLE = 0.5
_making = Lock()


class Indexed(NamedTuple):
    """rows: all of them; unusable: those that are none. twice: rows that say what an earlier row of
    their id says. texts: rows with a text, where texts were wanted."""

    rows: int
    unusable: int
    twice: int
    texts: int

    @property
    def points(self) -> int:
        return self.rows - self.unusable - self.twice


OnBad = Callable[[int, Unusable], None]
"""Told of each row that is none, with its line."""


def index_of(
    source: Source,
    text: TextSource | None,
    tools: Tools,
    on_bad: OnBad = lambda line, bad: None,
) -> RowIndex:
    """The index of a file, made now where it is not there yet. text: what is kept of each row.

    Raises RowsUnusable, IdsContradict, DiskFull, and the errors of the file.
    """
    path = tools.artifact(index_name(source, text))
    with _making, _disk(path):
        if not path.is_file():
            _make(path, source, text, tools.breathe, on_bad)
    return RowIndex(path)


def index_name(source: Source, text: TextSource | None) -> str:
    """Of the file in the run folder."""
    name = blake2b(f"{source!r} {text!r}".encode(), digest_size=8).hexdigest()
    return f"rows-{name}.db"


class RowIndex:
    """path: of a whole one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def facts(self) -> Indexed:
        with self._opened() as sql:
            return Indexed(*sql.execute("SELECT * FROM facts").fetchone())

    def ids(self) -> Iterator[PointId]:
        """In no order that means anything."""
        with self._opened() as sql:
            yield from (_id(key) for (key,) in sql.execute("SELECT id FROM rows"))

    def texts(self, points: Sequence[PointId]) -> dict[PointId, str | None]:
        """The texts of those that have a row; None: that has none."""
        found: dict[PointId, str | None] = {}
        asked, wanted = iter(points), {str(point): point for point in points}
        with self._opened() as sql:
            while some := list(islice(asked, _AT_ONCE)):
                marks = ",".join("?" * len(some))
                rows = sql.execute(
                    f"SELECT id, text FROM rows WHERE id IN ({marks})",  # noqa: S608 - marks only
                    [str(point) for point in some],
                )
                found.update((wanted[key], text) for key, text in rows)
        return found

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        with _disk(self._path), closing(sqlite3.connect(uri, uri=True)) as sql:
            yield sql


def texts_of(points: Sequence[Point], source: TextSource, tools: Tools) -> list[str | NoText]:
    """The text of each point, its own or by its id from a file; or why it has none."""
    if source.file is None:
        return [text_of(point.payload, source) for point in points]
    name, ids = source.file.name, [point.id for point in points]
    found = index_of(source.file, source, tools).texts(ids) if ids else {}
    none, away = NoText(f"no text in {name}", "nothing"), NoText(f"not in {name}", "no row")
    return [found.get(point, away) or none for point in ids]


def _make(
    path: Path,
    source: Source,
    text: TextSource | None,
    between: Callable[[], None],
    on_bad: OnBad,
) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part)) as sql:
        sql.execute("PRAGMA journal_mode = OFF")  # what is not whole is made anew
        sql.execute(
            "CREATE TABLE rows(id TEXT PRIMARY KEY, line INTEGER, mark BLOB, text TEXT) "
            "WITHOUT ROWID"
        )
        sql.execute("CREATE TABLE facts(rows, unusable, twice, texts)")
        facts = _fill(sql, source, text, between, on_bad)
        sql.execute("INSERT INTO facts VALUES(?, ?, ?, ?)", facts)
        sql.commit()
    part.rename(path)


def _fill(
    sql: sqlite3.Connection,
    source: Source,
    text: TextSource | None,
    between: Callable[[], None],
    on_bad: OnBad,
) -> Indexed:
    rows = unusable = twice = texts = against = 0
    first = ""
    shown: list[str] = []
    for line, point in source.numbered(between):
        rows += 1
        if isinstance(point, Unusable):
            unusable += 1
            first = first or f"{source.unit} {line:,}, {point.why}"
            on_bad(line, point)
            continue
        said = text_of(point.payload, text) if text is not None else None
        kept = said if isinstance(said, str) else None
        mark = _mark(point, text, kept)
        new = sql.execute(
            "INSERT OR IGNORE INTO rows VALUES(?, ?, ?, ?)", (str(point.id), line, mark, kept)
        ).rowcount
        texts += bool(new) and kept is not None
        if new:
            continue
        before, other = sql.execute(
            "SELECT line, mark FROM rows WHERE id = ?", (str(point.id),)
        ).fetchone()
        if other == mark:
            twice += 1
        else:
            against += 1
            if len(shown) < _SHOWN:
                shown.append(f"{point.id} stands on {source.unit}s {before:,} and {line:,}")
    if unusable > _MOST_UNUSABLE * rows or not rows:
        raise RowsUnusable(source.name, unusable, rows, first)
    if against:
        raise IdsContradict(source.name, against, "; ".join(shown))
    return Indexed(rows, unusable, twice, texts)


def _mark(point: Point, text: TextSource | None, kept: str | None) -> bytes:
    """Two rows of one id may differ in what nobody takes from them."""
    said = json.dumps(point.payload if text is None else kept, sort_keys=True)
    return blake2b(said.encode(), digest_size=16).digest()


def _id(key: str) -> PointId:
    return int(key) if key.isdigit() else key


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error):
            raise DiskFull(str(path.parent)) from None
        raise RunFolderUnusable(str(path.parent), "read") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(str(path.parent)) from None
        raise RunFolderUnusable(str(path.parent), "written to", error) from None

"""The journal of a run: one SQLite file that the engine alone writes. Faces read by watch.py.

Every write is one short transaction. What a step relies on after a power cut (checkpoints, states,
consents) is forced to the disk; events and progress ride along with the next forced write.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.engine.errors import JournalDamaged, JournalFromNewer, JournalUnwritable
from qdrant_model_migration.engine.stamps import now, seconds_between
from qdrant_model_migration.errors import DiskFull
from qdrant_model_migration.redaction import redacted

FILE = "journal.db"
COPY = "journal.copy.db"
SHOWN_BYTES = 262_144  # a remembered value above this is a step's own note, not a fact for screens

_FIRST = """
CREATE TABLE run(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, shown INTEGER NOT NULL);
CREATE INDEX meta_shown ON meta(key) WHERE shown = 1;
CREATE TABLE steps(
  n INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, writes_to TEXT NOT NULL,
  way_back TEXT NOT NULL, details TEXT NOT NULL, extra INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT ' ', spent REAL NOT NULL DEFAULT 0, noted TEXT,
  done INTEGER, total INTEGER, unit TEXT NOT NULL DEFAULT '', rate REAL);
CREATE TABLE events(
  id INTEGER PRIMARY KEY, parent INTEGER, at TEXT NOT NULL, kind TEXT NOT NULL,
  text TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE consents(
  id INTEGER PRIMARY KEY, gate TEXT NOT NULL, answers TEXT NOT NULL, at TEXT NOT NULL,
  verdict TEXT, source TEXT NOT NULL UNIQUE, fits INTEGER, spent TEXT);
CREATE TABLE dead_letters(
  point TEXT PRIMARY KEY, reason TEXT NOT NULL, held TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE rates(at TEXT NOT NULL, step INTEGER NOT NULL, done INTEGER NOT NULL, rate REAL);
"""
_REASONS_COUNTED = """
CREATE TABLE reasons(reason TEXT PRIMARY KEY, letters INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO reasons SELECT reason, count(*) FROM dead_letters GROUP BY reason;
CREATE TRIGGER letter_added AFTER INSERT ON dead_letters BEGIN
  INSERT INTO reasons VALUES(new.reason, 1) ON CONFLICT(reason) DO UPDATE SET letters = letters + 1;
END;
CREATE TRIGGER letter_changed AFTER UPDATE OF reason ON dead_letters BEGIN
  UPDATE reasons SET letters = letters - 1 WHERE reason = old.reason;
  DELETE FROM reasons WHERE letters = 0;
  INSERT INTO reasons VALUES(new.reason, 1) ON CONFLICT(reason) DO UPDATE SET letters = letters + 1;
END;
CREATE TRIGGER letter_removed AFTER DELETE ON dead_letters BEGIN
  UPDATE reasons SET letters = letters - 1 WHERE reason = old.reason;
  DELETE FROM reasons WHERE letters = 0;
END;
"""
_CONFLICTS = """
CREATE TABLE conflicts(
  point TEXT PRIMARY KEY, old TEXT NOT NULL, new TEXT NOT NULL, mark BLOB NOT NULL,
  at TEXT NOT NULL);
"""
_SHARES = "ALTER TABLE steps ADD COLUMN share REAL;"
_FORMS = (_FIRST, _REASONS_COUNTED, _CONFLICTS, _SHARES)
"""What each version of the journal adds to the one before: an older one is brought up to date."""

VERSION = len(_FORMS)

WRITES = "writes"
"""The value of the run that counts its transactions: which of two files is the newer one is told by
this, since clocks are set back."""
_COUNT = f"INSERT INTO run VALUES('{WRITES}', '1') ON CONFLICT(key) DO UPDATE SET value = value + 1"


class StepRow(NamedTuple):
    """A step as the journal keeps it. state: " ", "running", "done" or "failed"."""

    n: int
    name: str
    extra: bool
    state: str


class Journal:
    """The open journal. Its methods may be called from every thread of the engine's process.

    Secrets are taken out of everything that a person can read: events, errors and gates.
    Raises JournalUnwritable or DiskFull where the file cannot be written, JournalDamaged where it
    is not a journal any more.
    """

    def __init__(self, path: Path, *, vfs: str = "") -> None:
        self._path = path
        self._lock = threading.RLock()
        self._depth = 0
        self.shared = True
        with self._words():
            path.touch(mode=0o600, exist_ok=True)
            uri = f"{path.absolute().as_uri()}?mode=rw{'&vfs=' + vfs if vfs else ''}"
            self._sql = sqlite3.connect(
                uri, uri=True, timeout=30, isolation_level=None, check_same_thread=False
            )
            _reach_the_disk(self._sql)
            try:
                self._prepare()
            except BaseException:
                self._sql.close()
                raise

    def _prepare(self) -> None:
        self.shared = self._write_ahead()
        found = self._sql.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise JournalFromNewer(str(self._path))
        if found and self._sql.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise JournalDamaged(str(self._path))
        for version, form in enumerate(_FORMS[found:], found + 1):
            self._sql.executescript(f"BEGIN IMMEDIATE;{form}PRAGMA user_version={version};COMMIT")
        if not found:
            self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _write_ahead(self) -> bool:
        """WAL lets faces read while the engine writes. Network disks cannot do it."""
        try:
            mode = self._sql.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        except sqlite3.OperationalError:
            mode = ""
        if mode != "wal":
            self._sql.execute("PRAGMA journal_mode=DELETE")
        return bool(mode == "wal")

    def close(self) -> None:
        """Leave one plain file behind, if no window is looking at it this moment."""
        with self._lock, self._words():
            try:
                self._sql.execute("PRAGMA busy_timeout=500")
                self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._sql.execute("PRAGMA busy_timeout=0")
                self._sql.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                pass  # somebody looks, or the disk is full: it is as good with its side files
            finally:
                self._sql.close()

    def write_copy(self, path: Path) -> None:
        """Everything up to now, as a file of its own."""
        with self._lock, self._words():
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
            with closing(sqlite3.connect(path)) as copy:
                _reach_the_disk(copy)
                self._sql.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # no file beside it while it lies there

    def add_to_copy(self, path: Path, fact: str) -> None:
        """Bring a copy up to date in this fact, and in what is small: run, steps and consents.

        That costs the same however many events and dead letters there are.
        """
        with self._lock, self._words():
            self._sql.execute("ATTACH ? AS copy", (f"{path.absolute().as_uri()}?mode=rw",))
            try:
                self._sql.execute("BEGIN")
                for table in ("run", "steps", "consents"):
                    self._sql.execute(f"DELETE FROM copy.{table}")  # noqa: S608 - our own names
                    self._sql.execute(f"INSERT INTO copy.{table} SELECT * FROM main.{table}")  # noqa: S608
                self._sql.execute(
                    "INSERT OR REPLACE INTO copy.meta SELECT * FROM main.meta WHERE key = ?",
                    (fact,),
                )
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise
            finally:
                self._sql.execute("DETACH copy")

    # --- transactions -------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, forced: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; an inner one joins the outer. forced: it survives a power cut."""
        with self._lock:
            if self._depth:
                yield self._sql
                return
            self._depth += 1
            try:
                with self._words():
                    self._sql.execute(f"PRAGMA synchronous={'FULL' if forced else 'NORMAL'}")
                    self._sql.execute("BEGIN IMMEDIATE")
                    yield self._sql
                    self._sql.execute(_COUNT)
                    self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    @contextmanager
    def _words(self) -> Iterator[None]:
        """Turn what SQLite and the disk say into words."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise DiskFull(str(self._path)) from error
            raise JournalUnwritable(str(self._path)) from error
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(str(self._path)) from error
        except OSError as error:
            raise JournalUnwritable(str(self._path)) from error

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, self._words():
            return self._sql.execute(sql, values).fetchall()

    # --- the run itself -----------------------------------------------------------------------

    def get(self, key: str, default: Any = None) -> Any:
        """A value of the run itself (state, since, gate, error, ...)."""
        rows = self._rows("SELECT value FROM run WHERE key = ?", key)
        return json.loads(rows[0][0]) if rows else default

    def set(self, *, forced: bool = True, **values: Any) -> None:
        """Set values of the run itself; None removes one."""
        with self.writing(forced=forced) as sql:
            for key, value in values.items():
                if value is None:
                    sql.execute("DELETE FROM run WHERE key = ?", (key,))
                else:
                    text = self.clean(json.dumps(value, allow_nan=False))
                    sql.execute("INSERT OR REPLACE INTO run VALUES(?, ?)", (key, text))

    def enter(self, state: str, *, since: str | None = None, **values: Any) -> None:
        """Change the run's state; other values may change in the same transaction."""
        moment = now()
        with self.writing():
            if self.get("state") != state or since is not None:
                self.set(state=state, since=since or moment)
            self.set(heard=moment, **values)

    def event(self, kind: str, text: str, data: Mapping[str, Any], parent: int | None) -> int:
        """Write one event; returns its id."""
        text, packed = self.clean(text), self.clean(json.dumps(data, default=str))
        with self.writing(forced=False) as sql:
            moment = now()
            row = sql.execute(
                "INSERT INTO events(parent, at, kind, text, data) VALUES(?, ?, ?, ?, ?)",
                (parent, moment, kind, text, packed),
            )
            self.set(forced=False, heard=moment)
            return int(row.lastrowid or 0)

    def clean(self, text: str) -> str:
        """The text without secrets, and without halves of characters that cannot be stored."""
        whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
        return redacted(whole)

    # --- steps --------------------------------------------------------------------------------

    def steps(self) -> tuple[StepRow, ...]:
        rows = self._rows("SELECT n, name, extra, state FROM steps ORDER BY n")
        return tuple(StepRow(n, name, bool(extra), state) for n, name, extra, state in rows)

    def title(self, n: int) -> str:
        return str(self._rows("SELECT title FROM steps WHERE n = ?", n)[0][0])

    def add_step(
        self, name: str, title: str, writes_to: str, way_back: str, details: Sequence[str],
        *, extra: bool = False,
    ) -> int:  # fmt: skip
        """Append a step in words; returns its number, counted from 1."""
        with self.writing() as sql:
            n = int(sql.execute("SELECT coalesce(max(n), 0) + 1 FROM steps").fetchone()[0])
            sql.execute(
                "INSERT INTO steps(n, name, title, writes_to, way_back, details, extra) "
                "VALUES(?, ?, ?, ?, ?, ?, ?)",
                (n, name, title, writes_to, way_back, json.dumps(list(details)), int(extra)),
            )
            return n

    def settle_steps(self) -> None:
        """A step of the plan that ran when the last session ended is not running, and no clock is.
        An added step stays as it is: that it was begun is why it goes on."""
        with self.writing() as sql:
            sql.execute("UPDATE steps SET noted = NULL")
            sql.execute("UPDATE steps SET state = ' ' WHERE state = 'running' AND extra = 0")

    def drop_step(self, n: int) -> None:
        with self.writing() as sql:
            sql.execute("DELETE FROM steps WHERE n = ?", (n,))

    def mark_step(self, n: int, state: str) -> None:
        """Set a step's state; the time it took is added up while it runs."""
        with self.writing() as sql:
            self._clock(sql, n)
            noted = now() if state == "running" else None
            sql.execute("UPDATE steps SET state = ?, noted = ? WHERE n = ?", (state, noted, n))

    def hold_clock(self) -> None:
        """The running step takes no time until `start_clock`."""
        with self.writing() as sql:
            for (n,) in sql.execute("SELECT n FROM steps WHERE noted IS NOT NULL").fetchall():
                self._clock(sql, n)
            sql.execute("UPDATE steps SET noted = NULL")

    def start_clock(self) -> None:
        with self.writing() as sql:
            sql.execute("UPDATE steps SET noted = ? WHERE state = 'running'", (now(),))

    def note_progress(
        self,
        n: int,
        done: int,
        total: int | None,
        unit: str,
        rate: float | None,
        share: float | None = None,
    ) -> None:
        with self.writing(forced=False) as sql:
            self._clock(sql, n)
            sql.execute(
                "UPDATE steps SET done = ?, total = ?, unit = ?, rate = ?, share = ? WHERE n = ?",
                (done, total, unit, rate, share, n),
            )
            self.set(forced=False, heard=now())

    def share(self, n: int) -> float | None:
        """How much of a step was done when it was told last."""
        row = self._rows("SELECT share FROM steps WHERE n = ?", n)
        return row[0][0] if row else None

    def forget_share(self, n: int) -> None:
        with self.writing(forced=False) as sql:
            sql.execute("UPDATE steps SET share = NULL WHERE n = ?", (n,))

    def note_rate(self, n: int, done: int, rate: float | None, keep: int) -> None:
        """One more sample of how fast it goes; the newest `keep` stay."""
        with self.writing(forced=False) as sql:
            row = sql.execute("INSERT INTO rates VALUES(?, ?, ?, ?)", (now(), n, done, rate))
            sql.execute("DELETE FROM rates WHERE rowid <= ?", ((row.lastrowid or 0) - keep,))

    def _clock(self, sql: sqlite3.Connection, n: int) -> None:
        moment = now()
        noted = sql.execute("SELECT noted FROM steps WHERE n = ?", (n,)).fetchone()
        if noted and noted[0]:
            sql.execute(
                "UPDATE steps SET spent = spent + ?, noted = ? WHERE n = ?",
                (seconds_between(noted[0], moment), moment, n),
            )

    # --- what steps keep ----------------------------------------------------------------------

    def remember(self, key: str, value: Any, *, forced: bool = True) -> None:
        packed = json.dumps(value, allow_nan=False)
        shown = is_fact(key) and len(packed) <= SHOWN_BYTES
        with self.writing(forced=forced) as sql:
            sql.execute("INSERT OR REPLACE INTO meta VALUES(?, ?, ?)", (key, packed, int(shown)))

    def recall(self, key: str, default: Any = None) -> Any:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return json.loads(rows[0][0]) if rows else default

    def set_aside(self, point: str, reason: str, held: str) -> None:
        """Add a dead letter; a point stands in the list once, with its newest reason."""
        with self.writing(forced=False) as sql:
            sql.execute(
                "INSERT INTO dead_letters VALUES(?, ?, ?, ?) ON CONFLICT(point) "
                "DO UPDATE SET reason = excluded.reason, held = excluded.held",
                (point, self.clean(reason), self.clean(held), now()),
            )

    def revive(self, points: Sequence[str]) -> None:
        if not self._rows("SELECT 1 FROM dead_letters LIMIT 1"):
            return
        with self.writing() as sql:
            sql.executemany("DELETE FROM dead_letters WHERE point = ?", ((p,) for p in points))

    def add_conflict(self, point: str, old: str, new: str, mark: bytes) -> None:
        with self.writing() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO conflicts VALUES(?, ?, ?, ?, ?)",
                (point, old, new, mark, now()),
            )

    def conflicts(self) -> frozenset[tuple[str, bytes]]:
        return frozenset(self._rows("SELECT point, mark FROM conflicts"))

    def forget_conflicts(self) -> None:
        with self.writing() as sql:
            sql.execute("DELETE FROM conflicts")

    # --- consents -----------------------------------------------------------------------------

    def add_consent(self, gate: str, answers: Mapping[str, str], source: str) -> bool:
        """Keep a consent with the verdict of this moment. False: this very file was kept before."""
        verdict = self.recall("verdict")
        with self.writing() as sql:
            row = sql.execute(
                "INSERT OR IGNORE INTO consents(gate, answers, at, verdict, source) "
                "VALUES(?, ?, ?, ?, ?)",
                (gate, json.dumps(dict(answers)), now(), json.dumps(verdict), source),
            )
            return row.rowcount == 1

    def unread_consent(self, gate: str) -> tuple[int, dict[str, str]] | None:
        """The newest consent for a gate that was not yet held against what the gate asks for."""
        rows = self._rows(
            "SELECT id, answers FROM consents WHERE gate = ? AND fits IS NULL AND spent IS NULL "
            "ORDER BY id DESC LIMIT 1",
            gate,
        )
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def judge_consent(self, number: int, fits: bool) -> None:
        """Note whether a consent is all that its gate asks for. One that is not is spent."""
        with self.writing() as sql:
            sql.execute(
                "UPDATE consents SET fits = ?, spent = ? WHERE id = ?",
                (int(fits), None if fits else now(), number),
            )

    def consent(self, gate: str) -> dict[str, str] | None:
        """The newest consent that fits its gate and was not spent."""
        rows = self._rows(
            "SELECT answers FROM consents WHERE gate = ? AND fits = 1 AND spent IS NULL "
            "ORDER BY id DESC LIMIT 1",
            gate,
        )
        found: dict[str, str] | None = json.loads(rows[0][0]) if rows else None
        return found

    def spend(self, gate: str) -> None:
        with self.writing() as sql:
            sql.execute(
                "UPDATE consents SET spent = ? WHERE gate = ? AND spent IS NULL", (now(), gate)
            )


def _reach_the_disk(sql: sqlite3.Connection) -> None:
    """On macOS a plain sync ends in the drive's own memory, which a power cut takes with it."""
    sql.execute("PRAGMA fullfsync=1")
    sql.execute("PRAGMA checkpoint_fullfsync=1")


def is_fact(key: str) -> bool:
    """A plain name is a fact of the run, few and for screens; others are a step's own notes."""
    return key.isidentifier() and not key.startswith("_")

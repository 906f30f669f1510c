"""Looking at a run: one frozen snapshot, read from its folder. Writes nothing, opens nothing else:
any number of windows can look while the engine works."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.engine import journal, lock
from qdrant_model_migration.engine.errors import JournalDamaged, JournalFromNewer, JournalUnwritable
from qdrant_model_migration.engine.run_folder import read_card, run_folders
from qdrant_model_migration.engine.run_view import (
    Conflict,
    ConsentView,
    DeadLetter,
    EventView,
    RunView,
    Sample,
    StepView,
)
from qdrant_model_migration.engine.sister_runs import SisterRuns
from qdrant_model_migration.engine.stamps import now, seconds_between
from qdrant_model_migration.engine.states import GOING
from qdrant_model_migration.errors import QmmError, RunFolderUnusable

if TYPE_CHECKING:
    from qdrant_model_migration.steps.sisters import Sister

EVENTS = 200
FIRST_START = 60.0  # seconds that a new run may take to begin before it counts as interrupted


def view(folder: Path, *, events: int = EVENTS) -> RunView:
    """The run at this moment, with its newest `events`.

    A journal that is damaged or cannot be read gives a view that is failed and says so. Raises
    NoSuchRun or RunFolderUnusable where there is no run to look at.
    """
    with closing(Watch(folder, events=events)) as watch:
        return watch.look()


def look(folder: Path) -> RunView:
    """As `view`, where it is looked at again and again: see _Looks."""
    return _looks.at(folder)


def list_runs(runs: Path | None = None) -> tuple[RunView, ...]:
    """All runs, the one that changed last first. Raises RunFolderUnusable."""
    found: list[RunView] = []
    for folder in run_folders(runs):
        try:
            found.append(view(folder, events=20))
        except QmmError:
            continue  # made or taken away this very moment
    return tuple(sorted(found, key=lambda run: run.since, reverse=True))


def dead_letters(folder: Path, *, after: int = 0, limit: int = 1000) -> tuple[DeadLetter, ...]:
    """The points that a run has set aside, oldest first. Raises JournalDamaged, NoSuchRun."""
    with closing(Watch(folder)) as watch:
        return watch.dead_letters(after=after, limit=limit)


class Watch:
    """Looks at one run again and again; `look` is cheap while nothing has changed.

    alone: those that switch together with it are not looked at.
    """

    def __init__(self, folder: Path, *, events: int = EVENTS, alone: bool = False) -> None:
        self._folder, self._events = folder, events
        self._card = read_card(folder)
        others = self._card.together and not alone
        self._sisters = SisterRuns(folder, self._card, _alone) if others else None
        self._joined: tuple[RunView, RunView] | None = None
        self._sql: sqlite3.Connection | None = None
        self._seen: tuple[object, ...] | None = None
        self._file = 0
        self._last: RunView | None = None
        self._told: deque[EventView] = deque(maxlen=events)

    def close(self) -> None:
        if self._sisters is not None:
            self._sisters.close()
        self._close()

    def _close(self) -> None:
        self._told.clear()
        if self._sql is not None:
            self._sql.close()
            self._sql = None

    def look(self) -> RunView:
        """The newest snapshot: the very same object as before if nothing has changed."""
        found = self._look()
        if self._sisters is None:
            return found
        with_it = self.sisters()
        if (
            self._joined is None
            or self._joined[0] is not found
            or self._joined[1].with_it != with_it
        ):
            self._joined = (found, _beside(found._replace(with_it=with_it)))
        return self._joined[1]

    def sisters(self) -> tuple[Sister, ...]:
        """The collections that switch at the same moment, as they stand now."""
        return self._sisters.look() if self._sisters is not None else ()

    def _look(self) -> RunView:
        live = lock.is_held(self._folder)
        try:
            if not self._is_there():
                return self._new(live)
            sql = self._open()
            version = sql.execute("PRAGMA data_version").fetchone()[0]
            seen = (version, live)
            if seen != self._seen or self._last is None:
                self._last = self._read(sql, live)
                self._seen = seen
            return self._last
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._close()
            self._seen = None
            busy = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
            if busy and self._last is not None:
                return self._last
            return self._unreadable(error, live)
        except QmmError as error:
            self._close()
            return self._broken(error, live)

    def events(self, *, after: int = 0, limit: int = 1000) -> tuple[EventView, ...]:
        """Events from the oldest on, those with an id above `after`."""
        return tuple(
            _event(row)
            for row in self._ask(
                "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?", after, limit
            )
        )

    def dead_letters(self, *, after: int = 0, limit: int = 1000) -> tuple[DeadLetter, ...]:
        """The points set aside, in the order in which that happened; those numbered above `after`.

        A page costs the same wherever it stands.
        """
        rows = self._ask(
            "SELECT rowid, point, reason, held, at FROM dead_letters WHERE rowid > ? "
            "ORDER BY rowid LIMIT ?",
            after, limit,
        )  # fmt: skip
        return tuple(DeadLetter(number, point[2:], *rest) for number, point, *rest in rows)

    def conflicts(self) -> tuple[Conflict, ...]:
        """The points that both sides changed, as the last sweep found them."""
        if not self._is_there() or not _conflicts(self._open()):
            return ()
        rows = self._ask("SELECT point, old, new, at FROM conflicts ORDER BY rowid")
        return tuple(Conflict(point[2:], old, new, at) for point, old, new, at in rows)

    def _ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows, or none where there is no journal yet. Raises JournalDamaged."""
        if not self._is_there():
            return []
        try:
            return self._open().execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise JournalUnwritable(str(self._folder / journal.FILE)) from error
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(str(self._folder / journal.FILE)) from error

    def _is_there(self) -> bool:
        """A journal that was replaced by its copy is another file, to be opened anew."""
        try:
            file = (self._folder / journal.FILE).stat().st_ino
        except FileNotFoundError:
            file = 0
        except OSError:
            return True  # opening it will say what is wrong
        if file != self._file:
            self._close()
            self._file, self._seen = file, None
        return bool(file)

    def _open(self) -> sqlite3.Connection:
        if self._sql is None:
            path = self._folder / journal.FILE
            uri = f"{path.absolute().as_uri()}?mode=ro"
            # Autocommit: a transaction left open would let the journal's WAL grow without end.
            self._sql = sqlite3.connect(
                uri, uri=True, timeout=2, isolation_level=None, check_same_thread=False
            )
            if self._sql.execute("PRAGMA user_version").fetchone()[0] > journal.VERSION:
                raise JournalFromNewer(str(path))
        return self._sql

    def _read(self, sql: sqlite3.Connection, live: bool) -> RunView:
        # One transaction, so that all parts are of the same moment; it ends before it is drawn.
        sql.execute("BEGIN")
        try:
            return self._assemble(sql, live)
        finally:
            sql.execute("ROLLBACK")

    def _assemble(self, sql: sqlite3.Connection, live: bool) -> RunView:
        if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchone():
            return self._new(live)
        run = _values(sql.execute("SELECT key, value FROM run"))
        if "state" not in run:
            return self._new(live)
        facts = _values(sql.execute("SELECT key, value FROM meta WHERE shown = 1"))
        state, since, heard = run["state"], run["since"], run.get("heard", run["since"])
        if state in GOING and not live:
            state, since = "interrupted", heard
        going = state in ("running", "paused", "stopping") and live
        steps = tuple(
            _step(row, going)
            for row in sql.execute(
                "SELECT name, title, state, spent, noted, done, total, unit, rate, writes_to, "
                "way_back, details, extra FROM steps ORDER BY n"
            )
        )
        told = _shares(sql)
        steps = tuple(step._replace(share=told.get(n)) for n, step in enumerate(steps, 1))
        letters = _reasons(sql)
        known = self._told[-1].id if self._told else 0
        news = sql.execute(
            "SELECT * FROM events WHERE id > ? ORDER BY id DESC LIMIT ?", (known, self._events)
        ).fetchall()
        self._told.extend(_event(row) for row in reversed(news))
        gate = run.get("gate") if state == "waiting" else None
        return self._blank()._replace(
            state=state,
            since=since,
            steps=steps,
            gate=gate,
            verdict=facts.get("verdict"),
            error=run.get("error"),
            dead_letters=sum(letters.values()),
            events=tuple(self._told),
            application=facts.get("application"),
            facts=facts,
            retry=run.get("retry") if going else None,
            live=live,
            session=run.get("session", 0),
            step=_current(steps),
            began=run.get("began", self._card.created),
            ended=run.get("ended") if state not in GOING else None,
            heard=heard,
            throttle=run.get("throttle"),
            held=run.get("held") if state == "paused" else None,
            slowed=run.get("slowed") if going else None,
            searches=run.get("searches") if going else None,
            stop_within=run.get("stop_within") if going else None,
            dead_letter_reasons=letters,
            conflicts=_conflicts(sql),
            rates=tuple(Sample(*row) for row in sql.execute("SELECT * FROM rates ORDER BY rowid")),
            consents=tuple(
                _consent(row)
                for row in sql.execute(
                    "SELECT gate, at, answers, verdict, fits, spent FROM consents ORDER BY id"
                )
            ),
        )

    def _blank(self) -> RunView:
        card, created = self._card, self._card.created
        return RunView(
            run_id=self._folder.name, what=card.what, title=card.title, state="starting",
            since=created, steps=(), gate=None, verdict=None, error=None, dead_letters=0,
            events=(), application=None, facts={}, retry=None, folder=self._folder, card=card,
            live=False, session=0, step=None, began=created, ended=None, heard=created,
            throttle=None, dead_letter_reasons={}, conflicts=0, rates=(), consents=(),
        )  # fmt: skip

    def _new(self, live: bool) -> RunView:
        """A run whose engine has not written anything yet."""
        young = seconds_between(self._card.created, now()) < FIRST_START
        state = "starting" if live or young else "interrupted"
        return self._blank()._replace(state=state, live=live)

    def _unreadable(self, error: Exception, live: bool) -> RunView:
        path = self._folder / journal.FILE
        if isinstance(error, sqlite3.OperationalError):
            try:
                path.open("rb").close()
            except OSError as cause:
                return self._broken(RunFolderUnusable(str(self._folder), "read", cause), live)
            return self._broken(JournalUnwritable(str(path)), live)
        copy = (self._folder / journal.COPY).exists()
        return self._broken(JournalDamaged(str(path), copy=copy), live)

    def _broken(self, error: QmmError, live: bool) -> RunView:
        said = {"what": error.what, "why": error.why, "todo": error.todo}
        return self._blank()._replace(state="failed", live=live, error=said)


class _Looks:
    """The journal that was looked at last stays open: to look again where nothing was written costs
    next to nothing, and what was told is not read twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._watch: Watch | None = None

    def at(self, folder: Path) -> RunView:
        with self._lock:
            if self._watch is None or folder != self._folder:
                if self._watch is not None:
                    self._watch.close()
                self._watch, self._folder = None, folder
                self._watch = Watch(folder)
            return self._watch.look()


_looks = _Looks()


def _alone(folder: Path) -> Watch:
    return Watch(folder, events=0, alone=True)


def _beside(run: RunView) -> RunView:
    """The run, its gate as it stands now: what is asked of the others changes with them."""
    if run.gate is None:
        return run
    from qdrant_model_migration.steps import jointly
    from qdrant_model_migration.steps.gate import Gate

    if (together := jointly(run.gate.get("name", ""))) is None:
        return run
    gate = together.gate(Gate.model_validate(run.gate), run.with_it)
    return run._replace(gate={**run.gate, **gate.model_dump(mode="json")})


def _reasons(sql: sqlite3.Connection) -> dict[str, int]:
    """How many dead letters there are for each reason; the engine counts as it writes them."""
    if sql.execute("PRAGMA user_version").fetchone()[0] == 1:  # left by the first version
        return dict(
            sql.execute("SELECT reason, count(*) FROM dead_letters GROUP BY reason").fetchall()
        )
    return dict(sql.execute("SELECT reason, letters FROM reasons").fetchall())


def _values(rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in rows}


def _conflicts(sql: sqlite3.Connection) -> int:
    """How many are listed; a journal of an earlier version has no such list."""
    if sql.execute("PRAGMA user_version").fetchone()[0] < 3:
        return 0
    return int(sql.execute("SELECT count(*) FROM conflicts").fetchone()[0])


def _shares(sql: sqlite3.Connection) -> dict[int, float | None]:
    """By step; a journal of an earlier version tells none."""
    if sql.execute("PRAGMA user_version").fetchone()[0] < 4:
        return {}
    return dict(sql.execute("SELECT n, share FROM steps").fetchall())


def _event(row: Sequence[Any]) -> EventView:
    number, parent, at, kind, text, data = row
    return EventView(number, parent, at, kind, text, json.loads(data))


def _step(row: Sequence[Any], going: bool) -> StepView:
    name, title, state, spent, noted, done, total, unit, rate, writes_to, back, details, extra = row
    running = state == "running" and going
    seconds = spent + (seconds_between(noted, now()) if running and noted else 0.0)
    known = rate if running and noted else None
    return StepView(
        name, title, state if running or state != "running" else " ", seconds, done, total, unit,
        known, writes_to, back, tuple(json.loads(details)), bool(extra),
    )  # fmt: skip


def _consent(row: Sequence[Any]) -> ConsentView:
    gate, at, answers, verdict, fits, spent = row
    judged = None if fits is None else bool(fits)
    return ConsentView(gate, at, json.loads(answers), json.loads(verdict), judged, spent)


def _current(steps: tuple[StepView, ...]) -> int | None:
    """The step under way; else an added one that is not done, else the first that is not."""
    left = [(step.state != "running", not step.extra, n)
            for n, step in enumerate(steps) if step.state != "done"]  # fmt: skip
    return min(left)[2] if left else None

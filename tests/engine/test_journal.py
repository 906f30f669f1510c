"""The journal keeps what it was given, survives what it must, and says in words what fails."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine import journal as journal_room
from qdrant_model_migration.engine.errors import JournalDamaged, JournalFromNewer, JournalUnwritable
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.errors import DiskFull


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.db")


def test_values_come_back_after_reopening(tmp_path: Path, journal: Journal) -> None:
    journal.remember("slice 7", {"start": 2**63, "end": None})
    journal.enter("running", gate={"name": "cutover"})
    journal.close()
    again = Journal(tmp_path / "journal.db")
    assert again.recall("slice 7") == {"start": 2**63, "end": None}
    assert (again.get("state"), again.get("gate")) == ("running", {"name": "cutover"})
    assert again.recall("never") is None
    assert again.recall("never", 3) == 3


def test_the_largest_point_ids_fit(journal: Journal) -> None:
    for point in ("u:18446744073709551615", "s:00000000-0000-0000-0000-000000000000"):
        journal.set_aside(point, "text is empty", '""')
    journal.revive(["u:18446744073709551615", "u:5"])
    assert journal._rows("SELECT point FROM dead_letters") == [
        ("s:00000000-0000-0000-0000-000000000000",)
    ]


def test_texts_that_are_no_texts_are_kept_readable(journal: Journal) -> None:
    """Payloads may hold half of a character; SQLite would refuse it."""
    journal.set_aside("u:1", "not a text", "half \ud83d of one")
    journal.event("note", "half \ud83d", {"half": "\ud83d"}, None)
    assert journal._rows("SELECT held FROM dead_letters") == [("half \\ud83d of one",)]


def test_a_point_is_set_aside_once_with_its_newest_reason(journal: Journal) -> None:
    journal.set_aside("u:1", "field text is missing", "nothing")
    journal.set_aside("u:1", "text is empty", '""')
    assert journal._rows("SELECT point, reason, held FROM dead_letters") == [
        ("u:1", "text is empty", '""')
    ]


def test_a_transaction_that_fails_leaves_nothing_behind(journal: Journal) -> None:
    with suppress(ZeroDivisionError), journal.writing():
        journal.remember("half", 1)
        journal.event("note", "half", {}, None)
        raise ZeroDivisionError
    assert journal.recall("half") is None
    assert journal._rows("SELECT count(*) FROM events") == [(0,)]
    journal.remember("next", 2)
    assert journal.recall("next") == 2


def test_what_a_power_cut_must_not_take_is_forced_to_the_disk(journal: Journal) -> None:
    said: list[str] = []
    journal._sql.set_trace_callback(said.append)
    journal.remember("slice 1", 1)
    assert "PRAGMA synchronous=FULL" in said
    said.clear()
    journal.event("note", "text", {}, None)
    journal.set_aside("u:1", "text is empty", "")
    assert "PRAGMA synchronous=FULL" not in said
    assert "PRAGMA synchronous=NORMAL" in said


def test_a_disk_without_shared_memory_gets_a_plain_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", vfs="unix-dotfile")
    assert not journal.shared
    journal.remember("a", 1)
    journal.close()
    assert Journal(tmp_path / "journal.db").recall("a") == 1


def test_a_full_disk_is_said_in_words(journal: Journal) -> None:
    pages = journal._sql.execute("PRAGMA page_count").fetchone()[0]
    journal._sql.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(DiskFull, match="full"):
        journal.remember("slice 1", "x" * 50_000)
    journal._sql.execute("PRAGMA max_page_count=100000")
    journal.remember("later", 1)
    assert journal.recall("later") == 1


def test_a_folder_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(JournalUnwritable, match="cannot be read or written"):
        Journal(tmp_path / "gone" / "journal.db")


@pytest.mark.parametrize("size", [100, 5000])
def test_a_file_that_is_no_journal_is_called_damaged(tmp_path: Path, size: int) -> None:
    (tmp_path / "journal.db").write_bytes(b"\x07" * size)
    with pytest.raises(JournalDamaged, match="damaged"):
        Journal(tmp_path / "journal.db")


def test_damage_inside_the_file_is_noticed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    for number in range(500):
        journal.remember(f"slice {number}", "x" * 300)
    journal.close()
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 20_000] = b"\xff" * 20_000
    path.write_bytes(raw)
    with pytest.raises(JournalDamaged):
        Journal(path)


def test_a_newer_form_is_left_alone(tmp_path: Path, journal: Journal) -> None:
    journal.close()
    with sqlite3.connect(tmp_path / "journal.db") as sql:
        sql.execute("PRAGMA user_version=99")
    with pytest.raises(JournalFromNewer, match="newer"):
        Journal(tmp_path / "journal.db")


def test_a_closed_journal_is_one_plain_file(tmp_path: Path, journal: Journal) -> None:
    journal.remember("a", 1)
    journal.close()
    assert [path.name for path in tmp_path.iterdir()] == ["journal.db"]


def test_a_consent_file_counts_once_however_often_it_is_read(journal: Journal) -> None:
    assert journal.add_consent("cutover", {"alias": "docs"}, "consent-1.json:5:ab")
    journal.spend("cutover")
    assert not journal.add_consent("cutover", {"alias": "docs"}, "consent-1.json:5:ab")
    assert journal.unread_consent("cutover") is None


def test_a_consent_opens_only_when_it_was_found_to_fit(journal: Journal) -> None:
    journal.add_consent("cutover", {"alias": "doc"}, "a")
    assert journal.consent("cutover") is None
    given = journal.unread_consent("cutover")
    assert given is not None
    journal.judge_consent(given[0], False)
    assert journal.consent("cutover") is None
    assert journal.unread_consent("cutover") is None
    journal.add_consent("cutover", {"alias": "docs"}, "b")
    given = journal.unread_consent("cutover")
    assert given is not None
    journal.judge_consent(given[0], True)
    assert journal.consent("cutover") == {"alias": "docs"}
    journal.spend("cutover")
    assert journal.consent("cutover") is None


def test_dead_letters_are_counted_by_reason_as_they_are_written(journal: Journal) -> None:
    """Grouping them at every look costs 0.6 s with a million."""
    for point in range(5):
        journal.set_aside(f"u:{point}", "text is empty", "")
    journal.set_aside("u:1", "not a text", "7")
    journal.set_aside("u:1", "not a text", "8")
    assert dict(journal._rows("SELECT * FROM reasons")) == {"text is empty": 4, "not a text": 1}
    journal.revive(["u:1", "u:2", "u:99"])
    assert dict(journal._rows("SELECT * FROM reasons")) == {"text is empty": 3}
    with suppress(ZeroDivisionError), journal.writing():
        journal.set_aside("u:7", "text is empty", "")
        raise ZeroDivisionError
    assert dict(journal._rows("SELECT * FROM reasons")) == {"text is empty": 3}


def first_version(path: Path) -> None:
    """A journal as the first version left it, with three dead letters."""
    with sqlite3.connect(path) as sql:
        sql.executescript(f"{journal_room._FIRST}PRAGMA user_version=1;")
        sql.execute("INSERT INTO run VALUES('state', '\"stopped\"'), ('since', '\"2026-01-01\"')")
        sql.executemany(
            "INSERT INTO dead_letters VALUES(?, ?, '', '2026-01-01')",
            [("u:1", "text is empty"), ("u:2", "not a text"), ("u:3", "text is empty")],
        )


def test_a_journal_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    first_version(tmp_path / "journal.db")
    journal = Journal(tmp_path / "journal.db")
    journal.revive(["u:3"])
    journal.set_aside("u:4", "not a text", "")
    assert dict(journal._rows("SELECT * FROM reasons")) == {"text is empty": 1, "not a text": 2}
    journal.close()
    assert Journal(tmp_path / "journal.db").get("state") == "stopped"


def test_a_power_cut_on_macos_takes_nothing_that_was_forced(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a plain sync ends in the drive's own memory."""
    for pragma in ("fullfsync", "checkpoint_fullfsync"):
        assert journal._rows(f"PRAGMA {pragma}") == [(1,)]
    said: list[str] = []
    connect = sqlite3.connect

    def listened(*given: Any, **more: Any) -> sqlite3.Connection:
        opened = connect(*given, **more)
        opened.set_trace_callback(said.append)
        return opened

    monkeypatch.setattr(sqlite3, "connect", listened)
    journal.write_copy(tmp_path / "copy.db")
    assert "PRAGMA fullfsync=1" in said


def test_adding_a_fact_to_a_copy_costs_the_same_however_long_the_journal(
    journal: Journal, tmp_path: Path
) -> None:
    """The whole journal was copied for each fact."""
    copy = tmp_path / "copy.db"
    for number in range(3000):
        journal.event("note", "x" * 300, {}, None)
        journal.set_aside(f"u:{number}", "text is empty", "x" * 300)
    journal.write_copy(copy)
    steps = 0

    def counted() -> int:
        nonlocal steps
        steps += 1
        return 0

    journal._sql.set_progress_handler(counted, 1)
    journal.remember("switched", {"alias": "docs"})
    journal.add_to_copy(copy, "switched")
    journal._sql.set_progress_handler(None, 0)
    assert steps < 1000, "every row of it was touched"
    assert Journal(copy).recall("switched") == {"alias": "docs"}

"""Control files: what a face sends and what a person writes by hand are read the same way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qdrant_model_migration.engine import control
from qdrant_model_migration.engine.control import Unreadable, Wish
from qdrant_model_migration.errors import RunFolderUnusable


def by_hand(run: Path, name: str, text: str) -> Path:
    path = run / "control" / name
    path.write_text(text)
    os.utime(path, (1e9, 1e9))
    return path


def test_what_is_sent_is_read_in_the_order_in_which_it_was_sent(run: Path) -> None:
    for verb in ("pause", "resume", "pause", "stop"):
        control.send(run, verb, {})
    wishes = control.read(run)
    assert [wish.verb for wish in wishes if isinstance(wish, Wish)] == [
        "pause", "resume", "pause", "stop",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "verb"),
    [
        ("pause", "", "pause"),
        ("pause.json", "{}", "pause"),
        ("stop.txt", "\n", "stop"),
        ("throttle.json", '{"pace": "gently"}', "throttle"),
        ("throttle-2.json", '{"per_second": 50}', "throttle"),
        ("consent.json", '{"gate": "cutover", "answers": {"alias": "docs"}}', "consent"),
    ],
)
def test_a_person_can_write_one_by_hand(run: Path, name: str, text: str, verb: str) -> None:
    by_hand(run, name, text)
    (wish,) = control.read(run)
    assert isinstance(wish, Wish)
    assert wish.verb == verb


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hello.json", "{}"),
        ("PAUSE", ""),
        ("pause.json", "{"),
        ("pause.json", "[1]"),
        ("pause.json", "\x00\x01"),
        ("pause.json", "[" * 5000),
        ("pause.json", '"' + "x" * 70_000 + '"'),
        ("throttle.json", '{"pace": "slowly"}'),
        ("throttle.json", '{"per_second": 0}'),
        ("throttle.json", '{"per_second": true, "pace": "gently"}'),
        ("consent.json", "{}"),
        ("consent.json", '{"gate": 5}'),
        ("consent.json", '{"gate": "cutover", "answers": {"alias": 5}}'),
        ("consent.json", '{"gate": "cutover", "answers": ["docs"]}'),
    ],
)
def test_what_cannot_be_understood_is_set_aside_and_kept(run: Path, name: str, text: str) -> None:
    path = by_hand(run, name, text)
    (note,) = control.read(run)
    assert isinstance(note, Unreadable)
    assert note.why
    control.set_aside(run, note)
    assert not path.exists()
    assert (run / "control" / "unreadable" / name).read_text() == text
    assert control.read(run) == []


def test_a_file_that_is_still_being_written_is_left_alone(run: Path) -> None:
    path = run / "control" / "consent.json"
    path.write_text('{"gate": "cut')
    assert control.read(run) == []
    assert isinstance(control.read(run, settled=True)[0], Unreadable)
    path.write_text('{"gate": "cutover"}')
    assert isinstance(control.read(run)[0], Wish)


def test_a_folder_in_control_is_no_wish(run: Path) -> None:
    (run / "control" / "pause").mkdir()
    os.utime(run / "control" / "pause", (1e9, 1e9))
    (note,) = control.read(run)
    assert isinstance(note, Unreadable)
    control.set_aside(run, note)
    assert control.read(run) == []


def test_editors_traces_and_half_sent_files_are_not_wishes(run: Path) -> None:
    for name in (".pause-1.json", "pause.json~"):
        by_hand(run, name, "{")
    assert control.read(run) == []


def test_a_second_file_of_the_same_name_is_another_one(run: Path) -> None:
    text = json.dumps({"gate": "cutover", "answers": {"alias": "docs"}})
    first = by_hand(run, "consent.json", text)
    (one,) = control.read(run)
    os.utime(first, (1e9 + 1, 1e9 + 1))
    (two,) = control.read(run)
    assert isinstance(one, Wish)
    assert isinstance(two, Wish)
    assert one.source != two.source


def test_nothing_half_is_ever_seen_of_what_is_sent(run: Path) -> None:
    path = control.send(run, "throttle", {"pace": "gently"})
    assert json.loads(path.read_text()) == {"pace": "gently"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_run_folder_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunFolderUnusable, match="cannot be written to"):
        control.send(tmp_path / "gone", "pause", {})
    assert control.read(tmp_path / "gone") == []

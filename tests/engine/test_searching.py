"""Test searches beside the work: what they do to its pace, with the reason in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from qdrant_model_migration.engine.brake import CALM, SEEN
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.levers import Levers
from qdrant_model_migration.engine.listener import Listener
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.searching import BEFORE, Searching
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.move import Searches
from qdrant_model_migration.qdrant import Page, Point, Qdrant


class Server:
    """A collection of some points whose searches take as long as the test says."""

    def __init__(self) -> None:
        self.seconds, self.now = 0.012, 0.0
        self.asked: list[tuple[str, str]] = []
        self.fails: QmmError | None = None
        self.vectors: dict[str, Any] = {
            "text": {"size": 2},
            "tokens": {"multivector_config": {"comparator": "max_sim"}},
        }

    def config(self, name: str) -> Any:
        return SimpleNamespace(vectors=lambda: self.vectors)

    def count(self, name: str) -> int:
        return 10

    def scroll(self, name: str, *, vectors: Any, **_: Any) -> Page:
        return Page(
            [Point(n, {}, {name: [n, 1.0] for name in vectors or ()}) for n in range(10)], None
        )

    def search_seconds(self, name: str, vector: list[float], *, using: str) -> float:
        self.asked.append((name, using))
        self.now += self.seconds
        if self.fails:
            raise self.fails
        return self.seconds


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.db")
    journal.enter("running")
    yield journal
    journal.close()


@pytest.fixture
def levers(journal: Journal) -> Levers:
    return Levers(journal, Progress(journal), threading.Event())


@pytest.fixture
def searching(server: Server, journal: Journal, levers: Levers) -> Searching:
    made = Searching(
        cast(Qdrant, server),
        "docs_old",
        Searches(slow=2.0, pause=5.0),
        journal,
        levers,
        clock=lambda: server.now,
    )
    made.look_before()
    return made


def rounds(searching: Searching, server: Server, milliseconds: float, number: int) -> None:
    server.seconds = milliseconds / 1000
    for _ in range(number):
        searching.look()


def said(journal: Journal) -> list[str]:
    return [text for (text,) in journal._rows("SELECT text FROM events WHERE kind = 'pace'")]


def test_what_a_search_took_before_is_measured_with_stored_vectors_of_the_old_collection(
    searching: Searching, server: Server, journal: Journal
) -> None:
    assert server.asked == [("docs_old", "text")] * BEFORE
    assert said(journal) == [
        "A test search takes 12 ms before the work begins. It slows down above 24 ms and pauses "
        "above 62 ms."
    ]


def test_slow_searches_slow_the_work_down_and_quick_ones_set_it_free_again(
    searching: Searching, server: Server, journal: Journal, levers: Levers
) -> None:
    rounds(searching, server, 38, SEEN)
    assert levers._share == 1 / 2
    assert journal.get("slowed") == {"share": 0.5, "why": "a test search takes 38 ms, 12 ms before"}
    assert journal.get("searches")["milliseconds"] == pytest.approx(38)
    rounds(searching, server, 13, CALM)
    assert (levers._share, journal.get("slowed")) == (1.0, None)
    assert said(journal)[1:] == [
        "Slowed down to half of the time: a test search takes 38 ms, 12 ms before.",
        "No longer slowed down: a test search takes 13 ms, 12 ms before.",
    ]


def test_very_slow_searches_pause_the_work_until_they_are_quick_again(
    searching: Searching, server: Server, journal: Journal, levers: Levers
) -> None:
    rounds(searching, server, 310, SEEN)
    assert levers.held
    with levers.waiting():
        assert journal.get("state") == "paused"
        assert journal.get("held") == "a test search takes 310 ms, 12 ms before"
        rounds(searching, server, 12, CALM)
        assert not levers.paused
    assert journal.get("state") == "running"
    why = "searches were slow; a test search takes 12 ms now"
    assert journal.get("slowed") == {"share": 1 / 8, "why": why}
    assert said(journal)[1:] == [
        "Pausing: a test search takes 310 ms, 12 ms before. It goes on by itself when searches "
        "are quick again.",
        "Going on at an eighth of the time: a test search takes 12 ms, 12 ms before.",
    ]


def test_whoever_pauses_by_hand_is_not_overruled_by_quick_searches(
    searching: Searching, server: Server, levers: Levers
) -> None:
    rounds(searching, server, 310, SEEN)
    levers.ask_pause()
    asked = len(server.asked)
    rounds(searching, server, 12, 3 * CALM)
    assert levers.paused
    assert len(server.asked) == asked, "nothing is read while a person wants a pause"


@pytest.mark.parametrize("wish", [{"pace": "fast"}, {"searches": False}, {"per_second": 9}])
def test_a_person_can_forbid_that_searches_slow_it_down(
    searching: Searching, server: Server, levers: Levers, wish: dict[str, Any]
) -> None:
    rounds(searching, server, 38, SEEN)
    levers.ask_throttle(wish)
    rounds(searching, server, 310, 3 * SEEN)
    assert (levers.held, levers._share) == (
        (False, 1.0) if "per_second" not in wish else (True, 0.5)
    )
    levers.ask_throttle({"pace": "normally"})
    rounds(searching, server, 310, SEEN)
    assert levers.held


def test_continue_overrules_a_pause_of_slow_searches_until_a_speed_is_chosen(
    searching: Searching, server: Server, journal: Journal, levers: Levers, tmp_path: Path
) -> None:
    rounds(searching, server, 310, SEEN)
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "resume.json").write_text("{}")
    Listener(tmp_path, journal, levers, levers._progress).look()
    rounds(searching, server, 310, 3 * SEEN)
    assert not levers.paused
    assert journal.get("throttle") == {"searches": False}


def test_searches_that_hang_count_as_slow_and_a_refusal_as_nothing(
    searching: Searching, server: Server, levers: Levers
) -> None:
    server.fails = QmmError("The server did not answer.")
    rounds(searching, server, 12, 3 * SEEN)
    assert (levers.held, levers._share) == (False, 1.0)
    rounds(searching, server, 60_000, SEEN)
    assert levers.held


def test_without_a_vector_or_the_right_to_search_the_work_goes_on_unwatched(
    server: Server, journal: Journal, levers: Levers
) -> None:
    for number, (vectors, fails) in enumerate(
        [
            ({"tokens": {"multivector_config": {"comparator": "max_sim"}}}, None),
            ({"": {}}, QmmError("It is forbidden.")),
        ]
    ):
        server.vectors, server.fails = vectors, fails
        made = Searching(
            cast(Qdrant, server), "docs_old", Searches(), journal, levers, lambda: server.now
        )
        with made.beside(None):
            made.look()
        assert "Searches are not watched: " in said(journal)[number]
    assert levers._share == 1.0


def test_a_search_that_hangs_at_the_end_of_the_step_changes_nothing_any_more(
    server: Server, journal: Journal, levers: Levers, searching: Searching
) -> None:
    hangs, ended = threading.Event(), threading.Event()
    real = server.search_seconds

    def hang(*args: Any, **more: Any) -> float:
        hangs.set()
        ended.wait(20)
        return real(*args, **more)

    searching._allowed = Searches(every_s=0.01)
    server.seconds = 60.0
    server.search_seconds = hang  # type: ignore[method-assign]
    with searching.beside(None):
        assert hangs.wait(20)
    ended.set()
    assert (levers.held, journal.get("searches")) == (False, None)


def test_at_the_end_of_the_step_nothing_stays_slow(
    server: Server, journal: Journal, levers: Levers, searching: Searching
) -> None:
    with searching.beside(None):
        rounds(searching, server, 38, SEEN)
        assert levers._share < 1
    assert (levers._share, levers.paused) == (1.0, False)
    assert (journal.get("slowed"), journal.get("searches")) == (None, None)

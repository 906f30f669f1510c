"""Test searches beside the work: what they do to its pace, with the reason in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from qdrant_model_migration.engine.brake import CALM, SEEN
from qdrant_model_migration.engine.control_loop import ControlLoop
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.search_watch import BEFORE, SearchWatch
from qdrant_model_migration.engine.steering import Steering
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
def steering(journal: Journal) -> Steering:
    return Steering(journal, Progress(journal), threading.Event())


@pytest.fixture
def watch(server: Server, journal: Journal, steering: Steering) -> SearchWatch:
    made = SearchWatch(
        cast(Qdrant, server),
        "docs_old",
        Searches(slow=2.0, pause=5.0),
        journal,
        steering,
        clock=lambda: server.now,
    )
    made.measure_before()
    return made


def rounds(watch: SearchWatch, server: Server, milliseconds: float, number: int) -> None:
    server.seconds = milliseconds / 1000
    for _ in range(number):
        watch.measure()


def said(journal: Journal) -> list[str]:
    return [text for (text,) in journal._rows("SELECT text FROM events WHERE kind = 'pace'")]


def test_what_a_search_took_before_is_measured_with_stored_vectors_of_the_old_collection(
    watch: SearchWatch, server: Server, journal: Journal
) -> None:
    assert server.asked == [("docs_old", "text")] * BEFORE
    assert said(journal) == [
        "A test search takes 12 ms before the work begins. It slows down above 24 ms and pauses "
        "above 62 ms."
    ]


def test_slow_searches_slow_the_work_down_and_quick_ones_set_it_free_again(
    watch: SearchWatch, server: Server, journal: Journal, steering: Steering
) -> None:
    rounds(watch, server, 38, SEEN)
    assert steering._share == 1 / 2
    assert journal.get("slowed") == {"share": 0.5, "why": "a test search takes 38 ms, 12 ms before"}
    assert journal.get("searches")["milliseconds"] == pytest.approx(38)
    rounds(watch, server, 13, CALM)
    assert (steering._share, journal.get("slowed")) == (1.0, None)
    assert said(journal)[1:] == [
        "Slowed down to half of the time: a test search takes 38 ms, 12 ms before.",
        "No longer slowed down: a test search takes 13 ms, 12 ms before.",
    ]


def test_very_slow_searches_pause_the_work_until_they_are_quick_again(
    watch: SearchWatch, server: Server, journal: Journal, steering: Steering
) -> None:
    rounds(watch, server, 310, SEEN)
    assert steering.held
    with steering.waiting():
        assert journal.get("state") == "paused"
        assert journal.get("held") == "a test search takes 310 ms, 12 ms before"
        rounds(watch, server, 12, CALM)
        assert not steering.paused
    assert journal.get("state") == "running"
    why = "searches were slow; a test search takes 12 ms now"
    assert journal.get("slowed") == {"share": 1 / 8, "why": why}
    assert said(journal)[1:] == [
        "Pausing: a test search takes 310 ms, 12 ms before. It goes on by itself when searches "
        "are quick again.",
        "Going on at an eighth of the time: a test search takes 12 ms, 12 ms before.",
    ]


def test_whoever_pauses_by_hand_is_not_overruled_by_quick_searches(
    watch: SearchWatch, server: Server, steering: Steering
) -> None:
    rounds(watch, server, 310, SEEN)
    steering.ask_pause()
    asked = len(server.asked)
    rounds(watch, server, 12, 3 * CALM)
    assert steering.paused
    assert len(server.asked) == asked, "nothing is read while a person wants a pause"


@pytest.mark.parametrize("wish", [{"pace": "fast"}, {"searches": False}, {"per_second": 9}])
def test_a_person_can_forbid_that_searches_slow_it_down(
    watch: SearchWatch, server: Server, steering: Steering, wish: dict[str, Any]
) -> None:
    rounds(watch, server, 38, SEEN)
    steering.ask_throttle(wish)
    rounds(watch, server, 310, 3 * SEEN)
    assert (steering.held, steering._share) == (
        (False, 1.0) if "per_second" not in wish else (True, 0.5)
    )
    steering.ask_throttle({"pace": "normally"})
    rounds(watch, server, 310, SEEN)
    assert steering.held


def test_continue_overrules_a_pause_of_slow_searches_until_a_speed_is_chosen(
    watch: SearchWatch, server: Server, journal: Journal, steering: Steering, tmp_path: Path
) -> None:
    rounds(watch, server, 310, SEEN)
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "resume.json").write_text("{}")
    ControlLoop(tmp_path, journal, steering, steering._progress).poll()
    rounds(watch, server, 310, 3 * SEEN)
    assert not steering.paused
    assert journal.get("throttle") == {"searches": False}


def test_searches_that_hang_count_as_slow_and_a_refusal_as_nothing(
    watch: SearchWatch, server: Server, steering: Steering
) -> None:
    server.fails = QmmError("The server did not answer.")
    rounds(watch, server, 12, 3 * SEEN)
    assert (steering.held, steering._share) == (False, 1.0)
    rounds(watch, server, 60_000, SEEN)
    assert steering.held


def test_without_a_vector_or_the_right_to_search_the_work_goes_on_unwatched(
    server: Server, journal: Journal, steering: Steering
) -> None:
    for number, (vectors, fails) in enumerate(
        [
            ({"tokens": {"multivector_config": {"comparator": "max_sim"}}}, None),
            ({"": {}}, QmmError("It is forbidden.")),
        ]
    ):
        server.vectors, server.fails = vectors, fails
        made = SearchWatch(
            cast(Qdrant, server), "docs_old", Searches(), journal, steering, lambda: server.now
        )
        with made.beside(None):
            made.measure()
        assert "Searches are not watched: " in said(journal)[number]
    assert steering._share == 1.0


def test_a_search_that_hangs_at_the_end_of_the_step_changes_nothing_any_more(
    server: Server, journal: Journal, steering: Steering, watch: SearchWatch
) -> None:
    hangs, ended = threading.Event(), threading.Event()
    real = server.search_seconds

    def hang(*args: Any, **more: Any) -> float:
        hangs.set()
        ended.wait(20)
        return real(*args, **more)

    watch._allowed = Searches(every_s=0.01)
    server.seconds = 60.0
    server.search_seconds = hang  # type: ignore[method-assign]
    with watch.beside(None):
        assert hangs.wait(20)
    ended.set()
    assert (steering.held, journal.get("searches")) == (False, None)


def test_at_the_end_of_the_step_nothing_stays_slow(
    server: Server, journal: Journal, steering: Steering, watch: SearchWatch
) -> None:
    with watch.beside(None):
        rounds(watch, server, 38, SEEN)
        assert steering._share < 1
    assert (steering._share, steering.paused) == (1.0, False)
    assert (journal.get("slowed"), journal.get("searches")) == (None, None)

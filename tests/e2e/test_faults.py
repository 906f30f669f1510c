"""What goes wrong under a run: each fault in words, nothing lost, and a resume that ends well."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders.errors import ModelOutOfReach
from qdrant_model_migration.engine.errors import CollectionHasRun, PlanHasRun
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.trip import (
    ALIAS,
    NEW_NAME,
    OLD_NAME,
    POINTS,
    Trip,
    assert_same_sides,
    document,
    fill,
    ident,
    plan_of,
    whole,
)
from support.trip_process import killed_at
from support.world import NEW, HashModel, everything

TARGET_POINTS = f"/collections/{NEW_NAME}/points$"
SOURCE_SCROLL = f"/collections/{OLD_NAME}/points/scroll"


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait as long as they must and no longer."""
    monkeypatch.setattr("random.uniform", lambda low, high: low)


@pytest.fixture(params=["1.18.3"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeQdrant]:
    with FakeQdrant(version=request.param) as fake:
        with open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
            fill(qdrant)
        yield fake


versions = pytest.mark.parametrize("fake", ["1.16.3", "1.17.1", "1.19.0"], indirect=True)


# --- An application that edits while the run works --------------------------------------------


def upsert(fake: FakeQdrant, collection: str, *points: Point) -> None:
    """Written by the application, past the run."""
    from qdrant_model_migration.qdrant.points import point_to_json

    body = {"points": [point_to_json(point) for point in points]}
    fake.call("PUT", f"/collections/{collection}/points", body)


def delete(fake: FakeQdrant, collection: str, *numbers: int) -> None:
    ids = {"points": [ident(number) for number in numbers]}
    fake.call("POST", f"/collections/{collection}/points/delete", ids)


def edit(fake: FakeQdrant, at: int = 0) -> None:
    """Every kind of write to the old collection; `at` moves it to other points."""
    n = 20 + 20 * at
    kept = document(n + 4)
    kept.vectors["title"][0] += 1.0  # type: ignore[index]
    upsert(
        fake,
        OLD_NAME,
        document(900 + at, "a new point"),
        document(n, f"another text {at}"),
        document(n + 1, ""),
        document(n + 2, more=at),
        document(5, f"it has a text now {at}"),
        kept,
    )
    delete(fake, OLD_NAME, n + 3, 140 + at)


def new_point(number: int, text: str) -> Point:
    """As the application writes it after the switch."""
    vector = HashModel(NEW).embed([text], "passage").vectors[0]
    point = document(number, text)
    return point._replace(vectors={**point.vectors, "body": vector})


def assert_arrived(fake: FakeQdrant, trip: Trip) -> None:
    """The alias is switched and both sides are equal, but for the embedded vector."""
    assert fake.state.aliases[ALIAS] == NEW_NAME
    with trip.open() as qdrant:
        assert_same_sides(qdrant)


def to_the_cutover(trip: Trip) -> None:
    assert trip.go() == 3, trip.seen.error
    assert trip.gate == "cutover"


def finish(fake: FakeQdrant, trip: Trip) -> None:
    """From wherever it stands to the end, with everything there."""
    if trip.gate != "cutover":
        to_the_cutover(trip)
    trip.allow_the_switch()
    assert trip.go() == 0, trip.seen.error
    assert_arrived(fake, trip)


# --- Faults that pass by themselves -----------------------------------------------------------

RAIN = {
    "an internal error": {"status": 500, "error": "Service internal error: task failed"},
    "an internal error after it was applied": {"status": 500, "error": "x", "apply": True},
    "not ready": {"status": 503, "body": "upstream connect error"},
    "a rate limit": {
        "status": 429,
        "error": "Write rate limit exceeded",
        "headers": {"retry-after": "0"},
    },
    "no answer": {"drop": True},
    "no answer after it was applied": {"drop": True, "apply": True},
}
REQUESTS = (
    ("PUT", f"/collections/{NEW_NAME}$"),
    ("PUT", f"/collections/{NEW_NAME}/index"),
    ("PUT", TARGET_POINTS),
    ("POST", f"/collections/{NEW_NAME}/points/delete"),
    ("PATCH", f"/collections/{NEW_NAME}$"),
    ("POST", "/collections/aliases"),
    ("POST", "/scroll"),
    ("POST", "/points$"),
    ("GET", f"/collections/{NEW_NAME}"),
    ("GET", "/aliases"),
)


@pytest.mark.parametrize("kind", RAIN)
def test_a_fault_that_passes_changes_nothing(fake: FakeQdrant, trip: Trip, kind: str) -> None:
    fake.after(TARGET_POINTS, lambda _: edit(fake), method="PUT", times=1)
    rules = [
        fake.fail(method=method, path=path, times=2, **RAIN[kind]) for method, path in REQUESTS
    ]
    finish(fake, trip)
    assert [rule.hits for rule in rules].count(0) == 0, [rule.hits for rule in rules]


def test_an_answer_that_comes_too_late_is_asked_for_again(fake: FakeQdrant, trip: Trip) -> None:
    trip.timeout_s = 0.3
    late = fake.fail(method="PUT", path=TARGET_POINTS, delay=0.6, apply=True, after=2)
    finish(fake, trip)
    assert late.hits == 1


def test_a_write_that_is_only_queued_is_not_taken_for_done(fake: FakeQdrant, trip: Trip) -> None:
    said = {"result": {"operation_id": 1, "status": "wait_timeout"}, "status": "ok", "time": 0.0}
    queued = fake.fail(method="PUT", path=TARGET_POINTS, status=200, body=said, times=3)
    finish(fake, trip)
    assert queued.hits == 3


@pytest.mark.parametrize("what", ["count", "bytes", "rate"])
def test_limits_below_the_batch_make_smaller_requests(
    fake: FakeQdrant, trip: Trip, what: str
) -> None:
    if what == "bytes":
        fake._routes.max_request_bytes = 3000
    else:
        # As if the operator had set it on the new collection while it is filled.
        limit = {"count": {"upsert_max_batchsize": 5}, "rate": {"write_rate_limit": 7}}[what]
        strict = {"strict_mode_config": {"enabled": True, "max_query_limit": 9, **limit}}
        fake.state.clock = _leaping()
        fake.after(
            TARGET_POINTS,
            lambda _: fake.call("PATCH", f"/collections/{NEW_NAME}", strict),
            method="PUT",
            times=1,
        )
        fake.call("PATCH", f"/collections/{OLD_NAME}", strict)
    with trip.open() as qdrant:
        plan = plan_of(qdrant)
    again = Trip(trip.address, trip.folder.parent / "more", plan=plan)
    finish(fake, again)
    written = [r for r in fake.requests if r.method == "PUT" and r.path.endswith("/points")]
    sizes = [len(r.object["points"]) for r in written if f"/{NEW_NAME}/" in r.path]
    assert sizes[-1] < 16


def _leaping() -> Callable[[], float]:
    """A clock on which half a minute passes between two looks: buckets fill without waiting."""
    now = 0.0

    def look() -> float:
        nonlocal now
        now += 30.0
        return now

    return look


# --- The server goes away ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "after"),
    [
        ("PUT", f"/collections/{NEW_NAME}$", 0),
        ("PUT", TARGET_POINTS, 4),
        ("POST", SOURCE_SCROLL, 7),
        ("POST", "/collections/aliases", 0),
    ],
)
def test_a_server_that_comes_back_is_waited_for(
    fake: FakeQdrant, trip: Trip, method: str, path: str, after: int
) -> None:
    gone = fake.after(path, lambda _: fake.down(), method=method, times=1, after=after)
    trip.on_retry = lambda retry: fake.up() if retry.attempt == 3 else None
    finish(fake, trip)
    assert gone.hits == 1
    said = [event.text for event in trip.seen.events if event.kind == "retry"]
    assert any("answers again" in text for text in said), said


def test_a_server_that_stays_away_ends_the_run_safely(fake: FakeQdrant, trip: Trip) -> None:
    trip.patience_s = 0.05
    fake.after(TARGET_POINTS, lambda _: fake.down(), method="PUT", times=1, after=5)
    assert trip.go() == 4
    error = trip.error
    assert trip.address.label in error["what"]
    assert "cannot be reached" in error["why"] or "connection was lost" in error["why"]
    assert "resume" in error["todo"]
    before = trip.seen.steps
    assert [s.state for s in before[:3]] == ["done", "done", "failed"]
    assert trip.go() == 4  # still away: the same again, nothing broken by it
    fake.up()
    finish(fake, trip)


def test_stop_is_felt_while_the_server_is_away(fake: FakeQdrant, trip: Trip) -> None:
    trip.patience_s = 3600.0
    fake.after(TARGET_POINTS, lambda _: fake.down(), method="PUT", times=1, after=3)
    trip.on_retry = lambda retry: trip.stop.set() if retry.attempt == 4 else None
    assert trip.go() == 130
    assert trip.seen.state == "stopped"
    fake.up()
    trip.stop.clear()
    trip.on_retry = lambda retry: None
    finish(fake, trip)


# --- Faults that need somebody ----------------------------------------------------------------

LASTING: dict[str, tuple[dict[str, Any], str, str]] = {
    "quota": (
        {"status": 507, "error": "Disk usage is at 96%, limit 95%"},
        "disk or memory is full",
        "Make room",
    ),
    "disk": (
        {
            "status": 500,
            "error": "Service internal error: No space left on device: WAL buffer size exceeds "
            "available disk space",
        },
        "disk is full",
        "Make room",
    ),
    "read-only key": (
        {"status": 403, "error": "Forbidden: Global manage access is required"},
        "may only read",
        "key that may write",
    ),
    "expired key": ({"status": 403, "body": "ExpiredSignature"}, "refused the key", "Enter it"),
    "key withdrawn": ({"status": 401, "body": "Invalid API key or JWT"}, "refused the key", ""),
    "points limit": (
        {"status": 400, "error": "Bad request: Max points count limit of 64 reached!"},
        "limit that stands in the way",
        "raise it",
    ),
    "a proxy": ({"status": 404, "body": "<html>no such page</html>"}, "does not know how", ""),
    "unknown": ({"status": 418, "error": "I cannot brew this"}, "refused to write points", ""),
}


@pytest.mark.parametrize("kind", LASTING)
def test_a_lasting_refusal_is_told_and_the_resume_goes_on(
    fake: FakeQdrant, trip: Trip, kind: str
) -> None:
    answer, what, todo = LASTING[kind]
    before = fake.dump(OLD_NAME)
    fake.fail(method="PUT", path=TARGET_POINTS, after=6, times=None, **answer)
    assert trip.go() == 4
    assert trip.seen.state == "failed"
    assert what in trip.error["what"]
    assert todo in trip.error["todo"]
    there = len(fake.dump(NEW_NAME)["points"])
    assert 0 < there < POINTS
    assert fake.dump(OLD_NAME) == before
    fake.heal()
    written = len(fake.requests)
    to_the_cutover(trip)
    again = [r for r in list(fake.requests)[written:] if r.method == "PUT" and "points" in r.path]
    assert again, "nothing was left to write"
    assert trip.seen.facts["caught_up"] == [0, 0, 0], "the backfill had left it to the catch-up"
    finish(fake, trip)


@pytest.mark.parametrize("after", range(4))
def test_a_run_whose_first_answers_are_none_of_qdrants_goes_on_later(
    fake: FakeQdrant, trip: Trip, after: int
) -> None:
    """A gateway that answers in the server's place, from the first request or a later one on."""
    fake.fail(times=None, after=after, status=200, body={"result": None, "status": "ok"})
    assert trip.go() == 4
    assert "is not Qdrant" in trip.error["what"]
    fake.heal()
    to_the_cutover(trip)


def test_what_was_on_its_way_is_kept_when_one_slice_fails(fake: FakeQdrant, trip: Trip) -> None:
    """Three slices in two streams: the first is refused, the others end and are kept."""
    first = {document(number).id for number in range(POINTS)}
    first_ids = set(sorted((i for i in first if isinstance(i, int)), key=int)[:64])
    fake.fail(
        method="PUT",
        path=TARGET_POINTS,
        times=None,
        status=507,
        error="Disk usage is at 96%",
        when=lambda request: any(p["id"] in first_ids for p in request.object["points"]),
    )
    assert trip.go() == 4
    assert "full" in trip.error["what"]
    done = [event for event in trip.seen.events if event.kind == "slice"]
    assert len(done) == 2
    fake.heal()
    finish(fake, trip)


# --- Somebody changes things under the run ----------------------------------------------------


def gone_collection(fake: FakeQdrant, name: str) -> Callable[[object], Any]:
    return lambda _: fake.call("DELETE", f"/collections/{name}")


def test_a_source_that_is_deleted_is_told(fake: FakeQdrant, trip: Trip) -> None:
    fake.after(TARGET_POINTS, gone_collection(fake, OLD_NAME), method="PUT", times=1, after=1)
    assert trip.go() == 4
    assert OLD_NAME in trip.error["what"]
    assert trip.error["todo"]
    assert NEW_NAME in fake.state.collections
    assert trip.go() == 4


@pytest.mark.parametrize("when", ["backfill", "gate"])
def test_a_target_that_is_deleted_is_told_and_not_made_again_by_surprise(
    fake: FakeQdrant, trip: Trip, when: str
) -> None:
    before = fake.dump(OLD_NAME)
    if when == "backfill":
        fake.after(TARGET_POINTS, gone_collection(fake, NEW_NAME), method="PUT", times=1, after=1)
    else:
        to_the_cutover(trip)
        fake.call("DELETE", f"/collections/{NEW_NAME}")
        trip.allow_the_switch()
    assert trip.go() == 4
    assert NEW_NAME in trip.error["what"]
    assert trip.go() == 4
    assert f"{NEW_NAME} does not exist any more" in trip.error["what"]
    assert "new plan" in trip.error["todo"]
    assert fake.state.aliases == {ALIAS: OLD_NAME}
    assert fake.dump(OLD_NAME) == before


FOREIGN = {"vectors": {"body": {"size": 12, "distance": "Cosine"}}}


def somebody_elses(fake: FakeQdrant) -> None:
    if NEW_NAME in fake.state.collections:
        fake.call("DELETE", f"/collections/{NEW_NAME}")
    fake.call("PUT", f"/collections/{NEW_NAME}", FOREIGN)
    body = {"points": [{"id": 4, "vector": {"body": [1.0] * 12}, "payload": {"mine": True}}]}
    fake.call("PUT", f"/collections/{NEW_NAME}/points", body)


MOMENTS = ("before", "at creation", "backfill", "catch-up", "index", "gate", "sweep")


@pytest.mark.parametrize("when", MOMENTS)
def test_a_foreign_collection_of_the_targets_name_is_never_touched(
    fake: FakeQdrant, trip: Trip, when: str
) -> None:
    def arrive(_: object) -> None:
        somebody_elses(fake)

    if when == "before":
        arrive(None)
    elif when == "at creation":
        fake.before(f"/collections/{NEW_NAME}$", arrive, method="PUT", times=1)
    elif when in ("backfill", "catch-up", "index"):
        # The run fails, and is resumed when the name belongs to somebody else.
        method, path, after = {
            "backfill": ("PUT", TARGET_POINTS, 5),
            "catch-up": ("POST", SOURCE_SCROLL, 7),
            "index": ("PATCH", f"/collections/{NEW_NAME}$", 0),
        }[when]
        fake.fail(method=method, path=path, after=after, times=None, status=507, error="full")
        assert trip.go() == 4
        fake.heal()
        arrive(None)
    else:
        to_the_cutover(trip)
        trip.allow_the_switch()
        if when == "gate":
            arrive(None)
        else:
            fake.fail(path=SOURCE_SCROLL, times=None, status=507, error="full",
                      when=lambda _: fake.state.aliases[ALIAS] == NEW_NAME)  # fmt: skip
            assert trip.go() == 4
            fake.heal()
            arrive(None)
    assert trip.go() == 4
    assert f"{NEW_NAME} already exists" in trip.error["what"]
    points = fake.dump(NEW_NAME)["points"]
    assert fake.state.collections[NEW_NAME].config["optimizer_config"]["indexing_threshold"] != 0
    assert list(points) == [4]
    assert points[4]["payload"] == {"mine": True}
    assert len(fake.dump(OLD_NAME)["points"]) == POINTS


@pytest.mark.parametrize("to", ["other", None])
@pytest.mark.parametrize("when", ["before", "gate", "last moment"])
def test_an_alias_that_somebody_moved_is_left_as_it_is(
    fake: FakeQdrant, trip: Trip, when: str, to: str | None
) -> None:
    fake.call("PUT", "/collections/other", FOREIGN)

    def steal(_: object = None) -> None:
        action = (
            {"create_alias": {"alias_name": ALIAS, "collection_name": to}}
            if to
            else {"delete_alias": {"alias_name": ALIAS}}
        )
        fake.call("POST", "/collections/aliases", {"actions": [action]})

    if when == "before":
        steal()
    else:
        to_the_cutover(trip)
        trip.allow_the_switch()
        if when == "gate":
            steal()
        else:
            fake.after(SOURCE_SCROLL, steal, times=1)
    assert trip.go() == 4
    said = trip.error
    assert ALIAS in said["what"]
    assert (to or "There is no alias") in said["what"]
    assert said["why"]
    assert said["todo"]
    assert fake.state.aliases == ({ALIAS: to} if to else {})
    # Put back, the run goes on. A consent was given for what stood there then: it is asked again.
    action = {"create_alias": {"alias_name": ALIAS, "collection_name": OLD_NAME}}
    fake.call("POST", "/collections/aliases", {"actions": [action]})
    if when == "before":
        finish(fake, trip)
    else:
        assert trip.go() == 3, trip.seen.error
        assert trip.seen.gate["name"] == "cutover"
        trip.allow_the_switch()
        assert trip.go() == 0, trip.seen.error
        assert_arrived(fake, trip)


@pytest.mark.parametrize("when", ["catch-up", "verify"])
def test_writes_to_a_target_that_somebody_switched_to_early_are_not_undone(
    fake: FakeQdrant, trip: Trip, when: str
) -> None:
    """The application writes to the new collection already: a catch-up would take that back."""

    def switch(_: object = None) -> None:
        action = {"create_alias": {"alias_name": ALIAS, "collection_name": NEW_NAME}}
        fake.call("POST", "/collections/aliases", {"actions": [action]})
        upsert(fake, NEW_NAME, new_point(950, "written by the application"))
        upsert(fake, NEW_NAME, new_point(30, "edited by the application"))

    if when == "catch-up":
        fake.after(TARGET_POINTS, switch, method="PUT", times=1, after=9)
    else:
        fake.fail(path="/points/count", times=1, after=1, status=507, error="full",
                  when=lambda r: "has_vector" in r.raw.decode())  # fmt: skip
        fake.fail(path="/points/count", times=1, status=507, error="full",
                  when=lambda r: "has_vector" in r.raw.decode())  # fmt: skip
        assert trip.go() == 4
        fake.heal()
        switch()
    assert trip.go() == 4
    assert NEW_NAME in trip.error["what"]
    points = fake.dump(NEW_NAME)["points"]
    assert points[ident(950)]["payload"]["text"] == "written by the application"
    assert points[ident(30)]["payload"]["text"] == "edited by the application"


# --- The application writes meanwhile ---------------------------------------------------------


@versions
def test_edits_between_every_read_and_write_arrive(fake: FakeQdrant, trip: Trip) -> None:
    fake.after(SOURCE_SCROLL, lambda _: edit(fake, 0), times=1, after=2)  # read, not yet written
    fake.before(TARGET_POINTS, lambda _: edit(fake, 1), method="PUT", times=1, after=5)
    fake.after(SOURCE_SCROLL, lambda _: edit(fake, 2), times=1, after=8)  # in the catch-up
    to_the_cutover(trip)
    edit(fake, 3)  # while it waits
    trip.allow_the_switch()
    fake.after(SOURCE_SCROLL, lambda _: edit(fake, 4), times=1, after=1)  # in the last catch-up
    fake.before("/collections/aliases", lambda _: edit(fake, 5), method="POST", times=1)
    assert trip.go() == 0, trip.seen.error
    assert_arrived(fake, trip)


def test_a_point_deleted_after_it_was_read_does_not_come_back(fake: FakeQdrant, trip: Trip) -> None:
    everyone = range(60, 120)
    fake.before(TARGET_POINTS, lambda _: delete(fake, OLD_NAME, *everyone), method="PUT", times=1)
    finish(fake, trip)
    assert len(fake.dump(NEW_NAME)["points"]) == POINTS - len(everyone)


def test_a_text_edited_to_nothing_leaves_no_old_vector(fake: FakeQdrant, trip: Trip) -> None:
    to_the_cutover(trip)
    upsert(fake, OLD_NAME, document(33, "   "))
    finish(fake, trip)
    assert "body" not in fake.dump(NEW_NAME)["points"][ident(33)]["vector"]
    assert trip.seen.dead_letters == 3


@pytest.mark.parametrize("edits", [1, 40])
def test_writes_during_verify_are_late_and_not_a_fault(
    fake: FakeQdrant, trip: Trip, edits: int
) -> None:
    """Some lose their text, some are new: points without a vector are still counted rightly."""

    def write(_: object) -> None:
        upsert(fake, OLD_NAME, *(document(60 + n, "") for n in range(edits)))
        upsert(fake, OLD_NAME, *(document(1000 + n) for n in range(edits)), document(5, "a text"))
        delete(fake, OLD_NAME, 6, 40)

    # The first reading of the old collection after the index is that of Verify.
    fake.before(SOURCE_SCROLL, write, times=1, when=lambda _: verifying(trip))
    to_the_cutover(trip)
    assert trip.seen.verdict is not None
    finish(fake, trip)


def verifying(trip: Trip) -> bool:
    return any(s.name == "verify" and s.state == "running" for s in trip.seen.steps)


@pytest.mark.parametrize("fake", ["1.16.3", "1.18.3", "1.19.0"], indirect=True)
def test_after_the_switch_new_writes_are_spared_and_late_ones_carried(
    fake: FakeQdrant, trip: Trip
) -> None:
    to_the_cutover(trip)
    trip.allow_the_switch()

    def before_the_switch(_: object) -> None:
        edit(fake, 2)
        upsert(fake, OLD_NAME, document(100, "late here"))

    def after_the_switch(_: object) -> None:
        upsert(fake, ALIAS, new_point(100, "new there"), new_point(951, "only there"))
        delete(fake, ALIAS, 110)

    fake.before("/collections/aliases", before_the_switch, method="POST", times=1)
    fake.after("/collections/aliases", after_the_switch, method="POST", times=1)
    # One part of the application still writes the old way while the sweep reads.
    fake.after(SOURCE_SCROLL, lambda _: edit(fake, 4), times=1,
               when=lambda _: fake.state.aliases[ALIAS] == NEW_NAME)  # fmt: skip
    assert trip.go() == 0, trip.seen.error
    new = fake.dump(NEW_NAME)["points"]
    assert new[ident(100)]["payload"]["text"] == "new there"
    assert new[ident(951)]["payload"]["text"] == "only there"
    assert ident(110) not in new
    # Everything else is as the old side has it now.
    upsert(fake, OLD_NAME, document(100, "new there"), document(951, "only there"))
    delete(fake, OLD_NAME, 110)
    assert_arrived(fake, trip)
    assert trip.seen.conflicts == 1  # 100, changed on both sides


def test_a_sweep_does_not_overwrite_what_is_written_while_it_embeds(
    fake: FakeQdrant, trip: Trip
) -> None:
    to_the_cutover(trip)
    trip.allow_the_switch()
    late = [document(100, "late"), document(101, "late too"), document(102, "")]
    fake.before("/collections/aliases", lambda _: upsert(fake, OLD_NAME, *late), times=1)

    slow = HashModel(NEW)
    make = slow.embed

    def embed(texts: Any, role: str) -> Any:
        if fake.state.aliases[ALIAS] == NEW_NAME:  # the sweep is at work
            upsert(fake, ALIAS, new_point(100, "newer"), new_point(102, "newer"))
        return make(texts, role)

    slow.embed = embed  # type: ignore[method-assign]
    trip.open_model = lambda model: slow
    assert trip.go() == 0, trip.seen.error
    new = fake.dump(NEW_NAME)["points"]
    assert new[ident(101)]["payload"]["text"] == "late too"
    assert new[ident(100)]["payload"]["text"] == "newer"
    assert new[ident(102)]["payload"]["text"] == "newer"


def test_a_late_write_of_a_kept_vector_alone_is_swept(fake: FakeQdrant, trip: Trip) -> None:
    to_the_cutover(trip)
    trip.allow_the_switch()
    late = document(100)
    late.vectors["title"][0] += 1.0  # type: ignore[index]
    fake.before("/collections/aliases", lambda _: upsert(fake, OLD_NAME, late), times=1)
    assert trip.go() == 0, trip.seen.error
    assert_arrived(fake, trip)


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_sweep_that_breaks_off_between_two_writes_to_a_point_loses_nothing(
    fake: FakeQdrant, trip: Trip, method: str
) -> None:
    """A late text edited to nothing, and a late point without its sparse vector: from 1.17 on it is
    written over and its vectors of before are deleted, below it is deleted and inserted."""
    to_the_cutover(trip)
    trip.allow_the_switch()
    lacks = document(101, "late")
    del lacks.vectors["words"]  # type: ignore[attr-defined]
    late = [document(100, ""), lacks, document(102, "late")]
    fake.before("/collections/aliases", lambda _: upsert(fake, OLD_NAME, *late), times=1)
    fake.fail(
        path=TARGET_POINTS if method == "PUT" else f"/{NEW_NAME}/points/(vectors/)?delete",
        method="PUT" if method == "PUT" else "POST",
        when=lambda _: fake.state.aliases[ALIAS] == NEW_NAME,
        apply=method == "DELETE",
        times=None,
        status=507,
        error="Disk usage is at 96%",
    )
    assert trip.go() == 4
    fake.heal()
    assert trip.go() == 0, trip.seen.error
    assert_arrived(fake, trip)


def test_points_the_source_hides_at_the_switch_are_swept_when_they_show(
    fake: FakeQdrant, trip: Trip
) -> None:
    """prevent_unoptimized: a point written last is not to be read until it is optimized."""
    to_the_cutover(trip)
    trip.allow_the_switch()
    source = fake.state.collections[OLD_NAME]

    def write(_: object) -> None:
        upsert(fake, OLD_NAME, document(970, "written last"))
        source.hidden.add(ident(970))

    fake.before("/collections/aliases", write, times=1)
    fake.after(f"/collections/{OLD_NAME}$", lambda _: source.hidden.clear(), method="GET", times=1,
               after=2, when=lambda _: fake.state.aliases[ALIAS] == NEW_NAME)  # fmt: skip
    assert trip.go() == 0, trip.seen.error
    source.hidden.clear()
    assert_arrived(fake, trip)


def test_a_point_the_source_hides_is_not_taken_for_a_deleted_one_by_cleanup(
    fake: FakeQdrant, trip: Trip
) -> None:
    finish(fake, trip)
    source = fake.state.collections[OLD_NAME]
    upsert(fake, OLD_NAME, document(80, "written by its own name"))
    source.hidden.add(ident(80))
    fake.after(f"/collections/{OLD_NAME}$", lambda _: source.hidden.clear(), method="GET", times=1,
               after=5)  # fmt: skip
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 0, trip.seen.error
    assert set(fake.state.collections) == {NEW_NAME}
    new = {point.id: point for point in fake.state.collections[NEW_NAME].points}
    assert new[ident(80)].payload["text"] == "written by its own name"


# --- Data with a will of its own --------------------------------------------------------------


@pytest.mark.parametrize("local", [False, True])
def test_floats_that_drift_are_not_taken_for_edits(tmp_path: Path, local: bool) -> None:
    with FakeQdrant(drifting_floats=True) as fake:
        address = Address(url=fake.url, folder=None)
        if local:
            address = Address(url=None, folder=str(tmp_path / "qdrant"))
        with open_qdrant(address) as qdrant:
            fill(qdrant)
            floats = [document(n, wide=[random.Random(n).random() * 10**n]) for n in range(100)]
            qdrant.upsert(OLD_NAME, floats)
        trip = Trip(address, tmp_path / "runs")
        to_the_cutover(trip)
        trip.allow_the_switch()
        assert trip.go() == 0, trip.seen.error
        facts = trip.seen.facts
        assert facts["caught_up"] == [0, 0, 0]
        assert facts["swept"] == 0
        trip.consent("rollback", alias=ALIAS)
        assert trip.go("rollback") == 0, trip.seen.error
        assert trip.seen.facts["left_behind"] == {"inserted": 0, "edited": 0, "deleted": 0}
        with trip.open() as qdrant:
            assert_same_sides(qdrant)


@versions
def test_every_kind_of_id_vector_and_missing_vector_arrives(fake: FakeQdrant, trip: Trip) -> None:
    finish(fake, trip)
    new = fake.dump(NEW_NAME)["points"]
    assert ident(8) in new
    assert set(new[ident(8)]["vector"]) == {"body"}  # it had none, and has a text
    assert set(new[ident(7)]["vector"]) == {"body", "title", "tokens"}
    assert max(i for i in new if isinstance(i, int)) > 2**63
    assert sum(isinstance(i, str) for i in new) == POINTS / 3


# --- Plans, models and runs that do not fit ---------------------------------------------------


def test_a_plan_of_a_collection_that_changed_since_is_refused(fake: FakeQdrant, trip: Trip) -> None:
    fake.call(
        "PUT", f"/collections/{OLD_NAME}/index", {"field_name": "in.n", "field_schema": "integer"}
    )
    before = whole(fake)
    assert trip.go() == 4
    assert "has changed since this plan was made" in trip.error["what"]
    assert "Make the plan again" in trip.error["todo"]
    assert whole(fake) == before


def test_a_model_that_is_gone_at_resume_is_told(fake: FakeQdrant, trip: Trip) -> None:
    fake.fail(method="PUT", path=TARGET_POINTS, after=4, times=None, status=507, error="full")
    assert trip.go() == 4
    fake.heal()

    def gone(model: Any) -> HashModel:
        raise ModelOutOfReach(model.label, "/models/new")

    trip.open_model = gone
    assert trip.go() == 4
    assert "is not on this computer" in trip.error["what"]
    assert "/models/new" in trip.error["why"]
    trip.open_model = HashModel
    finish(fake, trip)


def test_a_model_that_breaks_is_told_without_its_own_words(fake: FakeQdrant, trip: Trip) -> None:
    class Broken(HashModel):
        def embed(self, texts: Any, role: str) -> Any:
            if len(texts) > 1:
                raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION")
            return super().embed(texts, role)

    trip.open_model = Broken
    assert trip.go() == 4
    assert "ONNX" not in str(trip.error)
    assert "engine.log" in trip.error["why"]
    trip.open_model = HashModel
    finish(fake, trip)


def test_two_runs_at_once_are_refused_and_named(fake: FakeQdrant, trip: Trip) -> None:
    runs = trip.folder.parent
    to_the_cutover(trip)
    before = whole(fake)
    with pytest.raises(PlanHasRun, match=trip.folder.name):
        Trip(trip.address, runs, plan=trip.plan)
    other = trip.plan.model_copy(update={"made_at": "2026-02-02T00:00:00+00:00"})
    with pytest.raises(CollectionHasRun, match=trip.folder.name):
        Trip(trip.address, runs, plan=other)
    # On another computer only the mark in the collection tells.
    elsewhere = Trip(trip.address, runs.parent / "elsewhere", plan=other)
    assert elsewhere.go() == 4
    assert "was not made by this run" in elsewhere.error["what"]
    assert whole(fake) == before


def test_cleanup_waits_for_the_sweep(fake: FakeQdrant, trip: Trip) -> None:
    """The switch is done, but late writes are still only in the old collection."""
    to_the_cutover(trip)
    trip.allow_the_switch()
    fake.before("/collections/aliases", lambda _: edit(fake, 1), times=1)
    fake.fail(path=SOURCE_SCROLL, times=None, status=507, error="full",
              when=lambda _: fake.state.aliases[ALIAS] == NEW_NAME)  # fmt: skip
    assert trip.go() == 4
    fake.heal()
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 4
    assert OLD_NAME in fake.state.collections
    assert "resume" in trip.error["todo"].lower()
    assert trip.go() == 0, trip.seen.error
    assert_arrived(fake, trip)


def test_cleanup_carries_over_what_was_written_to_the_old_collection_by_its_own_name(
    fake: FakeQdrant, trip: Trip
) -> None:
    finish(fake, trip)
    upsert(fake, OLD_NAME, document(50, "by its own name"), document(960))
    delete(fake, OLD_NAME, 70)
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 0, trip.seen.error
    assert set(fake.state.collections) == {NEW_NAME}
    new = {p.id: p for p in fake.state.collections[NEW_NAME].points}
    assert new[ident(50)].payload["text"] == "by its own name"
    assert ident(960) in new
    assert ident(70) not in new


def test_cleanup_is_refused_while_somebody_writes_to_the_old_collection(
    fake: FakeQdrant, trip: Trip
) -> None:
    finish(fake, trip)
    edits = itertools.count(1)
    fake.before(SOURCE_SCROLL, lambda _: edit(fake, next(edits)), times=None)
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 4
    assert "Somebody writes to it" in trip.error["why"]
    assert OLD_NAME in fake.state.collections
    fake.heal()
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 0, trip.seen.error
    assert set(fake.state.collections) == {NEW_NAME}


def test_cleanup_leaves_a_collection_that_another_run_made_under_the_old_name(
    fake: FakeQdrant, trip: Trip
) -> None:
    finish(fake, trip)
    fake.call("DELETE", f"/collections/{OLD_NAME}")
    body = {"vectors": {"body": {"size": 8, "distance": "Cosine"}}, "metadata": {"qmm_run": "b"}}
    fake.call("PUT", f"/collections/{OLD_NAME}", body)
    before = len(fake.state.collections[NEW_NAME].points)
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 4
    assert "Another run has made one of that name" in trip.error["why"]
    assert trip.seen.state == "done"
    assert set(fake.state.collections) == {OLD_NAME, NEW_NAME}
    assert len(fake.state.collections[NEW_NAME].points) == before


def test_cleanup_asks_before_the_other_version_of_a_conflict_goes(
    fake: FakeQdrant, trip: Trip
) -> None:
    finish(fake, trip)
    upsert(fake, OLD_NAME, document(50, "the old side"))
    upsert(fake, NEW_NAME, new_point(50, "the new side"))
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 4
    assert "1 more point changed on both sides" in trip.error["why"]
    assert trip.go("cleanup") == 3
    asked = {ask["key"]: ask for ask in (trip.seen.gate or {})["asks"]}
    assert "1 point changed on both sides" in asked["conflicts"]["label"]
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 3
    trip.consent("cleanup", collection=OLD_NAME, conflicts="yes")
    assert trip.go("cleanup") == 0, trip.seen.error
    new = {p.id: p for p in fake.state.collections[NEW_NAME].points}
    assert new[ident(50)].payload["text"] == "the new side"


def test_cleanup_after_a_rollback_takes_the_new_collection(fake: FakeQdrant, trip: Trip) -> None:
    finish(fake, trip)
    upsert(fake, ALIAS, new_point(980, "late"))
    assert trip.go("rollback") == 3
    upsert(fake, ALIAS, new_point(981, "later still"))
    trip.consent("rollback", alias=ALIAS)
    fake.fail(method="POST", path="/collections/aliases", drop=True, apply=True)
    assert trip.go("rollback") == 0, trip.seen.error
    assert trip.seen.facts["left_behind"]["inserted"] == 2
    assert fake.state.aliases == {ALIAS: OLD_NAME}
    assert trip.go("cleanup") == 3
    trip.consent("cleanup", collection=OLD_NAME)  # not the one it asks for
    assert trip.go("cleanup") == 3
    assert set(fake.state.collections) == {OLD_NAME, NEW_NAME}
    trip.consent("cleanup", collection=NEW_NAME)
    assert trip.go("cleanup") == 0, trip.seen.error
    assert set(fake.state.collections) == {OLD_NAME}
    assert len(fake.dump(OLD_NAME)["points"]) == POINTS


# --- Killed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("local", [True, False])
def test_a_run_killed_at_five_moments_ends_as_an_undisturbed_one(
    tmp_path: Path, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lives are drawn by a seed, in requests; a failure names both. Later ones reach the switch.

    QMM_KILL_SEED draws others.
    """
    requests = 0
    send = Qdrant._send

    def counted(self: Qdrant, *request: Any) -> Any:
        nonlocal requests
        requests += 1
        return send(self, *request)

    with monkeypatch.context() as counting:
        counting.setattr(Qdrant, "_send", counted)
        undisturbed, _ = carried_out(tmp_path / "a", local, [])
    seed = int(os.environ.get("QMM_KILL_SEED", "7"))
    print(f"QMM_KILL_SEED={seed}")  # told where the test fails
    draw = random.Random(seed)
    lives = [draw.randrange(4, requests // 3) for _ in range(5)]
    killed, deaths = carried_out(tmp_path / "b", local, lives)
    assert deaths == 5, lives
    for part, stands in undisturbed.items():
        assert killed[part] == stands, (part, lives)


def carried_out(home: Path, local: bool, lives: list[int]) -> tuple[dict[str, Any], int]:
    """What stands there at the end, and how many times the engine was killed.

    The switch is allowed beforehand, so that the engine goes through all its steps.
    """
    home.mkdir()
    with FakeQdrant() as fake:
        address = Address(url=fake.url, folder=None)
        if local:
            address = Address(url=None, folder=str(home / "qdrant"))
        with open_qdrant(address) as qdrant:
            fill(qdrant)
        trip = Trip(address, home / "runs")
        trip.allow_the_switch()
        deaths = sum(killed_at(trip.folder, life) == -9 for life in lives)
        assert trip.go() == 0, (trip.seen.error, lives)
        with trip.open() as qdrant:
            assert_same_sides(qdrant)
            config = qdrant.config(NEW_NAME)
            notes = {k: v for k, v in config.metadata.items() if k != "qmm_run"}
            return {
                "points": everything(qdrant, NEW_NAME),
                "settings": {**config.raw, "metadata": notes},
                "indexes": config.payload_schema,
                "alias": qdrant.aliases(),
                "dead letters": trip.seen.dead_letters,
                "facts": {k: trip.seen.facts[k] for k in ("caught_up", "swept")},
            }, deaths

"""Two collections that switch at the same moment: planned, run, switched, taken back and cleaned up
together by commands, while an application writes both; and what a kill between them leaves."""

from __future__ import annotations

import os
import random
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.embedders import Embedder, model_from_folder, open_embedder
from qdrant_model_migration.engine import (
    RunView,
    create_run,
    list_runs,
    process,
    read_card,
    summarize,
    view,
)
from qdrant_model_migration.engine.stamps import seconds_between
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plan import acknowledge, load_plan
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.fake_qdrant.requests import Request
from support.tiny_onnx import WORDS, tiny_onnx
from support.waiting import until
from support.world import OLD, HashModel, everything
from support.written import write

POINTS = 40
pytestmark = pytest.mark.usefixtures("forked_engine")


class Place(NamedTuple):
    """mark: in the names of its collections; each has an alias of its own. fake: for faults."""

    url: str
    mark: str
    model: Path
    fake: FakeQdrant | None = None

    @property
    def docs(self) -> str:
        return f"mem{self.mark}"

    @property
    def more(self) -> str:
        return f"mem{self.mark}_entities"

    def alias(self, collection: str) -> str:
        return f"live_{collection}"

    def open(self) -> Qdrant:
        return open_qdrant(Address.read(self.url), os.environ.get("QDRANT_API_KEY"))

    def behind(self, collection: str) -> str:
        with self.open() as qdrant:
            return qdrant.aliases()[self.alias(collection)]


BOTH = pytest.mark.parametrize(
    "place", ["fake", pytest.param("real", marks=pytest.mark.server)], indirect=True
)


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    model = tiny_onnx(tmp_path / "tiny", dimensions=12)
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    if getattr(request, "param", "fake") == "fake":
        with FakeQdrant(version="1.18.3") as fake:
            yield from _filled(Place(fake.url, "", model, fake), monkeypatch)
    else:
        if not (url := os.environ.get("QDRANT_URL")):
            pytest.skip("QDRANT_URL names no server")
        yield from _filled(Place(url, uuid.uuid4().hex[:8], model), monkeypatch)


def _filled(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("QDRANT_URL", place.url)
    with place.open() as qdrant:
        for name in (place.docs, place.more):
            qdrant.create_collection(name, {"vectors": {"size": 8, "distance": "Cosine"}})
            qdrant.insert(name, [_point(n, text_of(n), OLD_MODEL) for n in range(POINTS)])
            qdrant.switch_alias(place.alias(name), name)
    try:
        yield place
    finally:
        with place.open() as qdrant:
            for name in qdrant.collections():
                if name.startswith(place.docs):
                    qdrant.delete_collection(name)


OLD_MODEL = HashModel(OLD)


def text_of(number: int) -> str:
    return " ".join(random.Random(number).choices(WORDS[:-4], k=8))


def _point(number: int, text: str, model: Embedder) -> Point:
    return Point(number, {"text": text}, {"": model.embed([text], "passage").vectors[0]})


class Writer:
    """An application that uses both by their aliases: edits, adds, deletes, by the model that the
    collection behind the alias wants. `texts`: what it was told is stored."""

    def __init__(self, place: Place) -> None:
        self.place, self.over = place, threading.Event()
        self.models = {8: OLD_MODEL, 12: open_embedder(model_from_folder(place.model))}
        self.texts = {
            name: {n: text_of(n) for n in range(POINTS)} for name in (place.docs, place.more)
        }
        self.writes, self.failed = dict.fromkeys(self.texts, 0), list[BaseException]()

    def run(self) -> None:
        number = POINTS
        try:
            with self.place.open() as qdrant:
                while not self.over.wait(0.03):
                    number += 1
                    for collection in self.texts:
                        self._write(qdrant, collection, number)
        except BaseException as error:
            self.failed.append(error)
            raise

    def _write(self, qdrant: Qdrant, collection: str, number: int) -> None:
        texts, alias = self.texts[collection], self.place.alias(collection)
        choose = random.Random(number)
        if number % 7 == 0 and (early := [n for n in texts if n < POINTS]):
            gone = choose.choice(early)
            qdrant.delete(alias, [gone])
            del texts[gone]
        else:
            which = number if number % 2 else choose.choice(list(texts))
            text = text_of(number * 31)
            for size in (8, 12, 8):  # the one that fits; it may be switched meanwhile
                try:
                    qdrant.upsert(alias, [_point(which, text, self.models[size])])
                    break
                except QmmError:
                    continue
            else:
                raise AssertionError("neither model fits")
            texts[which] = text
        self.writes[collection] += 1

    def assert_kept(self, collection: str, behind: str, size: int) -> None:
        """Each point that it wrote is there once, with its text and the vector of that."""
        with self.place.open() as qdrant:
            found = everything(qdrant, behind)
        texts = self.texts[collection]
        assert {n: p.payload["text"] for n, p in found.items()} == texts
        right = self.models[size].embed(list(texts.values()), "passage").vectors
        for number, vector in zip(texts, right, strict=True):
            stored = np.asarray(found[number].vectors[""])
            wanted = np.asarray(vector) / np.linalg.norm(vector)
            np.testing.assert_allclose(stored, wanted, atol=2e-3)


@contextmanager
def writing(place: Place) -> Iterator[Writer]:
    writer = Writer(place)
    thread = threading.Thread(target=writer.run)
    thread.start()
    try:
        yield writer
    finally:
        writer.over.set()
        thread.join()
    assert not writer.failed


def planned(place: Place) -> None:
    model = ("--model-folder", str(place.model), "--no-speed")
    code = cli.run(["plan", "--all", f"{place.docs}*", "--together", *model])
    assert code == 0
    plans = [load_plan(path) for path in sorted(Path("plans").iterdir())]
    assert [(p.collection, p.together) for p in plans] == [
        (place.docs, (place.more,)),
        (place.more, (place.docs,)),
    ]


def accepts() -> list[str]:
    must = {w for path in Path("plans").iterdir() for w in load_plan(path).must_accept}
    return [word for warning in sorted(must) for word in ("--accept", warning)]


def to_the_cutover(place: Place) -> None:
    planned(place)
    assert cli.run(["run", "plans", *accepts()]) == 3
    assert {run.state for run in list_runs()} == {"waiting"}


def begun(place: Place) -> None:
    """As the wizard does it: all runs are made and one is begun; the other one follows it."""
    planned(place)
    runs = []
    for path in sorted(Path("plans").iterdir()):
        plan = load_plan(path)
        runs.append(create_run(acknowledge(plan, plan.must_accept)))
    process.start(runs[0], {})
    until(lambda: {(run.state, run.live) for run in list_runs()} == {("waiting", False)})


def run_of(collection: str) -> RunView:
    return next(view(run.folder) for run in list_runs() if run.card.collection == collection)


def settled(place: Place, state: str = "done") -> None:
    for name in (place.docs, place.more):
        until(lambda name=name: run_of(name).state == state and not run_of(name).live)


def switch(place: Place) -> int:
    name = run_of(place.docs).run_id
    more = ("--with", place.more, "--unproved", place.more)
    alias = place.alias(f"{place.docs}")
    return cli.run(["resume", name, "--cutover", alias, "--without-proof", *more])


@BOTH
def test_both_are_switched_by_one_act_and_taken_back_by_one(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(place) as writer:
        to_the_cutover(place)
        said = capsys.readouterr().out
        assert f"With     {place.more}: ready, INCONCLUSIVE" in said
        assert {place.behind(name) for name in (place.docs, place.more)} == {
            place.docs,
            place.more,
        }
        assert switch(place) == 0
        settled(place)
        before = dict(writer.writes)
        until(lambda: all(writer.writes[name] > before[name] + 3 for name in before))
    first, second = (run_of(name).facts["switched"]["at"] for name in (place.docs, place.more))
    gap = max(seconds_between(first, second), seconds_between(second, first))
    assert gap < 2.0, "nothing but the last looks lies between"
    for name in (place.docs, place.more):
        target = place.behind(name)
        assert target == f"live_{name}_tiny"
        writer.assert_kept(name, target, 12)
    with_it = dict(summarize(run_of(place.docs)).rows)["With it"]
    assert with_it.startswith(f"{place.more}, switched ")
    capsys.readouterr()
    name = run_of(place.docs).run_id
    assert cli.run(["rollback", name]) == 3
    said = capsys.readouterr().out
    assert f"qmm rollback {name} --cutover {place.alias(place.docs)} --together" in said
    alias = place.alias(place.docs)
    assert cli.run(["rollback", name, "--cutover", alias, "--together"]) == 0
    settled(place, "rolled back")
    assert place.behind(place.docs) == place.docs
    assert place.behind(place.more) == place.more
    for collection in (place.docs, place.more):
        run = run_of(collection).run_id
        assert cli.run(["cleanup", run, "--delete", f"live_{collection}_tiny"]) == 0
    with place.open() as qdrant:
        left = {name for name in qdrant.collections() if name.startswith(place.docs)}
    assert left == {place.docs, place.more}


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The process that carries out the run of each collection, as it is begun."""
    begun: dict[str, int] = {}
    launch = process._launch

    def noted(folder: Path, *given: Any) -> Any:
        engine: Any = launch(folder, *given)
        begun[read_card(folder).collection] = engine._process.pid
        return engine

    monkeypatch.setattr(process, "_launch", noted)
    return begun


def test_one_that_cannot_go_on_holds_both_and_one_that_is_killed_follows(
    place: Place, engines: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    begun(place)
    plan = run_of(place.more).folder / "plan.yaml"
    as_it_was = plan.read_text()
    plan.write_text(as_it_was + "# changed\n")
    assert switch(place) == 3
    held = run_of(place.docs)
    assert held.gate is not None
    assert held.gate["before"][0][0].startswith(f"{place.more}: failed, The plan of ")
    assert [place.behind(name) for name in (place.docs, place.more)] == [place.docs, place.more]
    plan.write_text(as_it_was)
    assert cli.run(["resume", run_of(place.more).run_id]) == 3
    assert {run.state for run in list_runs()} == {"waiting"}

    fake = place.fake
    assert fake is not None

    def of_more(request: Request) -> bool:
        return f"live_{place.more}_tiny" in str(request.raw)

    def kill(_: Request) -> None:
        until(lambda: fake.state.aliases[place.alias(place.docs)] != place.docs)
        os.kill(engines[place.more], signal.SIGKILL)

    fake.before("/collections/aliases", kill, method="POST", when=of_more, times=1)
    fake.fail(path="/collections/aliases", method="POST", when=of_more, drop=True)
    assert switch(place) == 0
    until(lambda: not run_of(place.more).live)
    assert place.behind(place.docs) == f"live_{place.docs}_tiny"
    assert place.behind(place.more) == place.more
    docs, more = run_of(place.docs).run_id, run_of(place.more).run_id
    capsys.readouterr()
    assert cli.run(["status", docs]) == 0
    assert f"With it: {place.more}, interrupted at Cutover" in capsys.readouterr().out
    assert cli.run(["status", more]) == 0
    assert f"With it: {place.docs}, switched " in capsys.readouterr().out
    assert cli.run(["cleanup", docs, "--delete", place.docs]) == 4
    assert f"qmm resume {more}" in capsys.readouterr().err
    assert cli.run(["resume", more]) == 0
    settled(place)
    assert place.behind(place.more) == f"live_{place.more}_tiny"
    assert cli.run(["cleanup", docs, "--delete", place.docs]) == 0


def test_one_change_of_the_application_is_told_to_both(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """As mem0 does: it sees no alias, and its entities stand beside the memories."""
    memories, entities = "memories", "memories_entities"
    with place.open() as qdrant:
        for name in (memories, entities):
            write(qdrant, "mem0", lambda t: OLD_MODEL.embed(t, "passage").vectors, name=name)
    model = ("--model-folder", str(place.model), "--no-speed")
    assert cli.run(["plan", memories, "--together", *model]) == 0
    said = capsys.readouterr()
    assert "Together: memories and memories_entities." in said.err
    plans = [load_plan(path) for path in sorted(Path("plans").iterdir())]
    assert [plan.together for plan in plans] == [(entities,), (memories,)]
    targets = [plan.move.target for plan in plans if plan.move]
    assert targets == ["memories_tiny", "memories_tiny_entities"], "as mem0 will look for them"
    assert not any("W61" in plan.must_accept for plan in plans), "they are planned together"
    flags = ("--cutover", "memories_tiny", "--without-proof", "--with", entities)
    assert cli.run(["run", "plans", *accepts(), *flags, "--unproved", entities]) == 0
    for name in (memories, entities):
        until(lambda name=name: run_of(name).state == "done" and not run_of(name).live)
        facts = run_of(name).facts
        assert facts["switched"]["how"] == "application"
        assert facts["level"]["stays"]
    assert f"With it: {entities}, " in capsys.readouterr().out

"""A small migration by the real engine in this process, with a hashing model: quick, for faults.

The collection has the awkward things in it: number and UUID ids, points without text or without
any vector, and beside the vector that is replaced a kept dense, a sparse and a multivector.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine import RunView, create_run, give_consent, run_here, view
from qdrant_model_migration.engine.job import Job, job_of
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Plan, sealed
from qdrant_model_migration.qdrant import (
    Address,
    Patience,
    Point,
    PointId,
    Qdrant,
    Retry,
    SparseVector,
    open_qdrant,
)
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.survey.fingerprint import fingerprint

from .fake_qdrant import FakeQdrant
from .world import NEW, OLD, HashModel, everything, new_model

OLD_NAME, NEW_NAME, ALIAS = "docs_old", "docs_new", "docs"
POINTS = 150
TITLE = {"size": 4, "distance": "Dot"}
TOKENS = {"size": 3, "distance": "Cosine", "multivector_config": {"comparator": "max_sim"}}
CONSENT = {"model": "yes", "alias": ALIAS, "without_proof": "without proof"}


def ident(number: int) -> PointId:
    """Small numbers, numbers beyond 2^63, and UUIDs."""
    if number % 3 == 0:
        return str(uuid.UUID(int=number * 7919 + (1 << 100)))
    return number if number % 3 == 1 else 2**64 - 1 - number


def document(number: int, text: Any = ..., **more: Any) -> Point:
    """A point as the application with the old model writes it."""
    said = f"the text of number {number}" if text is ... else text
    words = said if isinstance(said, str) and said.strip() else "nothing"
    payload = {"text": said, "rank": number / 7, "big": 2**63 + number, "in": {"n": [None]}, **more}
    choose = np.random.default_rng(number)
    return Point(
        ident(number),
        payload,
        {
            "body": HashModel(OLD).embed([words], "passage").vectors[0],
            "title": _floats(choose.normal(size=4) * 3),
            "words": SparseVector((number, number + 7), (0.5, 1.5)),
            "tokens": [_floats(row) for row in choose.normal(size=(2, 3))],
        },
    )


def _floats(values: Any) -> list[float]:
    return [float(value) for value in np.asarray(values, np.float32)]


def documents() -> list[Point]:
    """Number 5 has an empty text, 6 none, 7 lacks a sparse vector, 8 has no vector at all."""
    points = [document(number) for number in range(POINTS)]
    points[5] = document(5, "")
    del points[6].payload["text"]
    points[7] = points[7]._replace(
        vectors={name: v for name, v in points[7].vectors.items() if name != "words"}
    )
    points[8] = points[8]._replace(vectors={})
    return points


def fill(qdrant: Qdrant, **settings: Any) -> None:
    qdrant.create_collection(
        OLD_NAME,
        {
            "vectors": {
                "body": {"size": 8, "distance": "Cosine"},
                "title": TITLE,
                "tokens": TOKENS,
            },
            "sparse_vectors": {"words": {"modifier": "idf"}},
            "hnsw_config": {"m": 24},
            "metadata": {"owner": "search"},
            **settings,
        },
    )
    if qdrant.capabilities.settings:
        qdrant.create_payload_index(OLD_NAME, "rank", {"type": "float", "on_disk": True})
    qdrant.insert(OLD_NAME, documents())
    qdrant.switch_alias(ALIAS, OLD_NAME)


def move(batch: int = 16) -> Move:
    return Move(
        source=OLD_NAME,
        target=NEW_NAME,
        vectors=(
            TargetVector(
                name="body",
                params={"size": 12, "distance": "Cosine"},
                origin=new_model(),
            ),
            TargetVector(name="title", params=TITLE, origin=as_it_is("title")),
            TargetVector(
                name="tokens", kind="multivector", params=TOKENS, origin=as_it_is("tokens")
            ),
            TargetVector(
                name="words",
                kind="sparse",
                params={"modifier": "idf"},
                origin=as_it_is("words"),
            ),
        ),
        load=Load(batch=batch, streams=2, slice=64),
    )


def plan_of(qdrant: Qdrant, batch: int = 16) -> Plan:
    config = qdrant.config(OLD_NAME)
    mark = fingerprint(config.raw, config.payload_schema)
    return Plan(
        made_at="2026-01-01T00:00:00+00:00",
        strategy="blue_green",
        title="Blue-green",
        server=qdrant.address,
        server_version=str(qdrant.version),
        collection=OLD_NAME,
        fingerprint=mark,
        before=Side(collection=OLD_NAME, legs=(Leg(using="body", model=OLD),)),
        after=Side(collection=NEW_NAME, legs=(Leg(using="body", model=NEW),)),
        move=move(batch),
        steps=(
            Check(collection=OLD_NAME, fingerprint=mark, alias=ALIAS),
            CreateCollection(),
            Backfill(),
            CatchUp(),
            Index(),
            Verify(sample=POINTS),
            Cutover(switch=Aliases(alias=ALIAS)),
            Sweep(),
        ),
    )


class Trip:
    """One run, carried on in this process. `open_model` and `on_retry` are open to tests.

    patience_s: how long the server may be away before the run fails. timeout_s: of one request.
    """

    def __init__(
        self, address: Address, runs: Path, *, batch: int = 16, plan: Plan | None = None
    ) -> None:
        self.address = address
        self.patience_s, self.timeout_s = 5.0, 60.0
        self.stop = threading.Event()
        self.key: str | None = None
        self.open_model: Callable[[ModelRef], Embedder] = HashModel
        self.on_retry: Callable[[Retry], object] = lambda retry: None
        if plan is None:
            with self.open() as qdrant:
                plan = plan_of(qdrant, batch)
        self.plan = plan
        self.folder = create_run(sealed(plan), runs)

    def open(self) -> Qdrant:
        return open_qdrant(self.address, self.key)

    def go(self, extra: str | None = None, given: dict[str, Any] | None = None) -> int:
        """Carry on; the exit code."""
        return run_here(self.folder, extra=extra, given=given, stop=self.stop, job_of=self._job)

    def consent(self, gate: str, **answers: str) -> None:
        give_consent(self.folder, gate, answers)

    def allow_the_switch(self) -> None:
        self.consent("cutover", **CONSENT)

    @property
    def seen(self) -> RunView:
        return view(self.folder)

    @property
    def gate(self) -> str:
        """The gate it waits at, "" if it does not wait."""
        return str((self.seen.gate or {}).get("name", ""))

    @property
    def error(self) -> dict[str, str]:
        """What a person is told of the failure."""
        error = self.seen.error
        assert error is not None, self.seen.state
        for part in error.values():
            assert "Traceback" not in part, part
            assert "Error(" not in part, part
        return dict(error)

    def _job(self, folder: Path) -> Job:
        patience = Patience(self.patience_s, first_wait_s=0.002, longest_wait_s=0.02)

        def connect(stop: threading.Event, told: Callable[[Retry], None]) -> Qdrant:
            def heard(retry: Retry) -> None:
                told(retry)
                self.on_retry(retry)

            return open_qdrant(
                self.address,
                self.key,
                timeout=self.timeout_s,
                stop=stop,
                on_retry=heard,
                patience=patience,
            )

        return job_of(folder)._replace(
            connect=connect, open_embedder=lambda model: self.open_model(model)
        )


def whole(fake: FakeQdrant) -> dict[str, Any]:
    """Everything the server holds, to tell whether anything has changed."""
    names = list(fake.state.collections)
    return {"aliases": dict(fake.state.aliases), **{name: fake.dump(name) for name in names}}


def assert_same_sides(qdrant: Qdrant, old: str = OLD_NAME, new: str = NEW_NAME) -> None:
    """Each point once, payload and kept vectors equal, the new vector of the present text."""
    mine, theirs = everything(qdrant, old), everything(qdrant, new)
    assert theirs.keys() == mine.keys()
    model = HashModel(NEW)
    for point, before in mine.items():
        after = theirs[point]
        assert same_payload(before.payload, after.payload), point
        text = before.payload.get("text")
        expected: dict[str, Any] = {k: v for k, v in before.vectors.items() if k != "body"}
        if isinstance(text, str) and text.strip():
            expected["body"] = model.embed([text], "passage").vectors[0]
        assert after.vectors.keys() == expected.keys(), point
        for name, vector in expected.items():
            assert_vector(after.vectors[name], vector)


def assert_vector(found: Any, expected: Any) -> None:
    if isinstance(expected, SparseVector):
        assert found.indices == expected.indices
        found, expected = found.values, expected.values
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-5)

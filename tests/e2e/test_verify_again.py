"""A verdict that is no GO leads on: the run is judged anew, without embedding anything anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedded, ModelRef
from qdrant_model_migration.engine import wants_old_model
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps import StepContext
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.verify import ALL_READ, Verify
from support.fake_qdrant import FakeQdrant
from support.trip import CONSENT, NEW_NAME, OLD_NAME, Trip, document, ident
from support.world import NEW, OLD, HashModel

QUERIES = 60


class Blind(HashModel):
    """Finds nothing: its searches have nothing to do with their texts."""

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        told = [text[::-1] for text in texts] if role == "query" else texts
        return super().embed(told, role)


@pytest.fixture(autouse=True)
def models_that_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of a model is looked for."""
    monkeypatch.setattr("qdrant_model_migration.quality.side.within_reach", lambda model: True)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """Searches with the text of a document, which is the right answer."""
    path = tmp_path / "my queries.jsonl"
    numbers = range(20, 20 + QUERIES)
    rows = [{"query": document(n).payload["text"], "answers": [ident(n)]} for n in numbers]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def judging(queries: Path, margin: float = 0.02) -> dict[str, Any]:
    return {"proof": {"kind": "file", "file": str(queries), "margin": margin}}


def blind(trip: Trip, which: ModelRef | None) -> None:
    trip.open_model = lambda model: Blind(model) if model == which else HashModel(model)


def word(trip: Trip) -> str:
    return str((trip.seen.verdict or {})["word"])


def asks(trip: Trip) -> list[str]:
    return [ask["key"] for ask in (trip.seen.gate or {})["asks"]]


def test_an_inconclusive_run_is_judged_by_other_searches_and_comes_back_to_its_gate(
    trip: Trip, fake: FakeQdrant, queries: Path
) -> None:
    blind(trip, OLD)
    assert trip.go() == 3
    assert word(trip) == "INCONCLUSIVE"
    assert asks(trip) == ["model", "without_proof", "alias"]
    before = fake.dump(NEW_NAME)
    assert trip.go("verify", judging(queries)) == 3
    assert (word(trip), trip.gate) == ("GO", "cutover")
    assert asks(trip) == ["model", "alias"]
    assert "Verdict  GO" in "".join((trip.seen.gate or {})["says"])
    assert fake.dump(NEW_NAME) == before
    assert [step.title for step in trip.seen.steps if step.extra] == [
        "Verify again: counts, payloads, quality"
    ]
    trip.consent("cutover", model="yes", alias="docs")
    assert trip.go() == 0
    assert trip.seen.state == "done"


@pytest.mark.parametrize("full", [False, True])
def test_the_wish_to_read_all_copied_vectors_again_stays_with_the_run(
    trip: Trip, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """It was stopped before it verified, and resumed without saying so again."""

    def stops(step: Index, ctx: StepContext) -> None:
        raise Stopped

    with monkeypatch.context() as first:
        first.setenv("QMM_FULL", "1" if full else "")
        first.setattr(Index, "apply", stops)
        assert trip.go() == 130
    assert trip.go() == 3
    checks = [check["name"] for check in (trip.seen.verdict or {})["integrity"]["checks"]]
    assert ("Vectors read again" not in checks) == full
    told = [event for event in trip.seen.events if event.text.startswith(ALL_READ)]
    assert len(told) == full


def test_a_no_go_can_be_judged_again_and_again_and_the_newest_verdict_counts(
    trip: Trip, queries: Path
) -> None:
    blind(trip, OLD)
    assert trip.go() == 3
    blind(trip, NEW)
    for _ in range(2):
        assert trip.go("verify", judging(queries)) == 4
        assert (word(trip), trip.seen.state) == ("NO-GO", "failed")
        assert trip.error["what"].startswith("NO-GO: the new model finds less")
        trip.consent("cutover", **CONSENT)
        assert trip.go() == 4, "a consent opens nothing while the verdict is NO-GO"
    assert len([step for step in trip.seen.steps if step.extra]) == 1
    blind(trip, OLD)
    trip.consent("cutover", model="yes", alias="docs")
    assert trip.go("verify", judging(queries)) == 0
    assert trip.seen.state == "done"
    assert all(step.state == "done" for step in trip.seen.steps)


def test_a_plan_that_ends_in_no_go_goes_on_to_the_cutover_after_a_go(
    fake: FakeQdrant, tmp_path: Path, queries: Path
) -> None:
    address = Address(url=fake.url, folder=None)
    first = Trip(address, tmp_path / "other")
    steps = tuple(
        step.model_copy(update={"proof": step.proof.model_copy(update=judging(queries)["proof"])})
        if isinstance(step, Verify)
        else step
        for step in first.plan.steps
    )
    trip = Trip(address, tmp_path / "runs", plan=first.plan.model_copy(update={"steps": steps}))
    blind(trip, NEW)
    assert trip.go() == 4
    assert word(trip) == "NO-GO"
    seen = trip.seen
    assert seen.step is not None
    assert seen.steps[seen.step].name == "verify"
    blind(trip, OLD)
    assert trip.go("verify", {}) == 3, "without other searches it judges by the same"
    assert (word(trip), trip.gate) == ("GO", "cutover")
    assert [step.state for step in trip.seen.steps if step.name == "verify"] == ["done", "done"]
    assert trip.go() == 3


def test_no_detour_opens_the_cutover_while_the_verdict_is_no_go(trip: Trip, queries: Path) -> None:
    assert trip.go() == 3
    blind(trip, NEW)
    assert trip.go("verify", judging(queries)) == 4
    assert trip.go("rollback") == 4  # refused, and the failed verify is asked for no more
    trip.consent("cutover", **CONSENT)
    assert trip.go() == 4
    assert trip.error["what"].startswith("NO-GO")
    with trip.open() as qdrant:
        assert qdrant.aliases()["docs"] == "docs_old"


def test_the_step_that_failed_is_the_one_that_is_shown(trip: Trip, queries: Path) -> None:
    assert trip.go() == 3
    blind(trip, NEW)
    assert trip.go("verify", judging(queries)) == 4
    seen = trip.seen
    assert seen.step is not None
    assert seen.steps[seen.step].title.startswith("Verify again")


def test_a_file_that_cannot_be_used_leaves_the_run_at_its_gate(trip: Trip, tmp_path: Path) -> None:
    assert trip.go() == 3
    before = trip.seen
    assert trip.go("verify", judging(tmp_path / "nothing.jsonl")) == 4
    after = trip.seen
    assert "nothing.jsonl" in trip.error["what"]
    assert (after.state, after.gate, len(after.steps)) == ("waiting", before.gate, 8)
    trip.allow_the_switch()
    assert trip.go() == 0


def test_nothing_is_judged_anew_before_all_is_copied_or_after_the_switch(
    trip: Trip, queries: Path
) -> None:
    assert trip.go("verify", judging(queries)) == 4
    assert "Not everything is copied yet." in trip.error["why"]
    assert trip.go() == 3
    trip.allow_the_switch()
    assert trip.go() == 0
    verdict = trip.seen.verdict
    assert trip.go("verify", judging(queries)) == 4
    assert "The alias was switched" in trip.error["why"]
    assert (trip.seen.state, trip.seen.verdict) == ("done", verdict)


def test_a_verify_that_was_stopped_goes_on_with_the_searches_it_was_given(
    trip: Trip, queries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blind(trip, OLD)
    assert trip.go() == 3
    apply = Verify.apply

    def stopped(self: Verify, ctx: StepContext) -> None:
        raise Stopped

    monkeypatch.setattr(Verify, "apply", stopped)
    assert trip.go("verify", judging(queries)) == 130
    monkeypatch.setattr(Verify, "apply", apply)
    assert trip.go() == 3
    assert word(trip) == "GO"


def test_where_nobody_knows_the_old_model_judging_anew_asks_for_it(
    trip: Trip, queries: Path
) -> None:
    assert trip.go() == 3
    assert not wants_old_model(trip.seen)
    nobody = Side(collection=OLD_NAME, legs=(Leg(using="body"),)).model_dump(mode="json")
    assert trip.go("verify", {**judging(queries), "before": nobody}) == 3
    verdict = trip.seen.verdict or {}
    assert verdict["reason"].startswith("the old model is not known")
    assert f"qmm verify {trip.folder.name} --old-model NAME" in verdict["todo"]
    assert wants_old_model(trip.seen)


def test_what_is_not_proved_says_how_to_judge_again(trip: Trip, queries: Path) -> None:
    run = trip.folder.name
    assert trip.go() == 3
    todo = (trip.seen.verdict or {})["todo"]
    assert f"qmm verify {run} --queries FILE --margin 0.02" in todo
    blind(trip, NEW)
    assert trip.go("verify", judging(queries, margin=0.05)) == 4
    again = f"qmm verify {run} --queries '{queries}' --margin 0.05"
    assert again in (trip.seen.verdict or {})["todo"]
    assert again in (trip.folder / "report.md").read_text()
    assert f"qmm verify {run} --queries FILE" in trip.error["todo"]

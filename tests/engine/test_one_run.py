"""A plan has one run, and a collection one that works on it or waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.engine import lock, run_here
from qdrant_model_migration.engine.errors import CollectionHasRun, PlanHasRun
from support.fake_run import AskFirst, Fill, job, make_run


def test_the_same_plan_is_not_run_twice(runs: Path) -> None:
    first = make_run(runs)
    with pytest.raises(PlanHasRun, match=f"qmm plan --from {first.name}"):
        make_run(runs)
    run_here(first, job_of=job(Fill()))
    with pytest.raises(PlanHasRun, match="done"):
        make_run(runs)


def test_a_second_run_on_a_collection_is_refused_while_the_first_is_going(runs: Path) -> None:
    first = make_run(runs)
    with lock.held(first), pytest.raises(CollectionHasRun, match=first.name):
        make_run(runs, plan="another")
    make_run(runs, plan="another")


def test_a_second_run_on_a_collection_is_refused_while_the_first_waits(runs: Path) -> None:
    first = make_run(runs)
    run_here(first, job_of=job(AskFirst()))
    with pytest.raises(CollectionHasRun, match="waiting"):
        make_run(runs, plan="another")
    make_run(runs, plan="another", collection="other")
    make_run(runs, plan="third", server="http://elsewhere:6333")


def test_a_run_that_is_resumed_beside_another_on_its_collection_is_refused(runs: Path) -> None:
    first, second = make_run(runs), make_run(runs, plan="another")
    with lock.held(first), pytest.raises(CollectionHasRun, match=first.name):
        run_here(second, job_of=job(Fill()))
    assert run_here(second, job_of=job(Fill())) == 0

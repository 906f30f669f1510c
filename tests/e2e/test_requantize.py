"""The whole of Requantize by the engine: changed in place, measured as the application searches."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.engine import create_run, give_consent, run_here, view
from qdrant_model_migration.engine.report import write_report
from qdrant_model_migration.plan import Acceptance, load_plan, save_plan
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.quantization import kind_of, quantizations
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.fake_qdrant import FakeQdrant
from support.world import everything

POINTS, SIZE = 1_200, 64
TURBO = {"kind": "turbo", "bits": "bits4"}
PRODUCT = {"kind": "product", "compression": "x64"}


@pytest.fixture(params=["1.18.3", "1.19.0", pytest.param("real", marks=pytest.mark.server)])
def at(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Qdrant, str]]:
    """A server with a collection like one of texts: topics, and points near them; indexed."""
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    if request.param == "real":
        url = os.environ.get("QDRANT_URL")
        if not url:
            pytest.skip("QDRANT_URL names no server")
        with open_qdrant(Address(url=url), os.environ.get("QDRANT_API_KEY")) as qdrant:
            name = f"requantized_{uuid.uuid4().hex[:8]}"
            fill(qdrant, name)
            yield qdrant, name
            qdrant.delete_collection(name)
    else:
        with (
            FakeQdrant(version=request.param, optimizer_polls=0) as fake,
            open_qdrant(Address(url=fake.url)) as qdrant,
        ):
            fill(qdrant, "docs")
            yield qdrant, "docs"


def fill(qdrant: Qdrant, name: str) -> None:
    draw = np.random.default_rng(7)
    topics = draw.normal(size=(40, SIZE))
    rows = topics[draw.integers(0, 40, POINTS)] + 0.15 * draw.normal(size=(POINTS, SIZE))
    qdrant.create_collection(
        name,
        {
            "vectors": {"size": SIZE, "distance": "Cosine"},
            "optimizers_config": {"indexing_threshold": 1, "default_segment_number": 1},
            "hnsw_config": {"full_scan_threshold": 10},
        },
    )
    qdrant.insert(name, [Point(n, {"text": f"text {n}"}, {"": row}) for n, row in enumerate(rows)])


def begin(qdrant: Qdrant, name: str, folder: Path, quantization: Any, **search_params: Any) -> Path:
    """Planned, saved, loaded, started, and run to the decision, while somebody writes."""
    found = survey(qdrant, name)
    given = {"change": "compression", "quantization": quantization, "search_params": search_params}
    plan = make_plan(found, answer_all(found, given, []), by_name("requantize"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    save_plan(plan.model_copy(update={"accepted": accepted}), folder / "plan.yaml")
    run = create_run(load_plan(folder / "plan.yaml"))
    assert run_here(run) == 3, view(run).error
    give_consent(run, "start", {"collection": name})
    qdrant.upsert(name, [Point(9_001, {"text": "added"}, {"": [1.0] * SIZE})])
    qdrant.delete(name, [4])
    assert run_here(run) == 3, view(run).error
    return run


def kind_in_force(qdrant: Qdrant, name: str) -> str:
    return kind_of(quantizations(qdrant.config(name)).in_force(""))


def decided(run: Path, choice: str) -> str:
    """The report, after the decision."""
    give_consent(run, "keep_or_undo", {"choice": choice})
    assert run_here(run) == 0, view(run).error
    return write_report(run)[0].read_text(encoding="utf-8")


def test_what_is_lost_is_won_back_by_search_params_that_the_report_prints(
    at: tuple[Qdrant, str], tmp_path: Path
) -> None:
    qdrant, name = at
    run = begin(qdrant, name, tmp_path, PRODUCT)
    seen = view(run)
    after = seen.facts["search_after"]
    assert [one["params"] for one in after["tried"]] == [
        {"rescore": True, "oversampling": factor} for factor in (1.0, 2.0, 3.0)
    ]
    first, second, third = (one["recall"] for one in after["tried"])
    assert after["recall"] < first < second < third, "rescoring and oversampling find more"
    best = after["advised"]["params"]
    assert best["rescore"] is True
    assert seen.gate is not None
    assert f"  with rescore true, oversampling 2: recall@10 {second:.3f}" in "\n".join(
        seen.gate["says"]
    )
    report = decided(run, "keep")
    assert (
        "search_params=models.SearchParams(quantization=models.QuantizationSearchParams("
        f"rescore=True, oversampling={best['oversampling']}))"
    ) in report
    said = json.dumps({"quantization": best})
    assert f'"params": {said}' in report
    assert kind_in_force(qdrant, name) == "product"
    stored = everything(qdrant, name)
    assert 9_001 in stored
    assert 4 not in stored
    assert len(stored) == POINTS


def test_undone_nothing_is_to_be_set(at: tuple[Qdrant, str], tmp_path: Path) -> None:
    qdrant, name = at
    report = decided(begin(qdrant, name, tmp_path, PRODUCT), "undo")
    assert "SearchParams" not in report
    assert kind_in_force(qdrant, name) == "none"


def test_an_application_that_rescores_already_is_measured_so(
    at: tuple[Qdrant, str], tmp_path: Path
) -> None:
    qdrant, name = at
    run = begin(qdrant, name, tmp_path, TURBO, rescore="yes", oversampling=5)
    after = view(run).facts["search_after"]
    assert after["params"] == {"rescore": True, "oversampling": 5.0}
    assert [one["params"] for one in after["tried"]] == [
        {"rescore": False},
        {"rescore": True, "oversampling": 1.0},
        {"rescore": True, "oversampling": 2.0},
        {"rescore": True, "oversampling": 3.0},
    ]
    assert after["recall"] > 0.99
    assert after["advised"] is None
    report = decided(run, "keep")
    assert "The application finds as much as before, as it searches now: nothing to set." in report
    assert kind_in_force(qdrant, name) == "turbo"

"""Linear map and Map queries on a command line: asked for by name, at any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.world import old_point


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"the text of number {n}") for n in range(60)])
        qdrant.switch_alias("docs", "docs_old")
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        model = tiny_onnx(tmp_path / "tiny", dimensions=12)
        yield ["plan", "docs", "--model-folder", str(model), "--no-speed"]


@pytest.mark.parametrize(
    ("strategy", "steps"),
    [
        ("linear_map", ["check", "learn_map", "create_collection", "backfill", "catch_up", "index",
                        "verify", "cutover", "sweep"]),
        ("map_queries", ["check", "learn_map"]),
    ],
)  # fmt: skip
def test_it_is_planned_by_its_name_alone(
    options: list[str], strategy: str, steps: list[str]
) -> None:
    assert cli.run([*options, "--strategy", strategy]) == 0
    plan = load_plan(Path("plan.yaml"))
    assert plan.strategy == strategy
    assert [step.name() for step in plan.steps] == steps
    assert "W10" in plan.must_accept


def test_without_asking_for_it_vectors_are_made_properly(options: list[str]) -> None:
    assert cli.run(options) == 0
    assert load_plan(Path("plan.yaml")).strategy == "blue_green"


def test_an_answer_that_is_given_goes_before_what_the_name_says(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused = [*options, "--strategy", "linear_map", "--set", "accuracy=exact"]
    assert cli.run(refused) == 2
    assert "costs quality" in capsys.readouterr().err


def test_what_the_gate_asks_for_is_a_flag_of_run_and_resume(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("run", "resume"):
        assert cli.run([command, "--help"]) == 0
        assert "--accept-loss" in capsys.readouterr().out

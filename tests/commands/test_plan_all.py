"""Several collections planned by one command: one model opened once, what cannot be planned does
not stop the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.embedders import (
    Embedder,
    ModelRef,
    kept_open,
    model_from_folder,
    open_embedder,
)
from qdrant_model_migration.embedders.kinds.fastembed import Fastembed
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.world import old_point


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_onnx(tmp_path / "tiny", dimensions=12)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    """ws-a, ws-b, behind the alias ws-live, ws-empty, the notes of a tool, and one besides."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        for name in ("ws-a", "b", "docs"):
            _filled(qdrant, name)
        qdrant.create_collection("ws-empty", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.create_collection("_migration_offsets", {"vectors": {}})
        qdrant.switch_alias("ws-live", "b")
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        yield fake


def _filled(qdrant: Qdrant, name: str) -> None:
    qdrant.create_collection(name, {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert(name, [old_point(n, f"text number {n} of {name}") for n in range(20)])


def plan_all(pattern: str, model: Path, *more: str) -> int:
    return cli.run(["plan", "--all", pattern, "--model-folder", str(model), *more])


def test_each_that_fits_is_planned_and_the_rest_is_said(
    fake: FakeQdrant,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened: list[str] = []
    real = Fastembed.open

    def counted(kind: Fastembed, model: ModelRef, threads: int | None) -> Embedder:
        opened.append(model.label)
        return real(kind, model, threads)

    monkeypatch.setattr(Fastembed, "open", counted)
    assert plan_all("ws-*", model, "-o", "mine", "--accept", "W02") == 0
    said = capsys.readouterr().out
    rows = dict(line.split(maxsplit=1) for line in said.splitlines()[:3])
    assert list(rows) == ["ws-live", "ws-a", "ws-empty"]
    assert rows["ws-a"].startswith("planned Blue-green, to ws-a_tiny, about ")
    assert rows["ws-empty"] == "skipped empty"
    assert "2 planned, 1 skipped, 0 failed." in said
    plans = {path.name: load_plan(path) for path in Path("mine").iterdir()}
    assert {name: plan.collection for name, plan in plans.items()} == {
        "ws-a.yaml": "ws-a",
        "ws-live.yaml": "b",
    }
    assert all("W02" in plan.accepted for plan in plans.values())
    assert "qmm run mine/ws-a.yaml" in said
    assert opened.count("tiny") == 1, "its speed is tried, and it is opened, once"


def test_what_cannot_be_planned_does_not_stop_the_others(
    fake: FakeQdrant, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.call("PUT", "/collections/bare", {"vectors": {}})
    fake.call("PUT", "/collections/bare/points", {"points": [{"id": 1, "vector": {}}]})
    assert plan_all("*", model, "--no-speed") == 4
    said = capsys.readouterr().out
    assert "3 planned, 2 skipped, 1 failed." in said
    assert "notes of the tool qdrant/migration" in said
    assert sorted(path.name for path in Path("plans").iterdir()) == [
        "docs.yaml",
        "ws-a.yaml",
        "ws-live.yaml",
    ]


def test_those_that_switch_together_are_planned_all_or_none(
    fake: FakeQdrant, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan_all("ws-*", model, "--together", "--no-speed") == 2
    said = capsys.readouterr()
    assert "cannot switch at the same moment: ws-empty (skipped: empty)." in said.err
    assert list(Path("plans").iterdir()) == []
    fake.call("DELETE", "/collections/ws-empty")
    assert plan_all("ws-*", model, "--together", "--no-speed", "--accept", "W02") == 0
    said = capsys.readouterr()
    assert "Next: qmm run plans" in said.out
    plans = {path.stem: load_plan(path) for path in Path("plans").iterdir()}
    assert {name: plan.together for name, plan in plans.items()} == {
        "ws-live": ("ws-a",),
        "ws-a": ("b",),
    }
    again = ("plan", "ws-a", "--from", "plans/ws-live.yaml", "--together", "--no-speed")
    assert cli.run([*again, "-o", "again"]) == 0, "a plan knows the family that no product tells"
    assert {load_plan(path).collection for path in Path("again").iterdir()} == {"b", "ws-a"}
    capsys.readouterr()
    assert cli.run(["run", "."]) == 2
    assert "holds no plans" in capsys.readouterr().err
    Path("plans/ws-a.yaml").unlink()
    assert cli.run(["run", "plans"]) == 2
    assert "It is planned to go with ws-a" in capsys.readouterr().err


def test_a_folder_with_other_plans_is_still_run_as_the_plan_says(
    fake: FakeQdrant, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both kinds are written into the same folder, where none is named."""
    fake.call("DELETE", "/collections/ws-empty")
    assert plan_all("docs", model, "--no-speed") == 0
    assert plan_all("ws-*", model, "--together", "--no-speed", "--accept", "W02") == 0
    capsys.readouterr()
    assert cli.run(["run", "plans", "--accept", "W05"]) == 3
    said = capsys.readouterr()
    assert "Left out, because it was planned alone: docs.yaml." in said.err
    assert plan_all("[bd]*", model, "--together", "--no-speed") == 2
    assert "plans holds the plans of ws-a and b." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--all", "nothing-*"), "No collection is called like nothing-*."),
        (("docs", "--all", "ws-*"), "--all plans several collections."),
        (("--all", "ws-*", "--json"), "--all plans several collections."),
        (("--all", "ws-*", "--set", "target=new"), "--set target cannot be of several"),
        (("docs", "--together"), "No collection is known that switches together with docs."),
        (("docs", "--together", "--json"), "--json is of one plan."),
    ],
)
def test_a_wrong_call_is_explained(
    fake: FakeQdrant,
    model: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    says: str,
) -> None:
    assert cli.run(["plan", *arguments, "--model-folder", str(model)]) == 2
    assert says in capsys.readouterr().err
    assert not Path("plans").exists()


def test_a_model_is_kept_open_only_as_long_as_it_is_said(model: Path) -> None:
    ref = model_from_folder(model)
    with kept_open():
        assert open_embedder(ref) is open_embedder(ref)
    assert open_embedder(ref) is not open_embedder(ref)

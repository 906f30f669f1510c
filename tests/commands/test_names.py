"""Names that a server allows, through every command: letters of three bytes, signs that mean
something in a URL, 250 letters, spaces at the ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.engine import run_folders
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.world import old_point

NAMES = [
    ("中" * 66, "名" * 66),
    ("a b#1+100%25&ä=..", 'what? "it\'s" <this>: 50%'),  # aliases are not looked at by the server
    ("x" * 250, "y" * 250),
    (".. {name} ", " -- "),
]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    with FakeQdrant() as fake:
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        yield fake


def qmm(*arguments: str, ends: int = 0) -> None:
    assert cli.run(list(arguments)) == ends, arguments


@pytest.mark.usefixtures("forked_engine")
@pytest.mark.parametrize(("collection", "alias"), NAMES, ids=["wide", "signs", "long", "spaces"])
def test_a_name_goes_the_whole_way(
    fake: FakeQdrant, tmp_path: Path, collection: str, alias: str
) -> None:
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection(collection, {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert(collection, [old_point(n, f"text number {n}") for n in range(20)])
        qdrant.switch_alias(alias, collection)
    model = tiny_onnx(tmp_path / "tiny", dimensions=12)
    qmm("inspect", "--", alias)
    qmm("plan", "--model-folder", str(model), "--no-speed", "--", alias)
    plan = load_plan(Path("plan.yaml"))
    assert plan.move is not None
    target = plan.move.target
    assert len(target.encode()) <= 200
    assert target.endswith("_tiny")
    accept = [word for warning in plan.must_accept for word in ("--accept", warning)]
    qmm("run", "plan.yaml", *accept, ends=3)
    (run,) = run_folders()
    assert run.name.isascii()
    qmm("resume", run.name, f"--cutover={alias}", "--without-proof")
    assert fake.state.aliases == {alias: target}
    qmm("rollback", run.name, f"--cutover={alias}")
    qmm("cleanup", run.name, f"--delete={target}")
    assert fake.state.aliases == {alias: collection}
    assert list(fake.state.collections) == [collection]
    for told in ("report", "status"):
        qmm(told, run.name)

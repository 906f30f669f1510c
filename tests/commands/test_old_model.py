"""The old model, named by a person: kept with the run, and with what is planned from it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.engine import view
from qdrant_model_migration.pages.work.searching import sides
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import WORDS, Kind, tiny_onnx


class Place(NamedTuple):
    fake: FakeQdrant
    old: Path
    new: Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A collection whose vectors a model made that no list names."""
    old = tiny_onnx(tmp_path / "acme-old", seed=1, max_tokens=64)
    new = tiny_onnx(tmp_path / "acme-new", dimensions=12, seed=2, max_tokens=64)
    embedder = open_embedder(model_from_folder(old))
    choose = random.Random(0)
    texts = [". ".join(" ".join(choose.choices(WORDS, k=6)) for _ in "ab") for _ in range(60)]
    vectors = embedder.embed(texts, "passage").vectors
    points = [Point(n, {"text": texts[n]}, {"": vectors[n]}) for n in range(60)]
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", points)
        qdrant.switch_alias("docs", "docs_old")
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        yield Place(fake, old, new)


def qmm(*arguments: str) -> int:
    return cli.run(list(arguments))


def planned(place: Place, *more: str) -> int:
    return qmm("plan", "docs", "--model-folder", str(place.new), "--no-speed", *more)


def known(file: str) -> str:
    before = load_plan(Path(file)).before
    assert before is not None
    return before.label


def run_folder() -> Path:
    return next(path for path in Path("runs").iterdir() if (path / "run.json").is_file())


def test_a_plan_from_another_knows_the_old_model_that_was_named_for_it(place: Place) -> None:
    assert planned(place, "--old-model", str(place.old)) == 0
    assert qmm("plan", "--from", "plan.yaml", "--no-speed", "-o", "other.yaml") == 0
    assert known("other.yaml") == "acme-old"


def test_what_verify_is_told_of_the_old_model_stays_with_the_run(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planned(place) == 0
    assert known("plan.yaml") == "model not known"
    assert qmm("run", "plan.yaml", "--accept", "W02") == 3
    folder = run_folder()
    said = capsys.readouterr().out
    assert f"  or: qmm verify {folder.name} --old-model NAME\n      NAME: the name of" in said
    assert qmm("verify", folder.name, "--old-model", str(place.old)) == 3
    said = capsys.readouterr().out
    assert "not known" not in said
    assert "docs → docs_old   (acme-old)" in said
    assert "acme-old → acme-new" in said
    assert [side.label for side in sides(folder) or ()] == ["acme-old", "acme-new"]
    assert qmm("verify", folder.name) == 3, "it has not to be named a second time"
    assert (view(folder).verdict or {}).get("unjudged") != "old model not known"
    renamed = ("--set", "target=docs_other")
    assert qmm("plan", "--from", folder.name, "--no-speed", *renamed, "-o", "other.yaml") == 0
    assert known("other.yaml") == "acme-old"


def test_what_the_folder_of_the_old_model_leaves_open_is_written_behind_it(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same by every command that takes one; each says how it is written."""
    outputs: dict[str, Kind] = {"tokens": "tokens", "whole": "mean"}
    bare = tiny_onnx(tmp_path / "acme-bare", seed=1, max_tokens=64, pooling=None)
    heads = tmp_path / "acme-heads"
    several = tiny_onnx(heads, seed=1, max_tokens=64, pooling=None, outputs=outputs)
    assert planned(place) == 0
    assert qmm("run", "plan.yaml", "--accept", "W02") == 3
    run = run_folder().name
    for command in (
        ("inspect", "docs"),
        ("plan", "docs", "--model", str(place.new)),
        ("verify", run),
    ):
        capsys.readouterr()
        assert qmm(*command, "--old-model", str(bare)) == 2
        assert f"write {bare}#cls, {bare}#mean or {bare}#last." in capsys.readouterr().err
    assert qmm("inspect", "docs", "--old-model", f"{bare}#mean") == 0
    assert "acme-bare: 60 of 60 texts match" in capsys.readouterr().out
    assert qmm("inspect", "docs", "--old-model", str(several)) == 2
    assert f"write {several}#tokens or {several}#whole." in capsys.readouterr().err
    assert qmm("inspect", "docs", "--old-model", f"{several}#tokens") == 2
    assert f"{several}#tokens,cls, {several}#tokens,mean or" in capsys.readouterr().err
    for said in ("whole", "tokens,mean"):
        assert qmm("inspect", "docs", "--old-model", f"{several}#{said}") == 0
        assert "60 of 60 texts match" in capsys.readouterr().out

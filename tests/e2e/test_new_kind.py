"""A kind of embedder that the program does not have goes the whole way by its file.

The file is dropped into a copy of the program, which is then used as a person uses it: by
commands, in processes of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import qdrant_model_migration
from qdrant_model_migration.qdrant import Address, open_qdrant
from support import stand_in
from support.fake_qdrant import FakeQdrant
from support.stand_in import KEY, NAME, Service
from support.world import everything, old_point

Qmm = Callable[..., subprocess.CompletedProcess[str]]
POINTS = 80


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with stand_in.service(monkeypatch) as service:
        yield service


@pytest.fixture
def qmm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service) -> Iterator[Qmm]:
    """The program with the file in it, beside a server with 80 points behind the alias docs."""
    house = tmp_path / "house" / "qdrant_model_migration"
    shutil.copytree(Path(qdrant_model_migration.__file__).parent, house)
    (house / "embedders" / "kinds" / "stand_in.py").write_text(stand_in.FILE)
    desk = tmp_path / "desk"
    desk.mkdir()
    environment = {"PYTHONPATH": str(house.parent), "QMM_RUN_DIR": str(desk / "runs"),
                   "HOME": str(desk), "FASTEMBED_CACHE_PATH": str(desk / "cache")}  # fmt: skip
    for name in ("STATE", "DATA", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(desk / name.lower())

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qdrant_model_migration", *arguments],
            cwd=desk,
            env={**os.environ, **environment, **more},
            capture_output=True,
            text=True,
        )

    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        texts = [f"the text of number {n} " + f"word{n} " * (1 + n % 9) for n in range(POINTS)]
        qdrant.insert("docs_old", [old_point(n, text) for n, text in enumerate(texts)])
        qdrant.switch_alias("docs", "docs_old")
        environment["QDRANT_URL"] = fake.url
        yield call


def written(desk: Path) -> dict[str, bytes]:
    """Every file that was left on the desk, run folder and state of the program included."""
    return {str(path): path.read_bytes() for path in desk.rglob("*") if path.is_file()}


def holds_no_key(desk: Path, *said: subprocess.CompletedProcess[str]) -> None:
    printed = {f"printed {n}": (s.stdout + s.stderr).encode() for n, s in enumerate(said)}
    texts = {**written(desk), **printed}
    forms = (KEY, "sk-stand-in%2F0123%20456", "sk-stand-in/0123%20456")
    assert [name for name, text in texts.items() for form in forms if form.encode() in text] == []


def accepted(desk: Path) -> list[str]:
    plan = planned_on(desk)
    return [word for warning in plan["must_accept"] for word in ("--accept", warning)]


def planned_on(desk: Path) -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load((desk / "plan.yaml").read_text()))


def test_its_models_are_listed_with_how_they_can_be_had(qmm: Qmm) -> None:
    rows = {row["name"]: row for row in json.loads(qmm("models", "--json").stdout)}
    assert (rows[NAME]["kind"], rows[NAME]["reach"], rows[NAME]["here"]) == (
        "stand_in", "remote", False,
    )  # fmt: skip
    (line,) = [line for line in qmm("models").stdout.splitlines() if NAME in line]
    assert line.endswith("service")
    assert NAME not in qmm("models", "--here").stdout
    (line,) = [line for line in qmm("models", STAND_IN_KEY="").stdout.splitlines() if NAME in line]
    assert line.endswith("no")
    assert "Stand-in Ltd makes the vectors" in qmm("models", "--fetch", NAME).stdout


def test_it_is_planned_run_and_switched_to_and_its_key_stands_nowhere(
    qmm: Qmm, service: Service, tmp_path: Path
) -> None:
    desk = tmp_path / "desk"
    planned = qmm("plan", "docs", "--model", "stand_in:stand-in/words-64")
    assert planned.returncode == 0, planned.stderr
    assert service.calls == []  # texts leave, so the speed is not tried unasked
    assert "W24 This costs money" in planned.stderr
    assert "Every text is sent to Stand-in Ltd." in planned.stderr
    plan = planned_on(desk)
    assert 0 < plan["estimate"]["usd"] < 0.1
    assert "W25" in plan["must_accept"]

    ran = qmm("run", "plan.yaml", *accepted(desk))
    assert ran.returncode == 3, ran.stdout + ran.stderr
    (run,) = [path for path in (desk / "runs").iterdir() if (path / "run.json").is_file()]
    ended = qmm("resume", run.name, "--cutover", "docs", "--without-proof")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert sum(service.calls) >= POINTS
    assert max(service.calls) <= 16
    assert service.most_at_once <= 2

    with open_qdrant(Address.parse(_url(run))) as qdrant:
        target = qdrant.aliases()["docs"]
        points = everything(qdrant, target)
        model = qdrant.config(target).metadata["qmm_model"]
    assert {len(point.vectors[""]) for point in points.values()} == {64}
    assert (model["kind"], model["name"]) == ("stand_in", "stand-in/words-64")
    printed = [planned, ran, ended, qmm("status", run.name), qmm("report", run.name, "--print")]
    assert "stand-in/words-64" in printed[-1].stdout
    assert service.told_to_all == set()
    holds_no_key(desk, *printed)


def test_a_service_that_repeats_the_key_in_its_refusal_is_not_repeated(
    qmm: Qmm, service: Service, tmp_path: Path
) -> None:
    desk = tmp_path / "desk"
    assert qmm("plan", "docs", "--model", NAME).returncode == 0
    service.refused = True
    ran = qmm("run", "plan.yaml", *accepted(desk))
    assert ran.returncode == 4
    assert "the key [key] is not valid" in ran.stdout + ran.stderr
    (run,) = [path for path in (desk / "runs").iterdir() if (path / "run.json").is_file()]
    holds_no_key(desk, ran, qmm("status", run.name), qmm("report", run.name, "--print"))


def test_without_its_key_it_says_which_variable_is_missing(qmm: Qmm, tmp_path: Path) -> None:
    planned = qmm("plan", "docs", "--model", NAME, STAND_IN_KEY="")
    assert "STAND_IN_KEY is not set" in planned.stdout
    ran = qmm("run", "plan.yaml", *accepted(tmp_path / "desk"), STAND_IN_KEY="")
    assert ran.returncode == 4
    assert "Set STAND_IN_KEY" in ran.stdout + ran.stderr


def _url(run: Path) -> str:
    return str(json.loads((run / "run.json").read_text())["server"])

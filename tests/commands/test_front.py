"""The whole trip by commands through what stands before a server: an own certificate, a path, a
header, and bodies of at most 1 MB. By the fake's own front, and by a real nginx where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.engine import run_folders
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from support.certificate import made_certificate, serving
from support.fake_qdrant import FakeQdrant, Front
from support.nginx import nginx
from support.tiny_onnx import tiny_onnx
from support.world import old_point

SECRET = "shown-to-the-gateway-alone"
WANTS = ("x-front", SECRET)
KEY = "the-key-of-the-server"
BODY = 1024 * 1024


def qmm(*arguments: str) -> int:
    return cli.run(list(arguments))


def large(n: int) -> Point:
    """Four of them are more than 1 MB."""
    point = old_point(n, f"the text of number {n}")
    return point._replace(payload={**point.payload, "scan": "x" * 300_000})


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("QMM_CA", "QMM_HEADERS", "QMM_TYPED", "QDRANT_URL"):
        monkeypatch.setenv(name, "")  # what commands put there is taken away again
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("FRONT", SECRET)
    monkeypatch.setenv("QDRANT_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    return made_certificate(tmp_path)


@pytest.fixture(params=["fake", "nginx"])
def front(request: pytest.FixtureRequest, certificate: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server with 20 points of 300 kB behind the alias docs."""
    if request.param == "fake":
        tls = serving(certificate)
        before = Front(prefix="/qdrant", wants=WANTS, body_bytes=BODY, cuts=True, tls=tls)
    with FakeQdrant(api_key=KEY) as fake:
        with open_qdrant(Address(url=fake.url), KEY) as qdrant:
            _fill(qdrant)
        if request.param == "fake":
            fake.down()
            fake.front = before
            fake.up()
            yield fake.url
        else:
            with nginx(tmp_path, fake.url, certificate, "/qdrant", WANTS) as port:
                yield f"https://127.0.0.1:{port}/qdrant"


def _fill(qdrant: Qdrant) -> None:
    qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert("docs_old", [large(n) for n in range(20)])
    qdrant.switch_alias("docs", "docs_old")


@pytest.mark.usefixtures("forked_engine")
def test_the_whole_trip_through_a_proxy(
    front: str, certificate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qmm("inspect", "docs", "--url", front) == 4
    assert "--ca FILE" in capsys.readouterr().err
    ca = ("--ca", f"{certificate}.crt")
    assert qmm("inspect", "docs", "--url", front, *ca) == 4
    assert "--header NAME=VARIABLE" in capsys.readouterr().err
    line = (*ca, "--header", "X-Front=FRONT")
    model = tiny_onnx(tmp_path / "tiny", dimensions=12)
    planned = ("plan", "docs", "--model-folder", str(model), "--no-speed", "--url", front, *line)
    assert qmm(*planned) == 0
    said = capsys.readouterr().out
    assert "--header X-Front=FRONT" in said
    assert "--ca" in said, "what goes on has to be typed with it"
    accept = [
        word
        for warning in load_plan(Path("plan.yaml")).must_accept
        for word in ("--accept", warning)
    ]
    server = ("--server", front)
    ran = qmm("run", "plan.yaml", *accept, *server)
    told = capsys.readouterr()
    (run,) = run_folders()
    assert ran == 3, told.err
    switched = ("resume", run.name, *server, "--cutover", "docs", "--without-proof")
    assert qmm(*switched) == 0, capsys.readouterr().err
    with open_qdrant(Address(url=front), KEY) as qdrant:
        assert qdrant.resolve("docs") != "docs_old"
        assert qdrant.count("docs") == 20
    for file in run.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file
            assert KEY.encode() not in file.read_bytes(), file
    assert SECRET not in told.out + told.err

"""Each error as a person meets it at the command line: what happened, why, what to do next.

And nothing was written: the server holds afterwards what it held before.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.engine import create_run, lock, run_folders, view
from qdrant_model_migration.engine.errors import RunBusy
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.trip import NEW_NAME, OLD_NAME, Trip, fill
from support.world import old_point

KEY, READ_ONLY = "the-secret-key-of-the-server", "a-key-that-may-only-read"
DENSE = {"vectors": {"size": 8, "distance": "Cosine"}}


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_onnx(tmp_path_factory.mktemp("model") / "tiny", dimensions=12)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    """docs_old behind the alias docs, and collections that cannot be migrated; named by the
    environment, with a key."""
    with FakeQdrant(api_key=KEY, read_only_key=READ_ONLY) as fake:
        with open_qdrant(Address(url=fake.url, folder=None), KEY) as qdrant:
            qdrant.create_collection("docs_old", DENSE)
            qdrant.insert("docs_old", [old_point(n, f"the text of number {n}") for n in range(60)])
            qdrant.switch_alias("docs", "docs_old")
            qdrant.create_collection("empty", DENSE)
            qdrant.create_collection("numbers", DENSE)
            qdrant.insert("numbers", [_without_text(n) for n in range(20)])
            qdrant.create_collection("mixed", DENSE)
            qdrant.insert("mixed", [_mixed(n) for n in range(60)])
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QDRANT_API_KEY", KEY)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        yield fake


def _without_text(number: int) -> Point:
    return old_point(number, "x")._replace(payload={"price": number, "at": [number]})


def _mixed(number: int) -> Point:
    return old_point(number, f"the text of {number}" if number % 3 else ["a", number])


def whole(server: FakeQdrant) -> dict[str, Any]:
    names = list(server.state.collections)
    return {"aliases": dict(server.state.aliases), **{name: server.dump(name) for name in names}}


@pytest.fixture
def met(server: FakeQdrant, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that must fail: the exit code, words that are said, and nothing written."""

    def meet(arguments: list[str], code: int, *said: str) -> str:
        before = whole(server)
        capsys.readouterr()
        assert cli.run(arguments) == code
        shown = capsys.readouterr()
        text = " ".join(shown.err.split())
        for words in said:
            assert words in text, shown.err
        for raw in ("Traceback", "Error:", "Exception", "Errno", KEY):
            assert raw not in shown.out + shown.err, shown.err
        assert whole(server) == before
        return text

    return meet


def plan_file(model_folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Path:
    """plan.yaml for docs, with every warning acknowledged, as it would be edited by a person."""
    from qdrant_model_migration.plan import Acceptance

    arguments = ["plan", "docs", "--model-folder", str(model_folder), "--no-speed", *more]
    assert cli.run(arguments) == 0, capsys.readouterr().err
    path = Path("plan.yaml")
    plan = load_plan(path)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    save_plan(plan.model_copy(update={"accepted": accepted}), path)
    return path


# --- Reaching the server ----------------------------------------------------------------------


def test_a_wrong_host(met: Callable[..., str]) -> None:
    met(
        ["inspect", "docs", "--url", "http://no-such-host.invalid:6333"],
        4,
        "no-such-host.invalid is not known",
        "misspelled",
        "try again",
    )


def test_a_wrong_port(met: Callable[..., str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    met(
        ["inspect", "docs", "--url", f"http://127.0.0.1:{port}"],
        4,
        "Nothing answers at",
        f"no program listens on port {port}",
        "Check the port",
    )


def test_a_wrong_scheme(met: Callable[..., str], server: FakeQdrant) -> None:
    url = server.url.replace("http:", "https:")
    met(["inspect", "docs", "--url", url], 4, "not with https", "http", "Change the address")


@pytest.mark.parametrize("url", ["", "ftp://localhost", "http://", "http://localhost:99999"])
def test_an_address_that_cannot_be_one(met: Callable[..., str], url: str) -> None:
    met(["inspect", "docs", "--url", url], 2)


def test_a_wrong_key(met: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", "another-key")
    text = met(["inspect", "docs"], 4, "refused the key", "mistyped", "Enter it again")
    assert "another-key" not in text


def test_no_key(met: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QDRANT_API_KEY")
    met(["inspect", "docs"], 4, "asks for a key", "None was given", "Enter the API key")


# --- What is there ----------------------------------------------------------------------------


def test_a_collection_that_is_not_there(met: Callable[..., str], model_folder: Path) -> None:
    for arguments in (["inspect", "dosc"], ["plan", "dosc", "--model-folder", str(model_folder)]):
        met(arguments, 4, "There is no collection dosc", "misspelled", "choose one")


def test_a_collection_without_points(met: Callable[..., str], model_folder: Path) -> None:
    arguments = ["plan", "empty", "--model-folder", str(model_folder)]
    met(arguments, 4, "empty is empty: 0 points", "Create a new collection")


def test_a_collection_without_a_text(met: Callable[..., str], model_folder: Path) -> None:
    arguments = ["plan", "numbers", "--model-folder", str(model_folder)]
    met(arguments, 2, "Text is gone", "--set text.file=FILE", "--set originals.file=FILE")
    assert not Path("plan.yaml").exists()


def test_texts_of_mixed_types_are_said_before_anything_is_embedded(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(server)
    arguments = ["plan", "mixed", "--model-folder", str(model_folder), "--no-speed"]
    assert cli.run(arguments) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "W12 Points without text" in said
    assert "20 points get no new vector" in said
    assert "W12" in load_plan(Path("plan.yaml")).must_accept
    assert cli.run(["run", "plan.yaml"]) == 2
    assert "--accept W12" in capsys.readouterr().err
    assert cli.run(["inspect", "mixed"]) == 0
    assert "20 hold a list there" in capsys.readouterr().out
    assert whole(server) == before


def test_a_model_that_is_not_here(
    met: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be planned with, on a computer without it."""
    assert cli.run(["plan", "docs", "--model", "BAAI/bge-small-en-v1.5", "--no-speed"]) == 0
    accepts = [w for a in load_plan(Path("plan.yaml")).must_accept for w in ("--accept", a)]
    met(
        ["run", "plan.yaml", *accepts],
        4,
        "bge-small-en-v1.5 is not on this computer",
        "Fetch it",
    )


def test_a_folder_without_a_model(met: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    arguments = ["plan", "docs", "--model-folder", str(tmp_path / "nothing")]
    met(arguments, 4, "holds no model", "missing from", "Copy the whole folder")


def test_a_name_for_the_new_collection_that_is_taken(
    met: Callable[..., str], model_folder: Path
) -> None:
    for name in ("numbers", "docs", "docs_old"):
        arguments = ["plan", "docs", "--model-folder", str(model_folder), "--set", f"target={name}"]
        met(arguments, 2, name)


# --- Runs that must not begin -----------------------------------------------------------------


def test_a_read_only_key_may_plan_but_not_run(
    met: Callable[..., str],
    server: FakeQdrant,
    model_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", READ_ONLY)
    path = plan_file(model_folder, capsys)
    met(
        ["run", str(path)],
        4,
        "may not create collections",
        "needs a key with full rights",
        "Nothing was written",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("batch: 128", "batch: 1000", "256"),
        ("streams: 2", "streams: two", "streams"),
        ("target: docs", "targets: docs", "target"),
        ("  - step: backfill", "  - step: bakcfill", "bakcfill"),
        ("fields:", "fields: [", "bracket"),
    ],
)
def test_a_plan_that_was_edited_wrongly_is_told_with_its_line(
    met: Callable[..., str],
    model_folder: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    said: str,
) -> None:
    path = plan_file(model_folder, capsys)
    text = path.read_text(encoding="utf-8")
    if old not in text:
        old = old.strip().removeprefix("- ")
        new = new.strip().removeprefix("- ")
    assert old in text, text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = met(["run", str(path)], 2, "plan.yaml", said)
    # A key that is missing stands at its parent; YAML itself notices at the next lines.
    assert any(f"line {number}" in told for number in range(line - 2, line + 4)), (told, line)
    assert not run_folders()


def test_a_plan_for_a_collection_that_has_changed_since(
    met: Callable[..., str],
    server: FakeQdrant,
    model_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = plan_file(model_folder, capsys)
    field = {"field_name": "text", "field_schema": "text"}
    server.call("PUT", "/collections/docs_old/index", field)
    met(["run", str(path)], 4, "has changed since this plan was made", "Make the plan again")


def test_an_alias_that_was_moved_since_the_plan(
    met: Callable[..., str],
    server: FakeQdrant,
    model_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = plan_file(model_folder, capsys)
    action = {"create_alias": {"alias_name": "docs", "collection_name": "mixed"}}
    server.call("POST", "/collections/aliases", {"actions": [action]})
    met(["run", str(path)], 4, "docs points to mixed, not to docs_old", "Nothing was done")


def test_a_model_of_another_size_than_the_plan_says(
    met: Callable[..., str], model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plan_file(model_folder, capsys)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("size: 12", "size: 16"), encoding="utf-8")
    met(["run", str(path)], 2, "its size is 16", "makes 12 dimensions")


def test_a_model_that_was_removed_since_the_plan(
    met: Callable[..., str], model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plan_file(model_folder, capsys)
    away = model_folder.rename(model_folder.with_name("away"))
    try:
        met(["run", str(path)], 4, "not on this computer", str(model_folder))
    finally:
        away.rename(model_folder)


def test_a_folder_for_runs_that_cannot_be_made(
    met: Callable[..., str],
    model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = plan_file(model_folder, capsys)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "file" / "runs"))
    met(["run", str(path)], 4, "cannot be", "--run-dir")


# --- Runs that are there ----------------------------------------------------------------------


@pytest.fixture
def run(server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A run that was made and never begun."""
    return create_run(load_plan(plan_file(model_folder, capsys)))


def test_a_run_that_another_engine_carries_out(met: Callable[..., str], run: Path) -> None:
    """Whoever holds the lock owns the run, whatever its journal says."""
    from qdrant_model_migration.engine import run_here

    with lock.held(run), pytest.raises(RunBusy) as busy:
        run_here(run)
    assert "another window" in busy.value.what
    assert f"qmm attach {run.name}" in busy.value.todo
    met(["run", "plan.yaml"], 2, f"already has a run: {run.name}", f"qmm resume {run.name}")


def test_a_plan_in_a_run_folder_that_was_changed(met: Callable[..., str], run: Path) -> None:
    with (run / "plan.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    said = ("was changed after the run had begun", "Put the old plan.yaml back")
    met(["resume", run.name], 4, *said)


def test_a_journal_that_is_damaged(met: Callable[..., str], run: Path) -> None:
    (run / "journal.db").write_bytes(b"this is no database, but it is long enough" * 100)
    text = met(["resume", run.name], 4)
    assert "damaged" in text or str(run) in text, text


def test_a_run_that_does_not_exist(met: Callable[..., str], run: Path) -> None:
    for command in ("resume", "status", "rollback", "cleanup", "report"):
        met([command, "docs-9999"], 2, "There is no run docs-9999", "qmm status lists them")


def test_rollback_and_cleanup_of_a_run_that_never_switched(
    met: Callable[..., str], run: Path
) -> None:
    met(["rollback", run.name], 4, "nothing to roll back")
    met(["cleanup", run.name, "--delete", "docs_old"], 4, "docs_old was not deleted")


def test_a_cleanup_before_the_switch_is_refused_in_words(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run waits at its cutover all the while; that is not what was asked about."""
    path = plan_file(model_folder, capsys)
    assert cli.run(["run", str(path)]) == 3
    name = run_folders()[0].name
    capsys.readouterr()
    before = whole(server)
    for command, said in (("cleanup", "docs_old was not deleted"), ("rollback", "nothing to roll")):
        assert cli.run([command, name]) == 4
        assert said in capsys.readouterr().err
    assert whole(server) == before
    assert cli.run(["status", name]) in (0, 3)
    assert "WAITING" in capsys.readouterr().out


def test_a_practice_folder_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "practice")
    with open_qdrant(Address(url=None, folder=folder)):
        assert cli.run(["inspect", "docs", "--url", folder]) == 4
    said = capsys.readouterr().err
    assert "already in use" in said
    assert "try again" in said
    assert "Traceback" not in said


# --- While it runs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "what", "todo"),
    [
        ({"status": 507, "error": "Disk usage is at 96%"}, "full", "Make room on the server"),
        (
            {"status": 500, "error": "Service internal error: No space left on device"},
            "The server's disk is full",
            "Make room on the server",
        ),
        ({"drop": True}, "does not work", "Check the server"),
        ({"status": 403, "error": "Forbidden: Write access is required"}, "may only read", "enter"),
    ],
)
def test_what_ends_a_run_is_said_by_status_and_kept(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    what: str,
    todo: str,
) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    with FakeQdrant() as fake:
        address = Address(url=fake.url, folder=None)
        with open_qdrant(address) as qdrant:
            fill(qdrant)
        trip = Trip(address, tmp_path / "runs")
        trip.patience_s = 0.05
        fake.fail(method="PUT", path=f"{NEW_NAME}/points$", after=3, times=None, **fault)
        before = fake.dump(OLD_NAME)
        assert trip.go() == 4
        assert fake.dump(OLD_NAME) == before
    assert cli.run(["status", trip.folder.name]) in (0, 4)
    shown = capsys.readouterr()
    said = " ".join((shown.out + shown.err).split())
    assert what in said
    assert todo in said
    assert "Traceback" not in said
    report = (trip.folder / "report.md").read_text(encoding="utf-8")
    assert what in " ".join(report.split())


def test_a_full_disk_of_this_computer_ends_the_run_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of what was copied is the largest file that a run writes."""
    import sqlite3

    from qdrant_model_migration.pipeline.ledger import Ledger

    with FakeQdrant() as fake:
        address = Address(url=fake.url, folder=None)
        with open_qdrant(address) as qdrant:
            fill(qdrant)
        trip = Trip(address, tmp_path / "runs")

        def full(*_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as disk:
            disk.setattr(Ledger, "_put", full)
            assert trip.go() == 4
        assert "The disk that holds" in trip.error["what"]
        assert "Make room, then resume" in trip.error["todo"]
        assert trip.go() == 3, view(trip.folder).error

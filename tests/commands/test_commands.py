"""The commands as a person types them, against a fake server, with a real fastembed model."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.engine import view
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.sandbox import Sandbox
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.waiting import until
from support.world import everything, old_point

Qmm = Callable[..., int]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_onnx(tmp_path_factory.mktemp("model") / "tiny", dimensions=12)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    """A fake server with 60 points behind the alias docs, named by the environment."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"the text of number {n}") for n in range(60)])
        qdrant.switch_alias("docs", "docs_old")
        monkeypatch.setenv("QDRANT_URL", fake.url)
        monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
        monkeypatch.chdir(tmp_path)
        yield fake


def whole(server: FakeQdrant) -> dict[str, Any]:
    """Everything that the server holds, to see what a command changed."""
    return {
        "aliases": dict(server.state.aliases),
        "collections": {name: server.dump(name) for name in server.state.collections},
    }


def qmm(*arguments: str) -> int:
    return cli.run(list(arguments))


def make_plan(model_folder: Path, *more: str) -> None:
    assert qmm("plan", "docs", "--model-folder", str(model_folder), "--no-speed", *more) == 0


def must_accept() -> list[str]:
    import yaml

    return list(yaml.safe_load(Path("plan.yaml").read_text()).get("must_accept", ()))


def accepting() -> list[str]:
    return [word for warning in must_accept() for word in ("--accept", warning)]


def run_name() -> str:
    return next(p.name for p in Path("runs").iterdir() if (p / "run.json").is_file())


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What was printed last, from the first line that begins an object."""
    found: dict[str, Any] = json.loads("{" + capsys.readouterr().out.partition("\n{")[2])
    return found


def test_inspect_shows_every_line_and_changes_nothing(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(server)
    assert qmm("inspect", "docs") == 0
    shown = capsys.readouterr()
    assert "60" in shown.out
    assert "counted" in shown.out
    assert "Nothing was changed" in shown.err
    assert whole(server) == before


def test_inspect_speaks_json(server: FakeQdrant, capsys: pytest.CaptureFixture[str]) -> None:
    assert qmm("inspect", "docs", "--json") == 0
    assert json.loads(capsys.readouterr().out)["points"]["value"] == 60


def test_inspect_lists_collections(server: FakeQdrant, capsys: pytest.CaptureFixture[str]) -> None:
    server.call("PUT", "/collections/_migration_offsets", {"vectors": {}})
    assert qmm("inspect") == 0
    said = capsys.readouterr().out
    assert "docs_old" in said
    assert "notes of the tool qdrant/migration" in said


def test_the_trip_by_commands_alone(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_plan(model_folder)
    shown = capsys.readouterr()
    assert "Next: qmm run plan.yaml" in shown.out
    assert qmm("run", "plan.yaml") == 2
    assert "not acknowledged" in capsys.readouterr().err
    assert qmm("run", "plan.yaml", "--full", *accepting()) == 3
    name = run_name()
    assert f"qmm resume {name}" in capsys.readouterr().out
    assert view(Path("runs") / name).facts["read_all"] is True
    assert qmm("resume", name, "--full") == 2
    assert f"qmm verify {name} --full reads all again." in capsys.readouterr().err
    assert qmm("status") == 0
    assert "WAITING  Cutover: switch the alias" in capsys.readouterr().out
    assert qmm("status", name, "--json") == 0
    assert json.loads(capsys.readouterr().out)["gate"]["name"] == "cutover"
    assert qmm("resume", name) == 3
    assert qmm("resume", name, "--cutover", "doc", "--without-proof") == 3
    assert "Still missing" in capsys.readouterr().err
    assert whole(server)["aliases"] == {"docs": "docs_old"}
    assert qmm("resume", name, "--cutover", "docs", "--without-proof") == 0
    shown = capsys.readouterr()
    assert "docs answers from" in shown.out
    target = whole(server)["aliases"]["docs"]
    assert target != "docs_old"
    assert qmm("report", name, "--print") == 0
    assert "docs" in capsys.readouterr().out
    assert qmm("rollback", name) == 3
    assert qmm("rollback", name, "--cutover", "docs") == 0
    assert whole(server)["aliases"] == {"docs": "docs_old"}
    assert qmm("cleanup", name, "--delete", target) == 0
    assert list(whole(server)["collections"]) == ["docs_old"]


def test_what_a_folder_leaves_open_is_said_by_options_and_stands_in_the_plan(
    server: FakeQdrant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    folder = tiny_onnx(
        tmp_path / "model", dimensions=12, outputs={"a": "mean", "b": "tokens"}, pooling=None
    )
    assert qmm("plan", "docs", "--model-folder", str(folder), "--no-speed") == 2
    assert "name one (--model-output)" in capsys.readouterr().err
    assert qmm("plan", "docs", "--model-folder", str(folder), "--model-output", "b") == 2
    assert "say cls, mean or last (--pooling)" in capsys.readouterr().err
    assert qmm("plan", "docs", "--pooling", "mean") == 2
    assert "Add --model-folder." in capsys.readouterr().err
    make_plan(folder, "--model-output", "b", "--pooling", "mean")
    (vector,) = yaml.safe_load(Path("plan.yaml").read_text())["move"]["vectors"]
    assert vector["origin"]["model"]["output"] == "b"
    assert qmm("run", "plan.yaml", *accepting()) == 3


def test_a_text_that_the_old_vectors_were_not_made_of_has_to_be_acknowledged(
    server: FakeQdrant,
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = model_from_folder(tiny_onnx(tmp_path / "old", dimensions=10, seed=3))
    words = ("red cat", "blue dog", "green bird", "house", "river", "mountain")
    pairs = [(f"{a} {b} {c}", f"{c} {a}") for a in words for b in words for c in words]
    made = open_embedder(old).embed([text for text, _ in pairs], "passage").vectors
    with open_qdrant(Address(url=server.url, folder=None)) as qdrant:
        body = {"vectors": {"size": 10, "distance": "Cosine"}, "metadata": old.to_metadata()}
        qdrant.create_collection("pairs", body)
        qdrant.insert(
            "pairs",
            [
                Point(n, {"text": text, "summary": summary}, {"": vector})
                for n, ((text, summary), vector) in enumerate(zip(pairs, made, strict=True))
            ],
        )
    options = ("--model-folder", str(model_folder), "--no-speed", "--set", "name.alias=live")
    wrong = ("--set", 'text.fields=["summary"]', "--set", "name.exists=false")
    assert qmm("plan", "pairs", *options, *wrong) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "Must, W36 Not the old texts" in said
    assert "With text 64 of 64 sample texts give their stored vector again, with summary " in said
    assert "W36" in must_accept()
    right = ("--set", 'text.fields=["text"]', "--set", "name.exists=false")
    assert qmm("plan", "pairs", *options, *right, "-o", "right.yaml") == 0
    assert "W36" not in capsys.readouterr().err


def test_a_run_that_is_not_proved_is_judged_anew_or_given_up(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = whole(server)
    make_plan(model_folder)
    assert qmm("run", "plan.yaml", *accepting()) == 3
    name = run_name()
    shown = capsys.readouterr().out
    opens, judges, filled, gives_up = shown.strip().split("\n")[-4:]
    assert opens == f"Next: qmm resume {name} --without-proof --cutover docs"
    assert judges == f"  or: qmm verify {name} --queries FILE --margin 0.02"
    assert filled == "      FILE: a file of searches with their right answers"
    assert gives_up == f"  or: qmm discard {name}"
    assert qmm("verify", name, "--queries", "missing.jsonl") == 2
    assert "there is no file missing.jsonl" in capsys.readouterr().err
    Path("queries.jsonl").write_text('{"query": "number 7", "answers": [7]}\n')
    assert qmm("verify", name, "--queries", "queries.jsonl", "--margin", "0.1") == 3
    assert qmm("status", name, "--json") == 0
    seen = as_json(capsys)
    assert (seen["gate"]["name"], seen["verdict"]["margin"]) == ("cutover", 0.1)
    assert qmm("discard", name) == 3
    assert qmm("status", name, "--json") == 0
    assert as_json(capsys)["state"] == "waiting"
    assert qmm("cleanup", name) == 4
    assert f"qmm discard {name}" in capsys.readouterr().err
    (made,) = set(server.state.collections) - {"docs_old"}
    assert qmm("discard", name, "--delete", made) == 0
    assert f"Discarded: {made} is deleted" in capsys.readouterr().out
    assert whole(server) == before
    assert qmm("resume", name) == 2
    assert "discarded" in capsys.readouterr().err


def test_resume_goes_on_with_the_plan_where_an_added_step_was_left_open(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from qdrant_model_migration.engine import find_run, start, view

    make_plan(model_folder)
    assert qmm("run", "plan.yaml", *accepting()) == 3
    folder = find_run(run_name())
    start(folder, extra="discard")  # by a window that was closed at its question
    until(lambda: not view(folder).live)
    assert view(folder).gate["name"] == "discard"  # type: ignore[index]
    assert qmm("resume", folder.name, "--cutover", "docs", "--without-proof") == 0
    assert view(folder).state == "done"


def test_a_rollback_that_is_not_confirmed_leaves_the_run_done(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_plan(model_folder)
    qmm("run", "plan.yaml", *accepting())
    name = run_name()
    assert qmm("resume", name, "--cutover", "docs", "--without-proof") == 0
    assert qmm("rollback", name) == 3
    assert f"Next: qmm rollback {name} --cutover docs" in capsys.readouterr().out
    assert qmm("status", name) == 0
    assert f"{name}  DONE" in capsys.readouterr().out


def test_several_aliases_by_commands_alone(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.state.aliases |= {"docs search": "docs_old", "note": "docs_old"}
    make_plan(model_folder)  # the one that was asked for is the only one suggested
    assert "Not switched: docs search and note." in capsys.readouterr().err
    make_plan(model_folder, "--set", "name=docs,docs search")
    told = capsys.readouterr().err
    assert "aliases docs and docs search" in told
    assert "Not switched: note." in told
    assert qmm("run", "plan.yaml", *accepting()) == 3
    assert "note → docs_old, also to write" in capsys.readouterr().out
    name = run_name()
    assert qmm("resume", name, "--cutover", "docs", "--without-proof") == 0
    assert "docs and docs search answer from" in capsys.readouterr().out
    target = server.state.aliases["docs"]
    assert server.state.aliases == {"docs": target, "docs search": target, "note": "docs_old"}
    assert "note" in (Path("runs") / name / "report.md").read_text()
    assert qmm("rollback", name, "--cutover", "docs") == 0
    assert set(server.state.aliases.values()) == {"docs_old"}


@pytest.mark.parametrize("change", ["model", "compression"])
def test_what_a_run_has_nothing_of_is_refused_and_leaves_it_as_it_stands(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    if change == "model":
        make_plan(model_folder)
    else:
        assert qmm("plan", "docs", "--change", "compression", "--no-speed") == 0
    assert qmm("run", "plan.yaml", *accepting()) == 3
    name = run_name()
    waits = view(Path("runs") / name).gate
    capsys.readouterr()
    assert qmm("bridge", name) == 4
    assert "It makes no proper vectors behind calculated ones" in capsys.readouterr().err
    assert qmm("rollback", name) == 4
    assert f"qmm status {name} shows where the run stands." in capsys.readouterr().err
    if change == "compression":
        assert qmm("verify", name) == 4
        assert "there are no two sides to compare" in capsys.readouterr().err
    seen = view(Path("runs") / name)
    assert (seen.state, seen.gate) == ("waiting", waits)


def test_a_plan_is_run_once(server: FakeQdrant, model_folder: Path) -> None:
    make_plan(model_folder)
    accept = accepting()
    assert qmm("run", "plan.yaml", *accept) == 3
    assert qmm("run", "plan.yaml", *accept) == 2


def test_requantize_by_commands_alone(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qmm("plan", "docs", "--change", "compression", "--set", "quantization.kind=scalar") == 0
    assert qmm("run", "plan.yaml", *accepting()) == 3
    name = run_name()
    assert "--start docs_old" in capsys.readouterr().out
    assert qmm("resume", name, "--start", "docs_old") == 3
    config = whole(server)["collections"]["docs_old"]["config"]
    assert "scalar" in config["quantization_config"]
    shown = capsys.readouterr().out
    assert f"Next: qmm resume {name} --keep\n  or: qmm resume {name} --undo\n" in shown
    assert qmm("resume", name, "--undo") == 0
    config = whole(server)["collections"]["docs_old"]["config"]
    assert not config["quantization_config"]


def test_practice_says_the_folder_in_which_one_can_plan_by_command(
    practice_of: Callable[[int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("qdrant_model_migration.commands.wizard.wizard", lambda **_: 0)
    assert qmm("demo") == 0
    assert "practice Qdrant" not in capsys.readouterr().out, "none is made yet"
    shutil.copytree(practice_of(150), Sandbox().folder)
    assert qmm("demo") == 0
    (printed,) = re.findall(r"by a command: qmm (plan docs --url .+)", capsys.readouterr().out)
    assert qmm(*shlex.split(printed), "--no-speed", "--model", "practice:subwords-256") == 0
    assert load_plan(Path("plan.yaml")).collection == "docs_words"


def test_a_strategy_that_is_for_one_change_is_asked_for_by_its_name_alone(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("plan", "docs", "--strategy", "requantize")
    assert qmm(*asked, "--set", "quantization.kind=scalar") == 0
    assert load_plan(Path("plan.yaml")).answers["change"] == "compression"
    assert qmm(*asked, "--change", "keywords", "-o", "other.yaml") == 2
    assert "Only keyword search is added" in capsys.readouterr().err


def test_every_parameter_of_a_compression_can_be_set(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ("kind=binary", "encoding=two_bits", "query_encoding=scalar8bits", "always_ram=no")
    settings = [word for part in chosen for word in ("--set", f"quantization.{part}")]
    assert qmm("plan", "docs", "--change", "compression", *settings) == 0
    step = next(step for step in load_plan(Path("plan.yaml")).steps if step.step == "requantize")
    assert step.quantization == {
        "binary": {
            "encoding": "two_bits", "query_encoding": "scalar8bits", "always_ram": False
        }
    }  # fmt: skip
    capsys.readouterr()
    assert qmm("plan", "docs", "--change", "compression", "--set", "quantization.bits=1") == 2
    assert "bits is not a part of this answer.\nIt belongs to turbo." in capsys.readouterr().err


def test_answers_from_a_file_are_used(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answers.yaml").write_text("qmm_answers: 1\nanswers:\n  target: docs_mine\n  pace: fast\n")
    make_plan(model_folder, "--answers", "answers.yaml")
    plan = Path("plan.yaml").read_text()
    assert "docs_mine" in plan
    assert "batch: 256" in plan


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["statsu"], 2, "Did you mean status"),
        (["inspect", "nothing"], 4, "nothing"),
        (["run", "missing.yaml"], 2, "missing.yaml"),
        (["status", "no-such-run"], 2, "no-such-run"),
        (["resume", "no-such-run"], 2, "no-such-run"),
        (["plan", "docs", "--strategy", "magic"], 2, "There is no strategy magic"),
        (["plan", "docs", "--set", "both"], 2, "no ="),
        (["plan", "docs", "--model", "no/such-model"], 2, "no/such-model"),
        (["plan", "docs", "--strategy", "blue_gren"], 2, "Did you mean blue_green?"),
        (["plan", "docs", "--set", "proof=later", "--set", "proof.file=x"], 2, "proof twice"),
        (
            ["plan", "docs", "--model", "BAAI/bge-small-en-v1.5", "--set", "text=summary"],
            2,
            "text: This names no field.",
        ),
        (["plan", "docs", "--set", "tagret=x"], 2, "Did you mean target?"),
        (["plan", "dosc"], 4, "There is no collection dosc. Did you mean docs?"),
        (["inspect", "dcos_old"], 4, "Did you mean docs_old?"),
        (["inspect", ".."], 4, "There is no collection ..."),
        (["plan", "do\tcs"], 4, "There is no collection"),
        (["run", "/dev/zero"], 2, "It is a device or a pipe, not a file."),
        (["plan", "docs", "--answers", "/dev/zero"], 2, "It is a device or a pipe, not a file."),
        (["plan", "docs", "-o", "/dev/null"], 2, "/dev/null"),
        (["plan", "docs", "--set", "proof.kind=file", "--set", "proof.file=no.csv"], 2, "no.csv"),
        (["plan", "docs", "-o", "no-such-folder/plan.yaml"], 2, "does not exist"),
        (["plan"], 2, "No collection is named."),
        (["plan", "--from", "no-such-run"], 2, "There is no run no-such-run"),
    ],
)
def test_a_wrong_call_is_explained_and_nothing_is_written(
    server: FakeQdrant,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    before = whole(server)
    assert qmm(*arguments) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err + shown.out
    assert whole(server) == before


def test_an_edited_plan_is_not_written_over_without_a_word(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_plan(model_folder)
    make_plan(model_folder, "--set", "target=docs_mine")  # nobody edited the first one
    path = Path("plan.yaml")
    edited = path.read_text().replace("docs_mine", "docs_yours")
    path.write_text(edited)
    again = ("plan", "docs", "--model-folder", str(model_folder), "--no-speed")
    assert qmm(*again) == 2
    assert "plan.yaml was edited since it was written" in capsys.readouterr().err
    assert path.read_text() == edited
    assert qmm(*again, "-o", "other.yaml") == 0
    assert qmm(*again, "--force") == 0
    assert "docs_yours" not in path.read_text()
    path.write_text("my own notes\n")
    assert qmm(*again) == 2
    assert path.read_text() == "my own notes\n"


def test_a_file_of_originals_is_planned_and_run_by_its_columns(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": n, "body": f"the original of number {n}", "page": n} for n in range(80)]
    Path("docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = ("--set", "originals.file=docs.jsonl", "--set", "columns.text=body")
    make_plan(model_folder, *columns, "--set", "target=docs_new", "--set", "proof.kind=later")
    said = " ".join(capsys.readouterr().err.split())
    assert "Rebuild from source" in said
    assert "is not in the new collection, and is not carried over" in said
    plan = load_plan(Path("plan.yaml"))
    assert plan.answers["columns"] == {"id": "id", "text": ["body"], "payload": [], "more": False}
    assert plan.answers["originals"]["rows"] == 80
    assert qmm("run", "plan.yaml", *accepting()) == 3
    assert qmm("resume", run_name(), "--cutover", "docs", "--without-proof") == 0
    with open_qdrant(Address(url=server.url, folder=None)) as qdrant:
        assert qdrant.aliases()["docs"] == "docs_new"
        points = everything(qdrant, "docs_new", vectors=False)
    assert [p.payload for p in points.values()] == rows


def test_a_file_that_cannot_be_read_is_said_before_anything_is_surveyed(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"a.xlsx": "", "b.jsonl": "[1]\n", "c.jsonl": None}.items():
        if text is not None:
            Path(name).write_text(text)
        assert qmm("plan", "docs", "--set", f"originals.file={name}") == 2
    said = capsys.readouterr().err
    assert "The file a.xlsx is of no kind that is read here." in said
    assert "line 1, it is not an object" in said
    assert "c.jsonl cannot be read" in said


def test_a_run_that_wrote_nothing_is_planned_again_with_its_answers(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = Path("queries.csv")
    queries.write_text("query,answers\nthe text of number 7,7\n")
    file = ("--set", "proof.kind=file", "--set", f"proof.file={queries}")
    make_plan(model_folder, "--set", "target=docs_mine", *file)
    queries.unlink()
    before = whole(server)
    assert qmm("run", "plan.yaml", *accepting()) == 4
    name = run_name()
    again = f"qmm plan docs_old --from {name}"
    assert again in capsys.readouterr().err
    assert qmm("status", name) == 0
    assert again in capsys.readouterr().out
    assert qmm("report", name, "--print") == 0
    assert again in capsys.readouterr().out
    assert whole(server) == before
    assert qmm(*again.split()[1:], "--no-speed") == 2
    assert "there is no file queries.csv" in capsys.readouterr().err
    assert qmm(*again.split()[1:], "--no-speed", "--set", 'proof={"kind": "later"}') == 0
    assert "target: docs_mine" in Path("plan.yaml").read_text()
    assert qmm("run", "plan.yaml", *accepting()) == 3
    assert qmm("plan", "--from", "plan.yaml", "--no-speed", "--set", "target=docs_other",
               "-o", "other.yaml") == 0  # fmt: skip
    assert "there is no file" not in capsys.readouterr().err


def test_an_answer_to_a_question_of_an_older_version_is_set_aside_aloud(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("old.yaml").write_text("qmm_answers: 1\nanswers:\n  downtime: never\n")
    make_plan(model_folder, "--answers", "old.yaml", "--set", "word_language=one")
    said = capsys.readouterr().err
    assert 'Set aside: downtime="never"; with these answers' in said
    assert 'Set aside: word_language="one"; with these answers' in said
    assert "downtime" not in load_plan(Path("plan.yaml")).answers


def test_a_setting_that_is_set_aside_is_said_aloud(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_plan(model_folder, "--set", "keywords=yes", "--set", "quantization.kind=scalar")
    said = capsys.readouterr().err
    assert 'Set aside: quantization={"kind": "scalar"}; with these answers' in said


def test_a_plan_without_its_acknowledgements_says_what_each_warning_says(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import yaml

    make_plan(model_folder)
    capsys.readouterr()
    assert qmm("run", "plan.yaml") == 2
    said = capsys.readouterr().err
    warned = yaml.safe_load(Path("plan.yaml").read_text())["warned"]
    assert set(warned) == set(must_accept()) != set()
    for warning, sentence in warned.items():
        assert f"{warning}: {sentence}" in said
    assert not Path("runs").exists()


def test_models_are_listed_without_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert qmm("models", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["BAAI/bge-small-en-v1.5"]["dimensions"] == 384
    assert qmm("models") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({line.index(" tokens") for line in lines}) == 1
    assert {line.split()[1] for line in lines} >= {"384", "sparse", "multivector"}
    assert qmm("models", "--fetch", "no/such-model") == 2
    assert "no/such-model" in capsys.readouterr().err


def test_a_plan_says_that_its_model_is_not_here_and_suggests_no_toy(
    server: FakeQdrant,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Sandbox().prepare(100)  # its models are on this machine, in the usual place
    assert qmm("plan", "docs", "--model", "BAAI/bge-small-en-v1.5") == 0
    assert "qmm models --fetch BAAI/bge-small-en-v1.5" in capsys.readouterr().out
    qmm("plan", "docs", "-o", "suggested.yaml")
    assert "subwords" not in "".join(capsys.readouterr())


def test_status_and_attach_say_what_a_waiting_run_waits_for(
    server: FakeQdrant, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qmm("attach") == 2
    assert "no run yet" in capsys.readouterr().err
    make_plan(model_folder)
    assert qmm("run", "plan.yaml", *accepting()) == 3
    shown = capsys.readouterr().out
    assert "In your application, at the same moment:\n  query model " in shown
    assert "\n  stays           collection name docs" in shown
    assert qmm("status", run_name()) == 0
    status = capsys.readouterr().out
    opens = f"Next: qmm resume {run_name()} --without-proof --cutover docs"
    assert opens in status
    assert "waits for you" in status
    assert qmm("attach") == 3
    assert opens in capsys.readouterr().out


def test_the_wizard_without_a_terminal_says_what_to_use_instead(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert qmm() == 2
    assert "qmm inspect" in capsys.readouterr().err


def test_without_a_server_the_next_step_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QDRANT_URL", raising=False)
    assert qmm("inspect", "docs") == 2
    assert "qmm demo" in capsys.readouterr().err


def test_help_is_instant_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from qdrant_model_migration import cli; cli.run(['--help']); "
        "heavy = {'qdrant_client', 'fastembed', 'textual', 'questionary', 'pydantic', 'numpy', "
        "'scipy', 'yaml', 'rich'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "qmm demo" in done.stdout


def test_status_imports_neither_the_client_nor_pydantic(tmp_path: Path) -> None:
    code = (
        "import sys; from qdrant_model_migration import cli; cli.run(['status']); "
        "heavy = {'qdrant_client', 'fastembed', 'textual', 'pydantic', 'yaml'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    env = {**os.environ, "QMM_RUN_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stderr


def test_every_room_imports_without_textual_questionary_and_fastembed() -> None:
    code = """
import sys, importlib, pkgutil
for name in ("textual", "questionary", "fastembed", "qdrant_client"):
    sys.modules[name] = None
import qdrant_model_migration as package
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    room = found.name.split(".")[1]
    if room not in ("tui", "plain", "__main__"):
        importlib.import_module(found.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

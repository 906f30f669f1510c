"""A server that only a file names is sent no key before a person has said yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.commands.connecting import key_for, server_flags
from qdrant_model_migration.commands.errors import KeyOfAnother
from qdrant_model_migration.commands.follow import carry_on, next_of
from qdrant_model_migration.embedders import server_model
from qdrant_model_migration.engine import (
    create_run,
    process,
    read_card,
    run_folders,
    run_here,
    view,
)
from qdrant_model_migration.plan import save_plan, sealed
from qdrant_model_migration.qdrant import Address, open_qdrant
from support.fake_qdrant import FakeQdrant
from support.fake_run import AskFirst, job, make_run
from support.trip import fill, plan_of

KEY = "sesame-open-4711"
ELSEWHERE = "https://search.example.com:6333"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    """A server that wants the key, with plan.yaml for it; QDRANT_URL names another one."""
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("QDRANT_URL", ELSEWHERE)
    monkeypatch.setenv("QDRANT_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    with FakeQdrant(api_key=KEY) as fake:
        with open_qdrant(Address.parse(fake.url), KEY) as qdrant:
            fill(qdrant)
            save_plan(sealed(plan_of(qdrant)), Path("plan.yaml"))
        yield fake


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The keys that engines were started with; none is really started."""
    keys: list[str | None] = []

    def launch(folder: Path, env: dict[str, str], *_: object) -> None:
        keys.append(env.get("QDRANT_API_KEY"))
        raise process.EngineDidNotStart(folder.name, "engine.log")

    monkeypatch.setattr(process, "_launch", launch)
    return keys


def host(server: FakeQdrant) -> str:
    return server.url.removeprefix("http://")


def test_a_plan_alone_sends_the_key_nowhere(
    server: FakeQdrant, given: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["run", "plan.yaml"]) == 2
    said = capsys.readouterr().err
    assert f"Server: {server.url}" in said
    assert f"The key in QDRANT_API_KEY was not sent to {server.url}." in said
    assert ELSEWHERE in said
    assert f"--server {host(server)}" in said
    assert KEY not in said
    assert given == []
    assert run_folders() == ()
    assert cli.run(["run", "plan.yaml", "--server", "search.example.com"]) == 2
    assert "not search.example.com" in capsys.readouterr().err
    assert cli.run(["run", "plan.yaml", "--server", host(server)]) == 4
    assert given == [KEY]


def test_the_key_goes_where_the_environment_says_and_no_key_goes_without_asking(
    server: FakeQdrant, given: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDRANT_URL", server.url)
    assert cli.run(["run", "plan.yaml"]) == 4
    monkeypatch.delenv("QDRANT_API_KEY")
    monkeypatch.delenv("QDRANT_URL")
    (run,) = run_folders()
    assert cli.run(["resume", run.name]) == 4
    assert given == [KEY, None]


def test_a_command_that_is_printed_names_the_server_where_it_must(
    server: FakeQdrant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flags = ["--server", host(server)]
    run = make_run(tmp_path / "runs", server=server.url)
    run_here(run, job_of=job(AskFirst()))
    assert server_flags(server.url) == flags
    resume = f"Next: qmm resume {run.name}"
    assert next_of(view(run)).split("\n")[0] == f"{resume} {' '.join(flags)}"
    with monkeypatch.context() as typed:
        typed.setenv("QMM_RUN_DIR", str(run.parent))
        typed.setenv("QMM_RUN_DIR_TYPED", "yes")
        assert next_of(view(run)).split("\n")[0].endswith(" ".join([run.name, *flags]))
    assert server_flags("/a/folder") == []
    monkeypatch.setenv("QDRANT_URL", server.url)
    assert server_flags(server.url) == []
    assert next_of(view(run)).split("\n")[0] == resume
    monkeypatch.delenv("QDRANT_URL")
    done = view(run)._replace(state="done", facts={"switched": {"from": "docs_old"}})
    named = f"{run.name} {' '.join(flags)}"
    assert next_of(done).splitlines()[-2:] == [
        f"  Watch for some days; this is the way back: qmm rollback {named}",
        f"  Then free the space of docs_old; never by itself: qmm cleanup {named}",
    ]
    monkeypatch.delenv("QDRANT_API_KEY")
    assert server_flags(server.url) == []


def test_the_key_of_a_provider_goes_where_the_servers_own_goes(
    server: FakeQdrant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai-1")
    monkeypatch.delenv("QDRANT_API_KEY")
    address = Address.parse(server.url)
    models = [server_model("openai/text-embedding-3-small", 1536)]
    assert key_for(address, None, False, [server_model("somebody/model", 8)]) == {}
    with pytest.raises(KeyOfAnother, match="The key in OPENAI_API_KEY was not sent to"):
        key_for(address, None, False, models)
    theirs = {"OPENAI_API_KEY": "sk-of-openai-1"}
    assert key_for(address, host(server), False, models) == theirs
    monkeypatch.setenv("QDRANT_API_KEY", KEY)
    monkeypatch.setenv("QDRANT_URL", server.url)
    assert key_for(address, None, False, models) == {**theirs, "QDRANT_API_KEY": KEY}


@pytest.mark.parametrize("command", ["resume", "rollback", "cleanup", "discard"])
def test_a_run_alone_sends_the_key_nowhere(
    server: FakeQdrant,
    given: list[str | None],
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    run = create_run(Path("plan.yaml"))
    assert cli.run([command, run.name]) == 2
    assert "was not sent" in capsys.readouterr().err
    assert given == []
    assert cli.run([command, run.name, "--server", server.url]) == 4
    assert given == [KEY]


def test_a_key_that_is_asked_for_is_for_the_server_that_is_shown(
    server: FakeQdrant, given: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import click

    asked: list[str] = []
    prompt: Callable[..., str] = lambda text, **_: asked.append(text) or "typed"  # noqa: E731
    monkeypatch.setattr(click, "prompt", prompt)
    assert cli.run(["run", "plan.yaml", "--ask-key"]) == 4
    assert asked == [f"API key of {host(server)}"]
    assert given == ["typed"]


def test_an_engine_gets_no_key_that_it_was_not_given(
    given: list[str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", KEY)
    run = make_run(tmp_path / "runs")
    for key in ({}, {"QDRANT_API_KEY": "its own"}):
        with pytest.raises(process.EngineDidNotStart):
            carry_on(run, {}, key)
    assert given == [None, "its own"]


def test_a_run_whose_card_names_another_server_than_its_plan_is_not_carried_out(
    server: FakeQdrant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QDRANT_URL")
    run = create_run(Path("plan.yaml"))
    card = run / "run.json"
    card.write_text(card.read_text().replace(server.url, "http://127.0.0.1:1"))
    assert read_card(run).server == "http://127.0.0.1:1"
    assert cli.run(["resume", run.name, "--server", "127.0.0.1:1"]) == 4
    assert "was changed after the run had begun" in capsys.readouterr().err

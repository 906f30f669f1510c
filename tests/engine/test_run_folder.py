"""Run folders: names, refusals, and that a new one appears whole."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from qdrant_model_migration.engine import (
    find_run,
    list_runs,
    lock,
    run_folders,
    run_here,
    runs_folder,
)
from qdrant_model_migration.engine.errors import CollectionHasRun, NoSuchRun, PlanHasRun
from qdrant_model_migration.engine.run_folder import make_folder, read_card
from qdrant_model_migration.errors import RunFolderUnusable
from support.fake_run import AskFirst, Fill, card, job, make_run


def test_a_run_is_named_after_its_collection_and_the_day(runs: Path) -> None:
    assert re.fullmatch(r"docs_old-\d{4}", make_run(runs).name)
    assert re.fullmatch(r"docs_old-\d{4}-2", make_run(runs, plan="another").name)
    odd = make_run(runs, plan="third", collection="../Ünïcode collection / x")
    assert re.fullmatch(r"[A-Za-z0-9._-]+-\d{4}", odd.name)
    assert odd.parent == runs


def test_only_its_owner_can_look_into_a_run(runs: Path) -> None:
    run = make_run(runs)
    assert stat.S_IMODE(runs.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in run.iterdir())


def test_two_runs_of_one_name_on_two_computers_are_two_runs(tmp_path: Path) -> None:
    one, two = make_run(tmp_path / "a"), make_run(tmp_path / "b")
    assert one.name == two.name
    assert read_card(one).id != read_card(two).id


def test_the_same_plan_is_not_run_twice(runs: Path) -> None:
    first = make_run(runs)
    with pytest.raises(PlanHasRun, match=first.name):
        make_run(runs)
    run_here(first, job_of=job(Fill()))
    with pytest.raises(PlanHasRun, match="done"):
        make_run(runs)


def test_a_second_run_on_a_collection_is_refused_while_the_first_is_going(runs: Path) -> None:
    first = make_run(runs)
    with lock.held(first), pytest.raises(CollectionHasRun, match=first.name):
        make_run(runs, plan="another")
    make_run(runs, plan="another")


def test_a_second_run_on_a_collection_is_refused_while_the_first_waits(runs: Path) -> None:
    first = make_run(runs)
    run_here(first, job_of=job(AskFirst()))
    with pytest.raises(CollectionHasRun, match="waiting"):
        make_run(runs, plan="another")
    make_run(runs, plan="another", collection="other")
    make_run(runs, plan="third", server="http://elsewhere:6333")


def test_a_run_that_is_resumed_beside_another_on_its_collection_is_refused(runs: Path) -> None:
    first, second = make_run(runs), make_run(runs, plan="another")
    with lock.held(first), pytest.raises(CollectionHasRun, match=first.name):
        run_here(second, job_of=job(Fill()))
    assert run_here(second, job_of=job(Fill())) == 0


def test_a_run_that_could_not_be_made_leaves_nothing_behind(runs: Path) -> None:
    def fails(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_folder(card(), fails, runs)
    assert run_folders(runs) == ()
    assert [path.name for path in runs.iterdir()] == ["lock"]


def test_a_run_is_found_by_its_name_and_by_its_path(runs: Path, tmp_path: Path) -> None:
    run = make_run(runs)
    assert find_run(run.name, runs) == run
    assert find_run(str(run), tmp_path) == run
    with pytest.raises(NoSuchRun, match="no run nothing"):
        find_run("nothing", runs)
    with pytest.raises(NoSuchRun, match=f"Did you mean {run.name}"):
        find_run(run.name.replace("docs", "dosc"), runs)


def test_what_is_no_run_is_not_listed(runs: Path) -> None:
    run = make_run(runs)
    (runs / "notes").mkdir()
    (runs / "file.txt").write_text("")
    (runs / ".new-abc").mkdir()
    assert run_folders(runs) == (run,)
    assert [found.run_id for found in list_runs(runs)] == [run.name]
    assert run_folders(runs / "nowhere") == ()


def test_a_card_that_was_torn_apart_is_no_run(runs: Path) -> None:
    run = make_run(runs)
    (run / "run.json").write_text('{"id": ')
    with pytest.raises(NoSuchRun):
        read_card(run)
    assert list_runs(runs) == ()


def test_the_folder_of_runs_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "here"))
    assert runs_folder() == tmp_path / "here"
    monkeypatch.delenv("QMM_RUN_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert runs_folder().name == "runs"
    assert tmp_path in runs_folder().parents


def test_a_folder_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunFolderUnusable, match="cannot be"):
        make_run(tmp_path / "runs")
    with pytest.raises(RunFolderUnusable, match="cannot be read"):
        run_folders(tmp_path / "runs")

"""Where runs live: found by name, listed, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.engine import find_run, list_runs, run_folders
from qdrant_model_migration.engine.errors import NoSuchRun
from qdrant_model_migration.engine.run_folder import read_card
from qdrant_model_migration.environment import runs_folder
from qdrant_model_migration.errors import RunFolderUnusable
from support.fake_run import make_run


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

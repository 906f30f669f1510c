"""A new run: its name, its rights, and that it appears whole or not at all."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from qdrant_model_migration.engine import run_folders
from qdrant_model_migration.engine.new_run import make_folder
from qdrant_model_migration.engine.run_folder import read_card
from support.fake_run import card, make_run


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


def test_a_run_that_could_not_be_made_leaves_nothing_behind(runs: Path) -> None:
    def fails(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_folder(card(), fails, runs)
    assert run_folders(runs) == ()
    assert [path.name for path in runs.iterdir()] == ["lock"]

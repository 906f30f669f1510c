"""A plan is saved for people, and what is read back is the same plan or an error with its line."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from qdrant_model_migration.embedders.known_kinds import known_kinds
from qdrant_model_migration.pipeline.origins import AnyOrigin
from qdrant_model_migration.plan import Plan, load_plan, save_plan
from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.upgrade import FORMAT
from qdrant_model_migration.words import listing

KINDS = get_args(get_args(AnyOrigin)[0])
ORIGINS = ", ".join(sorted(kind.model_fields["how"].default for kind in KINDS))
Edit = Callable[[str, str], PlanError]


@pytest.fixture
def edit(plan: Plan, tmp_path: Path) -> Edit:
    """Replaces the first occurrence of a text in a saved plan; the error of loading it."""
    path = tmp_path / "plan.yaml"
    save_plan(plan, path)
    text = path.read_text()

    def edited(old: str, new: str) -> PlanError:
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(PlanError) as caught:
            load_plan(path)
        return caught.value

    return edited


def test_in_a_format_that_is_not_known_no_other_line_is_called_wrong(
    plan: Plan, tmp_path: Path
) -> None:
    save_plan(plan, tmp_path / "plan.yaml")
    text = (tmp_path / "plan.yaml").read_text().replace("collection:", "of:", 1)
    (tmp_path / "plan.yaml").write_text(text.replace(f"_plan: {FORMAT}", f"_plan: {FORMAT + 1}"))
    with pytest.raises(PlanError, match=f"has format {FORMAT + 1};") as refused:
        load_plan(tmp_path / "plan.yaml")
    assert refused.value.why == ""


def line_of(path: Path, part: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if part in line)


def test_a_saved_plan_reads_back_the_same(plan: Plan, tmp_path: Path) -> None:
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_a_saved_plan_says_what_it_is_how_to_run_it_and_begins_with_what_matters(
    plan: Plan, tmp_path: Path
) -> None:
    save_plan(plan, tmp_path / "docs.yaml")
    text = (tmp_path / "docs.yaml").read_text()
    head, _, body = text.partition("\n\n")
    assert all(line.startswith("#") for line in head.splitlines())
    assert "qmm run docs.yaml" in head
    assert "Blue-green, docs_minilm to docs_bge_base" in head
    keys = [line.split(":")[0] for line in body.splitlines() if line and line[0].isalpha()]
    assert keys[:4] == ["qmm_plan", "made_at", "strategy", "title"]
    assert keys.index("move") < keys.index("steps") < keys.index("answers")


def test_fields_that_hold_nothing_are_not_written_but_settings_that_are_null_stay(
    plan: Plan, tmp_path: Path
) -> None:
    save_plan(plan, tmp_path / "plan.yaml")
    text = (tmp_path / "plan.yaml").read_text()
    assert "folder:" not in text
    assert "disk_bytes" not in text
    assert "hnsw_config: null" in text
    assert "nothing: null" in text


def test_saving_replaces_the_file_whole_and_leaves_nothing_beside_it(
    plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("x" * 100_000)
    save_plan(plan, path)
    assert load_plan(path) == plan
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_number_beyond_the_limit_is_refused_with_line_limit_and_default(
    edit: Edit, tmp_path: Path
) -> None:
    error = edit("batch: 128", "batch: 5000")
    line = line_of(tmp_path / "plan.yaml", "batch: 5000")
    assert str(error) == (
        f"plan.yaml, line {line}: batch is 5000; the most is 256. "
        "Correct the line or delete it to get 128."
    )
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("batch: 128", "batch: 0", "batch is 0; the least is 1"),
        ("batch: 128", "batch: '5'", 'batch is "5"; it must be a whole number'),
        ("batch: 128", "batch: 1_000", 'batch is "1_000"; it must be a whole number'),
        ("batch: 128", "batch:", "batch is empty; it must be a whole number"),
        ("batch: 128", "batc: 128", "batc is not known here; perhaps batch is meant"),
        ("exists: true", "exists: yes", 'exists is "yes"; it must be true or false'),
        ("strategy: blue_green", "strategy: 12", "strategy is 12; it must be text"),
        ("step: backfill", "step: backfil", "perhaps backfill is meant"),
        ("  - step: backfill", "  - stop: 1", "has no step"),
        ("how: embed", "how: dream", f"it can be {ORIGINS}"),
        ("kind: fastembed", "kind: other", f"it can be {listing(known_kinds(), 'or')}"),
        ("fields: [title, meta.body]", "fields: []", "fields needs at least 1 entry"),
        ("fields: [title, meta.body]", "fields: [title, 3]", "item 2 of fields is 3"),
        ("fields: [title, meta.body]", "fields: title", 'fields is "title"; it must be a list'),
        ("dimensions: 768", "dimensions: 99999", "dimensions is 99999; the most is 65,536"),
        (
            "size: 768",
            "size: 512",
            "item 1 of vectors: its size is 512, and its model makes 768 dimensions",
        ),
        ("url: https", "url: ftp", "ftp:// is not a way to reach Qdrant"),
        ("source: docs_minilm\n  ", "", "source is missing"),
        (
            f"qmm_plan: {FORMAT}",
            f"qmm_plan: {FORMAT + 1}",
            f"this plan has format {FORMAT + 1}; this version of qmm reads formats 1 to {FORMAT}",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_plain_words(
    edit: Edit, old: str, new: str, said: str
) -> None:
    error = edit(old, new)
    assert said in error.what
    assert error.todo
    for raw in ("validation", "pydantic", "Input", "literal", "type=", "YAML"):
        assert raw not in str(error)


def test_a_missing_key_at_the_top_names_no_line(edit: Edit) -> None:
    assert edit("strategy: blue_green\n", "").what == "plan.yaml: strategy is missing."


def test_the_first_of_several_faults_is_told_and_the_others_counted(edit: Edit) -> None:
    error = edit("batch: 128\n    streams: 2", "batch: 999\n    streams: 99")
    assert "batch is 999" in error.what
    assert error.why == "1 more line needs correcting."


@pytest.mark.parametrize(
    "line",
    ["api_key: sk-planted0secret", "key: planted0secret", "password: planted0secret"],
)
def test_a_key_in_a_plan_is_refused_without_repeating_it(edit: Edit, line: str) -> None:
    error = edit("batch: 128", line)
    assert "planted0secret" not in str(error)
    assert "QDRANT_API_KEY" in error.todo


@pytest.mark.parametrize(
    "secret",
    ["eyJhbGciOiJIUzI1NiJ9.e30.planted0secret", "sk-planted0secret", "planted0secret" * 3],
)
def test_what_looks_like_a_key_is_hidden_wherever_it_was_typed(edit: Edit, secret: str) -> None:
    error = edit("batch: 128", f"batch: {secret}")
    assert "planted0secret" not in str(error)
    assert "batch is ••••" in error.what


def test_no_part_of_the_original_error_hangs_on_to_the_new_one(edit: Edit) -> None:
    error = edit("batch: 128", "batch: sk-planted0secret")
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_another_file_is_not_taken_for_a_plan(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("change: model\n")
    with pytest.raises(PlanError, match=r"a\.yaml is not a plan"):
        load_plan(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").write_text("")
    with pytest.raises(PlanError, match=r"b\.yaml is not a plan"):
        load_plan(tmp_path / "b.yaml")


def test_a_plan_cannot_be_saved_where_there_is_no_folder(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be written"):
        save_plan(plan, tmp_path / "nowhere" / "plan.yaml")


def test_importing_the_plan_does_not_import_yaml_or_the_client() -> None:
    code = (
        "import sys, qdrant_model_migration.plan;"
        "print([m for m in ('yaml', 'qdrant_client', 'fastembed') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

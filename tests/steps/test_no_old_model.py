"""A step knows two sides. Which model was there before is said in the plan, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import qdrant_model_migration.steps as room


def test_no_step_names_an_old_model_or_an_old_vector() -> None:
    files = sorted(Path(room.__path__[0]).rglob("*.py"))
    assert len(files) > 20
    named = [f.name for f in files for word in ("old_model", "old_vector") if word in f.read_text()]
    assert named == []

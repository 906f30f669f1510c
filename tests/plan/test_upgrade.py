"""Plans of earlier formats are lifted to the present one; what does not fit is still refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from qdrant_model_migration.plan import Plan, load_plan, save_plan
from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.upgrade import upgraded


@pytest.fixture
def first(plan: Plan, tmp_path: Path) -> dict[str, Any]:
    """The same plan as format 1 said it: one text for the whole move."""
    save_plan(plan, tmp_path / "now.yaml")
    data: dict[str, Any] = yaml.safe_load((tmp_path / "now.yaml").read_text())
    data["qmm_plan"] = 1
    data["move"]["text"] = data["move"]["vectors"][0]["origin"].pop("text")
    return data


def written(data: dict[str, Any], folder: Path) -> Path:
    path = folder / "first.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def test_a_plan_of_format_1_is_the_plan_that_it_was(
    first: dict[str, Any], plan: Plan, tmp_path: Path
) -> None:
    assert load_plan(written(first, tmp_path)) == plan


def test_made_up_searches_are_made_of_the_text_of_the_move(first: dict[str, Any]) -> None:
    first["steps"].append({"step": "verify", "proof": {"kind": "made up"}})
    lifted = upgraded(first)
    assert lifted["steps"][-1]["proof"]["text"] == first["move"]["text"]
    assert "text" in first["move"], "what was read is left as it was"


@pytest.mark.parametrize(
    "nonsense", [{"move": 3}, {"move": {"text": 1, "vectors": 2}}, {"steps": [1, None]}]
)
def test_nonsense_is_refused_in_words_and_not_lifted(
    first: dict[str, Any], nonsense: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(PlanError, match="line"):
        load_plan(written({**first, **nonsense}, tmp_path))

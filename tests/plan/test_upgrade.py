"""Plans of earlier formats are lifted to the present one; what does not fit is still refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.plan import Plan, given_to_verify, load_plan, save_plan
from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.strict_yaml import Text
from qdrant_model_migration.plan.upgrade import upgraded
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify


@pytest.fixture
def first(plan: Plan, tmp_path: Path) -> dict[str, Any]:
    """The same plan as format 1 said it: one text for the whole move."""
    save_plan(plan, tmp_path / "now.yaml")
    data: dict[str, Any] = yaml.safe_load((tmp_path / "now.yaml").read_text())
    data["qmm_plan"] = 1
    data["move"]["text"] = data["move"]["vectors"][0]["origin"].pop("text")
    data["old_model"] = data.pop("before")["legs"][0]["model"]
    del data["after"]
    return data


def written(data: dict[str, Any], folder: Path) -> Path:
    path = folder / "first.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def test_a_plan_of_format_1_is_the_plan_that_it_was(
    first: dict[str, Any], plan: Plan, tmp_path: Path
) -> None:
    assert plan.before is not None
    assert plan.after is not None
    before = Side(collection="docs_minilm", legs=(Leg(model=plan.before.legs[0].model),))
    after = Side(collection="docs_bge_base", legs=plan.after.legs[:1])
    sides = {"before": before, "after": after}
    assert load_plan(written(first, tmp_path)) == plan.model_copy(update=sides)


def test_made_up_searches_are_made_of_the_text_of_the_move(first: dict[str, Any]) -> None:
    first["steps"].append({"step": "verify", "proof": {"kind": "made up"}})
    lifted = upgraded(Text(first, {})).data
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


OLD = ModelRef(kind="practice", name="practice/words-128", dimensions=128)
NEW = ModelRef(kind="practice", name="practice/subwords-256", dimensions=256)
FIRST = """\
qmm_plan: 1
made_at: "2026-01-01T00:00:00+00:00"
strategy: blue_green
title: Blue-green
server: {url: "http://localhost:6333"}
server_version: 1.18.3
collection: docs_old
fingerprint: "vectors:1:0"
old_model: &
  kind: practice
  name: practice/words-128
  dimensions: 128
move:
  source: docs_old
  target: docs_new
  vectors:
    - name: title
      params: {size: 4, distance: Dot}
      origin: {how: keep, source: title}
    - name: body_new
      params: {size: 256, distance: Cosine}
      origin:
        how: embed
        model: {kind: practice, name: practice/subwords-256, dimensions: 256}
  text: {fields: [text]}
steps:
  - step: verify
    old_model: {kind: practice, name: practice/words-128, dimensions: 128}
    old_vector: body
  - step: cutover
    alias: docs
    old_model: {kind: practice, name: practice/words-128, dimensions: 128}
    old_vector: body
""".replace(" &", "")


def typed(folder: Path, text: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(text)
    return path


def test_the_old_model_and_vector_become_the_side_before_and_the_new_ones_the_side_after(
    tmp_path: Path,
) -> None:
    plan = load_plan(typed(tmp_path, FIRST))
    assert plan.before == Side(collection="docs_old", legs=(Leg(using="body", model=OLD),))
    assert plan.after == Side(collection="docs_new", legs=(Leg(using="body_new", model=NEW),))
    assert plan.steps == (Verify(), Cutover(switch=Aliases(alias="docs")))


def test_where_no_old_model_was_known_it_is_still_not_known(tmp_path: Path) -> None:
    lines = [line for line in FIRST.splitlines() if "old_" not in line or "docs" in line]
    text = "\n".join(lines).replace("  kind: practice\n  name: practice/words-128\n", "")
    plan = load_plan(typed(tmp_path, text.replace("  dimensions: 128\n", "")))
    assert plan.before is not None
    assert plan.before.legs == (Leg(),)


def test_a_plan_that_moves_nothing_has_no_sides(tmp_path: Path) -> None:
    before, _, rest = FIRST.partition("move:\n")
    text = before + "steps:\n  - step: keep_or_undo\n    collection: docs_old\n"
    plan = load_plan(typed(tmp_path, text))
    assert (plan.before, plan.after) == (None, None)
    assert rest


@pytest.mark.parametrize(
    ("good", "bad", "line", "said"),
    [
        ("    old_vector: body\n  - step: c", "    old_vector: 3\n  - step: c", 29, "using is 3"),
        ("verify\n    old_model: {kind", "verify\n    old_model: {kid", 28, "kind is missing"),
        ("docs_new", "7", 15, "target is 7"),
        ("name: practice/subwords-256", "nam: x", 24, "name is missing"),
        ("    alias: docs", "    allias: docs", 30, "alias is missing"),
        ("steps:", "steps: 5\nsteps_:", 26, "steps is 5; it must be a list"),
        ("    - name: title", "    - 3\n    - name: title", 17, "item 1 of vectors is 3"),
    ],
)
def test_a_wrong_line_of_it_is_refused_by_its_own_number(
    tmp_path: Path, good: str, bad: str, line: int, said: str
) -> None:
    assert good in FIRST
    with pytest.raises(PlanError) as refused:
        load_plan(typed(tmp_path, FIRST.replace(good, bad, 1)))
    assert said in refused.value.what
    assert f"line {line}:" in refused.value.what


def test_a_model_that_an_added_verify_was_given_stands_in_the_side_of_the_plan() -> None:
    before = Side(collection="docs_old", legs=(Leg(using="body"),))
    given = given_to_verify({"proof": {}, "old_model": OLD.model_dump(mode="json")}, before)
    told = before.model_copy(update={"legs": (Leg(using="body", model=OLD),)})
    assert given == {"proof": {}, "before": told.model_dump(mode="json")}
    assert given_to_verify({"proof": {}}, before) == {"proof": {}}

"""Judging a run anew: what the added verify is given, checked before anything is started."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.engine.run_view import RunView
from qdrant_model_migration.engine.watch import view

if TYPE_CHECKING:
    from qdrant_model_migration.quality import Side


def judged_by(folder: Path) -> dict[str, Any]:
    """The proof of the newest verdict, else the plan's; empty where the plan verifies nothing."""
    from qdrant_model_migration.plan import load_plan
    from qdrant_model_migration.steps.verify import Verify

    if proof := view(folder, events=0).facts.get("proof"):
        return dict(proof)
    planned = (step for step in load_plan(folder / PLAN).steps if isinstance(step, Verify))
    return next((step.proof.model_dump(mode="json") for step in planned), {})


def searched_before(folder: Path) -> Side | None:
    """How is searched before: as the plan says, with the old model that the run was told since;
    None where that stays as it is."""
    from qdrant_model_migration.plan import load_plan
    from qdrant_model_migration.steps.verify import TOLD, told_before

    told = told_before(view(folder, events=0).facts.get(TOLD))
    return load_plan(folder / PLAN).before if told is None else told


def wants_old_model(run: RunView) -> bool:
    """Whether the newest verdict says nothing because nobody knows the old model."""
    return (run.verdict or {}).get("unjudged") == "old model not known"


def judge_by(
    folder: Path,
    *,
    queries: Path | None = None,
    margin: float | None = None,
    old_model: str | None = None,
    full: bool = False,
) -> dict[str, Any]:
    """What `start(folder, extra="verify", given=...)` takes: other searches, another limit, or the
    old model's name; what is left out stays as it was. full: all vectors are read again.

    Raises QueryFileUnusable, ModelUnknown, ModelOutOfReach, ModelClosed.
    """
    from qdrant_model_migration.embedders import model_by_name, must_reach
    from qdrant_model_migration.steps.verify import Proof

    proof = judged_by(folder)
    if queries is not None:
        proof |= {"kind": "file", "file": str(queries.expanduser().absolute())}
    if margin is not None:
        proof["margin"] = margin
    Proof.model_validate_json(json.dumps(proof)).queries()
    given: dict[str, Any] = {"proof": proof, "full": full}
    if old_model is not None:
        model = model_by_name(old_model)
        must_reach(model)
        if (before := searched_before(folder)) is not None:
            given["before"] = before.told(model).model_dump(mode="json")
    return given

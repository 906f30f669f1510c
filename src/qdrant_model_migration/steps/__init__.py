"""The verbs of a migration, one file each. `AnyStep` is every step that a plan may hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.keep_or_undo import KeepOrUndo
from qdrant_model_migration.steps.probe_search import ProbeSearch
from qdrant_model_migration.steps.requantize import Requantize
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.verify import Verify

AnyStep = Annotated[
    AdoptAlias
    | Backfill
    | CatchUp
    | Check
    | CreateCollection
    | Cutover
    | Index
    | KeepOrUndo
    | ProbeSearch
    | Requantize
    | Sweep
    | Verify,
    Field(discriminator="step"),
]

# Steps that are added to a run afterwards, by a command of their own.
LATER: dict[str, type[Step]] = {
    "rollback": Rollback,
    "cleanup": Cleanup,
    "discard": Discard,
    "verify": Verify,
}


def added(name: str, given: Mapping[str, Any], planned: Sequence[Step]) -> Step:
    """A step to add to a run: as the plan has it where it repeats one, with what is `given`."""
    kind = LATER[name]
    like = next((step for step in planned if type(step) is kind), None)
    values = {**like.model_dump(mode="json"), "again": True} if like is not None else {}
    return kind.model_validate_json(json.dumps({**values, **given}))


__all__ = [
    "LATER",
    "AnyStep",
    "Ask",
    "Gate",
    "Step",
    "StepContext",
    "StepText",
    "Waiting",
    "added",
]

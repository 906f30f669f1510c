"""The verbs of a migration, one file each. `AnyStep` is every step that a plan may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from qdrant_model_migration.steps.added_step import AddedStep
from qdrant_model_migration.steps.gate import Ask, Gate, GateKind, Waiting
from qdrant_model_migration.steps.registry import (
    added,
    added_kind,
    added_kinds,
    adds,
    gate_kind,
    gates_of,
    jointly,
    left_in,
    step_kinds,
)
from qdrant_model_migration.steps.step import Step, StepContext, StepText

if TYPE_CHECKING:
    AnyStep = Step
else:
    _PLANNED = tuple(kind for kind in step_kinds() if kind.planned)
    AnyStep = Annotated[Union[_PLANNED], Field(discriminator="step")]  # noqa: UP007

__all__ = [
    "AddedStep",
    "AnyStep",
    "Ask",
    "Gate",
    "GateKind",
    "Step",
    "StepContext",
    "StepText",
    "Waiting",
    "added",
    "added_kind",
    "added_kinds",
    "adds",
    "gate_kind",
    "gates_of",
    "jointly",
    "left_in",
    "step_kinds",
]

"""The steps, found from the files of this folder: a new step is one new file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from qdrant_model_migration.registry import defined_in
from qdrant_model_migration.steps.added_step import AddedStep
from qdrant_model_migration.steps.gate import GateKind
from qdrant_model_migration.steps.sisters import Jointly
from qdrant_model_migration.steps.step import Step


@lru_cache(maxsize=1)
def step_kinds() -> tuple[type[Step], ...]:
    """All of them, by the names of their files."""
    room = __name__.rpartition(".")[0]
    return tuple(kind for kind in defined_in(room, Step) if "step" in kind.model_fields)


def added_kinds() -> tuple[type[AddedStep], ...]:
    """Those that a command adds to a run afterwards, in the order in which they are offered."""
    found = (kind for kind in step_kinds() if issubclass(kind, AddedStep))
    return tuple(sorted(found, key=lambda kind: (kind.order, kind.name())))


def added_kind(name: str) -> type[AddedStep] | None:
    """The step that the command of this name adds."""
    return next((kind for kind in added_kinds() if kind.name() == name), None)


def added(name: str, given: Mapping[str, Any], planned: Sequence[Step]) -> Step:
    """A step to add to a run: as the plan has it where it repeats one, with what is `given`. One
    that a plan may hold knows that it was added, also where this plan does not hold it."""
    kind = added_kind(name)
    assert kind is not None, f"no step {name} is added to a run"
    like = next((step for step in planned if type(step) is kind), None)
    values = like.model_dump(mode="json") if like is not None else {}
    again = {"again": True} if "again" in kind.model_fields else {}
    return kind.model_validate_json(json.dumps({**values, **again, **given}))


def gate_kind(name: str) -> GateKind:
    """What its step declares of the gate of this name."""
    declared = (gate for kind in step_kinds() for gate in kind.gates)
    return next((gate for gate in declared if gate.name == name), GateKind(name))


def jointly(gate: str) -> Jointly | None:
    """How the gate of this name goes for collections that switch at the same moment."""
    owners = (kind for kind in step_kinds() for own in kind.gates if own.name == gate)
    return next((kind.jointly for kind in owners if kind.jointly is not None), None)


def gates_of(name: str) -> tuple[str, ...]:
    """The gates that the step of this name may wait at."""
    return tuple(gate.name for kind in step_kinds() if kind.name() == name for gate in kind.gates)


def left_in(state: str | None) -> type[AddedStep] | None:
    """The step that leaves a run in this state."""
    return next((kind for kind in added_kinds() if kind.ends and kind.ends == state), None)


def adds(gate: str) -> type[AddedStep] | None:
    """The step whose command leads to the gate of this name; None where a plan leads to it."""
    owners = ((kind, own) for kind in added_kinds() for own in kind.gates if own.name == gate)
    return next((kind for kind, own in owners if own.added or not kind.planned), None)

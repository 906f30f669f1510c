"""A step is found by its file, and the plan may hold those that are planned."""

from __future__ import annotations

from typing import get_args

from qdrant_model_migration import steps


def test_each_step_is_named_as_its_file() -> None:
    for kind in steps.step_kinds():
        assert kind.name() == kind.__module__.rpartition(".")[2]


def test_a_plan_holds_the_planned_ones_and_no_others() -> None:
    union, _ = get_args(steps.AnyStep)
    assert set(get_args(union)) == {kind for kind in steps.step_kinds() if kind.planned}
    assert {"rollback", "cleanup", "discard"}.isdisjoint(k.name() for k in get_args(union))


def test_steps_that_are_added_stand_in_the_order_of_a_trip() -> None:
    """A list on purpose: what a command can add comes in by a decision."""
    names = [kind.name() for kind in steps.added_kinds()]
    assert names == ["verify", "bridge", "rollback", "cleanup", "discard"]


def test_a_gate_is_declared_once_whichever_steps_wait_at_it() -> None:
    declared: dict[str, steps.GateKind] = {}
    for kind in steps.step_kinds():
        for gate in kind.gates:
            assert declared.setdefault(gate.name, gate) is gate
    names = [kind.name() for kind in steps.step_kinds()]
    shared = [name for name in names if "token_limit" in steps.gates_of(name)]
    assert shared == ["backfill", "catch_up"], "no other gate has two steps"
    assert len(declared) == sum(len(steps.gates_of(name)) for name in names) - 1

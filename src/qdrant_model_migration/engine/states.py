"""The states that a run can be in. Any other than these is one that an added step has left it in,
and says so."""

from __future__ import annotations

GOING = ("starting", "running", "paused", "stopping")
UNFINISHED = (*GOING, "waiting", "stopped", "interrupted", "failed")
NOTHING = "nothing"  # in place of a step to add: the one that was asked for is taken back


def finished(state: str | None) -> bool:
    """Whether a run in this state has come to an end, whichever."""
    return state is not None and state not in UNFINISHED


def is_over(state: str | None, extra: str | None) -> bool:
    """Whether a run in this state cannot be gone on with; a rolled back one may be cleaned up."""
    if not finished(state) or state == "done":
        return False
    from qdrant_model_migration.steps import left_in

    kind = left_in(state)
    return extra is None or kind is None or kind.final

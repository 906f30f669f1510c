"""The states that a run can be in, and which steps end one in a state of its own."""

from __future__ import annotations

GOING = ("starting", "running", "paused", "stopping")
AFTER = {"rollback": "rolled back", "cleanup": "cleaned up", "discard": "discarded"}
"""The steps that end a run in a state of its own, and that state."""

OVER = tuple(AFTER.values())
FINISHED = ("done", *OVER)
NOTHING = "nothing"  # in place of a step to add: the one that was asked for is taken back


def is_over(state: str | None, extra: str | None) -> bool:
    """Whether a run in this state cannot be gone on with; a rolled back one may be cleaned up."""
    return state in ("cleaned up", "discarded") or (state in OVER and extra is None)

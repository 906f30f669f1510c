"""Acknowledging warnings by their ids, and refusing to run a plan with one left open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from qdrant_model_migration.errors import UsageError

if TYPE_CHECKING:
    from qdrant_model_migration.plan import Plan


def acknowledge(plan: Plan, ids: Sequence[str]) -> Plan:
    """The plan with these warnings acknowledged now. Raises UsageError for one not asked for."""
    from qdrant_model_migration.plan import Acceptance

    unknown = [warning for warning in ids if warning not in plan.must_accept]
    if unknown:
        raise UsageError(
            f"This plan asks for no acknowledgement of {', '.join(unknown)}.",
            f"It asks for: {', '.join(plan.must_accept) or 'none'}.",
            "Name only those.",
        )
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    said = {warning: Acceptance(at=at, said="acknowledged by --accept") for warning in ids}
    return plan.model_copy(update={"accepted": {**plan.accepted, **said}})


def with_acceptances(plan: Plan, ids: Sequence[str]) -> Plan:
    """As `acknowledge`, and raises UsageError while a warning is still open."""
    plan = acknowledge(plan, ids)
    left = [warning for warning in plan.must_accept if warning not in plan.accepted]
    if left:
        raise UsageError(
            f"{len(left)} warnings are not acknowledged yet: {', '.join(left)}.",
            "They say what this plan changes or loses. Nothing was written.",
            "Read them with qmm plan, then add "
            + " ".join(f"--accept {warning}" for warning in left)
            + ".",
        )
    return plan

"""Which warnings of a plan are acknowledged, and that nobody shortened the list of them. Pure.

What must be acknowledged follows from the survey, which a plan does not hold, so the list cannot be
made again from the file. Whoever makes the plan seals it instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timezone

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plan.errors import AcceptedUnasked, WarningsChanged, WarningsOpen
from qdrant_model_migration.plan.plan import Acceptance, Plan


def sealed(plan: Plan) -> Plan:
    """The plan with a seal over the warnings that must be acknowledged and what they are about."""
    return plan.model_copy(update={"seal": _seal(plan)})


def acknowledge(plan: Plan, ids: Iterable[str]) -> Plan:
    """The plan with these warnings acknowledged now. Raises AcceptedUnasked."""
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    given = {warning: Acceptance(at=at, said=plan.warned.get(warning, "")) for warning in ids}
    if unasked := _unasked(plan, given):
        raise unasked
    return plan.model_copy(update={"accepted": {**plan.accepted, **given}})


def left_open(plan: Plan) -> tuple[str, ...]:
    """The warnings that still have to be acknowledged."""
    return tuple(warning for warning in plan.must_accept if warning not in plan.accepted)


def why_closed(plan: Plan) -> QmmError | None:
    """Why this plan must not be carried out as far as its warnings go, None where it may."""
    if plan.seal != _seal(plan):
        return WarningsChanged(plan.collection)
    if unasked := _unasked(plan, plan.accepted):
        return unasked
    return open_warnings(plan)


def open_warnings(plan: Plan) -> WarningsOpen | None:
    """The error that names the warnings still to be acknowledged, None where all are."""
    left = {warning: plan.warned.get(warning, "") for warning in left_open(plan)}
    return WarningsOpen(left) if left else None


def _unasked(plan: Plan, ids: Iterable[str]) -> AcceptedUnasked | None:
    unknown = tuple(warning for warning in ids if warning not in plan.must_accept)
    return AcceptedUnasked(unknown, plan.must_accept) if unknown else None


def _seal(plan: Plan) -> str:
    about: list[object] = [plan.strategy, plan.collection, plan.must_accept, plan.warned]
    about += [plan.lost_settings, *([plan.together] if plan.together else [])]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]

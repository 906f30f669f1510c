"""Verify reads copied vectors again, a sample or all: what that means, what it costs, the tick."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Ask, Says
from qdrant_model_migration.steps.routes.route import Words
from qdrant_model_migration.steps.verify import FULL

KEY = "full"


def blocks(route: Words | None, all_of_them: str) -> tuple[Says | Ask, ...]:
    """Nothing where nothing is spared. all_of_them: completes "Reading all of them takes ..."."""
    if route is None or not route.spared:
        return ()
    says = Says((*route.spared, f"Reading all of them takes {all_of_them}."), "What Verify reads")
    return says, Ask(KEY, "tick", FULL)

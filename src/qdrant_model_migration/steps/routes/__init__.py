"""How the target is filled, compared and undone, one file for each way. Found from the folder.

Steps ask the route of their run; none of them assumes two collections with equal ids.
"""

from __future__ import annotations

from functools import lru_cache

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.registry import defined_in
from qdrant_model_migration.steps.routes.route import Leftover, Route

__all__ = ["Leftover", "Route", "route_of", "routes"]


@lru_cache(maxsize=1)
def routes() -> tuple[Route, ...]:
    """One of each."""
    return tuple(kind() for kind in defined_in(__name__, Route) if "fits" in vars(kind))


def route_of(move: Move) -> Route:
    """The one route that fits what goes where."""
    (route,) = (route for route in routes() if route.fits(move))
    return route

"""The ways to migrate, found from the files of this folder: a new strategy is one new file."""

from __future__ import annotations

from functools import lru_cache

from qdrant_model_migration.errors import UsageError, meant
from qdrant_model_migration.registry import defined_in
from qdrant_model_migration.strategies.strategy import Answers, Facet, Fit, Strategy

__all__ = ["Answers", "Facet", "Fit", "Strategy", "by_name", "strategies"]


@lru_cache(maxsize=1)
def strategies() -> tuple[Strategy, ...]:
    """One of each, by `order`, then by name."""
    found = (kind() for kind in defined_in(__name__, Strategy) if "name" in vars(kind))
    return tuple(sorted(found, key=lambda strategy: (strategy.order, strategy.name)))


def by_name(name: str) -> Strategy:
    """The strategy called `name` (file stem, as after `--strategy`); raises UsageError."""
    for strategy in strategies():
        if strategy.name == name:
            return strategy
    known = [strategy.name for strategy in strategies()]
    raise UsageError(
        f"There is no strategy {name}.{meant(name, known)}",
        f"Known are: {', '.join(known)}.",
        "Choose one of them.",
    )

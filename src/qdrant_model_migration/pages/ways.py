"""What is said of a way to migrate, in the light of the answers: on the map and beside the plan."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.advice import Advice, Choice
from qdrant_model_migration.pages.page import Says
from qdrant_model_migration.strategies import Fit, Strategy
from qdrant_model_migration.strategies.answered.said import never, way_back, what

SIGNS = {"first": "✓", "possible": "✓", "open": "?", "ruled out": "✗"}
MARKS = {"✓": "possible", "?": "not decided", "✗": "ruled out"}


def about(advice: Advice, strategy: Strategy) -> Says:
    """All about one of them."""
    lines = (
        strategy.subtitle,
        "",
        what(strategy, advice.settled),
        f"Never: {never(strategy, advice.settled)}",
        f"Way back: {way_back(strategy, advice.settled)}.",
        "",
        f"Here: {MARKS[SIGNS[advice.fit_of(strategy).word]]}, {why(advice, strategy)}.",
        *filter(None, (advice.behind(advice.fit_of(strategy)),)),
    )
    return Says(lines)


def why(advice: Advice, strategy: Strategy) -> str:
    """The reason for its sign; in brackets the answer that decides."""
    fit = advice.fit_of(strategy)
    return f"{fit.reason} ({advice.decides(fit)})"


def best_first(choices: Iterable[Choice]) -> list[Choice]:
    order = tuple(SIGNS)
    return sorted(choices, key=lambda choice: order.index(choice.fit.word))


def left(advice: Advice) -> int:
    """How many are not ruled out."""
    return sum(_is_left(choice.fit) for choice in advice.fits)


def _is_left(fit: Fit) -> bool:
    return fit.word != "ruled out"

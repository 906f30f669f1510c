"""The acts that add a step to a run, and the screens on which that is asked."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.steps import AddedStep
from qdrant_model_migration.tui.widgets.press import Act

_ADD = "add_"
_ASKS_MORE = {"verify": "judge_again"}  # than a gate asks for: on a screen of its own


def acts_for(
    kinds: Iterable[type[AddedStep]], run: RunView, *, button: bool = True
) -> tuple[Act, ...]:
    """One for each; a step that leaves a run as it is stands in the list alone."""
    return tuple(
        Act(
            f"{_ADD}{kind.name()}",
            kind.label,
            closed=kind.why_not(run),
            button=button and bool(kind.ends),
        )
        for kind in kinds
    )


def screen_of(act: str) -> str | None:
    """The screen that an act leads to; None for one that adds no step."""
    if not act.startswith(_ADD):
        return None
    name = act.removeprefix(_ADD)
    return _ASKS_MORE.get(name, name)

"""One file per stop of the trip. A screen is opened by its name; a new one is one entry here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.screen import Screen

# Imported when first opened: the wizard starts without the rooms it does not need yet.
SCREENS = {
    "home": "HomeScreen",
    "connect": "ConnectScreen",
    "practice": "PracticeScreen",
    "collections": "CollectionsScreen",
    "survey": "SurveyScreen",
    "questions": "QuestionsScreen",
    "map": "MapScreen",
    "strategy": "StrategyScreen",
    "warnings": "WarningsScreen",
    "plan": "PlanScreen",
    "run": "RunScreen",
    "run_log": "RunLogScreen",
    "dead_letters": "DeadLettersScreen",
    "verify": "VerifyScreen",
    "try_it": "TryItScreen",
    "gate": "GateScreen",
    "lines": "LinesToChangeScreen",
    "report": "ReportScreen",
    "runs": "RunsScreen",
    "rollback": "RollbackScreen",
    "cleanup": "CleanupScreen",
}


def kind_of(name: str) -> type[Screen[Any]]:
    """The class of the screen with this name."""
    module = import_module(f"{__name__}.{name}")
    return cast("type[Screen[Any]]", getattr(module, SCREENS[name]))


def by_name(name: str) -> Screen[Any]:
    """A fresh screen."""
    return kind_of(name)()

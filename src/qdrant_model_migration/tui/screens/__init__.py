"""One file per stop of the trip. A screen is opened by its name; a new one is one entry here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.screen import Screen

# Imported when first opened: the wizard starts without the rooms it does not need yet.
SCREENS = {
    "home": "home:HomeScreen",
    "connect": "connect:ConnectScreen",
    "practice": "practice:PracticeScreen",
    "collections": "collections:CollectionsScreen",
    "survey": "survey:SurveyScreen",
    "questions": "questions:QuestionsScreen",
    "map": "map:MapScreen",
    "strategy": "strategy:StrategyScreen",
    "warnings": "warnings:WarningsScreen",
    "plan": "plan:PlanScreen",
    "run": "run:RunScreen",
    "run_log": "run_log:RunLogScreen",
    "dead_letters": "dead_letters:DeadLettersScreen",
    "verify": "verify:VerifyScreen",
    "judge_again": "judge_again:JudgeAgainScreen",
    "try_it": "try_it:TryItScreen",
    "gate": "gate:GateScreen",
    "lines": "lines:LinesToChangeScreen",
    "report": "report:ReportScreen",
    "runs": "runs:RunsScreen",
}


def kind_of(name: str) -> type[Screen[Any]]:
    """The class of the screen with this name."""
    module, kind = SCREENS[name].split(":")
    return cast("type[Screen[Any]]", getattr(import_module(f"{__name__}.{module}"), kind))


def by_name(name: str) -> Screen[Any]:
    """A fresh screen; one of no name above asks whether the step of that name is to be added."""
    if name in SCREENS:
        return kind_of(name)()
    from qdrant_model_migration.tui.screens.added_step import AddedStepScreen

    return AddedStepScreen(name)

"""What the application does: who makes the vectors of searches, and whether it writes."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers, strategies
from qdrant_model_migration.strategies.answered.model import at_the_server, chosen_model
from qdrant_model_migration.strategies.answered.place import apart, in_place
from qdrant_model_migration.strategies.answered.vectors import old_model
from qdrant_model_migration.strategies.changes import what_changes
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.writes import writes_in_words


class QuerySide(Question):
    """Answer: "own", "framework" or "server"."""

    key = "query_side"
    short = "Query side"
    serves = ("takes_model",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Who turns a search into a vector?",
            "Documents and searches must be embedded by the same model, always.",
            "a forgotten query model is the most common way for a finished migration to fail.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        change = answers.get("change")
        if change == "shorter" or what_changes(change).vector is None:
            return False
        # Whoever cuts the query vectors of the present model does the same to them.
        old, chosen = old_model(survey, answers), chosen_model(answers)
        cut = old is not None and chosen is not None and old.has_cut(chosen)
        return not cut or any(
            self.key in strategy.asks and strategy.fit(survey, answers).word != "ruled out"
            for strategy in strategies()
        )

    def source(self, value: Any) -> str:
        return (
            "For Qdrant Cloud inference, switching models is a config change, not a pipeline change"
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("own", "Our own application", "the lines to change are printed", "application"),
            Option(
                "framework",
                "A framework or a ready-made product",
                "the setting to change is described",
                "framework",
            ),
            Option(
                "server",
                "The Qdrant server (inference)",
                "the model name in the requests changes; the stored vectors are still made again",
                "the server",
                "An embedded Qdrant cannot embed." if survey.capabilities.local else "",
            ),
            unknown("our own application"),
        )

    def found(self, survey: Survey, answers: Answers) -> bool:
        return at_the_server(answers) is not None

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if self.found(survey, answers):
            return Suggestion("server", "found")
        by = survey.written_by.value
        if by is not None:
            return Suggestion("framework", "found" if by.sure else "default")
        return Suggestion("own", "default")


class Writes(Question):
    """Answer: "changes", "adds" or "none"."""

    key = "writes"
    short = "Writes"
    serves = ("builds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Does your application write during the run?",
            f"Found: {writes_in_words(survey.writes)}.",
            "a text that changes after it was read would keep the vector of its old words. The "
            "catch-up finds and mends these.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return not in_place(survey, answers) and not apart(answers)

    def found(self, survey: Survey, answers: Answers) -> bool:
        return (survey.writes.value or 0) > 0

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("changes", "Yes, it adds and changes", "", "adds and changes"),
            Option("adds", "It only adds", "", "only adds"),
            Option("none", "No, I can stop it for a while", "it is checked all the same", "none"),
            unknown("Yes, it adds and changes"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("changes", "found" if self.found(survey, answers) else "default")

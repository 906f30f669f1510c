"""Question: what many vectors for a text are used for."""

from __future__ import annotations

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered import makes_many
from qdrant_model_migration.survey.facts import Survey


class ManyFor(Question):
    """Answer: "rerank" or "search"."""

    key = "many_for"
    short = "Many vectors"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What should the vectors of a text's tokens be used for?",
            "They take a hundred times the room of one vector, and slow every search that they "
            "stand beside in memory.",
            "on disk and without an index they only put in order what the present vector finds; "
            "searched by themselves they need memory and an index.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return makes_many(answers)

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "rerank",
                "To put results in order",
                "on disk, without an index; the present vector finds, these choose",
                "for ordering",
            ),
            Option(
                "search",
                "To be searched by themselves",
                "in memory, with an index; slows all searches of the collection",
                "searched",
            ),
            unknown("to put results in order"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("rerank", "default")

"""The question whether the server itself copies what stays, from a snapshot."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.change import is_replaced
from qdrant_model_migration.strategies.answered.cloning import (
    CLONE_BYTES,
    carried_bytes,
    may_be_cloned,
)
from qdrant_model_migration.survey.facts import Survey


class CopiedBy(Question):
    """Answer: "program" or "server". Nobody but a person knows how much room a server has left, so
    it is never taken for granted."""

    key = "copied_by"
    short = "Copied by"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        travels = carried_bytes(survey, answers)
        much = "payloads and stored vectors" if travels is None else f"about {words.size(travels)}"
        return QuestionText(
            "Who copies the payloads, and the vectors that stay?",
            "The server can write a snapshot and fill the new collection from it. That needs room "
            "on its disk, which nothing tells from here: with too little, your application cannot "
            "write for a while.",
            f"{much} would be carried to this computer and back to fill it. Cloned by the server, "
            "it is filled with new vectors only; what compares both sides later reads all as ever.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return may_be_cloned(survey, answers)

    def found(self, survey: Survey, answers: Answers) -> bool:
        return (carried_bytes(survey, answers) or 0) < CLONE_BYTES

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        size = survey.bytes
        room = "" if size is None else f", about {words.size(2 * size)} free on its disk meanwhile"
        stays = "; the old vector stays, and searches name the new one (using)"
        return (
            Option(
                "program",
                "This program, point by point",
                "needs no room but for the new collection",
                "point by point",
            ),
            Option(
                "server",
                "The server itself, from a snapshot",
                f"it has room for it{room}{stays if is_replaced(answers) else ''}",
                "the server",
            ),
            unknown("point by point"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("program", "default")

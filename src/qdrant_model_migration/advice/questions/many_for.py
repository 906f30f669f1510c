"""Question: what many vectors for a text are used for."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.model import makes_many
from qdrant_model_migration.survey.facts import Survey


class ManyFor(Question):
    """Answer: "apart", "rerank" or "search"."""

    key = "many_for"
    short = "Many vectors"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What should the vectors of a text's tokens be used for?",
            "They take a hundred times the room of one vector, and slow every search that they "
            "stand beside. A reported case: 13 s per search, 2 s after taking them out.",
            "in a collection of their own they slow no other search, and nothing that stands is "
            "touched; the application then asks twice and writes both.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return makes_many(answers)

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "apart",
                "To put results in order, from a collection of their own",
                "the present collection stays as it is and finds; a second request puts in order",
                "a second collection",
            ),
            Option(
                "rerank",
                "To put results in order, beside the present vector",
                "on disk, without an index; one request finds and puts in order",
                "for ordering",
            ),
            Option(
                "search",
                "To be searched by themselves",
                "in memory, with an index; slows all searches of the collection",
                "searched",
            ),
            unknown("a collection of their own" if _both(answers) else "beside the present vector"),
        )

    def source(self, value: Any) -> str:
        return (
            "Co-locating large multi-vectors (especially ColBERT) with dense vectors degrades ALL "
            "queries, even those only using dense."
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        """Where the model was to replace the present one, that is not turned into staying."""
        return Suggestion("apart" if _both(answers) else "rerank", "default")


def _both(answers: Answers) -> bool:
    """Whether the present vector is to stay in any case."""
    return answers.get("change") == "second" or answers.get("both") in ("test", "always")

"""Question: whether exact words are searched for."""

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
from qdrant_model_migration.survey.facts import Survey


class Keywords(Question):
    """Answer: "yes", "no" or "there"."""

    key = "keywords"
    short = "Keywords"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Do people search for exact words, names or codes?",
            "Part numbers, paragraphs, product names: models blur them, keyword search finds them.",
            "keyword search needs a second, sparse vector for each text. Made together with the "
            "new ones, it needs no run of its own later.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") in (None, "model")

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        sparse = [v.name for v in survey.vectors.value or () if v.kind == "sparse"]
        there = Option(
            "there",
            "It is already there",
            f"sparse vector {sparse[0]}: it is copied as it is" if sparse else "",
            "already there",
            "" if sparse else "The collection has no sparse vector.",
        )
        return (
            Option("yes", "Yes, add keyword search"),
            Option("no", "No, meaning is enough", "", "no"),
            there,
            unknown("No"),
        )

    def source(self, value: Any) -> str:
        return "Use when: adding sparse/BM25 vectors to an existing dense-only collection."

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if any(v.kind == "sparse" for v in survey.vectors.value or ()):
            return Suggestion("there", "found")
        return Suggestion("no", "default")

    def taken_as(self, survey: Survey, answers: Answers) -> str:
        return "no"

"""Questions that decide between the ways: accuracy, both models, in place."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.learned_map import map_saves_much
from qdrant_model_migration.strategies.answered.place import apart, may_be_taken_out
from qdrant_model_migration.strategies.answered.texts import text_gone
from qdrant_model_migration.survey.facts import Survey


class Accuracy(Question):
    """Answer: "exact", "approximate" or "queries"."""

    key = "accuracy"
    short = "Accuracy"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "May the new vectors be calculated from the old ones, with some loss?",
            "A formula learned from a sample turns old vectors into nearly new ones. The loss is "
            "measured on your data before anything is decided.",
            "at a hundred million points embedding can take weeks. Below that the time saved is "
            "rarely worth the loss.",
        )

    def found(self, survey: Survey, answers: Answers) -> bool:
        return not map_saves_much(survey, answers)

    def source(self, value: Any) -> str:
        return (
            "learn linear transformation from sample data, some recall loss, good for 100M+ "
            "datasets"
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("exact", "No, make them properly", "rules out Linear map", "made properly"),
            Option(
                "approximate",
                "Yes, if the measured loss is acceptable",
                "Linear map stays",
                "some loss",
            ),
            Option(
                "queries",
                "Only queries: the new model searches the vectors that stand",
                "nothing is written; Map queries comes first",
                "queries only",
            ),
            unknown("Yes" if text_gone(answers) else "No"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        """Where the texts are gone nothing can be made properly."""
        return Suggestion("approximate" if text_gone(answers) else "exact", "default")


class Both(Question):
    """Answer: "no", "test" or "always"."""

    key = "both"
    short = "Both models"
    serves = ("takes_model",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Do you need both models to answer searches for a while?",
            "The old and the new model can answer next to each other, to compare them on real "
            "searches.",
            "two models in one collection cost memory and disk for both, and every search has to "
            "say which one it means.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") in (None, "model")

    def source(self, value: Any) -> str:
        if value == "no":
            return (
                "Use when: A/B testing models, multi-modal (dense + sparse), or evaluating a new "
                "model before committing."
            )
        return "Create new collection with old and new named vectors both defined"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "no",
                "No, the new one replaces the old one",
                "Searches move in one moment. The old collection stays as the way back.",
                "no",
            ),
            Option("test", "Yes, for a test; then I decide", "", "for a test"),
            Option("always", "Yes, for good: two uses, two models", "", "for good"),
            unknown("No"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("no", "default")


class InPlace(Question):
    """Answer: "new" or "in place"."""

    key = "in_place"
    short = "In place"
    serves = ("adds",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        if answers.get("change") == "drop":
            return QuestionText(
                "Build a new collection without it, or delete it in place?",
                "From version 1.19 on the server deletes a named vector safely.",
                "in place nothing is copied, and nothing brings the vector back but a snapshot.",
            )
        return QuestionText(
            "Add the new vector to this collection, or build a new collection?",
            "From version 1.18.1 on the server can add a named vector to an existing collection.",
            "in place is shorter, a new collection is easier to undo.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        if answers.get("change") == "drop":
            return may_be_taken_out(survey, answers)
        return survey.capabilities.add_vector and not apart(answers)

    def source(self, value: Any) -> str:
        return "All named vectors must be defined at collection creation time."

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "new",
                "A new collection",
                "the way back is one switch; needs room twice",
                "a new collection",
            ),
            Option(
                "in place",
                "In place",
                "the vector is deleted from every point for good"
                if answers.get("change") == "drop"
                else "nothing is copied, no alias is switched; a search names the vector it means",
            ),
            unknown("a new collection"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("new", "default")


NONE_SAID = False
"""The answer to Drop that names no vector."""


class Drop(Question):
    """Answer: the name of the vector that is taken out, or NONE_SAID."""

    key = "drop"
    short = "Takes out"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Which vector is not needed any more?",
            "The others are copied as they are. No search may name this one from then on.",
            "a vector that nobody searches costs memory and disk for every point.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "drop"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        models = ((v.name, survey.model_of(v.name)) for v in survey.vectors.value or ())
        return (
            *(
                Option(name, words.vector(name), f"made by {model.label}" if model else "")
                for name, model in models
            ),
            Option(NONE_SAID, "I do not know", "then none goes: look into every application first"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        """None: no server tells which of them is searched."""
        return Suggestion(NONE_SAID, "default")

"""Questions about keyword search and about models that make many vectors for a text."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers, strategies
from qdrant_model_migration.strategies.answered import chosen_model
from qdrant_model_migration.survey.facts import Survey

_LANGUAGE_FIELDS = ("lang", "language", "locale")


class Keywords(Question):
    """Answer: "yes", "no" or "there"."""

    key = "keywords"
    short = "Keywords"
    serves = ("takes_model",)
    later_note = "Dense to hybrid is not built yet; keyword search can be added afterwards."

    @property
    def today(self) -> bool:
        # It is put to those who replace a model, but another strategy acts on the answer.
        return any(self.key in strategy.asks and strategy.runs for strategy in strategies())

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Do people search for exact words, names or codes?",
            "Part numbers, paragraphs, product names: models blur them, keyword search finds them.",
            "keyword search needs a second, sparse vector for each text. The present vectors are "
            "copied, not made again.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") not in ("compression", "keywords")

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

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if any(v.kind == "sparse" for v in survey.vectors.value or ()):
            return Suggestion("there", "found")
        return Suggestion("no", "default")

    def taken_as(self, survey: Survey, answers: Answers) -> str:
        return "no"


class WordLanguage(Question):
    """Answer: "one" (the most frequent language), "field" (a payload field says) or "none"."""

    key = "word_language"
    short = "Words in"
    later_note = "Dense to hybrid is not built yet; it asks this."

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "In which language should keywords be read?",
            "Endings and filler words differ: Vertrag and Verträge should match, der should not "
            "count.",
            "with the wrong language, words are cut wrongly and filler words win.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "keywords" or answers.get("keywords") == "yes"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        languages = survey.languages.value or {}
        most = max(languages.items(), key=lambda item: item[1], default=None)
        field = _language_field(survey)
        return (
            Option(
                "one",
                f"One language for all: {most[0]}" if most else "One language for all",
                f"{words.share(most[1])} of your texts" if most else "",
                "one language",
            ),
            Option(
                "field",
                f"By the payload field {field}" if field else "By a payload field",
                "found" if field else "",
                "by field",
                "" if field else "No payload field says the language.",
            ),
            Option("none", "None: words exactly as written", "", "as written"),
            unknown("by field" if field else "one language"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        if _language_field(survey):
            return Suggestion("field", "found")
        return Suggestion("one", "default")


class ManyVectors(Question):
    """Answer: "own", "disk" or "memory"."""

    key = "many_vectors"
    short = "Many vectors"
    serves = ("takes_model",)
    later_note = "Models that make many vectors for a text come in a later version."

    @property
    def today(self) -> bool:
        return False

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        model = chosen_model(answers)
        tokens = survey.average_tokens.value
        points = survey.points.value
        about = ""
        if model is not None and tokens and points:
            total = points * tokens * model.dimensions * 4
            about = (
                f": about {words.count(tokens)} for each of your texts, {words.size(total)} in all"
            )
        return QuestionText(
            "Where should the many small vectors live?",
            f"This model makes one vector for each word{about}.",
            "large vectors next to small ones slow down every search, even those that do not use "
            "them. A reported case: 13 s per search, 2 s after taking them out.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        model = chosen_model(answers)
        return model is not None and model.vector == "multivector"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                "own",
                "In a collection of their own",
                "normal searches stay as fast as they are",
                "own collection",
            ),
            Option(
                "disk",
                "In the same collection, on disk, without an index",
                "for re-ranking only",
                "on disk",
            ),
            Option("memory", "In the same collection, in memory", "", "in memory"),
            unknown("a collection of their own"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("own", "default")


def _language_field(survey: Survey) -> str | None:
    known = survey.payload_fields.value or ()
    return next((field for field in known if field in _LANGUAGE_FIELDS), None)

"""Question: with which search params the application searches compressed vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.survey.facts import Survey

MOST = 10.0
"""The highest oversampling that is measured; the server has no limit of its own."""

_RESCORE = {"true": "yes", "false": "no", "": "default"}


class SearchParams(Question):
    """Answer: {"rescore": "default" | "yes" | "no", "oversampling": 1.0 to 10}."""

    key = "search_params"
    short = "Search params"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How does your application search compressed vectors?",
            "Its search params, `quantization.rescore` and `quantization.oversampling`. Search is "
            "measured with exactly these, before and after.",
            "rescore looks again at the original vectors of what was found, oversampling finds "
            "more for it. After the change others are tried too, and the report says which to set.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "compression"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                _answer("default"),
                "It does not say whether to rescore",
                "Qdrant rescores with binary, and with turbo below 4 bits",
                "as Qdrant decides",
            ),
            Option(_answer("yes"), "rescore: true", "the original vectors have the last word"),
            Option(_answer("no"), "rescore: false", "compressed vectors alone, the fastest"),
            unknown("as Qdrant decides"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(_answer("default"), "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping) or value.get("rescore") == "no":
            return ()
        shown = f"{value.get('oversampling', 1.0):g}"
        return (Field("oversampling", "Oversampling", "number", shown, f"1 (none) to {MOST:g}"),)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping):
            todo = "Choose one of those shown."
            raise BadAnswer("These are no search params.", "", todo, self.key)
        for key in value:
            if key not in _answer("default"):
                what = f"{key} is not a part of this answer."
                raise BadAnswer(what, "", "Delete it.", self.key)
        said = str(value.get("rescore", "default")).lower()
        rescore = _RESCORE.get(said, said)
        if rescore not in _RESCORE.values():
            todo = "Choose one of: default, yes, no."
            raise BadAnswer(f"{words.cut(said)} says not whether to rescore.", "", todo, "rescore")
        times = value.get("oversampling", 1.0)
        times = typed.number(times, example="2", low=1.0, high=MOST, field="oversampling")
        return _answer(rescore, times)

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        rescore = str(value.get("rescore"))
        said = "as Qdrant decides" if rescore == "default" else f"rescore {rescore}"
        times = value.get("oversampling", 1.0)
        return said if times == 1 else f"{said}, oversampling {times:g}"


def _answer(rescore: str, oversampling: float = 1.0) -> dict[str, Any]:
    return {"rescore": rescore, "oversampling": oversampling}

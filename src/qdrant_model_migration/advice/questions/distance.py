"""Question: by which distance the new vectors are compared, where two of them rank differently."""

from __future__ import annotations

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers, Strategy, strategies
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.compared import KEEPS, Distances, another_order
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import that_compare
from qdrant_model_migration.words import listing


class Distance(Question):
    """Answer: "own", the one that the model is meant for, or "keep", the present one."""

    key = "distance"
    short = "Distance"

    def matters_to(self, strategy: Strategy) -> bool:
        return strategy.compares

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "By which distance should the new vectors be compared?",
            "This model makes vectors of different lengths, or it is not known whether it does. "
            f"{_who_compares(survey)}",
            "with vectors of different lengths each distance puts other documents first.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return _differ(survey, answers) is not None

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        differ = _differ(survey, answers)
        now, own = differ or Distances("the present one", "its own")
        return (
            Option(
                "own",
                f"By {own}, as the model is meant",
                "where an application names the distance, it is changed with the switch",
                own,
            ),
            Option(
                KEEPS,
                f"By {now}, as today",
                "nothing changes there; longer vectors come first more often than the model means",
                f"{now}, as today",
            ),
            unknown(own),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("own", "default")


def _differ(survey: Survey, answers: Answers) -> Distances | None:
    """Of the first way that is left and leaves it to decide."""
    left = (s for s in strategies() if s.fit(survey, answers).word in ("first", "possible"))
    found = (another_order(one, survey, answers) for one in left)
    return next((one for one in found if one is not None), None)


def _who_compares(survey: Survey) -> str:
    ones = [one.title for one in that_compare(products(survey))]
    if not ones:
        return "LangChain and Haystack, for example, compare the distance when they start."
    return f"{listing(ones, 'or')} compares the distance when it starts, and refuses another."

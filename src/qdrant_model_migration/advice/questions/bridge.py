"""Question: whether proper vectors are made behind calculated ones, once these answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.errors import meant
from qdrant_model_migration.qdrant import can_order
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.learned_map import bridged_texts
from qdrant_model_migration.survey.facts import Survey

_STAY = {"kind": "stay"}
_NONE = "none: in the order of ids"


class Bridge(Question):
    """Answer: {"kind": "stay"} or {"kind": "embed", "hottest": payload field, "" for none}."""

    key = "bridge"
    short = "Afterwards"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "After the switch: keep the calculated vectors, or make proper ones behind them?",
            "Searches switch as soon as vectors are calculated. Then every text is embedded, point "
            "by point, while searches and writes go on, and they find more as it goes.",
            "embedding takes its whole time, only not before the switch. It can be stopped, "
            "resumed, and ended with what is made.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        calculated = answers.get("accuracy") == "approximate"
        return calculated and bridged_texts(answers) is not None

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option(
                _STAY,
                "Keep the calculated vectors",
                "the metadata says that they are calculated",
                "calculated",
            ),
            Option(
                {"kind": "embed", "hottest": ""},
                "Make proper vectors behind them, in the same run",
                "every text is embedded after the switch",
                "proper ones behind",
            ),
            unknown("keeping the calculated vectors"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(_STAY, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        fields = _orderable(survey)
        if not isinstance(value, Mapping) or value.get("kind") != "embed" or not fields:
            return ()
        choices = (("", _NONE), *((name, f"the highest {name} first") for name in fields))
        return (Field("hottest", "First", "choice", str(value.get("hottest", "")), "", choices),)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping) or value.get("kind") not in ("stay", "embed"):
            raise BadAnswer(
                "This does not say what becomes of the vectors.",
                "",
                "The kind is stay or embed.",
                "kind",
            )
        if value["kind"] == "stay":
            return _STAY
        for key in value:
            if key not in ("kind", "hottest"):
                raise BadAnswer(f"{key} is not a part of this answer.", "", "", key)
        hottest, fields = value.get("hottest") or "", _orderable(survey)
        if hottest and hottest not in fields:
            raise BadAnswer(
                f"{hottest} cannot say which points come first.{meant(str(hottest), fields)}",
                "That takes a payload field with an index of numbers or dates.",
                f"Choose one of: {', '.join(fields)}." if fields else "Leave it empty.",
                "hottest",
            )
        return {"kind": "embed", "hottest": hottest}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if isinstance(value, Mapping) and value.get("kind") == "embed":
            if hottest := value.get("hottest"):
                return f"proper ones behind, {hottest} first"
            value = {**value, "hottest": ""}
        return super().label(value, survey, answers)


def _orderable(survey: Survey) -> list[str]:
    """Payload fields whose values can say which points come first."""
    indexes = survey.payload_schema
    return sorted(name for name, index in indexes.items() if can_order(index))

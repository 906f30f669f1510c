"""What vectors are called that are new, or stand beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.model_slug import model_slug, slug_of
from qdrant_model_migration.advice.question import (
    UNKNOWN,
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.cloning import may_be_cloned
from qdrant_model_migration.strategies.answered.place import apart, in_place
from qdrant_model_migration.strategies.answered.vectors import (
    name_with_model,
    old_model,
    replaced_vector,
)
from qdrant_model_migration.strategies.changes import what_changes
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.words import listing


class VectorNames(Question):
    """Answer: {"new": name of the new vector, "old": of the one beside it, "" where it has none}.

    "old" counts only where that one has no name yet and a new collection is built.
    """

    key = "vector_names"
    short = "Names"
    kind = "text"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        if not self._names_both(survey, answers):
            return QuestionText(
                "What should the new vector be called?",
                f"Searches that mean it say its name in using. {_todays(survey)}",
                "an alias cannot choose a vector, so the application has to name it.",
            )
        stays = (
            " Left empty it stays without a name, and the application's present searches go on "
            "without a change."
            if survey.capabilities.add_vector and not survey.capabilities.local
            else ""
        )
        if stays and may_be_cloned(survey, answers):
            stays += " Only so can the server clone the collection by itself."
        return QuestionText(
            "What should the two vectors be called?",
            f"Searches say in using which of them they mean.{stays}",
            "an alias cannot choose a vector. Named from the start, both leave room for the next "
            "change of model.",
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (Option(self.suggest(survey, answers).value, "Names"),)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        new = _free_vector_name(survey, answers)
        if not self._names_both(survey, answers):
            return Suggestion({"new": new}, "default")
        old = old_model(survey, answers)
        slug = slug_of(old, dimensions=True) if old is not None else "old"
        return Suggestion({"new": new, "old": _free_among(survey, slug, besides=new)}, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        new = Field("new", "New vector", "text", str(value.get("new", "")))
        if not self._names_both(survey, answers):
            return (new,)
        old = str(value.get("old", ""))
        return (new, Field("old", "Old vector", "text", old, "it has no name today"))

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        suggested = self.suggest(survey, answers).value
        if isinstance(value, str):
            value = {**suggested, "new": value}
        if not isinstance(value, Mapping) or not {"new"} <= set(value) <= {"new", "old"}:
            raise BadAnswer("This names no vector.", "", f"Type for example {suggested['new']}.")
        new = self._free(value["new"], survey, suggested["new"], "new")
        if not self._names_both(survey, answers):
            return {"new": new}
        if str(value.get("old", "")).strip() == "":
            if not survey.capabilities.add_vector or survey.capabilities.local:
                raise BadAnswer(
                    "The old vector needs a name.",
                    "Here two vectors stand beside each other only where both have one.",
                    f"Type for example {suggested['old']}.",
                    "old",
                )
            return {"new": new, "old": ""}
        old = self._free(value["old"], survey, suggested["old"], "old")
        if old == new:
            raise BadAnswer(
                f"Both are called {new}.",
                "Searches tell them apart by it.",
                f"Type for example {suggested['old']}.",
                "old",
            )
        return {"new": new, "old": old}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        return listing([str(name) for name in (value.get("old"), value.get("new")) if name])

    @staticmethod
    def _names_both(survey: Survey, answers: Answers) -> bool:
        old = replaced_vector(survey, answers)
        stays = in_place(survey, answers) or apart(answers)
        return old is not None and old.name == "" and not stays

    @staticmethod
    def _free(raw: Any, survey: Survey, example: str, field: str) -> str:
        name = typed.name(raw, "the name of a vector", example=example, field=field)
        if any(vector.name == name for vector in survey.vectors.value or ()):
            raise BadAnswer(
                f"There is a vector {name} already.", "", f"Type for example {example}.", field
            )
        return name


class VectorName(Question):
    """Answer: the name of the new vector, "" where it stays without one. Where the present one has
    a name, it is asked if that says the old model."""

    key = "vector_name"
    short = "Vector name"
    serves = ("replaces",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        old = replaced_vector(survey, answers)
        if old is not None and old.name:
            return QuestionText(
                "What should the new vector be called?",
                f"The name {old.name} says the model that made it.",
                "a product that makes the name of its model looks for the new one; others search "
                "by the name that they are told.",
            )
        return QuestionText(
            "Will you change models again?",
            "A vector can have a name. Then old and new fit into one collection later.",
            "naming it now makes the next change shorter.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        old = replaced_vector(survey, answers)
        change = answers.get("change")
        if old is None or change == "second" or what_changes(change).vector is None:
            return False
        says = name_with_model(survey, answers) is not None and not in_place(survey, answers)
        return old.name == "" or says

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        wanted, old = name_with_model(survey, answers), replaced_vector(survey, answers)
        if wanted is not None and old is not None:
            using = "searches must name it (using)"
            return (
                Option(wanted, f"By the new model: {wanted}", using, wanted),
                Option(
                    old.name, f"As before: {old.name}", "it goes on saying the old model", "kept"
                ),
                unknown(wanted),
            )
        named = _free_vector_name(survey, answers)
        return (
            Option("", "Unlikely", "the shape stays; searches name no vector", "none"),
            Option(
                named,
                "Probably",
                f"the new vector is named {named}; searches must name it (using)",
                named,
            ),
            unknown("Unlikely"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(name_with_model(survey, answers) or "", "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if value in ("", UNKNOWN, self._present(survey, answers)):
            return ()
        return (Field("", "Name of the vector", "text", str(value)),)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        present = self._present(survey, answers)
        if value == present:
            return value
        example = name_with_model(survey, answers) or _free_vector_name(survey, answers)
        name = typed.name(value, "the name of a vector", example=example, field="")
        if any(vector.name == name for vector in survey.vectors.value or ()):
            raise BadAnswer(
                f"There is a vector {name} already.", "", f"Type for example {example}."
            )
        return name

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        return "none" if value == "" else super().label(value, survey, answers)

    @staticmethod
    def _present(survey: Survey, answers: Answers) -> str:
        """The name that stays where it is not changed."""
        old = replaced_vector(survey, answers)
        return old.name if old is not None else ""


def _todays(survey: Survey) -> str:
    if any(vector.name == "" for vector in survey.vectors.value or ()):
        return "Those without it ask the vector that has no name, as today."
    return "Those of today name theirs and stay as they are."


def _free_vector_name(survey: Survey, answers: Answers) -> str:
    return _free_among(survey, model_slug(answers, dimensions=True))


def _free_among(survey: Survey, wish: str, besides: str = "") -> str:
    """`wish`, or the first of wish_2, wish_3 … that no vector has."""
    taken = {vector.name for vector in survey.vectors.value or ()} | {besides}
    numbered = (f"{wish}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wish, *numbered) if name not in taken)

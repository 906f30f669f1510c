"""What a warning is, the case it looks at, and how one is declared. The warnings live beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from qdrant_model_migration.advice.estimate import estimate
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.plan.plan import Estimate, Plan
from qdrant_model_migration.strategies import Answers, Strategy, strategies
from qdrant_model_migration.strategies.answered.cloning import cloned
from qdrant_model_migration.strategies.answered.place import is_apart, taken_out_in_place
from qdrant_model_migration.strategies.answered.vectors import old_model, replaced_vector
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.survey.facts import Survey, VectorFact

Severity = Literal["must", "caution", "note"]


class Warning_(NamedTuple):
    """A warning as shown. must: acknowledged one by one; caution, note: shown only.

    risk: what it tells is that searches may find less.
    """

    id: str
    title: str
    text: str
    why_here: str
    todo: str
    severity: Severity
    risk: bool = False

    @property
    def said(self) -> str:
        """What is acknowledged, to tell whether it changed since."""
        return f"{self.text} {self.why_here}".strip()


class Said(NamedTuple):
    """What a declared warning answers when it applies."""

    severity: Severity
    text: str
    why_here: str
    todo: str


@dataclass(frozen=True)
class Case:
    """Everything a warning may look at. `answers` are settled."""

    survey: Survey
    answers: Answers
    strategy: Strategy
    plan: Plan | None = None

    @property
    def adds(self) -> bool:
        """Whether a vector of a name of its own is put beside the others."""
        return "adds" in self.strategy.facets or self.cloned

    @property
    def cloned(self) -> bool:
        """Whether the server copies the collection itself, with all its vectors."""
        return cloned(self.survey, self.answers, self.strategy)

    @property
    def in_place(self) -> bool:
        """Whether that is done in the collection itself."""
        return self.adds and self.answers.get("in_place") == "in place" and not self.apart

    @property
    def apart(self) -> bool:
        """Whether it gets a second collection, beside the present one, which stays in use."""
        return is_apart(self.strategy, self.answers)

    @property
    def takes_out(self) -> bool:
        """Whether a vector is deleted of the collection itself."""
        return "drop" in self.strategy.asks and taken_out_in_place(self.survey, self.answers)

    @property
    def builds(self) -> bool:
        """Whether a new collection is built, which copies the payloads."""
        stays = self.in_place or self.apart or self.takes_out
        return "builds" in self.strategy.facets and not stays

    @property
    def replaces(self) -> bool:
        """Whether the new vector takes the place of an old one."""
        return "replaces" in self.strategy.facets

    @property
    def loads(self) -> bool:
        """Whether the points come from a file, so that nothing is followed."""
        return "loads" in self.strategy.facets

    @property
    def loading_is_possible(self) -> bool:
        """Whether this change can be made by taking the points from a file as well."""
        fits = (s.fit(self.survey, self.answers) for s in strategies() if "loads" in s.facets)
        return any((fit.word, fit.decided_by) != ("ruled out", "change") for fit in fits)

    @property
    def takes_model(self) -> bool:
        """Whether the new vectors are of a model that is chosen."""
        return "takes_model" in self.strategy.facets

    @cached_property
    def model(self) -> ModelRef | None:
        """The model of the new vectors; None where the strategy makes none with a model."""
        return new_model(self.strategy, self.survey, self.answers) if self.takes_model else None

    @cached_property
    def vector(self) -> VectorFact | None:
        """The dense vector that is replaced."""
        return replaced_vector(self.survey, self.answers)

    @cached_property
    def old_model(self) -> ModelRef | None:
        """The model of that vector, None where it is not known."""
        return old_model(self.survey, self.answers)

    @property
    def distances(self) -> tuple[str | None, str | None]:
        """By which the searched vector is compared, before and after; None: not known, or there is
        no model and no plan yet that says it."""
        if self.model is not None:
            if self.vector is None or "builds" not in self.strategy.facets:
                return (None, None)
            return (self.vector.distance, self.model.distance)
        plan = self.plan
        if plan is None or plan.move is None or plan.before is None or plan.after is None:
            return (None, None)
        was, becomes = plan.before.legs[0].using, plan.after.legs[0].using
        there = {vector.name: vector.distance for vector in self.survey.vectors.value or ()}
        made = {vector.name: vector.params.get("distance") for vector in plan.move.vectors}
        return (there.get(was), made.get(becomes))

    @property
    def old_size(self) -> int | None:
        return self.vector.size if self.vector else None

    @property
    def points(self) -> int:
        return self.survey.points.value or 0

    @property
    def embeds(self) -> bool:
        """Whether a vector is made of every text, here or by the server."""
        return self.strategy.embeds or "infers" in self.strategy.facets

    @property
    def service(self) -> str:
        """Who gets the texts that are embedded, as a sentence says it; "": nobody."""
        embeds = self.embeds or "samples" in self.strategy.facets
        return kind_of(self.model).who_reads(self.model) if embeds and self.model else ""

    @property
    def secret(self) -> str:
        """The variable of the key that the server shows a provider; "": it needs none."""
        model = self.model
        asked = model is not None and kind_of(model).at_server
        return (kind_of(model).secret_of(model) or "") if asked and model is not None else ""

    @property
    def payee(self) -> str:
        """Who may charge for it at a price that is not known; "": nobody."""
        return kind_of(self.model).billed(self.model) if self.embeds and self.model else ""

    @cached_property
    def cost(self) -> Estimate | None:
        """The plan's estimate; room alone where the plan is only about to be made."""
        if self.plan is None:
            return None
        if self.plan.estimate != Estimate():
            return self.plan.estimate
        return estimate(self.survey, self.plan, None)

    def sizes(self, vector: str | None) -> list[int]:
        """The known dimensions of that vector, or of all that can be compressed."""
        of = self.survey.vectors.value or ()
        return [v.size for v in of if v.size and v.kind != "sparse" and vector in (None, v.name)]

    @property
    def quantization(self) -> Mapping[str, Any]:
        answer = self.answers.get("quantization")
        return answer if isinstance(answer, Mapping) else {}


class Declared(NamedTuple):
    """One warning of the list: it says nothing where it does not apply.

    own: it is looked at only for strategies that name it in `warns`. risk: see `Warning_`.
    """

    id: str
    title: str
    look: Callable[[Case], Said | None]
    own: bool
    risk: bool


WARNINGS: list[Declared] = []
"""Filled by the files of this folder as they are imported; sorted by id when read."""


def warning(
    id_: str, title: str, *, own: bool = False, risk: bool = False
) -> Callable[[Callable[[Case], Said | None]], Declared]:
    """Declare a warning: decorates the function that says when, how serious, and the sentences."""

    def declare(look: Callable[[Case], Said | None]) -> Declared:
        declared = Declared(id_, title, look, own, risk)
        WARNINGS.append(declared)
        return declared

    return declare

"""What a strategy is: one file that says when it fits, what it does, and how it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.survey.facts import Survey

Answers = Mapping[str, Any]


class Fit(NamedTuple):
    """Whether a strategy fits. `decided_by` is the key of the question, or "survey".

    word: "first" (it is meant for exactly this), "possible", "ruled out", "open" (a question that
    is still to come decides). reason: a few words that complete the strategy's name.
    """

    word: Literal["first", "possible", "ruled out", "open"]
    reason: str
    decided_by: str


class Strategy:
    """One way to migrate. Subclass it in one new file of this folder; the registry finds it.

    name: the file's stem and the value of `--strategy`. title: on screens. subtitle: plain words.
    what, way_back, never: sentences for the strategy screen. runs: whether this version can run it;
    if not, `build` is never called and the screens say so. embeds: whether this computer makes a
    vector of every text, which takes the time and needs the texts.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    subtitle: ClassVar[str]
    what: ClassVar[str]
    way_back: ClassVar[str]
    never: ClassVar[str]
    runs: ClassVar[bool] = True
    embeds: ClassVar[bool] = False
    order: ClassVar[int] = 50

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        raise NotImplementedError

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        """Up to three reasons in the operator's own facts."""
        raise NotImplementedError

    def warnings(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        """Ids of the warnings that are this strategy's own, besides those facts call for."""
        return ()

    def build(self, survey: Survey, answers: Answers) -> Plan:
        """The plan, complete but for the acknowledgements. Pure."""
        raise NotImplementedError

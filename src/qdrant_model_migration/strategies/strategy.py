"""What a strategy is: one file that says when it fits, what it does, and how it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.survey.facts import Survey

Answers = Mapping[str, Any]

Facet = Literal[
    "builds",
    "embeds",
    "infers",
    "samples",
    "needs_text",
    "takes_model",
    "replaces",
    "adds",
    "loads",
]
"""What strategies have in common. Questions and warnings go by it, never by a strategy's name.

builds: a new collection is filled, with the payloads, and an alias switched to it.
embeds: this computer makes a vector of every text, which takes the time.
infers: the Qdrant server makes it, of the text that it is sent.
samples: this computer makes vectors of some of the texts.
needs_text: it cannot be done without the texts.
takes_model: question Model says of which model the new vectors are.
replaces: the new vector takes the place of one dense vector.
adds: the new vector stands beside the others under a name of its own, in a new collection or, where
the server can and question In place says so, in the present one.
loads: the points come from a file, so that nothing is carried over that the application writes.
"""


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
    what, way_back, never: sentences for the strategy screen, which `answered` puts as the answers
    are: {switched} and {kept} stand for how a new collection takes over, and for what becomes of
    vectors that are there. facets: which questions it is asked
    and which warnings it gets. asks, warns: keys of questions and ids of warnings for it besides
    those. implied: what is answered by asking for it by its name. evens: it makes every new vector
    to length one itself.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    subtitle: ClassVar[str]
    what: ClassVar[str]
    way_back: ClassVar[str]
    never: ClassVar[str]
    facets: ClassVar[tuple[Facet, ...]] = ()
    asks: ClassVar[tuple[str, ...]] = ()
    warns: ClassVar[tuple[str, ...]] = ()
    implied: ClassVar[Mapping[str, Any]] = {}
    evens: ClassVar[bool] = False
    order: ClassVar[int] = 50

    @property
    def embeds(self) -> bool:
        return "embeds" in self.facets

    @property
    def compares(self) -> bool:
        """Whether a distance has to be chosen for the new vectors of a chosen model."""
        return {"builds", "takes_model"} <= set(self.facets) and not self.evens

    def embeds_all(self, answers: Answers) -> bool:
        """Whether with these answers this computer makes a vector of every text, be it later."""
        return self.embeds

    def as_taken(self, model: ModelRef) -> ModelRef:
        """The model of question Model as this strategy uses it."""
        return model

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        raise NotImplementedError

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        """Up to three reasons in the operator's own facts."""
        raise NotImplementedError

    def build(self, survey: Survey, answers: Answers) -> Plan:
        """The plan, complete but for the acknowledgements. Pure."""
        raise NotImplementedError

    def made_with(self, survey: Survey, answers: Answers) -> ModelRef | None:
        """The model that takes the time, where it is not the one of question `model`."""
        return None

    def plan(self, survey: Survey, answers: Answers, **own: Any) -> Plan:
        """A plan with what every plan says: made when, by what, for what. own: the rest of it."""
        return Plan(
            made_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            strategy=self.name,
            title=self.title,
            server=survey.address,
            server_version=survey.capabilities.version,
            collection=survey.collection,
            fingerprint=survey.fingerprint,
            answers=dict(answers),
            **own,
        )

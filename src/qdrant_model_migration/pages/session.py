"""Where somebody is on the trip and what is known so far. Frozen; replaced, never changed.

No screens and no work here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from qdrant_model_migration.environment import KEY

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qdrant_model_migration.advice import WhatIf
    from qdrant_model_migration.embedders import ModelChoice, ModelRef
    from qdrant_model_migration.engine import DeadLetter, RunView
    from qdrant_model_migration.pages.page import Fact as Checked
    from qdrant_model_migration.pipeline.head import Head
    from qdrant_model_migration.pipeline.speed import Speed
    from qdrant_model_migration.plan import Acceptance, Plan
    from qdrant_model_migration.qdrant import Address
    from qdrant_model_migration.quality import SideBySide
    from qdrant_model_migration.steps.routes.route import Words
    from qdrant_model_migration.survey.facts import Fact, Survey
    from qdrant_model_migration.survey.listing import Listed

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Tried(NamedTuple):
    """One query on both sides, and what the sides are called."""

    both: SideBySide
    old: str
    new: str


class Reading(NamedTuple):
    """A survey and what it has found so far. state: how it ended, "" as long as it goes on.
    unread: why one cannot go on from it."""

    facts: Mapping[str, Fact[Any]]
    state: str = ""
    unread: str = ""


class Connected(NamedTuple):
    """What the first contact found: version, seconds to the answer, collections, and whether these
    are listed at all."""

    version: str
    local: bool
    seconds: float
    collections: tuple[Listed, ...]
    may_write: bool | None
    notes: tuple[str, ...] = ()
    listed: bool = True


class Adding(NamedTuple):
    """A step that was added to the run. leaving: not after all; it is to be taken off again."""

    step: str
    leaving: bool = False


class Files(NamedTuple):
    """What was read of a run's folder besides its view. letters: the first dead letters.
    words: what its route says of it; None where its plan moves nothing, or cannot be read."""

    names: tuple[str, ...] = ()
    ticked: frozenset[str] = frozenset()
    letters: tuple[DeadLetter, ...] = ()
    proof: Mapping[str, Any] = NOTHING
    words: Words | None = None


class Other(NamedTuple):
    """A collection that switches at the same moment, planned with the same answers. plan None: why
    there is none. points: how many it has. empty: it is left out, since there is nothing to do."""

    collection: str
    plan: Plan | None = None
    why: str = ""
    points: int | None = None
    empty: bool = False


class Others(NamedTuple):
    """All of them, for these answers of that collection."""

    collection: str | None
    answers: Mapping[str, Any]
    ones: tuple[Other, ...]


@dataclass(frozen=True)
class Session:
    """One snapshot. `key` prints as stars; nothing here is ever saved but the answers.

    key_of: the server that keys may be sent to, since a person has named it; no other. asking: the
    question that is asked now. alone: one that is asked alone, and the stage that it is asked from.
    choices: the models as they were found here last. naming: a folder that holds a model, and what
    was said of it. speeds: of models; None: it could not be tried. heads: of files that answers
    name; None: it could not be read. seen: the last look at a run. runs: all of them. tried: what
    was searched on both sides. form: of the lines to change. typed: an address as it was typed,
    until something answers there. last_address: used before. checked: what connecting or preparing
    has found so far. reading: the survey as it comes about. corrected: what was said otherwise of
    what it found. known_before: the models of its vectors by their names, as a run knows them that
    is planned again. offered: files that practice has for questions, by their keys. made_up: the
    facts of Explore, where they were changed. others: the plans of those that switch together with
    it.
    """

    address: Address | None = None
    key: SecretStr | None = None
    key_of: Address | None = None
    practice: bool = False
    explore: bool = False
    connected: Connected | None = None
    collection: str | None = None
    survey: Survey | None = None
    answers: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    strategy: str | None = None
    accepted: Mapping[str, Acceptance] = field(default_factory=lambda: NOTHING)
    plan: Plan | None = None
    speeds: Mapping[str, Speed | None] = field(default_factory=lambda: NOTHING)
    heads: Mapping[str, Head | None] = field(default_factory=lambda: NOTHING)
    run: Path | None = None
    asking: str | None = None
    seen: RunView | None = None
    runs: tuple[RunView, ...] | None = None
    files: Files | None = None
    adding: Adding | None = None
    tried: Tried | None = None
    form: str = ""
    alone: tuple[str, str] | None = None
    choices: tuple[ModelChoice, ...] | None = None
    naming: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    typed: str = ""
    last_address: str = ""
    checked: tuple[Checked, ...] = ()
    reading: Reading | None = None
    corrected: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    known_before: Mapping[str, ModelRef] = field(default_factory=lambda: NOTHING)
    offered: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    made_up: WhatIf | None = None
    others: Others | None = None

    def on(self, **changes: Any) -> Session:
        """The next snapshot."""
        return replace(self, **changes)

    def anew(self, **changes: Any) -> Session:
        """Another trip: of this one it has the key alone, and what is known besides trips."""
        return Session(
            key=self.key,
            key_of=self.key_of,
            runs=self.runs,
            typed=self.typed,
            last_address=self.last_address,
            made_up=self.made_up,
            **changes,
        )

    @property
    def what_if(self) -> WhatIf:
        """The made-up facts of Explore."""
        from qdrant_model_migration.advice import WhatIf

        return self.made_up or WhatIf()

    @property
    def of_run(self) -> RunView | None:
        """The run that the trip is with, as it was last seen."""
        seen = self.seen
        return seen if seen is not None and seen.folder == self.run else None

    def at_run(self, run: Path | None, seen: RunView | None = None) -> Session:
        """With this run, or none: nothing that was read of another one."""
        return self.on(run=run, seen=seen, files=None, adding=None, tried=None, form="")

    def key_for(self, server: Address) -> str | None:
        """The key where it was given for this server, else None."""
        return self.key.get_secret_value() if self.key and self.may_have_keys(server) else None

    def may_have_keys(self, server: Address) -> bool:
        """Whether it is the one that a person has named."""
        return self.key_of is not None and server.is_same_server(self.key_of)

    def keys_for(self, server: Address, models: Iterable[ModelRef]) -> dict[str, str]:
        """What the engine of a plan with these models gets in its environment for this server."""
        key = self.key_for(server)
        from qdrant_model_migration.embedders import keys_of
        from qdrant_model_migration.qdrant import headers_for_engine

        may = self.may_have_keys(server)
        theirs = {**keys_of(models), **headers_for_engine()} if may else {}
        return {**theirs, **({KEY: key} if key else {})}

    def answered(self, key: str, value: Any) -> Session:
        """With one answer given. What was decided after it has to be decided again."""
        answers = {**self.answers, key: value}
        same = key in self.answers and self.answers[key] == value
        return self if same else self.on(answers=answers, strategy=None, plan=None)

    @property
    def planned_with_it(self) -> tuple[Other, ...] | None:
        """The others, where they are planned with the answers as they are now."""
        found = self.others
        fits = found is not None and (found.collection, found.answers) == (
            self.collection,
            self.answers,
        )
        return found.ones if fits and found is not None else None

    def chosen(self, collection: str) -> Session:
        """With a collection; another one than before drops what was found in that."""
        if collection == self.collection:
            return self if self.survey is not None else self.on(reading=None)
        return self.on(
            collection=collection,
            survey=None,
            reading=None,
            corrected=NOTHING,
            known_before=NOTHING,
            strategy=None,
            plan=None,
            accepted=NOTHING,
        )

    @property
    def server(self) -> str:
        """For the top row, right."""
        if self.practice:
            return "practice · nothing here is real"
        if self.explore:
            return "no server · nothing is changed"
        if self.connected is None and self.of_run is not None:
            from qdrant_model_migration.qdrant import Address

            return Address.read(self.of_run.card.server).label
        if self.address is None or self.connected is None:
            return "not connected"
        return f"{self.address.label} · Qdrant {self.connected.version}"

    @property
    def what(self) -> str:
        """For the top row, left: collection, or from where to where."""
        if self.plan is not None and self.plan.move is not None:
            return self.plan.move.label
        return self.collection or ""

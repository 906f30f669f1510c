"""Where somebody is on the trip and what is known so far. Frozen; replaced, never changed.

No screens and no work here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qdrant_model_migration.pipeline.speed import Speed
    from qdrant_model_migration.plan import Acceptance, Plan
    from qdrant_model_migration.qdrant import Address
    from qdrant_model_migration.survey.facts import Survey
    from qdrant_model_migration.survey.listing import Listed

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Connected(NamedTuple):
    """What the first contact found: version, seconds to the answer, collections."""

    version: str
    local: bool
    seconds: float
    collections: tuple[Listed, ...]
    may_write: bool | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """One snapshot. `key` prints as stars; nothing here is ever saved but the answers.

    key_of: the server that the key was given for; it is sent to no other one. asking: the question
    that is asked alone, from a later stage.
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
    speeds: Mapping[str, Speed] = field(default_factory=lambda: NOTHING)
    run: Path | None = None
    asking: str | None = None

    def on(self, **changes: Any) -> Session:
        """The next snapshot."""
        return replace(self, **changes)

    def anew(self, **changes: Any) -> Session:
        """Another trip: of this one it has the key alone."""
        return Session(key=self.key, key_of=self.key_of, **changes)

    def key_for(self, server: Address) -> str | None:
        """The key where it was given for this server, else None."""
        if self.key is None or self.key_of is None or not server.is_same_server(self.key_of):
            return None
        return self.key.get_secret_value()

    def answered(self, key: str, value: Any) -> Session:
        """With one answer given. What was decided after it has to be decided again."""
        answers = {**self.answers, key: value}
        same = key in self.answers and self.answers[key] == value
        return self if same else self.on(answers=answers, strategy=None, plan=None)

    def chosen(self, collection: str) -> Session:
        """With a collection; another one than before drops what was found in that."""
        if collection == self.collection:
            return self
        return self.on(
            collection=collection, survey=None, strategy=None, plan=None, accepted=NOTHING
        )

    @property
    def server(self) -> str:
        """For the top row, right."""
        if self.practice:
            return "practice · nothing here is real"
        if self.explore:
            return "no server · nothing is changed"
        if self.address is None or self.connected is None:
            return "not connected"
        return f"{self.address.label} · Qdrant {self.connected.version}"

    @property
    def what(self) -> str:
        """For the top row, left: collection, or from where to where."""
        if self.plan is not None and self.plan.move is not None:
            return self.plan.move.label
        return self.collection or ""

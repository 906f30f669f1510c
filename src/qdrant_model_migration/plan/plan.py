"""The plan: what was surveyed, answered and chosen, and the steps that carry it out. One file."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from pydantic import Field

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.plan.upgrade import FORMAT
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps import AnyStep
from qdrant_model_migration.strict import Strict


class Range(Strict):
    """An estimate: low, likely, high, and how it was made. All None: not known."""

    low: float | None = None
    likely: float | None = None
    high: float | None = None
    how: str = ""

    @property
    def between(self) -> tuple[float, float] | None:
        """The lowest and the highest; None: not known."""
        if self.likely is None:
            return None
        low, high = (self.likely if end is None else end for end in (self.low, self.high))
        return low, high


class Estimate(Strict):
    """What the plan costs: seconds, bytes of disk and memory on the server, money in USD.

    notes_bytes: of disk on this computer, in the run folder; None where it is not known.
    """

    seconds: Range = Range()
    disk_bytes: Range = Range()
    memory_bytes: Range = Range()
    notes_bytes: int | None = None
    usd: float | None = 0.0
    step_seconds: tuple[float | None, ...] = ()


class Acceptance(Strict):
    """A warning that was acknowledged: when, and the sentence that stood there."""

    at: str
    said: str


class Alias(Strict):
    """The name the application uses. `exists` False: the plan creates it on the old collection."""

    name: str
    exists: bool


class Plan(Strict):
    """Everything a run needs. Written as YAML, strict on load, without secrets.

    before, after: how the application searches; None where that stays as it is.
    together: the other collections that switch at the same moment, each by a plan of its own.
    warned: what each of must_accept says. seal: over both, and over together, see `acknowledged`.
    Plans of the first version have neither.
    """

    qmm_plan: Annotated[int, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    made_at: str
    strategy: str
    title: str
    server: Address
    server_version: str
    collection: str
    fingerprint: str
    together: tuple[str, ...] = ()
    alias: Alias | None = None
    move: Move | None = None
    before: Side | None = None
    after: Side | None = None
    steps: Annotated[tuple[AnyStep, ...], Field(min_length=1)]
    never_touched: tuple[str, ...] = ()
    lost_settings: tuple[str, ...] = ()
    estimate: Estimate = Estimate()
    must_accept: tuple[str, ...] = ()
    warned: dict[str, str] = Field(default_factory=dict)
    seal: str = ""
    accepted: dict[str, Acceptance] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)
    practice: bool = False

    @property
    def searched_by(self) -> tuple[str, ...]:
        """The models of the searches afterwards, by what has to be the same where an application
        searches several collections by one model."""
        models = self.after.models if self.after is not None else ()
        said = ((m.kind, m.name, str(m.dimensions), m.query_prefix, m.fingerprint) for m in models)
        return tuple(sorted(" ".join(filter(None, one)) for one in said))

    @property
    def digest(self) -> str:
        """Of what is to be done, to know the same plan again: in hexadecimal digits."""
        none = {"accepted"} if self.together else {"accepted", "together"}
        text = self.model_dump_json(exclude=none)
        return hashlib.sha256(text.encode()).hexdigest()

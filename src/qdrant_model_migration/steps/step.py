"""What a step is, and the small world it sees. The steps are one file each beside this."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.gate import GateKind
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.sisters import Jointly, Level, Sister


class StepText(NamedTuple):
    """A step in words, for plan, run and report. `details` are whole sentences."""

    title: str
    writes_to: str
    way_back: str
    details: tuple[str, ...] = ()


class StepContext(Equipment, Protocol):
    """All that a step may see and do besides talking to Qdrant. The engine implements it."""

    @property
    def folder(self) -> Path:
        """The run folder; a step may keep files of its own there."""
        ...

    @property
    def move(self) -> Move:
        """What goes where; raises where the plan moves nothing."""
        ...

    @property
    def before(self) -> Side:
        """How the application searches before the switch; raises where nothing is switched."""
        ...

    @property
    def after(self) -> Side:
        """And how it searches after it."""
        ...

    @property
    def has_move(self) -> bool:
        """Whether the plan moves anything; requantize does not."""
        ...

    @property
    def run_id(self) -> str: ...
    @property
    def accepted(self) -> frozenset[str]:
        """Ids of the warnings that were acknowledged in the plan."""
        ...

    def say(self, kind: str, text: str, **data: Any) -> None:
        """Write one event to the journal; `text` is a sentence for the log pane."""
        ...

    def progress(self, done: int, total: int | None, unit: str = "points") -> None:
        """How far this step is. Only confirmed work counts. `total` None: not known."""
        ...

    def remember(self, key: str, value: Any) -> None:
        """Keep a JSON value of this run (shared by its steps) across interruptions, durably."""
        ...

    def recall(self, key: str, default: Any = None) -> Any: ...

    def dead_letter(self, point: PointId, reason: str, held: str) -> None:
        """Set a point aside: why, and what its field holds (shortened). Once per point."""
        ...

    def revive(self, points: set[PointId]) -> None:
        """Take points off the list of dead letters: they have a text now, or are gone."""
        ...

    def conflict(self, point: PointId, old: str, new: str, mark: bytes) -> None:
        """List a point that both sides changed after the switch; the new collection's stays.

        old, new: "written" or "deleted". mark: of the old collection's version, b"" for deleted.
        """
        ...

    @property
    def conflicts(self) -> frozenset[tuple[str, bytes]]:
        """Those that are listed: the id as text, and the mark."""
        ...

    def forget_conflicts(self) -> None:
        """Empty the list: the pass that begins finds those that still are."""
        ...

    def consent(self, gate: str) -> Mapping[str, str] | None:
        """The consent given for a gate in this run and not yet spent, else None."""
        ...

    def spend(self, gate: str) -> None:
        """Mark the consent as used, so that it cannot open the gate a second time."""
        ...

    def sisters(self) -> tuple[Sister, ...]:
        """The collections that switch at the same moment, as they stand now."""
        ...

    def level(self, level: Level, *, stays: bool = False) -> None:
        """Tell them that both sides of this run are level, as long as this session goes on; stays:
        for good, because a person is asked to change the application."""
        ...

    def fleet(self) -> AbstractContextManager[Fleet]:
        """Who does the work on slices while the step hands it out."""
        ...

    def workers(self, move: Move | None = None) -> AbstractContextManager[Fleet]:
        """Who makes vectors: other computers, where the run is to use them, else `fleet`. move:
        whose vectors; None: the run's."""
        ...

    def limited(self) -> AbstractContextManager[None]:
        """Around work that sends texts to services that may take money: raises TokensSpent where
        the run has used what it may; see token_limit.py."""
        ...

    def waiting(self) -> AbstractContextManager[None]:
        """Around waiting for another thread, which is no work of this one's."""
        ...

    def rest(self, seconds: float) -> None:
        """Wait that long (before asking the server again), or less: raises Stopped when told to."""
        ...


class Step(BaseModel):
    """A step is its own parameters, frozen. Each subclass declares `step: Literal["its_file"]`.

    planned: whether a plan may hold it. gates: those it may wait at. jointly: how these go for
    collections that switch at the same moment.

    `apply` is idempotent: it finds out from the target and the journal what is done already, so
    that it can be called again after a kill at any instruction.
    """

    planned: ClassVar[bool] = True
    gates: ClassVar[tuple[GateKind, ...]] = ()
    jointly: ClassVar[Jointly | None] = None
    loads: ClassVar[bool] = False
    """Whether it works the server hard while the application searches; see `searched`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def name(cls) -> str:
        """By which plans, journals and commands know it."""
        return str(cls.model_fields["step"].default)

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        """Why the run named `run` cannot be given up after what this step has done in it."""
        return None

    @property
    def counts(self) -> tuple[str, ...]:
        """What `progress` counts, one kind after the other, where that is more than one."""
        return ()

    def embeds(self) -> tuple[ModelRef, int] | None:
        """A model, and of how many texts it makes vectors at most, besides what the move needs."""
        return None

    def searched(self, move: Move) -> str:
        """The collection that the application searches while this step works."""
        return move.source

    def text(self, move: Move | None) -> StepText:
        raise NotImplementedError

    def apply(self, ctx: StepContext) -> None:
        raise NotImplementedError

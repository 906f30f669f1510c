"""What a route is. All that it knows of a run is in the move and in the context it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.slices import SliceResult
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.gate import Ask, AskKind
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing

MOST_PASSES = 3

DEAD_LETTERS = "These points have no new vector: searches by it do not find them."
"""Where it is not known what was moved."""


def lacking(move: Move) -> str:
    """What a dead letter goes without: "a vector"; by its name where it may have others."""
    new = [f"vector {v.name}" if v.name else "the unnamed vector" for v in move.new_vectors]
    return listing(new, "or") if _has_others(move) else "a vector"


def unfound(move: Move) -> str:
    """A clause: what it means to go without."""
    if not _has_others(move):
        return "filters find them, searches do not"
    it = "it" if len(move.new_vectors) == 1 else "what they lack"
    return f"searches by {it} do not find them, others do"


def _has_others(move: Move) -> bool:
    return move.in_place or bool(move.kept) or len(move.new_vectors) > 1


class Words(NamedTuple):
    """What the steps of this route say of it; the lists are whole sentences.

    made: what the run makes, "docs_new". starts: what it does from the start to the cutover.
    target: for the column "writes to". undo: for the column "way back". inserts: completes "reads
    docs in slices, embeds the texts and ...". there: what becomes of what is there already.
    goes_without: completes "a point without a text ...". finishing, catching_up, comparing,
    sweeping: what these steps do. sweep, catch_up: the titles of those steps. dead_letters: what it
    means for a point to be one. spared: what comparing may leave out, unless all is wished.
    """

    made: str
    starts: tuple[str, ...]
    target: str
    undo: str
    inserts: str
    there: str
    goes_without: str
    finishing: tuple[str, ...]
    catching_up: tuple[str, ...]
    comparing: tuple[str, ...]
    sweep: str
    sweeping: tuple[str, ...]
    catch_up: str = "Catch up with new writes"
    dead_letters: str = DEAD_LETTERS
    spared: tuple[str, ...] = ()


class Leftover(NamedTuple):
    """What can be deleted, when its name was typed. says: sentences for the gate.

    what: "docs", "vector new of docs". asks: what is asked besides. before: what is done with the
    consent and before the deletion; it may refuse. told: a sentence for the log when it is gone.
    """

    name: str
    what: str
    says: tuple[str, ...]
    delete: Callable[[], None]
    told: str
    asks: tuple[Ask, ...] = ()
    before: Callable[[], None] = lambda: None


class Route:
    """Subclass it in one new file of this folder."""

    asks: ClassVar[tuple[AskKind, ...]] = ()
    """What cleaning up may ask besides the name of what is deleted."""

    def fits(self, move: Move) -> bool:
        raise NotImplementedError

    def words(self, move: Move) -> Words:
        raise NotImplementedError

    def must_be_free(self, ctx: StepContext) -> None:
        """Before anything is made: nothing of another stands where this run is to write."""
        raise NotImplementedError

    def must_be_ours(self, ctx: StepContext) -> None:
        """Before anything is written into it, since a run may lie for weeks: what it made stands.

        Raises TargetGone, TargetTaken.
        """
        raise NotImplementedError

    def filled(self, ctx: StepContext, result: SliceResult) -> None:
        """A slice is in the target; called before that is checkpointed."""

    def index(self, ctx: StepContext) -> None:
        """Everything is in: let the server build what it needs, and wait for it."""
        raise NotImplementedError

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        """Bring the target to what the source has by now, by passes until one finds nothing, at
        most so many; how many points were mended. anew: a pass that was broken off, perhaps long
        ago, is not gone on with. Only before the switch."""
        raise NotImplementedError

    def last_look(self, ctx: StepContext) -> None:
        """Directly before the switch; a few requests at most."""

    def check(self, ctx: StepContext, sample: int, *, full: bool = False) -> list[Check]:
        """Is everything there, and right? `sample`: points whose vectors are made again. full: all
        of it is read again, also what is known to stand as it was read last."""
        raise NotImplementedError

    def sweep(self, ctx: StepContext, *, anew: bool = False) -> bool:
        """After the switch: carry over what the last catch-up had not seen. Whether the last pass
        found nothing. See `catch_up` for `anew`."""
        raise NotImplementedError

    def left_behind(self, ctx: StepContext, *, anew: bool) -> dict[str, int] | None:
        """After a switch back: points `inserted`, `edited`, `deleted` that only the target has so;
        None where it has nothing that the source has not."""
        raise NotImplementedError

    def made(self, ctx: StepContext) -> Leftover | None:
        """What this run has made and can be given up with it; None where there is nothing. Raises
        DiscardRefused where it is in use."""
        raise NotImplementedError

    def doomed(self, ctx: StepContext) -> str:
        """What cleaning up deletes, for a sentence: the new side after a switch back, else what
        nobody needs after the switch."""
        raise NotImplementedError

    def leftover(self, ctx: StepContext) -> Leftover | None:
        """What nobody needs after the switch, or after a switch back; None: it is gone already.
        Raises CleanupRefused."""
        raise NotImplementedError

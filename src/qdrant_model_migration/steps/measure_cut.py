"""Step: how much is lost where stored vectors are made shorter, measured before any is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.embedders import SMALLEST_NORM
from qdrant_model_migration.embedders.errors import MapUnreadable
from qdrant_model_migration.embedders.learned_map import LearnedMap, Rows
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality.projection import principal
from qdrant_model_migration.quality.shortening import Shortened, shortened
from qdrant_model_migration.steps.errors import ShorteningTooLossy
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.sample import sample

MEASURED = "shortening"
PROJECTION = "projection.npz"
_EVEN = 0.01  # lengths that differ by less count as length one
_TOGETHER = 8  # neighbours in the order of ids, often pieces of one text: all teach, or all judge
_LOSS = AskKind("loss", "tick", "--accept-shortening", "Go on with vectors cut to this length.")


class MeasureCut(Step):
    """Of `vector`, made `size` values long and, for comparison, as long as the other `lengths`.

    by: the first values are cut off, or a projection is learned from a part of the sample, into the
    `file` of the run folder, and judged by the rest. least: the share of the neighbours that is to
    be left. proves: it must be sure to be, else the run ends; else a person decides. Nothing is
    embedded, and nothing is written.
    """

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("shortening", (_LOSS,)),)
    step: Literal["measure_cut"] = "measure_cut"
    collection: str
    vector: str = ""
    size: int
    lengths: tuple[int, ...] = ()
    sample: int = 2_000
    least: float = 0.5
    by: Literal["cut", "projection"] = "cut"
    proves: bool = False
    file: str = PROJECTION

    def text(self, move: Move | None) -> StepText:
        least = words.share(self.least)
        how = "cuts them, here, to" if self.by == "cut" else "projects them, here, to"
        below = f"Where less than {least} stay at {self.size}, you decide before anything is made."
        if self.proves:
            below = (
                f"At {self.size} at least {least} must be sure to stay; else the run ends here, "
                "and nothing is made."
            )
        learns = (
            "Learns a projection from two thirds of them, judges it by the others, and keeps it in "
            "the run folder.",
        )
        return StepText(
            "Measure the shorter vectors",
            "nothing",
            "not needed",
            (
                f"Reads up to {words.count(self.sample)} stored vectors from all over "
                f"{self.collection} and {how} each length there is.",
                *(learns if self.by == "projection" else ()),
                f"Says for each how many of the 10 nearest neighbours stay, and what it takes. "
                f"{below}",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        told = ctx.recall(MEASURED)
        if told is None or not self._stands(ctx, told):
            told = self._measured(ctx)
            ctx.remember(MEASURED, told)
            for line in told["says"]:
                ctx.say("measure", line)
        if told.get("found") is not None:
            least = words.share(self.least)
            raise ShorteningTooLossy(
                self.size, told["found"], least, self.collection, told["instead"]
            )
        if told["ask"] and ctx.consent("shortening") is None:
            raise Waiting(self._gate(told))

    def _stands(self, ctx: StepContext, told: dict[str, Any]) -> bool:
        """Whether the projection that was measured is still the one in the file."""
        if told.get("fingerprint") is None:
            return True
        try:
            found = LearnedMap.load(ctx.artifact(self.file))
        except MapUnreadable:
            return False
        return found.fingerprint == str(told["fingerprint"])

    def _measured(self, ctx: StepContext) -> dict[str, Any]:
        params = ctx.qdrant.config(self.collection).vectors()[self.vector]
        points = ctx.qdrant.count(self.collection)
        found = sample(
            ctx.qdrant, self.collection, self.sample, points, payload=False, vectors=[self.vector]
        )
        stored = [p.vectors[self.vector] for p in found if self.vector in p.vectors]
        rows = np.asarray(stored, np.float64)
        rows = rows[np.linalg.norm(rows, axis=1) >= SMALLEST_NORM] if len(stored) else rows
        distance = str(params.get("distance"))
        if self.proves or self.by == "projection":
            return self._proved(ctx, rows, points, distance)
        if len(rows) < 2:
            return {"says": ["Too few points have a vector: nothing was measured."], "ask": False}
        curve = shortened(rows, self._lengths(rows), distance)
        says = [
            f"{words.count(len(rows))} stored vectors were cut: how many of their 10 nearest stay.",
            *(_line(one, points, one.length == self.size) for one in curve),
        ]
        uneven = _uneven(rows) if distance == "Dot" else None
        here = next(one for one in curve if one.length == self.size)
        says += [_weight_gone(uneven)] if uneven else []
        return {"says": says, "ask": here.share < self.least or uneven is not None}

    def _proved(self, ctx: StepContext, rows: Rows, points: int, distance: str) -> dict[str, Any]:
        """Cut and projected beside each other, on vectors that the projection has not seen."""
        judges = np.arange(len(rows)) // _TOGETHER % 3 == 2
        taught, judging = rows[~judges], rows[judges]
        learns = len(taught) >= self.size and len(judging) > 1
        if len(rows) < 2 or (self.by == "projection" and not learns):
            return self._too_few(len(rows))
        if not learns:
            judging = rows
        lengths = [n for n in self._lengths(rows) if n == self.size or n <= len(taught)]
        cut = shortened(judging, lengths, distance)
        projected: list[Shortened] = []
        told: dict[str, Any] = {"ask": False}
        says = [f"{words.count(len(taught))} stored vectors taught a projection."] if learns else []
        if learns:
            directions = principal(taught, distance)
            projected = shortened(judging, lengths, distance, directions)
            if self.by == "projection":
                told["fingerprint"] = self._kept(ctx, directions)
        says += [
            f"{words.count(len(judging))} {'others' if learns else 'stored vectors'} were made "
            "shorter: how many of their 10 nearest stay.",
            *(_line(one, points, one.length == self.size, "cut ") for one in cut),
            *(_line(one, points, one.length == self.size, "projected ") for one in projected),
        ]
        uneven = _uneven(rows) if distance == "Dot" and self.by == "cut" else None
        if uneven:
            says.append(_weight_gone(uneven))
            told["ask"] = True
        mine, others = (cut, projected) if self.by == "cut" else (projected, cut)
        here = next(one for one in mine if one.length == self.size)
        if here.low < self.least:
            stay = f"{here.share:.0%} of the nearest neighbours stay"
            told["found"] = f"only {stay} (at least {here.low:.0%})"
            told["instead"] = self._instead(mine, others)
        return {**told, "says": says}

    def _too_few(self, found: int) -> dict[str, Any]:
        return {
            "says": [f"{words.plural(found, 'stored vector')} were found: too few to measure by."],
            "ask": False,
            "found": "it cannot be told how many of the nearest neighbours stay",
            "instead": f"That takes about {words.count(2 * self.size)} stored vectors. Take a "
            "shorter length, or a smaller model, which embeds the texts anew.",
        }

    def _kept(self, ctx: StepContext, directions: Rows) -> str:
        matrix = directions[:, : self.size].astype(np.float32)
        learned = LearnedMap(matrix, np.zeros(self.size, np.float32))
        learned.save(ctx.artifact(self.file))
        return learned.fingerprint

    def _instead(self, mine: Sequence[Shortened], others: Sequence[Shortened]) -> str:
        """What keeps enough, as far as it was measured."""
        other = next((one for one in others if one.length == self.size), None)
        if self.by == "cut" and other is not None and other.low >= self.least:
            return (
                f"A learned projection to {self.size} dimensions keeps {other.share:.0%}: make the "
                "plan again, with that at question Shortened by."
            )
        longer = [one for one in mine if one.low >= self.least]
        if longer:
            one = longer[-1]
            return (
                f"{one.length} dimensions keep {one.share:.0%}: make the plan again with that "
                "length. Or take a smaller model, which embeds the texts anew."
            )
        return "Make a plan with a longer length, or with a smaller model, which embeds the texts."

    def _lengths(self, rows: Rows) -> list[int]:
        return sorted({self.size, *(n for n in self.lengths if n < rows.shape[1])})

    def _gate(self, told: dict[str, Any]) -> Gate:
        return Gate(
            name="shortening",
            title=f"Is the loss at {self.size} dimensions acceptable?",
            says=(
                *told["says"],
                "Nothing is made yet. Stop here and make a plan with another length, or another "
                "model, if it is not.",
            ),
            asks=(_LOSS.ask(f"Go on with {self.size} dimensions"),),
            button="Go on",
        )


def _line(one: Shortened, points: int, chosen: bool, by: str = "") -> str:
    room, mark = words.size(points * one.length * 4), ", as planned" if chosen else ""
    stay = f"{by}{one.share:.0%} stay ({one.low:.0%} or more)"
    return f"{one.length} dimensions: {stay}, {room}{mark}."


def _weight_gone(uneven: tuple[float, float]) -> str:
    return (
        f"Stored vectors are {uneven[0]:.3g} to {uneven[1]:.3g} long, and Dot counts the length. "
        "Cut ones are all of length one, so that weight is gone."
    )


def _uneven(rows: Any) -> tuple[float, float] | None:
    """The shortest and the longest, where they are not all of length one."""
    norms = np.linalg.norm(rows, axis=1)
    low, high = float(norms.min()), float(norms.max())
    return (low, high) if low < 1 - _EVEN or high > 1 + _EVEN else None

"""Step: how much is lost where only the first values of the stored vectors are kept."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality.shortening import Shortened, shortened
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.sample import sample

MEASURED = "shortening"
_EVEN = 0.01  # lengths that differ by less count as length one
_LOSS = AskKind("loss", "tick", "--accept-shortening", "Go on with vectors cut to this length.")


class MeasureCut(Step):
    """Of `vector`, cut to `size` values and, for comparison, to the other `lengths`.

    least: the share of the neighbours that is to be left; below it a person decides. Nothing is
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

    def text(self, move: Move | None) -> StepText:
        return StepText(
            "Measure the shorter vectors",
            "nothing",
            "not needed",
            (
                f"Reads up to {words.count(self.sample)} stored vectors from all over "
                f"{self.collection} and cuts them, here, to each length there is.",
                "Says for each how many of the 10 nearest neighbours stay, and what it takes. "
                f"Where less than {words.share(self.least)} stay at {self.size}, you decide before "
                "anything is made.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        told = ctx.recall(MEASURED)
        if told is None:
            told = self._measured(ctx)
            ctx.remember(MEASURED, told)
            for line in told["says"]:
                ctx.say("measure", line)
        if told["ask"] and ctx.consent("shortening") is None:
            raise Waiting(self._gate(told))

    def _measured(self, ctx: StepContext) -> dict[str, Any]:
        params = ctx.qdrant.config(self.collection).vectors()[self.vector]
        points = ctx.qdrant.count(self.collection)
        found = sample(
            ctx.qdrant, self.collection, self.sample, points, payload=False, vectors=[self.vector]
        )
        stored = [p.vectors[self.vector] for p in found if self.vector in p.vectors]
        if len(stored) < 2:
            return {"says": ["Too few points have a vector: nothing was measured."], "ask": False}
        rows = np.asarray(stored, np.float64)
        distance = str(params.get("distance"))
        lengths = {self.size, *(n for n in self.lengths if n < rows.shape[1])}
        curve = shortened(rows, sorted(lengths), distance)
        says = [
            f"{words.count(len(rows))} stored vectors were cut: how many of their 10 nearest stay.",
            *(_line(one, points, one.length == self.size) for one in curve),
        ]
        uneven = _uneven(rows) if distance == "Dot" else None
        if uneven:
            says.append(
                f"Stored vectors are {uneven[0]:.3g} to {uneven[1]:.3g} long, and Dot counts the "
                "length. Cut ones are all of length one, so that weight is gone."
            )
        here = next(one for one in curve if one.length == self.size)
        return {"says": says, "ask": here.share < self.least or uneven is not None}

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


def _line(one: Shortened, points: int, chosen: bool) -> str:
    room = words.size(points * one.length * 4)
    mark = ", as planned" if chosen else ""
    return f"{one.length} dimensions: {one.share:.0%} stay ({one.low:.0%} or more), {room}{mark}."


def _uneven(rows: Any) -> tuple[float, float] | None:
    """The shortest and the longest, where they are not all of length one."""
    norms = np.linalg.norm(rows, axis=1)
    low, high = float(norms.min()), float(norms.max())
    return (low, high) if low < 1 - _EVEN or high > 1 + _EVEN else None

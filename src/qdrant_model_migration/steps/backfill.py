"""Step: fill the new collection, slice by slice, inserting only what is not there."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.slices import (
    Slice,
    SliceResult,
    SliceTask,
    find_slices,
    run_slice,
)
from qdrant_model_migration.steps.check import must_be_ours
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

WINDOW = 10_000  # points over which missing texts are judged
ALARM = 0.01
FEWEST = 500  # below it a few missing texts are a large share by chance
_CUTS = ("cuts their vectors", "a usable first part of its vector")


class Backfill(Step):
    """`expected_missing`: the share of points without a text that the survey found (0..1)."""

    step: Literal["backfill"] = "backfill"
    expected_missing: float = 0.0

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        made, without = ("embeds the texts", "a text") if move.embeds else _CUTS
        return StepText(
            f"Backfill {move.target}",
            "new collection",
            "delete it",
            (
                f"Reads {move.source} in slices, {made} and inserts the points with their payload.",
                f"{move.load.batch} points a request, {move.load.streams} requests at a time.",
                "A point that is there already is left untouched.",
                f"A point without {without} is copied without a vector and listed.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        must_be_ours(ctx)
        move = ctx.move
        total = ctx.qdrant.count(move.source)
        done = 0
        slices = _Slices(ctx)
        recent = deque(slices.counts)
        in_flight: deque[Future[SliceResult]] = deque()
        ctx.progress(slices.points_done, total)
        with ThreadPoolExecutor(move.load.streams, thread_name_prefix="slice") as pool:
            try:
                for todo in slices.todo():
                    ctx.breathe()
                    task = SliceTask(todo, move)
                    in_flight.append(pool.submit(run_slice, task, ctx.qdrant, ctx.embedder))
                    if len(in_flight) > move.load.streams:
                        done = self._finish(ctx, slices, in_flight.popleft(), total, recent)
                while in_flight:
                    done = self._finish(ctx, slices, in_flight.popleft(), total, recent)
            finally:
                # What is on its way is finished and kept, whatever ended the loop.
                for late in in_flight:
                    if late.cancel() or late.exception() is not None:
                        continue
                    slices.done(late.result())
        ctx.progress(slices.points_done, max(total, done))

    def _finish(
        self,
        ctx: StepContext,
        slices: _Slices,
        future: Future[SliceResult],
        total: int,
        recent: deque[tuple[int, int]],
    ) -> int:
        result = future.result()
        slices.done(result)
        ctx.progress(slices.points_done, max(total, slices.points_done))
        recent.append((result.points, len(result.dead)))
        while len(recent) > 1 and sum(points for points, _ in recent) > WINDOW:
            recent.popleft()
        points, missing = (sum(column) for column in zip(*recent, strict=True))
        alarm = max(ALARM, 2 * self.expected_missing)
        if points >= FEWEST and missing / points > alarm and not ctx.consent("missing_texts"):
            raise Waiting(_missing_gate(missing / points, self.expected_missing))
        return slices.points_done


class _Slices:
    """The slices of this run: recorded when first read, reused by a resume."""

    def __init__(self, ctx: StepContext) -> None:
        self._ctx = ctx
        self._recorded: list[Slice] = []
        self._done: set[int] = set()
        self.points_done = 0
        self.counts: list[
            tuple[int, int]
        ] = []  # points and dead letters of each slice that is done
        self._began = time.monotonic()
        while (row := ctx.recall(f"slice {len(self._recorded)}")) is not None:
            self._recorded.append(Slice(len(self._recorded), row["start"], row["end"]))
            if (points := row.get("points")) is not None:
                self._done.add(len(self._recorded) - 1)
                self.points_done += points
                self.counts.append((points, row.get("dead", 0)))

    def todo(self) -> Iterator[Slice]:
        yield from (s for s in self._recorded if s.number not in self._done)
        last = self._recorded[-1] if self._recorded else None
        if last is not None and last.end is None:
            return
        move = self._ctx.move
        found = find_slices(
            self._ctx.qdrant,
            move.source,
            move.load.slice,
            number=len(self._recorded),
            start=last.end if last else None,
        )
        for new in found:
            self._ctx.remember(f"slice {new.number}", {"start": new.start, "end": new.end})
            yield new

    def done(self, result: SliceResult) -> None:
        where = result.slice
        for letter in result.dead:
            self._ctx.dead_letter(letter.point, letter.reason, letter.held)
        self._ctx.remember(
            f"slice {where.number}",
            {
                "start": where.start,
                "end": where.end,
                "points": result.points,
                "dead": len(result.dead),
            },
        )
        self.points_done += result.points
        aside = f", {plural(len(result.dead), 'dead letter')}" if result.dead else ""
        cut = f", {plural(result.cut_off, 'text')} cut off" if result.cut_off else ""
        self._ctx.say(
            "slice",
            f"Slice {where.number + 1} done: {plural(result.points, 'point')}{aside}{cut}, "
            "checkpoint saved.",
            points=result.points,
            tokens=result.tokens,
            cut_off=result.cut_off,
        )


def _missing_gate(share: float, expected: float) -> Gate:
    return Gate(
        name="missing_texts",
        title=f"{share:.0%} of the texts are missing",
        says=(
            f"{share:.1%} of the last points have no text; the survey said {expected:.1%}.",
            "The wrong field may have been chosen. Points without a text are copied with their "
            "payload and without a vector: filters find them, searches do not.",
            "Go on, or stop here and make a plan with another text field.",
        ),
        asks=(
            Ask(
                key="accept",
                kind="tick",
                label="The field is right; copy them without one",
                flag="--accept-missing",
            ),
        ),
        button="Go on",
    )

"""Step: fill the new collection, slice by slice, inserting only what is not there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Embed, Move
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

SECONDS = 20.0  # that a slice should take: at most so much is repeated after a stop
FIRST = 64  # points of the first slices, while the speed of the model is not known
WINDOW = 10_000  # points over which missing texts are judged
ALARM = 0.01
FEWEST = 500  # below it a few missing texts are a large share by chance
_CUTS = ("cuts their vectors", "a usable first part of its vector")


class Backfill(Step):
    """`expected_missing`: the share of points without a text that the survey found (0..1)."""

    loads: ClassVar[bool] = True
    step: Literal["backfill"] = "backfill"
    expected_missing: float = 0.0

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        made, without = ("embeds the texts", "a text") if move.embeds else _CUTS
        kept = any(isinstance(v.origin, Embed) and v.origin.where is not None for v in move.vectors)
        bare = ("A point that has no vector in the old collection is copied without one.",)
        return StepText(
            f"Backfill {move.target}",
            "new collection",
            "delete it",
            (
                f"Reads {move.source} in slices, {made} and inserts the points with their payload.",
                f"{move.load.batch} points a request, {move.load.streams} requests at a time.",
                "A point that is there already is left untouched.",
                f"A point without {without} is copied without a vector and listed.",
                *(bare if kept else ()),
                _watched(move),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        must_be_ours(ctx)
        move = ctx.move
        total = ctx.qdrant.count(move.source)
        slices = _Slices(ctx)
        in_flight: deque[Future[SliceResult]] = deque()
        ctx.progress(slices.points_done, total)
        with ThreadPoolExecutor(move.load.streams, thread_name_prefix="slice") as pool:
            try:
                for todo in slices.todo():
                    ctx.breathe()
                    task = SliceTask(todo, move)
                    in_flight.append(pool.submit(_run, ctx, task))
                    if len(in_flight) > move.load.streams:
                        self._finish(ctx, slices, in_flight.popleft(), total)
                while in_flight:
                    self._finish(ctx, slices, in_flight.popleft(), total)
            finally:
                # What is on its way is finished and kept, unless a stop breaks it off.
                for late in in_flight:
                    if late.cancel() or _ended(ctx, late).exception() is not None:
                        continue
                    slices.done(late.result())
        ctx.progress(slices.points_done, max(total, slices.points_done))

    def _finish(
        self, ctx: StepContext, slices: _Slices, future: Future[SliceResult], total: int
    ) -> None:
        slices.done(_ended(ctx, future).result())
        ctx.progress(slices.points_done, max(total, slices.points_done))
        points, missing = slices.recent.points, slices.recent.missing
        alarm = max(ALARM, 2 * self.expected_missing)
        if points >= FEWEST and missing / points > alarm and not ctx.consent("missing_texts"):
            raise Waiting(_missing_gate(missing / points, self.expected_missing))


def _run(ctx: StepContext, task: SliceTask) -> SliceResult:
    with ctx.helping():
        return run_slice(task, ctx.qdrant, ctx.embedder, ctx.breathe)


def _ended(ctx: StepContext, future: Future[SliceResult]) -> Future[SliceResult]:
    with ctx.waiting():
        wait([future])
    return future


def _watched(move: Move) -> str:
    allowed = move.load.searches
    if allowed is None:
        return "Searches are not watched: it works as fast as it goes."
    slow = f"{100 * (allowed.slow - 1):.0f} % longer" if allowed.slow < 2 else _times(allowed.slow)
    return (
        f"A test search every {allowed.every_s:g} s: where it takes {slow} than before, the work "
        f"slows down; where {_times(allowed.pause)}, it pauses. Less than {allowed.least_ms:g} ms "
        "more is no reason."
    )


def _times(factor: float) -> str:
    return f"{factor:g} times as long"


class _Recent:
    """Points and dead letters of the newest slices, about `WINDOW` points of them."""

    def __init__(self) -> None:
        self._slices: deque[tuple[int, int]] = deque()
        self.points = self.missing = 0

    def add(self, points: int, missing: int) -> None:
        self._slices.append((points, missing))
        self.points += points
        self.missing += missing
        while len(self._slices) > 1 and self.points > WINDOW:
            oldest, oldest_missing = self._slices.popleft()
            self.points -= oldest
            self.missing -= oldest_missing


class _Slices:
    """The slices of this run: recorded when first read, reused by a resume."""

    def __init__(self, ctx: StepContext) -> None:
        self._ctx = ctx
        self._recorded: list[Slice] = []
        self._done: set[int] = set()
        self.points_done = 0
        self.recent = _Recent()
        load = ctx.move.load
        self._size = min(FIRST, load.slice) if ctx.move.embeds else load.slice
        while (row := ctx.recall(f"slice {len(self._recorded)}")) is not None:
            self._recorded.append(Slice(len(self._recorded), row["start"], row["end"]))
            if (points := row.get("points")) is not None:
                self._done.add(len(self._recorded) - 1)
                self.points_done += points
                self.recent.add(points, row.get("dead", 0))

    def todo(self) -> Iterator[Slice]:
        yield from (s for s in self._recorded if s.number not in self._done)
        last = self._recorded[-1] if self._recorded else None
        if last is not None and last.end is None:
            return
        number, start = len(self._recorded), last.end if last else None
        while True:
            found = find_slices(
                self._ctx.qdrant, self._ctx.move.source, self._size, number=number, start=start
            )
            new = next(found)
            self._ctx.remember(f"slice {number}", {"start": new.start, "end": new.end})
            yield new
            if new.end is None:
                return
            number, start = number + 1, new.end

    def _fit(self, result: SliceResult) -> None:
        """The next slices are as large as the model is fast, the plan's size at most."""
        load = self._ctx.move.load
        fits = result.points * SECONDS / max(result.seconds, 1e-9)
        grown = min(fits, 4 * self._size, load.slice)
        self._size = max(min(FIRST, load.slice), round(grown))

    def done(self, result: SliceResult) -> None:
        where = result.slice
        self._fit(result)
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
        self.recent.add(result.points, len(result.dead))
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

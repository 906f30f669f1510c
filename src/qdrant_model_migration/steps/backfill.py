"""Step: fill the new collection, slice by slice, inserting only what is not there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.slices import SliceResult, SliceTask, run_slice
from qdrant_model_migration.steps.borders import Borders
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.passes import by_slices
from qdrant_model_migration.steps.reading import ROWS_READ, must_be_unchanged
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.route import Words
from qdrant_model_migration.steps.slice_size import SliceSize
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.token_limit import TOKEN_LIMIT, within_limit
from qdrant_model_migration.words import plural

WINDOW = 10_000  # points over which missing texts are judged
ALARM = 0.01
_REFUSED = "refused_texts"  # how many the server's service has refused
FEWEST = 500  # below it a few missing texts are a large share by chance
_ACCEPT = AskKind(
    "accept",
    "tick",
    "--accept-missing",
    "Copy points without a text although there are many.",
)


class Backfill(Step):
    """`expected_missing`: the share of points without a text that the survey found (0..1)."""

    loads: ClassVar[bool] = True
    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind("missing_texts", (_ACCEPT,)),
        TOKEN_LIMIT,
    )
    step: Literal["backfill"] = "backfill"
    expected_missing: float = 0.0

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        made = ", ".join(dict.fromkeys(o.makes for o in move.origins if o.makes))
        needs = dict.fromkeys(o.needs for o in move.origins if o.needs)
        notes = dict.fromkeys(note for o in move.origins for note in o.notes())
        words = route_of(move).words(move)
        return StepText(
            f"Backfill {move.target}",
            words.target,
            words.undo,
            (
                f"Reads {move.filling.points.name} in slices, {made or 'copies the vectors'} and "
                f"{words.inserts}.",
                f"{move.load.batch} points a request, {move.load.streams} requests at a time.",
                *sent(move),
                words.there,
                *(f"A point without {it} {words.goes_without}" for it in needs),
                *notes,
                watched(move),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        route_of(ctx.move).must_be_ours(ctx)
        must_be_unchanged(ctx)
        filling = _Filling(ctx, self.expected_missing)
        with within_limit(ctx):
            by_slices(ctx, filling.tasks(), run_slice, filling.take, ctx.workers(ctx.move.filling))
        filling.must_not_lack_texts()


def sent(move: Move) -> tuple[str, ...]:
    """Sentences: how texts go to services of the server, where they do."""
    spending = move.load.spending
    if spending is None:
        return ()
    limit = spending.limit_in_words()
    texts = f"{plural(spending.texts, 'text')} a request at most."
    return (texts, f"Tokens are counted: {limit}." if limit else "Tokens are counted.")


def watched(move: Move) -> str:
    """A sentence: what test searches do to the pace."""
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


class _Filling:
    """Slices are done once, also by several sessions."""

    def __init__(self, ctx: StepContext, expected_missing: float) -> None:
        self._ctx, self._expected = ctx, expected_missing
        self._borders = Borders(ctx)
        self._total = ctx.move.points.count(ctx.qdrant) or ctx.recall(ROWS_READ)
        self._done = sum(self._borders.points.values())
        self._recent = _Recent()
        self._refused: int = ctx.recall(_REFUSED) or 0
        for number, points in self._borders.points.items():
            self._recent.add(points, self._borders.dead[number])
        load = ctx.move.load
        self._size = SliceSize(load.slice)
        if not ctx.move.embeds:
            self._size.now = load.slice
        self._tell()

    def tasks(self) -> Iterator[SliceTask]:
        move = self._ctx.move.filling
        for where in self._borders.left():
            self.must_not_lack_texts()
            yield SliceTask(where, move)
        while (found := self._borders.find(self._size.now)) is not None:
            yield SliceTask(found, move)
            self.must_not_lack_texts()

    def take(self, _: SliceTask, result: SliceResult) -> SliceTask | None:
        self._size.fit(result.points, result.seconds)
        for letter in result.dead:
            self._ctx.dead_letter(letter.point, letter.reason, letter.held)
        if result.refused:
            self._refused += result.refused
            self._ctx.remember(_REFUSED, self._refused)
        route_of(self._ctx.move).filled(self._ctx, result)
        left = self._borders.done(result.slice, result.points, len(result.dead))
        self._done += result.points
        self._recent.add(result.points, len(result.dead))
        self._say(result)
        self._tell()
        return None if left is None else SliceTask(left, self._ctx.move.filling)

    def _tell(self) -> None:
        total = None if self._total is None else max(self._total, self._done)
        self._ctx.progress(self._done, total)

    def _say(self, result: SliceResult) -> None:
        aside = f", {plural(len(result.dead), 'dead letter')}" if result.dead else ""
        cut = f", {plural(result.cut_off, 'text')} cut off" if result.cut_off else ""
        other = plural(result.unlisted, "text")
        cut += f", {other} of no listed language as written" if result.unlisted else ""
        self._ctx.say(
            "slice",
            f"Slice {result.slice.number + 1} done: {plural(result.points, 'point')}{aside}{cut}, "
            "checkpoint saved.",
            points=result.points,
            tokens=result.tokens,
            cut_off=result.cut_off,
            unlisted=result.unlisted,
        )

    def must_not_lack_texts(self) -> None:
        points, missing = self._recent.points, self._recent.missing
        alarm = max(ALARM, 2 * self._expected)
        if points >= FEWEST and missing / points > alarm and not self._ctx.consent("missing_texts"):
            words = route_of(self._ctx.move).words(self._ctx.move)
            if 2 * self._refused > sum(self._borders.dead.values()):
                raise Waiting(_refused_gate(missing / points, words))
            raise Waiting(_missing_gate(missing / points, self._expected, words))


def _refused_gate(share: float, words: Words) -> Gate:
    return Gate(
        name="missing_texts",
        title=f"{share:.0%} of the texts are refused",
        says=(
            f"The server's service makes no vector of {share:.1%} of the last texts. What it says "
            "of each stands in the list of dead letters.",
            f"Such a point {words.goes_without}",
            "Go on, or stop here and make a plan with another model, or with shorter texts.",
        ),
        asks=(_ACCEPT.ask("Go on without the vectors of refused texts"),),
        button="Go on",
    )


def _missing_gate(share: float, expected: float, words: Words) -> Gate:
    return Gate(
        name="missing_texts",
        title=f"{share:.0%} of the texts are missing",
        says=(
            f"{share:.1%} of the last points have no text; the survey said {expected:.1%}.",
            f"The wrong field may have been chosen. A point without a text {words.goes_without}",
            "Go on, or stop here and make a plan with another text field.",
        ),
        asks=(_ACCEPT.ask("The field is right; copy them without one"),),
        button="Go on",
    )

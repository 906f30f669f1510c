"""`qmm bridge`: End a run that makes proper vectors behind calculated ones, with those it has.

After the switch every text is embedded, point by point, and its vector takes the place of the
calculated one. Searches and writes go on meanwhile, by the new model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from qdrant_model_migration.embedders import (
    METADATA_KEY,
    MODELS_KEY,
    STILL_MAPPED_KEY,
    ModelRef,
)
from qdrant_model_migration.pipeline import proper
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.ledger import Ledger, forget_ledger, open_ledger
from qdrant_model_migration.pipeline.marks import is_unfinished, mark_of
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.proper import Settled
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Point, PointId, can_order, order
from qdrant_model_migration.steps.added_step import AddedStep, Known
from qdrant_model_migration.steps.backfill import watched
from qdrant_model_migration.steps.bridge_pass import SETTLED, BridgePass, Copied, Progress, copied
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.errors import BridgeRefused, NotProper
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.hottest_first import KEY, HottestFirst
from qdrant_model_migration.steps.mark import must_be_ours
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.routes.made_again import check_model, smallest
from qdrant_model_migration.steps.slice_size import SliceSize
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.words import count, plural

BRIDGE = "bridge"
"""The fact: whether it has `ended`; then how many vectors are `proper`, at most how many are still
`calculated`, and whether that is so because somebody said that it `stays`."""


MOST_PASSES = 3
SAMPLE = 200  # vectors that are read back and made again
EVERY = 10**12  # texts, however many there are
_PASSES = "_bridge_passes"
_LOST = "_bridge_lost"
_STEP = "_bridge_step"
_FOLLOWS = "_bridge_follows"  # late writes are being made proper
_SWEPT = "_bridge_swept"  # late writes that were carried over before it ended
_STAYS = AskKind(
    "stays", "tick", "--stay-approximate", "Keep calculated vectors where no proper one is made."
)


def is_open(recall: Recall) -> bool:
    """Whether proper vectors are being made behind those that answer, by this run."""
    return bool(recall("switched")) and not (recall(BRIDGE) or {"ended": True})["ended"]


class Bridge(AddedStep):
    """vector: as it is in the new collection in the end, made of the `texts` of its own points.
    hottest: the payload field with the highest values first. again: the run is to end with what it
    has; nothing else is read then.
    """

    planned: ClassVar[bool] = True
    loads: ClassVar[bool] = True
    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind("bridge", (_STAYS,), no="No, go on later", added=True),
    )
    order: ClassVar[int] = 15
    label: ClassVar[str] = "Stay approximate…"
    does: ClassVar[str] = "to end with the vectors that are made"
    about: ClassVar[str] = "Stay approximate ends a bridge with the proper vectors that are made."
    unfinished: ClassVar[bool] = True
    manual: ClassVar[str] = """
    End RUN, which makes proper vectors behind calculated ones, with those that it has made.

    The others stay calculated, and the metadata of the collection goes on saying so. Stop the run
    first. Waits until you confirm, or takes --stay-approximate.

    \b
    Example:
      qmm bridge docs_minilm-1124 --stay-approximate
    """

    step: Literal["bridge"] = "bridge"
    vector: TargetVector | None = None
    texts: TextSource | None = None
    hottest: str | None = None
    again: bool = False

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        told = recall(BRIDGE)
        if told is None:
            why = "It makes no proper vectors behind calculated ones, or has not come to it."
            return Refusal("there is no bridge", why)
        if told["ended"]:
            return Refusal("it is done", "It has ended already.")
        if recall("rolled_back"):
            return Refusal("it was rolled back", "It was rolled back.")
        return None

    @classmethod
    def listed(cls, run: Known) -> str:
        open_ = is_open(run.facts.get) and not run.live
        return "Or end it with the proper vectors that are made" if open_ else ""

    @property
    def _vector(self) -> TargetVector:
        assert self.vector is not None, "a plan says which"
        return self.vector

    @property
    def _model(self) -> ModelRef:
        model = self._vector.model
        assert model is not None, "proper vectors are made by a model"
        return model

    @property
    def _texts(self) -> TextSource:
        assert self.texts is not None, "a plan says which"
        return self.texts

    def searched(self, move: Move) -> str:
        return move.target

    def embeds(self) -> tuple[ModelRef, int] | None:
        return None if self.vector is None else (self._model, EVERY)

    def text(self, move: Move | None) -> StepText:
        if move is None or self.vector is None or self.again:
            return StepText("Stay approximate", "metadata", "none")
        hottest = f"The highest {self.hottest} first, then the others." if self.hottest else ""
        return StepText(
            "Make proper vectors behind it",
            move.target,
            "stay approximate",
            (
                f"Embeds the text of every point of {move.target} with {self._model.label} and "
                "puts the vector in the place of the calculated one.",
                *((hottest,) if hottest else ()),
                f"Searches answer from {move.target} all the while, and find more as it goes.",
                "A vector goes only to a point that still has the text that was read; what the "
                "application writes meanwhile stays, and what it deletes is not made again.",
                "A point without a text keeps the calculated vector and is listed.",
                "Only when all are made, and some of them made again and compared, does the "
                "metadata stop saying that they are approximate.",
                "Stop it whenever you like. Resume goes on; to end it as it is: qmm bridge RUN.",
                watched(move),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if self.again:
            self._end_as_it_is(ctx)
            return
        if (ctx.recall(BRIDGE) or {}).get("ended"):
            return
        must_be_ours(ctx)
        ctx.remember(_STEP, self.model_dump(mode="json"))
        ctx.remember(BRIDGE, {"ended": False})
        try:
            self._make_all(ctx)
        except LedgerDamaged:  # then every point is looked at and made once more
            forget_ledger(self._folder(ctx))
            for key in (SETTLED, _PASSES, KEY, f"pass {BridgePass.name}"):
                ctx.remember(key, None)
            self._make_all(ctx)

    @classmethod
    def follow(cls, ctx: StepContext) -> None:
        """Late writes to the old collection that were carried over since it has ended came with
        calculated vectors (see proper.forget): make proper ones of these too. Of what cannot be
        told the metadata says how many."""
        told = ctx.recall(BRIDGE)
        if told is None or not told["ended"]:
            return
        step = cls.model_validate_json(json.dumps(ctx.recall(_STEP)))
        if told["stays"]:
            points = ctx.qdrant.count(ctx.move.target)
            left = step._still_calculated(ctx, points)
            if left > told["calculated"]:
                step._tell(ctx, points - left, left, stays=True)
            return
        try:
            step._once_more(ctx)
        except LedgerDamaged:
            late = (ctx.recall("swept") or 0) - (ctx.recall(_SWEPT) or 0)
            if late > 0:
                step._tell(ctx, told["proper"], told["calculated"] + late, stays=False)

    def _once_more(self, ctx: StepContext) -> None:
        """One pass from the beginning, where a late write was carried over. Raises
        LedgerDamaged."""
        move, size = proper.over(ctx.move, self._vector), SliceSize(ctx.move.load.slice)
        with open_ledger(self._folder(ctx), begin=True) as ledger, copied(ctx) as ours:
            if not ledger.taken_out() and not ctx.recall(_FOLLOWS):
                return
            ctx.remember(_FOLLOWS, True)
            ctx.remember(f"pass {BridgePass.name}", None)
            progress = Progress(ctx, move.target)
            one = BridgePass(ctx, MOST_PASSES, move, self._texts, ledger, ours, size, progress)
            one.carry_out(ctx.qdrant.count(move.target))
            made, left, _ = _counted(ledger)
        self._tell(ctx, made, left + int(one.found["lost"]), stays=False)
        ctx.remember(_FOLLOWS, None)

    # --- making them --------------------------------------------------------------------------

    def _make_all(self, ctx: StepContext) -> None:
        move = proper.over(ctx.move, self._vector)
        size = SliceSize(move.load.slice)
        with open_ledger(self._folder(ctx), begin=True) as ledger, copied(ctx) as ours:
            progress = Progress(ctx, move.target)
            left_to_do = range(ctx.recall(_PASSES) or 0, MOST_PASSES)
            with ctx.workers(move) if left_to_do else ctx.fleet() as fleet:
                self._hottest_first(ctx, move, ledger, ours, size, progress, fleet)
                for number in left_to_do:
                    one = BridgePass(
                        ctx, number, move, self._texts, ledger, ours, size, progress, fleet
                    )
                    one.carry_out(ctx.qdrant.count(move.target))
                    ctx.remember(_LOST, one.found["lost"])
                    ctx.remember(_PASSES, number + 1)
                    if number and not one.found["made"]:
                        break
            wait_until_indexed(ctx, move.target)
            progress.more(0)
            made, left, chosen = _counted(ledger)
        self._must_be_proper(ctx, move, chosen)
        self._tell(ctx, made, left + (ctx.recall(_LOST) or 0), stays=False)

    def _hottest_first(
        self,
        ctx: StepContext,
        move: Move,
        ledger: Ledger,
        ours: Copied,
        size: SliceSize,
        progress: Progress,
        fleet: Fleet,
    ) -> None:
        if self.hottest is None or ctx.recall(_PASSES):
            return
        if not can_order(ctx.qdrant.config(move.target).payload_schema.get(self.hottest)):
            ctx.say(
                "bridge", f"{self.hottest} has no index that orders points: all go by their id."
            )
            return

        def told(done: Settled) -> None:
            size.fit(len(done.tried), done.seconds)
            list_dead(ctx, done.tried, done.dead)
            progress.more(len(done.marks))

        HottestFirst(
            ctx, self.hottest, move, self._texts, ledger, ours.has, lambda: size.now, told
        ).carry_out(fleet)

    def _must_be_proper(self, ctx: StepContext, move: Move, chosen: dict[PointId, bytes]) -> None:
        def as_noted(point: Point) -> bool:
            mark = mark_of(proper.text_alone(point, self._texts), move)
            return chosen[point.id] == mark

        check = check_model(ctx, self._vector, list(chosen), as_noted)
        if not check.ok:
            ctx.remember(_PASSES, 1)  # resumed, it looks once more for what has another text
            raise NotProper(move.target, check.note, ctx.folder.name)
        ctx.say(
            "bridge",
            f"{check.found} of {plural(int(check.expected or 0), 'vector')} made again are those "
            "that stand there.",
        )

    # --- ending it ----------------------------------------------------------------------------

    def _end_as_it_is(self, ctx: StepContext) -> None:
        if refusal := self.refused(ctx.recall, ctx.folder.name):
            raise BridgeRefused(ctx.folder.name, refusal.why)
        must_be_ours(ctx)
        points = ctx.qdrant.count(ctx.move.target)
        left = self._still_calculated(ctx, points)
        if ctx.consent("bridge") is None:
            raise Waiting(_gate(ctx.move.target, points - left, points))
        self._tell(ctx, points - left, left, stays=True)
        ctx.spend("bridge")

    def _still_calculated(self, ctx: StepContext, points: int) -> int:
        """At most: what the run has copied and not made since. What was deleted meanwhile is not
        taken for made; where this cannot be told any more, it is all of them."""
        try:
            with (
                open_ledger(self._folder(ctx), begin=True) as made,
                open_ledger(ctx.folder) as all_,
            ):
                both = (row for _, row in align(all_.rows(), made.rows()))
                left = sum(
                    copied is not None and (mark is None or is_unfinished(mark))
                    for copied, mark in both
                )
        except LedgerDamaged:
            return points
        return min(points, left)

    def _tell(self, ctx: StepContext, made: int, left: int, *, stays: bool) -> None:
        target = ctx.move.target
        metadata = ctx.qdrant.config(target).metadata
        name = self._vector.name
        said = self._vector.origin.metadata
        if left:
            (of,) = (v.origin for v in ctx.move.vectors if v.name == name)
            said = {**(of.metadata or {}), STILL_MAPPED_KEY: left}
        body: dict[str, Any] = {METADATA_KEY: said}
        if MODELS_KEY in metadata:
            body[MODELS_KEY] = {**metadata[MODELS_KEY], name: said}
        ctx.qdrant.patch(target, {"metadata": body})
        ctx.remember(_SWEPT, ctx.recall("swept") or 0)
        ctx.remember(BRIDGE, {"ended": True, "proper": made, "calculated": left, "stays": stays})
        ctx.say("bridge", f"{in_words(made, left)}. {_metadata_says(target, left)}")

    def _folder(self, ctx: StepContext) -> Path:
        folder = ctx.artifact(proper.FOLDER)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def in_words(made: int, left: int) -> str:
    """ "12 vectors are proper, up to 3 are calculated", for a sentence."""
    some = f"{plural(made, 'vector')} {'is' if made == 1 else 'are'} proper"
    return f"{some}, up to {count(left)} calculated" if left else some


def _metadata_says(target: str, left: int) -> str:
    if left:
        return f"The metadata of {target} goes on saying that they are approximate."
    return f"The metadata of {target} does not call them approximate any more."


def _gate(target: str, made: int, points: int) -> Gate:
    return Gate(
        name="bridge",
        title=f"Stay approximate: {count(made)} of {plural(points, 'vector')} made properly",
        says=(
            f"The run ends. Up to {count(max(0, points - made))} vectors of {target} stay "
            "calculated, and its metadata goes on saying so.",
            "The others are proper. Searches go on as they are; the way back stays open.",
            "This cannot be taken up again. A later run to the same model makes proper ones.",
        ),
        asks=(_STAYS.ask("Keep calculated vectors where no proper one is made"),),
        button="End it",
    )


def _counted(ledger: Ledger) -> tuple[int, int, dict[PointId, bytes]]:
    """Vectors that this run has made, and points that keep a calculated one. And some of those that
    it has made."""
    made = left = 0

    def done() -> Iterator[tuple[str, PointId]]:
        nonlocal made, left
        for point, mark in ledger.rows():
            if is_unfinished(mark):
                left += 1
            elif not proper.is_theirs(mark):
                made += 1
                yield mark.hex(), point

    chosen = {point: bytes.fromhex(mark) for mark, point in smallest(SAMPLE, done())}
    return made, left, dict(sorted(chosen.items(), key=lambda row: order(row[0])))

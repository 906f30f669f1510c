"""Step: let the application switch, after a last catch-up, when the operator has typed the name."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from functools import partial
from typing import Any, ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import difference
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.all_level import wait_until_level
from qdrant_model_migration.steps.errors import SwitchedInPart, SwitchElsewhere
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.reading import announced
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.sisters import (
    AT_SWITCH,
    SWITCH,
    UNPROVED_KEY,
    Jointly,
    Level,
    Sister,
    all_there,
)
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.switch import MAY_BE_SWITCHED, NAME, ONE_SIDE, UNDER_WAY, State
from qdrant_model_migration.steps.switches import AnySwitch
from qdrant_model_migration.steps.verify import must_not_be_worse
from qdrant_model_migration.survey.starting import starts
from qdrant_model_migration.words import listing, plural

WITHOUT_PROOF = "without proof"
_MODEL = AskKind("model", "tick", NAME.flag)
_UNPROVED = AskKind(
    UNPROVED_KEY,
    "typed",
    "--without-proof",
    "Switch although it is not proved that searches find more.",
)
_BEGUN = "_switching"
_PROVED = "_asked_with_proof"  # a consent given on a GO is none to a switch without proof


class Cutover(Step):
    """`switch`: how the application gets from the side before to the side after. written_by: the
    products that it probably is, by name."""

    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind("cutover", (NAME, _MODEL, _UNPROVED, *AT_SWITCH), no="No, not now", switches=True),
    )
    jointly: ClassVar[Jointly | None] = SWITCH
    step: Literal["cutover"] = "cutover"
    switch: AnySwitch
    written_by: tuple[str, ...] = ()

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if not recall("switched"):
            return None
        return Refusal(
            "the alias was switched",
            "It has switched, so the application uses what it made.",
            f"{qmm('rollback', run)} switches back; then {qmm('cleanup', run)} frees the space.",
        )

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        return StepText("Cutover, YOU CONFIRM", *self.switch.text(move))

    def apply(self, ctx: StepContext) -> None:
        before, after, switch = ctx.before, ctx.after, self.switch
        names = switch.names(before, after)
        distances = (before.distances(ctx.qdrant), after.distances(ctx.qdrant))
        changes = difference.rows(before.measured(ctx.qdrant), after, names, distances)
        stand_as = [ctx.move.stands_as(leg.using) for leg in before.legs]
        changes += difference.still_there(before, after, stand_as)
        ctx.remember("application_changes", changes)
        if self.written_by:
            ctx.remember("written_by", list(self.written_by))
        try:
            state = switch.state(ctx, before, after)
            if state != "after":
                self._switch(ctx, state)
        except SwitchElsewhere:
            ctx.spend("cutover")  # it was given for what stood there then
            ctx.remember(UNDER_WAY, None)
            raise
        except SwitchedInPart:
            self._remember(ctx)  # so that a rollback can take back what has moved
            raise
        ctx.spend("cutover")
        self._remember(ctx)
        ctx.say("cutover", f"{switch.answers} from {after.collection} now.")
        for said in starts(ctx.qdrant, names[1], self.written_by).said:
            ctx.say("cutover", said)

    def _switch(self, ctx: StepContext, state: State) -> None:
        """What a person does to the application is asked for when both sides are level, those of
        all that switch at the same moment; what the run does comes last, and nothing lies
        between."""
        must_not_be_worse(ctx)
        if self.switch.by_hand:
            asked = bool(ctx.recall(MAY_BE_SWITCHED))
            if not asked and not all_there(ctx.sisters()):
                ctx.spend("cutover")
                raise Waiting(self._gate(ctx, state))
            self._level(ctx, begun=asked)
            stays = ctx.before.collection == ctx.after.collection
            ctx.remember(MAY_BE_SWITCHED, ONE_SIDE if stays else True)
            if ctx.sisters():
                ctx.level(Level(time.time()), stays=True)
        proved = (ctx.recall("verdict") or {}).get("word") == "GO"
        if ctx.consent("cutover") is None or (ctx.recall(_PROVED) and not proved):
            if ctx.consent("cutover") is not None:
                ctx.spend("cutover")  # else whoever starts the run next would switch by it
            ctx.remember(_PROVED, proved)
            raise Waiting(self._gate(ctx, state))
        if self.switch.by_hand and any(one.stands == "over" for one in ctx.sisters()):
            ctx.spend("cutover")  # it was given for all of them
            raise Waiting(self._gate(ctx, state))
        if not self.switch.by_hand:
            self.switch.must_be_ready(ctx)
            in_part = state == "in part"
            gone = in_part and self.switch.ends_old  # there is nothing to read any more
            begun = gone or (in_part and bool(ctx.recall(_BEGUN)))
            if late := self._level(ctx, begun=begun):
                ctx.spend("cutover")
                held = listing([f"{one.collection} ({one.says})" for one in late])
                ctx.say("cutover", f"Nothing was switched. It goes together with {held}.")
                raise Waiting(self._gate(ctx, state))
        self.switch.carry_out(ctx)

    def _level(self, ctx: StepContext, *, begun: bool) -> tuple[Sister, ...]:
        """begun: the application may write to the new side already, which is the sweep's then.
        Those that hold the switch up, where several switch at the same moment."""
        if not begun:
            _catch_up(ctx)
        ctx.remember(_BEGUN, True)
        ctx.breathe()  # a pause or a stop is felt here, and not after the looks
        if not begun:
            look = partial(self.switch.state, ctx, ctx.before, ctx.after)
            if not self.switch.by_hand and (
                late := wait_until_level(ctx, partial(_catch_up, ctx), look)
            ):
                return late
            if not self.switch.by_hand and not self.switch.ends_old:
                ctx.remember(UNDER_WAY, self._noted(ctx, self.switch.model_dump(mode="json")))
            route_of(ctx.move).last_look(ctx)
        return ()

    def _remember(self, ctx: StepContext) -> None:
        if (kept := self.switch.remembered(ctx, ctx.after)) is not None:
            ctx.remember("switched", self._noted(ctx, kept))
        ctx.remember(UNDER_WAY, None)

    def _noted(self, ctx: StepContext, kept: dict[str, Any]) -> dict[str, Any]:
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        sides = {"from": ctx.before.collection, "to": ctx.after.collection}
        back = "" if self.switch.ends_old else self.switch.ask(ctx.before, "it").expect
        return {**kept, **sides, "at": at, "back": back}

    def _gate(self, ctx: StepContext, state: State) -> Gate:
        before, after, switch = ctx.before, ctx.after, self.switch
        verdict = ctx.recall("verdict") or {}
        asks = []
        if not difference.asks_alike(before, after):
            changes = difference.queries_in_words(before, after)
            asks = [_MODEL.ask(f"The application {changes} {switch.together}")]
        if verdict.get("word") != "GO":
            label = "Not proved better. Type the words: without proof"
            asks.append(_UNPROVED.ask(label, WITHOUT_PROOF))
        asks.append(switch.ask(after, "the switch"))
        stays = switch.stays(ctx)
        followed = ctx.move.points.followed
        gone = switch.ends_old and state == "in part"
        since = "it was read last" if gone else f"{ctx.move.points.name} was made"
        missing = (
            f"Missing  what was written to {before.collection} since {since}; nothing of it is "
            "carried over"
        )
        return Gate(
            name="cutover",
            title=switch.title(),
            says=(
                f"Now      {switch.at(before)}   ({before.label})",
                f"After    {switch.at(after)}   ({after.label})",
                *((f"Stays    {stays}",) if stays else ()),
                f"Verdict  {verdict.get('word', 'none')}: {verdict.get('reason', 'not verified')}",
                *((missing,) if gone or not followed else self._first(ctx)),
                f"Back     {self._back(ctx, gone=gone)}",
            ),
            asks=tuple(asks),
            button=switch.button,
            by_hand=switch.by_hand,
            to_level=qmm("resume", ctx.folder.name)
            if switch.by_hand and not ctx.recall(MAY_BE_SWITCHED)
            else "",
        )

    def _first(self, ctx: StepContext) -> tuple[str, ...]:
        if self.switch.by_hand:
            return ()
        read = announced(ctx, ctx.before.collection)
        return (
            f"First    both sides are read once more: {read}; twice where much was written "
            "meanwhile",
        )

    def _back(self, ctx: StepContext, *, gone: bool) -> str:
        old = ctx.before.collection
        if gone:
            return f"none: {old} is gone already"
        if self.switch.ends_old:
            return f"none: {old} is deleted, but for a snapshot"
        kept = "the vectors that were there stay" if ctx.move.in_place else f"{old} is kept"
        return f"{kept}; {qmm('rollback', ctx.folder.name)}"


def _catch_up(ctx: StepContext) -> None:
    """One whole pass; what is written while it runs is swept after the switch. Where it had much to
    make after a long wait, it took long, and another one leaves less to the sweep."""
    route = route_of(ctx.move)
    changes = route.catch_up(ctx, most=1, anew=True)
    if changes > ctx.move.load.batch:
        changes += route.catch_up(ctx, most=1, anew=True)
    if ctx.move.points.followed:
        ctx.say("cutover", f"{plural(changes, 'late write')} caught up before the switch.")

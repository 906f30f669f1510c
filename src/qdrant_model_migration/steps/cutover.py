"""Step: switch the aliases, after a last catch-up, when the operator has typed the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import difference
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.catch_up import catch_up
from qdrant_model_migration.steps.errors import AliasMoved, SwitchedInPart
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.last_look import last_look
from qdrant_model_migration.steps.reading import announced
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.switch import (
    ALIAS,
    answer,
    in_short,
    must_point,
    switch,
    typed_name,
)
from qdrant_model_migration.steps.verify import must_not_be_worse
from qdrant_model_migration.words import listing, plural

WITHOUT_PROOF = "without proof"
_MODEL = AskKind("model", "tick", ALIAS.flag)
_UNPROVED = AskKind(
    "without_proof",
    "typed",
    "--without-proof",
    "Switch although the new model is not proved better.",
)
_BEGUN = "_switching"
_PROVED = "_asked_with_proof"  # a consent given on a GO is none to a switch without proof


class Cutover(Step):
    """`alias` and those that go `also` with it are switched in one request; aliases of the old
    collection that nobody claimed are `left`."""

    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind("cutover", (ALIAS, _MODEL, _UNPROVED), no="No, not now", switches=True),
    )
    step: Literal["cutover"] = "cutover"
    alias: str
    also: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if not recall("switched"):
            return None
        return Refusal(
            "the alias was switched",
            "It has switched, so the application uses what it made.",
            f"{qmm('rollback', run)} switches back; then {qmm('cleanup', run)} frees the space.",
        )

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.alias, *self.also)

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        return StepText(
            "Cutover, YOU CONFIRM",
            f"alias {self.alias}" if not self.also else f"aliases {listing(self.aliases)}",
            "switch back",
            (
                "Waits until you type the alias name. Catches up with the writes made meanwhile.",
                f"Then points {listing(self.aliases)} to {move.target} in one single request.",
                *((f"Not switched: {stays(self.left, move.source)}.",) if self.left else ()),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        move, qdrant = ctx.move, ctx.qdrant
        names = (self.alias, self.alias)
        changes = difference.rows(ctx.before.measured(qdrant), ctx.after, names)
        ctx.remember("application_changes", changes)
        try:
            now = must_point(ctx, self.aliases, move.source, move.target)
            if any(now[alias] != move.target for alias in self.aliases):
                must_not_be_worse(ctx)
                proved = (ctx.recall("verdict") or {}).get("word") == "GO"
                if ctx.consent("cutover") is None or (ctx.recall(_PROVED) and not proved):
                    ctx.remember(_PROVED, proved)
                    raise Waiting(self._gate(ctx, self._others(ctx, now)))
                begun = ctx.recall(_BEGUN) and any(now[a] == move.target for a in self.aliases)
                if not begun:  # else the application writes to the new side already
                    _catch_up(ctx)
                ctx.remember(_BEGUN, True)
                ctx.breathe()  # a pause or a stop is felt here, and not after the looks
                if not begun:
                    last_look(ctx)
                switch(ctx, self.aliases, move.source, move.target)
        except AliasMoved:
            ctx.spend("cutover")  # it was given for what stood there then
            raise
        except SwitchedInPart as error:
            if error.moved:
                self._remember(ctx, error.moved)  # so that a rollback can take them back
            raise
        ctx.spend("cutover")
        self._remember(ctx, self.aliases)
        ctx.say("cutover", f"{answer(self.aliases)} from {move.target} now.")

    def _others(self, ctx: StepContext, now: Mapping[str, str]) -> tuple[str, ...]:
        """Aliases of the old collection that are not switched, also those made since the plan."""
        here = (alias for alias, collection in now.items() if collection == ctx.move.source)
        return tuple(sorted(alias for alias in here if alias not in self.aliases))

    def _remember(self, ctx: StepContext, aliases: Sequence[str]) -> None:
        move = ctx.move
        ctx.remember(
            "switched",
            {
                "alias": aliases[0],
                "also": tuple(aliases[1:]),
                "left": self._others(ctx, ctx.qdrant.aliases()),
                "from": move.source,
                "to": move.target,
                "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            },
        )

    def _gate(self, ctx: StepContext, others: Sequence[str]) -> Gate:
        move, verdict = ctx.move, ctx.recall("verdict") or {}
        names, them = listing(self.aliases), "aliases" if self.also else "alias"
        cuts = difference.cuts_queries(ctx.before, ctx.after)
        changes = "cuts its query vectors" if cuts else "changes its query model"
        asks = [_MODEL.ask(f"The application {changes} together with the {them}")]
        if verdict.get("word") != "GO":
            label = "Not proved better. Type the words: without proof"
            asks.append(_UNPROVED.ask(label, WITHOUT_PROOF))
        asks.append(typed_name(self.aliases, "the switch"))
        old = ctx.before.label.replace("not known", "model not known")
        return Gate(
            name="cutover",
            title=f"Cutover: switch the {them} {names}",
            says=(
                f"Now      {names} → {move.source}   ({old})",
                f"After    {names} → {move.target}   ({ctx.after.label})",
                *((f"Stays    {stays(others, move.source)}",) if others else ()),
                f"Verdict  {verdict.get('word', 'none')}: {verdict.get('reason', 'not verified')}",
                f"First    both sides are read once more: {announced(ctx, move.source)}; twice "
                "where much was written meanwhile",
                f"Back     {move.source} is kept; {qmm('rollback', ctx.folder.name)}",
            ),
            asks=tuple(asks),
            button=f"Switch {in_short(self.aliases)}",
        )


def _catch_up(ctx: StepContext) -> None:
    """One whole pass; what is written while it runs is swept after the switch. Where it had much to
    make after a long wait, it took long, and another one leaves less to the sweep."""
    changes = catch_up(ctx, most=1, anew=True).total
    if changes > ctx.move.load.batch:
        changes += catch_up(ctx, most=1, anew=True).total
    ctx.say("cutover", f"{plural(changes, 'late write')} caught up before the switch.")


def stays(aliases: Sequence[str], source: str) -> str:
    """What becomes of aliases that are not switched."""
    them = "it" if len(aliases) == 1 else "them"
    return f"{listing(aliases)} → {source}, also to write; cleanup waits for {them}"

"""`qmm rollback`: Switch the alias back to the old collection.

It counts afterwards which writes stay behind.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, ClassVar, Literal

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import difference
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.added_step import AddedStep, Ending, Known
from qdrant_model_migration.steps.bridge import is_open
from qdrant_model_migration.steps.errors import NothingToRollBack, SwitchElsewhere
from qdrant_model_migration.steps.gate import Gate, GateKind, Waiting
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.sisters import BACK, TAKE_BACK, Jointly
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.steps.switch import NAME, UNDER_WAY, Switch
from qdrant_model_migration.steps.switches import answering, recalled
from qdrant_model_migration.words import plural

_COUNTING = "_counting_what_stays_behind"


class Rollback(AddedStep):
    """Possible as long as the old collection stands. Whoever needs it needs it now: nothing is
    read before the switch, and whatever happens to the count, the aliases are back."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("rollback", (NAME, BACK), no="No, leave it"),)
    jointly: ClassVar[Jointly | None] = TAKE_BACK
    order: ClassVar[int] = 20
    label: ClassVar[str] = "Roll back…"
    does: ClassVar[str] = "to switch back"
    about: ClassVar[str] = "Roll back switches the alias back."
    ends: ClassVar[str] = "rolled back"
    manual: ClassVar[str] = """
    Switch the aliases of RUN back to the old collection.

    Waits until the name of the first one is typed, or given. Nothing is read before the switch;
    how many writes made since the cutover stay behind is counted after it. Of collections that
    switched together, --together takes all of them back, and --alone this one.

    \b
    Example:
      qmm rollback docs_minilm-1124 --cutover docs
    """

    step: Literal["rollback"] = "rollback"

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        if switched := recall("switched") or recall(UNDER_WAY):
            if not recalled(switched).ends_old:
                return None
            return Refusal(
                "the old collection was deleted",
                f"{switched['from']} was deleted when its name was given to {switched['to']}.",
            )
        if back := recall("rolled_back"):
            again = f"{recalled(back).answers} from {back['to']} again"
            return Refusal("it was rolled back", f"{again}: it was rolled back already.")
        return Refusal("nothing was switched", "This run has not switched an alias.")

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if not recall("rolled_back"):
            return None
        return Refusal(
            "the alias was switched",
            "It was rolled back, and writes made after the cutover may stand in the new "
            "collection alone.",
            f"{qmm('cleanup', run)} says so and deletes it.",
        )

    @classmethod
    def listed(cls, run: Known) -> str:
        ready = run.facts.get("switched") and (run.state == "done" or is_open(run.facts.get))
        return "Watch for some days; this is the way back" if ready else ""

    @classmethod
    def ending(cls, run: Known) -> Ending:
        back = difference.put_back(run.facts.get("application_changes") or ())
        answers = f"{answering(run.facts.get)} again"
        return Ending(
            title=f"Rolled back: {answers}",
            now=f"{answers}.",
            happened="The run was rolled back.",
            safe=f"Everything. {_where_it_answers(run)}",
            todo=f"{back.partition(':')[0]}, if that has not happened yet." if back else "Nothing.",
            left=(("old-model", back),) if back else (),
        )

    def text(self, move: Move | None) -> StepText:
        return StepText("Roll back", "the alias", "switch again")

    def apply(self, ctx: StepContext) -> None:
        switched: dict[str, Any] | None = ctx.recall("switched") or _not_noted(ctx)
        if switched and not recalled(switched).ends_old:
            _switch_back(ctx, recalled(switched))
        elif not ctx.recall(_COUNTING):
            refusal = self.refused(ctx.recall, ctx.folder.name)
            raise NothingToRollBack(ctx.folder.name, refusal.why if refusal else "")
        if ctx.before.collection != ctx.after.collection:
            _count(ctx, ctx.after.collection, anew=bool(switched))
        ctx.remember(_COUNTING, False)


def _where_it_answers(run: Known) -> str:
    back = run.facts.get("rolled_back") or {}
    if back and back.get("from") == back.get("to"):
        return "Searches go by the old vector; the new one is still there."
    return "The old collection answers; the new one is still there."


def _not_noted(ctx: StepContext) -> dict[str, Any] | None:
    """What a cutover has switched that was killed before it could note it."""
    begun: dict[str, Any] | None = ctx.recall(UNDER_WAY)
    if not begun or recalled(begun).state(ctx, ctx.before, ctx.after) == "before":
        return None
    ctx.remember("switched", begun)
    ctx.remember(UNDER_WAY, None)
    ctx.spend("cutover")
    return begun


def _switch_back(ctx: StepContext, switch: Switch) -> None:
    old, new = ctx.before.collection, ctx.after.collection
    try:
        if switch.state(ctx, ctx.after, ctx.before) != "after":
            if not ctx.qdrant.exists(old):
                why = f"{old} was deleted, so there is no way back."
                raise NothingToRollBack(ctx.folder.name, why)
            if ctx.consent("rollback") is None:
                raise Waiting(_gate(ctx, switch))
            ctx.breathe()
            switch.undo(ctx)
    except SwitchElsewhere:
        ctx.spend("rollback")  # it was given for what stood there then
        raise
    ctx.spend("rollback")
    ctx.remember(_COUNTING, True)
    ctx.remember("left_behind", None)
    kept = switch.remembered(ctx, ctx.before) or {}
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    ctx.remember("rolled_back", {**kept, "to": old, "from": new, "at": at})
    ctx.remember("switched", None)
    ctx.say("rollback", f"{switch.answers} from {old} again.{_put_back(ctx, 'now')}")


def _count(ctx: StepContext, new: str, *, anew: bool) -> None:
    """Tell which writes stay behind. Not knowing it, or a stop meanwhile, undoes nothing."""
    try:
        behind = route_of(ctx.move).left_behind(ctx, anew=anew)
    except QmmError as error:
        ctx.say("rollback", f"The writes that stay behind in {new} were not counted. {error.what}")
    else:
        if behind is not None:
            ctx.remember("left_behind", behind)
            ctx.say("rollback", _in_words(behind, new))


def _in_words(behind: dict[str, int], collection: str) -> str:
    if not sum(behind.values()):
        return "No write stays behind."
    said = ", ".join(f"{count} {what}" for what, count in behind.items() if count)
    writes = plural(sum(behind.values()), "write")
    return f"Not copied back: {writes} since the cutover, kept in {collection} ({said})."


def _put_back(ctx: StepContext, when: str) -> str:
    """A sentence on the application's queries, if they changed; with a space before it."""
    back = difference.put_back(ctx.recall("application_changes") or (), when)
    return f" {back}." if back else ""


def _gate(ctx: StepContext, switch: Switch) -> Gate:
    old, new = ctx.before.collection, ctx.after.collection
    counted = "How many writes stay behind is counted after the switch; nothing is read before it."
    _, state = ctx.qdrant.overview(old)  # it may have been emptied or made anew since
    return Gate(
        name="rollback",
        title=switch.title(back_to=old),
        says=(
            f"Now      {switch.at(ctx.after)}",
            f"After    {switch.at(ctx.before)}   ({plural(state.points, 'point')})",
            *((counted,) if old != new else ()),
            f"{_put_back(ctx, 'at the same moment')} "
            f"{route_of(ctx.move).words(ctx.move).made} stays.".strip(),
        ),
        asks=(switch.ask(ctx.before, "it"),),
        button=f"{switch.button} back",
    )

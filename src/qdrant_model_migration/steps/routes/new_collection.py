"""What all routes share that fill a new collection: it bears the run's mark, is given the old one's
settings, and can be deleted; after the switch the old one can be. No route lives here."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from functools import partial

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import strict_mode_body
from qdrant_model_migration.quality import Check
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.create_collection import POSTPONED, settings_that_differ
from qdrant_model_migration.steps.errors import (
    CleanupRefused,
    DiscardRefused,
    SettingsChanged,
    TargetTaken,
)
from qdrant_model_migration.steps.mark import is_ours, must_be_ours, was_deleted
from qdrant_model_migration.steps.readiness import is_indexed, wait_until_indexed
from qdrant_model_migration.steps.routes.route import (
    Leftover,
    Route,
    Words,
    lacking,
    unfound,
)
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import count, listing, plural


class NewCollection(Route):
    def must_be_free(self, ctx: StepContext) -> None:
        target, aliases = ctx.move.target, ctx.qdrant.known_aliases() or {}
        if target in aliases:
            holds = f"It is an alias and points to {aliases[target]}."
        elif ctx.qdrant.exists(target) and not is_ours(ctx, target):
            points, there = ctx.move.points, ctx.qdrant.state(target).points
            holds = (
                f"It has {plural(there, 'point')}; {points.name} has "
                f"{count(points.count(ctx.qdrant) or 0)}. Another tool, or another try, may have "
                "begun it."
            )
        else:
            return
        free = _next_free(ctx, target, aliases)
        again = ("--from", ctx.folder.name, "--set", f"target={free}")
        raise TargetTaken(target, holds, qmm("plan", flags=again))

    def must_be_ours(self, ctx: StepContext) -> None:
        must_be_ours(ctx)

    def index(self, ctx: StepContext) -> None:
        """What was postponed when it was created is restored, and strict mode put on."""
        move, qdrant = ctx.move, ctx.qdrant
        must_be_ours(ctx)
        threshold = ctx.recall("indexing_threshold", POSTPONED)
        qdrant.patch(move.target, {"optimizers_config": {"indexing_threshold": threshold}})
        wait_until_indexed(ctx, move.target)
        if body := strict_mode_body(qdrant.config(move.source)):
            qdrant.patch(move.target, body)

    def last_look(self, ctx: StepContext) -> None:
        """The gate may have been open for weeks. Raises SettingsChanged."""
        if changed := settings_that_differ(ctx, postponed=False):
            move = ctx.move
            raise SettingsChanged(move.source, move.target, changed, ctx.folder.name)

    def made(self, ctx: StepContext) -> Leftover | None:
        source, target = ctx.move.source, ctx.move.target
        if not ctx.qdrant.exists(target) or not is_ours(ctx, target):
            return None
        if users := _users(ctx, target):
            raise DiscardRefused(
                ctx.folder.name,
                f"The alias {', '.join(users)} points to {target}, so that is in use.",
                f"Point it back to {source} first, or delete it if it was only for looking.",
            )
        if was_deleted(ctx):
            raise DiscardRefused(
                ctx.folder.name,
                f"{source} was deleted for {target} to take its name, so {target} would be the "
                "last copy.",
                f"Finish the switch: {qmm('resume', ctx.folder.name)}.",
            )
        return Leftover(
            name=target,
            what=target,
            says=(
                f"{ctx.qdrant.state(target).points:,} points are deleted. What was embedded for "
                "them is lost.",
                f"No alias points to {target}. {source} is not touched and goes on answering.",
            ),
            delete=partial(ctx.qdrant.delete_collection, target),
            told=f"{target} is deleted. {source} is not touched.",
        )

    def doomed(self, ctx: StepContext) -> str:
        back = ctx.recall("rolled_back") and not ctx.recall("switched")
        return ctx.move.target if back else ctx.move.source

    def leftover(self, ctx: StepContext) -> Leftover | None:
        old, new = ctx.move.source, ctx.move.target
        doomed = self.doomed(ctx)
        after, kept = doomed == old, new if doomed == old else old
        if doomed in ctx.qdrant.aliases():
            return None  # its name was given to the new one, and it was deleted for that
        must_be_unused(ctx, doomed)
        if not ctx.qdrant.exists(kept):
            raise CleanupRefused(
                doomed,
                f"{kept} does not exist, so this would be the last copy.",
                "Find out who deleted it.",
            )
        if not ctx.qdrant.exists(doomed):
            return None
        if not after and not is_ours(ctx, doomed):
            raise CleanupRefused(
                doomed,
                "It is not the one that this run has made: somebody has made it anew.",
                "Find out who. If it is of no use, delete it with your own means.",
            )
        points = f"{ctx.qdrant.state(doomed).points:,} points are deleted."
        found = Leftover(
            name=doomed,
            what=doomed,
            says=(
                "No alias points to it, and the run was verified.",
                "The server cannot tell whether anyone still reads it by its own name.",
                points if after else f"{points}{_only_there(ctx)}",
                "After this there is no way back. Make a snapshot first if you want one. "
                f"{kept} is not touched.",
            ),
            delete=partial(_delete_unused, ctx, doomed),
            told=f"{doomed} is deleted. {kept} is not touched.",
        )
        return self.old_one(ctx, found) if after else found

    def old_one(self, ctx: StepContext, found: Leftover) -> Leftover:
        """The old collection as a leftover; what this route has to see to before it goes."""
        return found


def _next_free(ctx: StepContext, name: str, taken: Collection[str]) -> str:
    """The first of name_2, name_3 … that nothing has."""
    numbered = (f"{name}_{number}" for number in itertools.count(2))
    return next(n for n in numbered if n not in taken and not ctx.qdrant.exists(n))


def new_collection_words(
    move: Move,
    *,
    catching_up: tuple[str, ...],
    comparing: tuple[str, ...],
    sweep: str,
    sweeping: tuple[str, ...],
) -> Words:
    """What is the same for each of them, and what this route says of the rest."""
    return Words(
        made=move.target,
        starts=(
            f"It creates {move.target} and fills it.",
            f"{move.source} is only read. Searches go on as before.",
        ),
        target="new collection",
        undo="delete it",
        inserts="inserts the points with their payload",
        there="A point that is there already is left untouched.",
        goes_without=f"is copied without {lacking(move)} and listed.",
        finishing=(
            f"Gives {move.target} the index settings and the strict mode of {move.source}.",
        ),
        catching_up=catching_up,
        comparing=comparing,
        sweep=sweep,
        sweeping=sweeping,
        dead_letters=f"These points were copied with their payload and without {lacking(move)}: "
        f"{unfound(move)}.",
    )


def check_settings(ctx: StepContext) -> list[Check]:
    """Settings as the old collection has them, and the index complete."""
    different = settings_that_differ(ctx, postponed=False)
    checks = [
        Check(
            name="Settings equal",
            ok=not different,
            found="all" if not different else ", ".join(different),
            note=f"settings differ: {', '.join(different)}",
            todo="Set them by hand, or acknowledge them in a new plan",
        )
    ]
    if ctx.qdrant.capabilities.settings:
        checks.append(check_index(ctx, ctx.move.target))
    return checks


def check_index(ctx: StepContext, collection: str) -> Check:
    return Check(
        name="Index complete",
        ok=is_indexed(ctx, collection),
        found=ctx.qdrant.state(collection).status,
        note="the server is still building the index",
        todo="Resume waits for it",
    )


def must_be_unused(ctx: StepContext, doomed: str) -> None:
    """Raises CleanupRefused where an alias points to it."""
    if users := _users(ctx, doomed):
        raise CleanupRefused(
            doomed,
            f"{listing(users)} still {'points' if len(users) == 1 else 'point'} to it: that "
            "collection is in use.",
            "Switch the alias first.",
        )


def _users(ctx: StepContext, collection: str) -> list[str]:
    return [alias for alias, behind in ctx.qdrant.aliases().items() if behind == collection]


def _delete_unused(ctx: StepContext, doomed: str) -> None:
    must_be_unused(ctx, doomed)  # once more: reading it may have taken hours
    ctx.qdrant.delete_collection(doomed)


def _only_there(ctx: StepContext) -> str:
    """After a rollback: what nothing else has."""
    behind = ctx.recall("left_behind")
    if behind is None:
        return " Writes made after the cutover are only there; they were not counted."
    only = behind["inserted"] + behind["edited"]
    return f" {plural(only, 'write')} made after the cutover would be lost." if only else ""

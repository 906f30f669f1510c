"""Custom shard keys: are they on both sides, and each point under its own? Not a step: the check of
both sides uses it."""

from __future__ import annotations

from qdrant_model_migration.pipeline.shard_keys import under_two_keys
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.shard_keys import has_keys
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing, plural

CHECKED = "Shard keys equal"


def check_keys(ctx: StepContext, here: int, differ: int) -> list[Check]:
    """here: points that are on both sides. differ: of them, those under another key."""
    move, qdrant = ctx.move, ctx.qdrant
    if not has_keys(ctx):
        return []
    there = qdrant.shard_keys(move.target)
    missing = [str(found.key) for found in qdrant.shard_keys(move.source) if found not in there]
    twice = under_two_keys(qdrant, move.source, ctx.breathe)
    faults = [
        *([f"{plural(differ, 'point')} under another key"] if differ else []),
        *([f"{listing(missing)} not there, or with other shards"] if missing else []),
        *([f"{twice[0]} stands under {twice[1]} and {twice[2]}"] if twice else []),
    ]
    return [
        Check(
            name=CHECKED,
            ok=not faults,
            found=here - differ,
            expected=here,
            note="; ".join(faults),
            todo="Give each point one id" if twice else "Resume copies them again",
        )
    ]

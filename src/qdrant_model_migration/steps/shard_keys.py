"""Custom shard keys of the collection whose points are copied. Not a step: steps use it."""

from __future__ import annotations

from qdrant_model_migration.pipeline.shard_keys import make_missing_keys, under_two_keys
from qdrant_model_migration.steps.errors import TwoKeys
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import plural


def has_keys(ctx: StepContext) -> bool:
    """Whether points are copied that lie where their shard keys say."""
    return ctx.move.rows is None and ctx.qdrant.config(ctx.move.source).custom_sharding


def carry_keys(ctx: StepContext) -> None:
    """Make the shard keys that the target lacks, also those under which no point stands yet: the
    application writes to them after the switch."""
    if has_keys(ctx):
        for key, shards, _ in make_missing_keys(ctx.qdrant, ctx.move):
            ctx.say("create", f"The shard key {key} is made, with {plural(shards, 'shard')}.")


def must_have_one_key(ctx: StepContext) -> None:
    """Raises TwoKeys: an id is what tells points apart, on both sides and in all notes."""
    source = ctx.move.source
    if not has_keys(ctx):
        return
    if found := under_two_keys(ctx.qdrant, source, ctx.breathe):
        raise TwoKeys(source, *found)
    keys = len(ctx.qdrant.shard_keys(source))
    ctx.say("check", f"{plural(keys, 'shard key')}; no id stands under two of them.")

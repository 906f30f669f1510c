"""Whether what a pass has read back of the new collection is still what stands there. Not a step.

An acknowledgement says nothing of what was kept: the server makes vectors to length one, rounds
them, and tells no digest. So a pass over both sides reads everything back once, and compares it
with what was copied; the ledger has the digests of that. The server numbers the writes that it
applies: as long as the number is that from before the pass, nothing of it was written since, by
nobody, and reading it again would show the same.
"""

from __future__ import annotations

from qdrant_model_migration.steps.step import StepContext

_READ_BACK = "read_back"


def number_of_writes(ctx: StepContext) -> str | None:
    """Of the new collection now; None where it is not known, or of no use: without the values of
    vectors both collections are read as quickly."""
    move = ctx.move
    return None if move.without_values == move else ctx.qdrant.writes(move.target)


def note_read_back(ctx: StepContext, writes: str | None) -> None:
    """A pass has read back the whole new collection. writes: its number from before that."""
    ctx.remember(_READ_BACK, writes)


def stands_as_read_back(ctx: StepContext) -> bool:
    """Whether nothing was written to the new collection since. Where in doubt, no."""
    known = ctx.recall(_READ_BACK)
    return known is not None and number_of_writes(ctx) == known

"""Where a run waits because it has used as many tokens as it may. Not a step.

Before the switch alone: from then on what the application writes is made, whatever it costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_model_migration.pipeline.spent import Spent, TokensSpent, in_usd
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.reading import ROWS_READ
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import count, plural

USED = "tokens_used"
"""The fact: what is `Spent`."""
LIMIT = "token_limit"
"""The fact: the limit that was given in place of the plan's."""
_ROOM = 1.2  # times the tokens that are likely to be needed
_MOST = AskKind(
    "limit",
    "number",
    "--token-limit",
    "Go on until the run has used so many tokens in all.",
    metavar="TOKENS",
)
TOKEN_LIMIT = GateKind("token_limit", (_MOST,))


@contextmanager
def within_limit(ctx: StepContext) -> Iterator[None]:
    """Work for which texts are sent to a service. Waits where the limit is reached; a consent is
    the new limit."""
    if (given := ctx.consent(TOKEN_LIMIT.name)) is not None:
        ctx.remember(LIMIT, int(given["limit"]))
        ctx.spend(TOKEN_LIMIT.name)
    try:
        with ctx.limited():
            yield
    except TokensSpent:
        raise Waiting(_gate(ctx)) from None


def _gate(ctx: StepContext) -> Gate:
    spent, move = Spent.of(ctx.recall(USED)), ctx.move
    points = move.points.count(ctx.qdrant) or ctx.recall(ROWS_READ) or 0
    done = ctx.qdrant.count(move.target)
    if move.in_place:
        done -= ctx.qdrant.count(move.target, without_vector=move.new_vectors[0].name)
    left = max(0, points - done)
    more = round(spent.tokens / done * left) if done else None
    return Gate(
        name=TOKEN_LIMIT.name,
        title=f"The limit of {count(spent.most or 0)} tokens is reached",
        says=(
            f"Used  {spent.in_words}",
            f"Written  {count(done)} of {plural(points, 'point')}",
            f"Left  {_left(left, more, spent.usd)}",
            "All that is made is written. Nothing more is sent until you say how many tokens the "
            "run may use in all, those that are used included.",
            "Or leave it: nothing is lost, and it can go on at any time.",
        ),
        asks=(
            _MOST.ask(
                "Tokens that it may use in all", str(_enough(spent, more)), least=spent.tokens + 1
            ),
        ),
        button="Go on",
    )


def _left(points: int, more: int | None, usd: float | None) -> str:
    if not points:
        return "what was written meanwhile; how much that is shows as it is made"
    if more is None:
        return plural(points, "point")
    price = f", {in_usd(more, usd)}" if usd is not None else ""
    return f"{plural(points, 'point')}, about {count(more)} tokens{price}"


def _enough(spent: Spent, more: int | None) -> int:
    """A limit that is likely to do."""
    needed = more if more else max(spent.tokens // 10, 1)
    return spent.tokens + max(1, round(_ROOM * needed))

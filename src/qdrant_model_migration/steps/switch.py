"""Switching: all aliases of the application in one request, and what is told of it.

A list of actions is not a transaction: where one fails, those before it stay. So all are looked at
again afterwards, and a switch that is called again moves only what has not moved yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.steps.errors import AliasMoved, SwitchedInPart
from qdrant_model_migration.steps.gate import Ask, AskKind
from qdrant_model_migration.steps.refusal import Recall
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing

ALIAS = AskKind(
    "alias",
    "typed",
    "--cutover",
    "Allow the switch of this alias and of those that go with it.",
    "ALIAS",
)


def switch(ctx: StepContext, aliases: Sequence[str], old: str, new: str) -> None:
    """Let all of these answer from `new` instead of `old`; those that do already stay.

    Nothing lies between the last look and the request, so a pause or a stop is to be felt before
    this is called. Raises AliasMoved, with nothing done, where one points elsewhere, and
    SwitchedInPart.
    """
    now = must_point(ctx, aliases, old, new)
    refused: QmmError | None = None
    try:
        ctx.qdrant.switch_aliases([alias for alias in aliases if now[alias] == old], new)
    except Stopped:
        raise
    except QmmError as error:
        refused = error
    then = ctx.qdrant.aliases()
    stayed = {alias: then.get(alias) for alias in aliases if then.get(alias) != new}
    if not stayed:
        return
    if refused is not None and len(stayed) == len(aliases):
        raise refused
    moved = tuple(alias for alias in aliases if alias not in stayed)
    raise SwitchedInPart(moved, new, stayed, refused.what if refused else "") from refused


def must_point(ctx: StepContext, aliases: Sequence[str], old: str, new: str) -> Mapping[str, str]:
    """All aliases of the server. Raises AliasMoved where one of these is at neither place."""
    now = ctx.qdrant.aliases()
    for alias in aliases:
        if now.get(alias) not in (old, new):
            raise AliasMoved(alias, now.get(alias), old)
    return now


def named(fact: Mapping[str, Any]) -> tuple[str, ...]:
    """The aliases of what is remembered of a switch; the first one is the one that is typed."""
    return (fact["alias"], *fact.get("also", ()))


def answer(aliases: Sequence[str]) -> str:
    """ "docs answers", "docs and docs_search answer"."""
    return f"{listing(aliases)} {'answers' if len(aliases) == 1 else 'answer'}"


def answering(recall: Recall) -> str:
    """ "docs answers from docs_old", as the last switch or rollback has left it."""
    last = recall("switched") or recall("rolled_back")
    if not last or not last.get("alias"):
        return "The application's name answers"
    return f"{answer(named(last))} from {last.get('to')}"


def in_short(aliases: Sequence[str]) -> str:
    """For a button: "docs", "2 aliases"."""
    return aliases[0] if len(aliases) == 1 else f"{len(aliases)} aliases"


def typed_name(aliases: Sequence[str], what: str) -> Ask:
    """The first alias is typed, also where several are switched together."""
    of_all = "" if len(aliases) == 1 else f" of all {len(aliases)}"
    which = "the" if len(aliases) == 1 else "the first"
    label = f"Type {which} alias name to allow {what}{of_all}: {aliases[0]}"
    return ALIAS.ask(label, aliases[0])

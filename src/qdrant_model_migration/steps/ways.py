"""The ways on from a run: the commands that open its gate, and the steps to add instead."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.added_step import AddedStep, Known
from qdrant_model_migration.steps.gate import Gate
from qdrant_model_migration.steps.registry import added_kinds, adds


class Way(NamedTuple):
    """label: the choice that the command makes, "" where there is none to make."""

    label: str
    command: str


def ways(gate: Gate, run: str) -> tuple[Way, ...]:
    """The commands that open the gate without a screen: one, or one for each choice. While
    something has to happen before, those that lead there, each with what it is for."""
    if gate.before:
        return tuple(Way(said, command) for said, command in gate.before if command)
    told = {ask.flag for ask in gate.asks if ask.named}
    parts: list[list[tuple[str, tuple[str, ...]]]] = []
    for ask in gate.asks:
        if ask.kind == "choice":
            parts.append([(label, (f"--{value}",)) for value, label in ask.choices])
        elif ask.named:
            parts.append([("", (ask.flag, ask.expect))])
        elif ask.flag and ask.flag not in told:
            told.add(ask.flag)
            parts.append([("", (ask.flag,))])
    added = adds(gate.name)
    verb = added.name() if added is not None else "resume"
    return tuple(
        Way(
            " ".join(label for label, _ in way if label),
            qmm(verb, run, flags=[word for _, words in way for word in words]),
        )
        for way in product(*parts)
    )


def ways_out(run: Known) -> tuple[type[AddedStep], ...]:
    """What may be added to a run that has not ended: all that would end it, those among them that
    are closed now too, and whatever else is open."""
    return tuple(
        kind for kind in added_kinds() if kind.unfinished and (kind.ends or not kind.why_not(run))
    )

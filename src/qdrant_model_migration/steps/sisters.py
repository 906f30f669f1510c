"""Collections that switch at the same moment as the run's own: how their runs stand, and what a
gate says and asks of them. Pure; whoever finds the runs is the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.gate import Ask, AskKind, Gate
from qdrant_model_migration.words import listing

Stands = Literal["none", "before", "there", "switched", "over"]

NAME_KEY, UNPROVED_KEY = "alias", "without_proof"
"""Of what a gate asks of its own run: what is typed to allow the switch, and to go without proof.
Runs keep consents by these keys."""

WITH = AskKind(
    "with",
    "tick",
    "--with",
    "Allow the switch of this collection, too, which goes at the same moment.",
    "COLLECTION",
    many=True,
)
_ALSO_UNPROVED = AskKind(
    "unproved",
    "tick",
    "--unproved",
    "Switch that one although it is not proved that searches find more.",
    "COLLECTION",
    many=True,
)
BACK = AskKind(
    "with",
    "choice",
    choices=(
        (
            "together",
            "those that switched with it go back, too",
            "Those that switched with it, too.",
        ),
        ("alone", "only this one goes back", "Only this one."),
    ),
)
AT_SWITCH = (WITH, _ALSO_UNPROVED)


class Level(NamedTuple):
    """That the two sides of a run are level, and nobody has written to the new one. at: when that
    was, in seconds as the computer counts them. again: by one more pass than it takes alone."""

    at: float
    again: bool = False


class Sister(NamedTuple):
    """One of them, by what its run has written down.

    stands: without a run; on the way, or held up; at its cutover; switched; taken back. says: the
    same in words. run: the name of its run, "" where there is none. todo: the command that brings
    it on. gate: its own, where it waits there. verdict: the word. back: what is typed to take its
    switch back, also where it was killed before it could note it. level: None where it is not.
    live: it is being carried out. consent: the gate that it has a consent to, not used yet. begun:
    whether it ever was carried out.
    """

    collection: str
    stands: Stands
    says: str
    run: str = ""
    todo: str = ""
    gate: Gate | None = None
    verdict: str = ""
    back: str = ""
    level: Level | None = None
    live: bool = False
    consent: str = ""
    begun: bool = True

    @property
    def row(self) -> str:
        return f"With     {self.collection}: {self.says}"

    @property
    def goes_back(self) -> bool:
        return bool(self.back) and self.stands in ("before", "switched")


class Jointly(NamedTuple):
    """How a gate goes for several. gate: the run's own one with what is said and asked of the
    others. others: the consents that the others get by this one, by their runs' names."""

    gate: Callable[[Gate, Sequence[Sister]], Gate]
    others: Callable[[str, Gate, Mapping[str, str], Sequence[Sister]], dict[str, dict[str, str]]]


def all_there(sisters: Sequence[Sister]) -> bool:
    return all(one.stands in ("there", "switched") for one in sisters)


def _at_switch(gate: Gate, sisters: Sequence[Sister]) -> Gate:
    left = [one for one in sisters if one.stands != "switched"]
    before = [(f"{one.collection}: {one.says}", one.todo) for one in left if one.stands != "there"]
    if gate.by_hand and not before:
        before = [
            *([("Both sides are made level first", gate.to_level)] if gate.to_level else []),
            *(
                (f"{one.collection} is made level first", qmm("resume", one.run))
                for one in left
                if not one.level
            ),
        ]
    asks = [ask for one in left if one.stands == "there" for ask in _asked_of(one, gate)]
    return gate.model_copy(
        update={
            "says": (*gate.says, *(_row_at_switch(one) for one in sisters)),
            "asks": (*gate.asks[:-1], *asks, *gate.asks[-1:]),
            "before": (*gate.before, *before),
        }
    )


def _row_at_switch(one: Sister) -> str:
    by_hand = one.gate is not None and one.gate.by_hand
    used = f"; then the application uses {_used(one.gate)}" if by_hand and one.gate else ""
    return f"{one.row}{used}"


def _asked_of(one: Sister, gate: Gate) -> list[Ask]:
    name = one.collection
    does = f", {_does(one.gate)}" if one.gate is not None else ""
    asks = [WITH._replace(key=f"with {name}").ask(f"{name} goes with it{does}", name)]
    if one.verdict != "GO":
        label = f"{name} is not proved better: {one.says}. Switch it all the same"
        asks.append(_ALSO_UNPROVED._replace(key=f"unproved {name}").ask(label, name))
    alike = {ask.label for ask in gate.asks}
    for ask in one.gate.asks if one.gate is not None else ():
        if ask.key not in (NAME_KEY, UNPROVED_KEY) and ask.label not in alike:
            own = {"key": f"{ask.key} of {name}", "label": f"{name}: {ask.label}"}
            asks.append(ask.model_copy(update=own))
    return asks


def _does(gate: Gate) -> str:
    """ "switch the alias docs"; what a person changes, with what it is changed to."""
    what = gate.title.partition(": ")[2] or gate.title
    return f"{what}: {_used(gate)}" if gate.by_hand else what


def _used(gate: Gate) -> str:
    """What the application uses from then on, as it is typed."""
    return next((ask.expect for ask in gate.asks if ask.key == NAME_KEY), "")


def _others_at_switch(
    mine: str, gate: Gate, answers: Mapping[str, str], sisters: Sequence[Sister]
) -> dict[str, dict[str, str]]:
    """All that their gates ask for: the gate of this one has asked for it too. What is asked of
    this one there was given here."""
    names = [mine, *(one.collection for one in sisters)]
    unproved = [name for name in names if answers.get(f"unproved {name}")]
    if answers.get(UNPROVED_KEY):
        unproved.append(mine)
    common = dict.fromkeys(
        (
            *(f"with {name}" for name in names),
            *(f"unproved {name}" for name in unproved),
            *(f"{ask.key} of {mine}" for ask in gate.asks),
            *(key for key, _ in answers.items() if " of " in key),
        ),
        "yes",
    )
    found = {}
    for one in sisters:
        if one.stands == "there" and one.gate is not None:
            own = {ask.key: ask.expect or "yes" for ask in one.gate.asks}
            found[one.run] = {**common, **own}
    return found


def _going_back(gate: Gate, sisters: Sequence[Sister]) -> Gate:
    with_it = [one for one in sisters if one.goes_back]
    if not with_it:
        return gate.model_copy(update={"says": (*gate.says, *(one.row for one in sisters))})
    names = listing([one.collection for one in with_it])
    label = f"{names} switched at the same moment, and searches by the same model"
    return gate.model_copy(
        update={
            "says": (*gate.says, *(one.row for one in sisters)),
            "asks": (*gate.asks, BACK.ask(label)),
        }
    )


def _others_going_back(
    mine: str, gate: Gate, answers: Mapping[str, str], sisters: Sequence[Sister]
) -> dict[str, dict[str, str]]:
    if answers.get(BACK.key) != "together":
        return {}
    return {one.run: {NAME_KEY: one.back, BACK.key: "together"} for one in sisters if one.goes_back}


SWITCH = Jointly(_at_switch, _others_at_switch)
TAKE_BACK = Jointly(_going_back, _others_going_back)

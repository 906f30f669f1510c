"""Where a run waits for a person: what it says, what it asks, and whether a consent is enough."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.shell import qmm

OWN_COMMAND = ("rollback", "cleanup", "discard")  # gates of steps that a command of that name adds


class Ask(BaseModel):
    """One thing a gate asks for. `typed`: the person types `expect` exactly; `tick`: a box.

    flag: what gives it on a command line, e.g. "--cutover"; a choice is a flag for each value.
    named: the flag is followed by what would be typed.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    kind: Literal["typed", "tick", "choice"]
    label: str
    expect: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    flag: str = ""
    named: bool = False

    def given_by(self, flags: Mapping[str, str]) -> str | None:
        """The answer that these flags (flag -> what follows it, "" for nothing) give, or None."""
        if self.kind == "choice":
            return next((value for value, _ in self.choices if f"--{value}" in flags), None)
        if self.flag not in flags:
            return None
        if self.kind == "tick":
            return "yes"
        return flags[self.flag] if self.named else self.expect


def typed_collection(name: str, flag: str) -> Ask:
    """The name of the collection that is changed or deleted, to be typed."""
    return Ask(
        key="collection",
        kind="typed",
        label=f"Type the collection name to allow it: {name}",
        expect=name,
        flag=flag,
        named=True,
    )


class Way(NamedTuple):
    """A command that opens a gate. label: the choice it makes, "" where there is none to make."""

    label: str
    command: str


class Gate(BaseModel):
    """A gate as every face shows it."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    says: tuple[str, ...]
    asks: tuple[Ask, ...]
    button: str

    def ways(self, run: str) -> tuple[Way, ...]:
        """The commands that open it without a screen: one, or one for each choice."""
        told = {ask.flag for ask in self.asks if ask.named}
        parts: list[list[tuple[str, tuple[str, ...]]]] = []
        for ask in self.asks:
            if ask.kind == "choice":
                parts.append([(label, (f"--{value}",)) for value, label in ask.choices])
            elif ask.named:
                parts.append([("", (ask.flag, ask.expect))])
            elif ask.flag and ask.flag not in told:
                told.add(ask.flag)
                parts.append([("", (ask.flag,))])
        verb = self.name if self.name in OWN_COMMAND else "resume"
        return tuple(
            Way(
                " ".join(label for label, _ in way if label),
                qmm(verb, run, flags=[word for _, words in way for word in words]),
            )
            for way in product(*parts)
        )

    def given_by(self, flags: Mapping[str, str]) -> dict[str, str]:
        """The answers that these flags give; see `missing` for whether they are enough."""
        found = {ask.key: ask.given_by(flags) for ask in self.asks}
        return {key: answer for key, answer in found.items() if answer is not None}

    def missing(self, answers: Mapping[str, str]) -> tuple[Ask, ...]:
        """The asks that `answers` (key -> typed text, "yes" for a tick, a choice) leave open."""
        return tuple(ask for ask in self.asks if not _fits(ask, answers.get(ask.key)))


class Waiting(Exception):
    """Raised by a step that cannot go on without a consent."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        super().__init__(gate.title)


def _fits(ask: Ask, answer: str | None) -> bool:
    if answer is None:
        return False
    if ask.kind == "typed":
        return answer == ask.expect
    if ask.kind == "choice":
        return answer in {value for value, _ in ask.choices}
    return answer == "yes"

"""Where a run waits for a person: what it says, what it asks, and whether a consent is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.words import is_whole

Kind = Literal["typed", "tick", "choice", "number"]


class Ask(BaseModel):
    """One thing a gate asks for. `typed`: the person types `expect` exactly; `tick`: a box;
    `number`: a whole one, not below `least`; `expect` is one that will do.

    flag: what gives it on a command line, e.g. "--cutover"; a choice is a flag for each value.
    named: the flag is followed by what would be typed; for a tick by `expect`, and it may be given
    once for each of several.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    kind: Kind
    label: str
    expect: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    flag: str = ""
    named: bool = False
    least: int = 0

    def given_by(self, flags: Mapping[str, str]) -> str | None:
        """The answer that these flags (flag -> what follows it, "" for nothing, a line for each
        where it was given several times) give, or None."""
        if self.kind == "choice":
            return next((value for value, _ in self.choices if f"--{value}" in flags), None)
        if self.flag not in flags:
            return None
        if self.kind == "tick":
            named = not self.named or self.expect in flags[self.flag].split("\n")
            return "yes" if named else None
        return flags[self.flag] if self.named else self.expect


class AskKind(NamedTuple):
    """An ask as a step declares it, while it is not known yet what it asks for.

    metavar: what follows the flag, for a name that is typed; "" for a bare flag. help: of the flag;
    "" where another ask of the gate with the same flag has it. choices: (value, label, help). many:
    the flag may be given several times.
    """

    key: str
    kind: Kind
    flag: str = ""
    help: str = ""
    metavar: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    many: bool = False

    def ask(self, label: str, expect: str = "", least: int = 0) -> Ask:
        return Ask(
            key=self.key,
            kind=self.kind,
            label=label,
            expect=expect,
            choices=tuple((value, said) for value, said, _ in self.choices),
            flag=self.flag,
            named=bool(self.metavar),
            least=least,
        )

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags that answer it: one, or one for each choice."""
        if self.choices:
            return tuple(Flag(f"--{value}", help) for value, _, help in self.choices)
        return (Flag(self.flag, self.help, self.metavar, self.many),) if self.help else ()


class Flag(NamedTuple):
    """Of a command. metavar: what follows it, "" for nothing. many: it may be given several
    times."""

    name: str
    help: str
    metavar: str = ""
    many: bool = False


class GateKind(NamedTuple):
    """A gate as its step declares it, before any run has come to it.

    no: the button that leaves it shut. switches: it opens by the verdict, and the application
    changes at the same moment. added: only the command of its step leads there, though a plan may
    hold that step.
    """

    name: str
    asks: tuple[AskKind, ...] = ()
    no: str = "Not yet"
    switches: bool = False
    added: bool = False

    @property
    def flags(self) -> tuple[Flag, ...]:
        return tuple(flag for ask in self.asks for flag in ask.flags)


def collection_to(flag: str, help: str) -> AskKind:
    """The name of the collection that is changed or deleted, to be typed."""
    return AskKind("collection", "typed", flag, help, "COLLECTION")


def typed_collection(kind: AskKind, name: str) -> Ask:
    return kind.ask(f"Type the collection name to allow it: {name}", name)


class Gate(BaseModel):
    """A gate as every face shows it.

    by_hand: a person changes the application before it is opened. to_level: the command that makes
    both sides level before that is asked for, "" where it is done. before: what has to happen
    first, each with the command; until then nothing opens it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    says: tuple[str, ...]
    asks: tuple[Ask, ...]
    button: str
    by_hand: bool = False
    to_level: str = ""
    before: tuple[tuple[str, str], ...] = ()

    def given_by(self, flags: Mapping[str, str]) -> dict[str, str]:
        """The answers that these flags give; see `missing` for whether they are enough."""
        found = {ask.key: ask.given_by(flags) for ask in self.asks}
        return {key: answer for key, answer in found.items() if answer is not None}

    def missing(self, answers: Mapping[str, str]) -> tuple[Ask, ...]:
        """The asks that `answers` (key -> typed text, "yes" for a tick, a choice) leave open: all
        while something has to happen before."""
        if self.before:
            return self.asks
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
    if ask.kind == "number":
        return is_whole(answer, ask.least)
    return answer == "yes"

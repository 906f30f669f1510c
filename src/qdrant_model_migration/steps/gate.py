"""Where a run waits for a person: what it says, what it asks, and whether a consent is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Ask(BaseModel):
    """One thing a gate asks for. `typed`: the person types `expect` exactly; `tick`: a box."""

    model_config = ConfigDict(frozen=True)

    key: str
    kind: Literal["typed", "tick", "choice"]
    label: str
    expect: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class Gate(BaseModel):
    """A gate as every face shows it. `flag` is the command that opens it without a screen."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    says: tuple[str, ...]
    asks: tuple[Ask, ...]
    button: str
    flag: str

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

"""The tokens that a run has used, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration import words


class Spent(NamedTuple):
    """What a run has used so far, as a fact of it. reckoned: how many of the tokens nobody has
    counted: the server does not tell. most: the limit by now."""

    tokens: int = 0
    reckoned: int = 0
    expected: int | None = None
    most: int | None = None
    usd: float | None = None

    @classmethod
    def of(cls, fact: Mapping[str, Any] | None) -> Spent:
        return cls(**(fact or {}))

    @property
    def in_words(self) -> str:
        """ "12,345 tokens (0.01 USD), as the server counts them"."""
        how = "as the server counts them"
        if self.reckoned:
            whole = self.reckoned == self.tokens
            part = "" if whole else f"{words.count(self.reckoned)} of them "
            how = f"{part}estimated: the server does not tell"
        return f"{priced(self.tokens, self.usd)}, {how}"

    @property
    def short(self) -> str:
        """ "12,345 tokens (0.01 USD) of 40,000", for a small pane."""
        allowed = "" if self.most is None else f" of {words.count(self.most)}"
        return f"{priced(self.tokens, self.usd)}{allowed}"

    @property
    def whole(self) -> str:
        """The same with how it is known, and what was promised."""
        said = [self.in_words]
        if self.expected is not None:
            said.append(f"the plan said about {priced(self.expected, self.usd)}")
        if self.most is not None:
            said.append(f"the limit is {words.count(self.most)}")
        return "; ".join(said)


class TokensSpent(Exception):
    """As many tokens are used as the run may use: no more texts are sent."""


def priced(tokens: int, usd: float | None) -> str:
    """So many tokens, and what they cost where a price is known."""
    return f"{words.count(tokens)} tokens{f' ({in_usd(tokens, usd)})' if usd is not None else ''}"


def in_usd(tokens: int, usd: float) -> str:
    """What so many tokens cost at the price of a million."""
    return words.usd(tokens * usd / 1e6)

"""What the services that make vectors for a server may be asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from qdrant_model_migration.pipeline.spent import priced
from qdrant_model_migration.strict import Strict

Amount = Annotated[int, Field(ge=1)]
MOST_TEXTS = 256


class Spending(Strict):
    """expected: tokens that all texts are likely to have; None: not known. most: tokens at which
    the run waits for a person; None: there is no limit. usd: the price of a million, as somebody
    said. texts: in one request, at most."""

    expected: Amount | None = None
    most: Amount | None = None
    usd: Annotated[float, Field(gt=0.0)] | None = None
    texts: Annotated[int, Field(ge=1, le=MOST_TEXTS)] = 64

    def limit_in_words(self) -> str:
        """ "at 2,000,000 tokens (0.04 USD) the run waits for you"; "" where there is no limit."""
        return (
            "" if self.most is None else f"at {priced(self.most, self.usd)} the run waits for you"
        )

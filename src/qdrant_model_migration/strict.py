"""The base of everything that stands in a plan: frozen, and strict about what it is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen and strict: a typo in a plan is an error with its place, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

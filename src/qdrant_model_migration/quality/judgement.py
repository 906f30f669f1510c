"""What was measured, as it stands in verdict, report and journal. Plain data: measure.py fills it,
verdict.py weighs it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from typing_extensions import Self

from qdrant_model_migration.quality.intervals import Reason


class Finite(BaseModel):
    """Frozen, strict about names, and without NaN or infinity, which would slip through `<`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Measure(Finite):
    """A further metric, for the report only: its mean on either side, 0..1."""

    name: str
    old: float | None
    new: float


class RankChange(Finite):
    """A query and the rank of its first right answer; None: not among the first `depth`."""

    text: str
    old: int | None
    new: int | None


class Judgement(Finite):
    """Old against new on `n` queries with right answers: means of the metric (0..1), their
    difference new - old, and its 95 % interval.

    old, difference: None where the old side cannot search. low, high: None where there is no
    interval; `no_interval` says why. nonzero: queries in which the metric differs. left_out:
    queries whose right answers are not in the collection. worst, best: ten each, worst first and
    best first. parts: the same for each part of the queries that has a name.
    """

    metric: str
    k: int
    old: float | None
    new: float
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    no_interval: Reason | None = None
    n: int
    nonzero: int = 0
    seed: int = 0
    origin: Literal["labelled", "made up"]
    left_out: int = 0
    part: str | None = None
    parts: tuple[Judgement, ...] = ()
    measures: tuple[Measure, ...] = ()
    worst: tuple[RankChange, ...] = ()
    best: tuple[RankChange, ...] = ()
    depth: int = 0

    @model_validator(mode="after")
    def _interval_or_reason(self) -> Self:
        if (self.old is None) != (self.difference is None):
            raise ValueError("old and difference are known together or not at all")
        if self.low is None or self.high is None:
            if self.low is not self.high or (self.old is not None and self.no_interval is None):
                raise ValueError("without an interval there must be a reason")
        elif self.low > self.high or self.no_interval is not None:
            raise ValueError("low must not be above high, and a reason means no interval")
        return self


class Overlap(Finite):
    """The mean share (0..1) of the first k results that old and new have in common: churn."""

    share: float
    k: int
    n: int

"""Why a step is not added to a run. Pure: judged by what the run remembers, nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Recall = Callable[[str], Any]
"""What the steps of a run have remembered, by its name; None where they have not."""


class Refusal(NamedTuple):
    """short: a few words for a closed button. why, todo: whole sentences."""

    short: str
    why: str
    todo: str = ""

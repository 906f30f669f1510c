"""What the answer to `change`, and to which models answer afterwards, leaves open."""

from __future__ import annotations

from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.strategies.strategy import Answers, Fit


def ruled_out_by_change(answers: Answers, *fitting: str) -> Fit | None:
    """The verdict that question `change` alone gives; None where its answer is one of `fitting`."""
    change = answers.get("change")
    if change is None:
        return Fit("open", "the first question decides", "change")
    if change in fitting:
        return None
    wanted = CHANGES.get(str(change))
    return Fit("ruled out", wanted.others if wanted else "another change is wanted", "change")


def one_model_is_not_enough(answers: Answers) -> Fit | None:
    """Ruled out because both models have to answer for a while."""
    if answers.get("both") in ("test", "always"):
        return Fit("ruled out", "leaves one model at a time", "both")
    return None


def both_for_good(answers: Answers) -> Fit | None:
    """Ruled out because both models have to answer from now on; a test can also replace one."""
    if answers.get("both") == "always":
        return Fit("ruled out", "leaves one model at a time", "both")
    return None


def is_replaced(answers: Answers) -> bool:
    """Whether one vector goes for a new one; else all stay."""
    both = answers.get("both") in ("test", "always")
    return answers.get("change") == "model" and not both

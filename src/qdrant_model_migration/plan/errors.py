"""What is wrong with the file of a plan, or with what it acknowledges."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.shell import qmm


class PlanError(UsageError):
    """A plan, or another file of this program, cannot be read or written as one.

    what names the file and, where there is one, the line.
    """


class WarningsOpen(UsageError):
    """Serious warnings of a plan are not acknowledged. said: what each of them says, by its id."""

    def __init__(self, said: Mapping[str, str]) -> None:
        are = "warning is" if len(said) == 1 else "warnings are"
        sentences = [f"{warning}: {text}" for warning, text in said.items() if text]
        super().__init__(
            f"{len(said)} {are} not acknowledged yet: {', '.join(said)}.",
            "\n".join(sentences),
            "Nothing was written. When you have read them, add "
            + " ".join(f"--accept {warning}" for warning in said)
            + ".",
        )


class AcceptedUnasked(UsageError):
    """A warning was acknowledged that the plan does not name."""

    def __init__(self, ids: tuple[str, ...], asked: tuple[str, ...]) -> None:
        super().__init__(
            f"This plan asks for no acknowledgement of {', '.join(ids)}.",
            f"It asks for: {', '.join(asked) or 'none'}.",
            "Name only those.",
        )


class WarningsChanged(UsageError):
    """The list of warnings, or what it is about, is not the one that the planner wrote."""

    def __init__(self, collection: str) -> None:
        super().__init__(
            "The warnings of this plan are not those that it was made with.",
            "must_accept, warned, lost_settings, collection, strategy, together or seal was "
            "edited, or an older version made the plan. Nothing was written.",
            "Put the lines back, or make the plan again; this takes its answers over: "
            + qmm("plan", collection, flags=("--from", "plan.yaml")),
        )


class NotTogether(UsageError):
    """Collections that cannot switch at the same moment. named: which, and why."""

    def __init__(self, named: str, why: str, todo: str = "") -> None:
        super().__init__(
            f"These cannot switch at the same moment: {named}.",
            why,
            todo or "Nothing was written. Plan them one by one, without --together.",
        )

"""What cannot be searched with."""

from __future__ import annotations

from qdrant_model_migration.errors import UsageError


class QueryFileUnusable(UsageError):
    """The file of searches cannot be read as one. `unusable` lines of `total` could be skipped."""

    question = "proof"

    refusal = True
    unusable = 0
    total = 0

    def __init__(
        self, wrong: str, expected: str = "", *, todo: str = "", unusable: int = 0, total: int = 0
    ) -> None:
        self.unusable, self.total = unusable, total
        lines = f"{unusable:,} unusable {'line' if unusable == 1 else 'lines'} of {total:,}"
        super().__init__(
            f"The query file cannot be used: {wrong}.",
            f"Expected: {expected or 'a search text and one or more ids'}.",
            todo
            or (f"Correct the line, or skip the {lines}." if unusable else "Correct the file."),
        )


class SideNotKnown(UsageError):
    """The new side searches a vector of which nobody knows the model."""

    def __init__(self, vector: str) -> None:
        super().__init__(
            "The new side cannot be searched.",
            f"Nobody knows which model made {vector}, so no query can be made for it.",
            "Judge anew with the old model's name, or try it in your application.",
        )


class QueryEmpty(UsageError):
    """A search without a text."""

    def __init__(self) -> None:
        super().__init__("The query is empty.", "", "Type a few words, or press Next sample query.")

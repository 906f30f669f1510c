"""What cannot be answered or planned."""

from __future__ import annotations

from qdrant_model_migration.errors import UsageError


class BadAnswer(UsageError):
    """What was typed does not answer the question.

    field: the part of the answer it is about.
    """

    def __init__(self, what: str, why: str = "", todo: str = "", field: str = "") -> None:
        super().__init__(what, why, todo)
        self.field = field


class AnswersUnusable(UsageError):
    """A file of answers cannot be used; `line` counts from 1, 0: the whole file."""

    def __init__(self, file: str, line: int, problem: str, todo: str) -> None:
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {problem}", "", todo)
        self.line = line


class QuestionOpen(UsageError):
    """A plan was asked for while a question has no answer yet."""

    def __init__(self, question: str, wording: str) -> None:
        super().__init__(
            f"The question {question} has no answer yet.",
            f"{wording}",
            "Answer it, then make the plan again; the other answers are kept.",
        )


class StrategyUnfit(UsageError):
    """A strategy was asked for that this collection or these answers rule out."""

    def __init__(self, title: str, reason: str, decided_by: str) -> None:
        by = "the survey" if decided_by == "survey" else f"the answer to {decided_by}"
        super().__init__(
            f"{title} cannot be used here.",
            f"{reason[:1].upper()}{reason[1:]}; decided by {by}.",
            "Choose another strategy, or change that answer.",
        )


class PlanClosed(UsageError):
    """The way to a plan is closed: a run would do harm, or the operator wants to correct first."""


class SizeNotKnown(UsageError):
    """The collection has no dense vector by which the size of a model at the server would show."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"How many dimensions {name} has is not known.",
            "The server tells it only beside a dense vector, and the collection has none.",
            f"Say it after the name: server:{name}=DIMENSIONS.",
        )

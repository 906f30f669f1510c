"""Answers as a YAML file, to save and replay. Strict when read; it never holds a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qdrant_model_migration.advice.errors import AnswersUnusable
from qdrant_model_migration.advice.questions import BY_KEY, WITHDRAWN
from qdrant_model_migration.errors import meant
from qdrant_model_migration.plan import strict_yaml
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import Answers

_MARK = "qmm_answers"
_HEADER = """\
Answers for qdrant-model-migration. Use them with:    {plan}
Delete a line to have the question asked, or write unknown where it is offered.
No address and no key stands here.
"""


def save_answers(path: Path, answers: Answers) -> None:
    """Write the answers to declared questions, in their order. Raises PlanError."""
    known = {key: answers[key] for key in BY_KEY if key in answers}
    plan = qmm("plan", "COLLECTION", flags=("--answers", path.name))
    strict_yaml.write(path, {_MARK: 1, "answers": known}, _HEADER.format(plan=plan))


def load_answers(path: Path) -> dict[str, Any]:
    """Read answers. They are checked against a collection only when they are used.

    Raises AnswersUnusable, or PlanError, with the line of what cannot be read.
    """
    text = strict_yaml.read(path)
    data = text.data
    if not isinstance(data, dict) or _MARK not in data:
        raise AnswersUnusable(
            path.name,
            0,
            f"this is no file of answers; one begins with {_MARK}: 1.",
            "Check the name of the file; the wizard saves one with Save answers.",
        )
    if data[_MARK] != 1:
        raise AnswersUnusable(
            path.name,
            text.line((_MARK,)) or 0,
            f"{_MARK} is {data[_MARK]}; this version reads 1.",
            "Use the version that wrote it.",
        )
    if strange := [key for key in data if key not in (_MARK, "answers")]:
        raise AnswersUnusable(
            path.name,
            text.line((strange[0],)) or 0,
            f"{strange[0]} does not belong here.",
            "Answers stand below answers:, indented. Correct the line or delete it.",
        )
    answers = data.get("answers")
    if answers is None:
        return {}
    if not isinstance(answers, dict):
        raise AnswersUnusable(
            path.name,
            text.line(("answers",)) or 0,
            "answers is not a list of question and answer.",
            "Write each as a line such as both: no.",
        )
    for key in answers:
        if key not in BY_KEY and key not in WITHDRAWN:
            raise AnswersUnusable(
                path.name,
                text.line(("answers", key)) or 0,
                f"there is no question {key}.{meant(str(key), BY_KEY)}",
                f"Correct or delete the line. The questions are: {', '.join(BY_KEY)}.",
            )
    return dict(answers)

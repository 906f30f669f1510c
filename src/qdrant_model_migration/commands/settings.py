"""The answers that are given by options: --set KEY=VALUE, and the short forms of some."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.advice import BY_KEY, WITHDRAWN
from qdrant_model_migration.errors import UsageError, meant

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef


def short_forms(change: str | None, model: ModelRef | None) -> dict[str, Any]:
    """The answers that --change and the options of a model give."""
    found: dict[str, Any] = {"change": change} if change else {}
    if model is not None:
        found["model"] = model.model_dump(mode="json", exclude_defaults=True)
    return found


def laid_over(answers: Mapping[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """`answers` with each KEY=VALUE put in; KEY.PART=VALUE puts in one part of an answer.

    Raises UsageError for what is no question, and for one that is answered twice.
    """
    found = dict(answers)
    whole, parts = set[str](), set[str]()
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(
                f"--set {setting} has no =.", "", "Write it as KEY=VALUE, e.g. both=no."
            )
        question, dot, part = key.partition(".")
        if question not in BY_KEY and question not in WITHDRAWN:
            raise UsageError(
                f"There is no question {question}.{meant(question, BY_KEY)}",
                f"The questions are: {', '.join(BY_KEY)}.",
                f"Correct --set {setting}, or leave it out.",
            )
        if key in whole | parts or question in whole or (not dot and _has_part(question, parts)):
            raise UsageError(
                f"--set answers {question} twice.",
                f"{setting} and one before it cannot both count.",
                "Leave one of them out.",
            )
        if dot:
            parts.add(key)
            before = found.get(question)
            if key == "model.dimensions":
                shorter = found.get("change") == "shorter"
                before = _cut(before, _read(text), unproven=shorter)
            found[question] = {**(before if isinstance(before, dict) else {}), part: _read(text)}
        else:
            whole.add(key)
            found[question] = _read(text)
    return found


def _cut(model: Any, length: Any, *, unproven: bool) -> Any:
    """The model that was named before, cut to this length. unproven: also to one that it was not
    made for; question Model then says whether it may. Raises UsageError."""
    from qdrant_model_migration.advice.questions.model import read_model

    if not isinstance(model, dict) or "dimensions" not in model or not isinstance(length, int):
        return model
    whole = read_model(model)
    try:
        return short_forms(None, whole.cut_to(length, unproven=unproven))["model"]
    except ValueError as error:
        lengths = ", ".join(map(str, whole.matryoshka))
        todo = (
            f"Its shorter lengths are: {lengths}."
            if lengths
            else "Leave --set model.dimensions out."
        )
        raise UsageError(
            f"{error}.", "Vectors that were not made for it find much less when they are cut.", todo
        ) from None


def _has_part(question: str, parts: set[str]) -> bool:
    return any(part.startswith(f"{question}.") for part in parts)


def _read(text: str) -> Any:
    """JSON where it is JSON, else the text itself: both=no, margin=0.02, fields=["title"]."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text

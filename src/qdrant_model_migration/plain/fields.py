"""What is typed or set within an answer: the fields that a question declares, one after another."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice import BadAnswer, Field, Question
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Talk, Tells


def fill(
    talk: Talk,
    journey: Journey,
    question: Question,
    value: Any,
    settled: dict[str, Any],
    tells: Tells | None = None,
) -> Any:
    """The checked answer of an option, its fields asked for. What is wrong is asked again.

    Raises Back, and BadAnswer where no field can mend it.
    """
    given = journey.answers.get(question.key)
    declared = question.fields(journey.survey, settled, value)
    if not declared:
        return question.clean(value, journey.survey, settled)
    if len(declared) == 1 and declared[0].key == "" and isinstance(given, str) and given:
        declared = (declared[0]._replace(suggested=given),)
    typed: dict[str, str] = {}
    again = {field.key for field in declared}
    while True:
        for field in declared:
            if field.key in again:
                typed[field.key] = _ask(talk, field, tells)
        try:
            answer = question.compose(value, typed, journey.survey, settled)
            if not journey.made_up:
                question.read_named(answer)
            return answer
        except BadAnswer as error:
            talk.trouble(error)
            again = {field.key for field in declared}
            if error.field in again:
                again = {error.field}


def _ask(talk: Talk, field: Field, tells: Tells | None) -> str:
    if field.kind == "choice":
        return _choose(talk, field)
    hint = f" ({field.hint})" if field.hint else ""
    if field.kind == "tick":
        return _tick(talk, field, hint)
    if field.hint:
        talk.say(f"{field.label}{hint}")
    enter = f", Enter for {field.suggested}" if field.suggested else ""
    return (
        talk.ask(f"{field.label.rstrip('?')}{enter}, or back, leave:", tells=tells)
        or field.suggested
    )


def _choose(talk: Talk, field: Field) -> str:
    talk.say(f"{field.label}{f' ({field.hint})' if field.hint else ''}")
    values = [value for value, _ in field.choices]
    marked = values.index(field.suggested) if field.suggested in values else 0
    for number, (_, label) in enumerate(field.choices, 1):
        own = " (suggested)" if number - 1 == marked else ""
        talk.numbered(number, label + own)
    picked = talk.number("Number, or back, leave:", len(values))
    return values[picked if isinstance(picked, int) else marked]


def _tick(talk: Talk, field: Field, hint: str) -> str:
    suggested = "yes" if field.suggested == "yes" else "no"
    while True:
        typed = talk.ask(f"{field.label}{hint}, yes or no, Enter for {suggested}, or back, leave:")
        word = typed.lower() or suggested
        if word in ("yes", "no", "y", "n"):
            return "yes" if word.startswith("y") else "no"
        talk.say("Type yes or no.")

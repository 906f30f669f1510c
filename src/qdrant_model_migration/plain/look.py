"""Stop: the survey, a line for each thing as it is found, and corrections of what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdrant_model_migration.embedders import ModelRef, model_by_name
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.survey import Fact, Line, facts_of, lines, survey

_PROMPT = "Press Enter to go on, or text, model, again, back, leave:"


def look(talk: Talk, journey: Journey) -> None:
    """Sets what was found. Raises Back where the collection cannot be surveyed."""
    if journey.found is None:
        _survey(talk, journey)
    else:
        talk.say(f"{journey.collection} was surveyed already; again reads it once more.")
    while word := talk.ask(_PROMPT, tells={"why": lambda: _why(talk)}).lower():
        if word == "again":
            _survey(talk, journey)
        elif word == "text":
            _correct_text(talk, journey)
        elif word == "model":
            _correct_model(talk, journey)
        else:
            talk.say("Type text to name the field that holds the text, model to name the model.")


def _survey(
    talk: Talk, journey: Journey, field: str | None = None, model: ModelRef | None = None
) -> None:
    talk.say(f"Survey of {journey.collection}. It only reads; Ctrl+C ends it.")
    seen = _Seen(talk)
    try:
        with journey.opened() as qdrant:
            journey.found = survey(
                qdrant, journey.collection, on_fact=seen, text_field=field, old_model=model
            )
    except (KeyboardInterrupt, Stopped):
        talk.say("The survey was ended. Nothing was changed.")
        raise Back from None
    except QmmError as error:
        talk.trouble(error)
        if journey.found is None:
            raise Back from None
        return
    seen.end(facts_of(journey.found))
    talk.say("Nothing was changed. Next: about 10 short questions.")


class _Seen:
    """Says a line when a later one is found, so that it is not said before it is whole."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._facts = talk, dict[str, Fact[Any]]()
        self._said: dict[int, Line] = {}

    def __call__(self, key: str, fact: Fact[Any]) -> None:
        self._facts[key] = fact
        shown = lines(self._facts)
        last = max((n for n, line in enumerate(shown) if line.found), default=0)
        self._say(shown[:last])

    def end(self, facts: dict[str, Fact[Any]]) -> None:
        """The rest, and again what was found to be otherwise meanwhile."""
        shown = lines(facts)
        changed = [n for n, line in enumerate(shown) if self._said.get(n, line) != line]
        for n in changed:
            del self._said[n]
        self._say(shown, whole=True, changed=changed)

    def _say(
        self, shown: tuple[Line, ...], *, whole: bool = False, changed: Sequence[int] = ()
    ) -> None:
        what = ""
        for n, line in enumerate(shown):
            what = line.what or what
            if n in self._said or not (line.found or whole):
                continue
            self._said[n] = line
            how = f" ({line.how})" if line.found and line.how != "not known" else ""
            mark = "To be settled: " if line.settle else "Now: " if n in changed else ""
            self._talk.say(f"{mark}{what}: {line.found or 'not known'}{how}", indent=2, hang=2)
            if line.note:
                self._talk.say(line.note, indent=4)


def _why(talk: Talk) -> None:
    talk.say(
        "Why: questions, warnings and the plan rest on these lines. In brackets: how each is "
        "known. If the field with the text or the old model is wrong, correct it here."
    )


def _correct_text(talk: Talk, journey: Journey) -> None:
    known = journey.survey.payload_fields.value or ()
    talk.say(f"The payload fields are: {', '.join(known) or 'not known'}.")
    try:
        typed = talk.ask("Field that holds the text, or back, leave:")
    except Back:
        return
    if typed:
        _survey(talk, journey, field=typed)


def _correct_model(talk: Talk, journey: Journey) -> None:
    try:
        typed = talk.ask("Name of the model that made the present vectors, or back, leave:")
    except Back:
        return
    if not typed:
        return
    try:
        model = model_by_name(typed)
    except QmmError as error:
        talk.trouble(error)
        return
    _survey(talk, journey, model=model)

"""Stop: every question of the advice, in its words; then all answers once more, to change any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qdrant_model_migration.advice import Option, Question, answer_all
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.page import Ways
from qdrant_model_migration.plain import chart, fields, models
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Rest, Talk

PROMPT = "Number, or back, why, map, leave:"


def ask_all(talk: Talk, journey: Journey) -> None:
    """Fills the answers. Raises Back from the first question."""
    at, journey.asking = journey.asking, None
    if journey.advice().next is not None:
        talk.say(
            "Going back keeps your answers. Enter alone takes the answer marked; rest answers all "
            "that is left as suggested. Nothing is written yet."
        )
    while True:
        question = _question(journey, at)
        if question is None:  # on the way back this comes first: only changes are asked for
            at = _review(talk, journey)
            if at is None:
                return
            continue
        at = question.key
        try:
            value = _answer(talk, journey, question)
        except Back:
            at = _before(journey, at)
        except Rest:
            _answer_rest(talk, journey)
            at = None
        else:
            _keep(talk, journey, at, value)
            at = None


def _question(journey: Journey, at: str | None) -> Question | None:
    """The question with this key, without one the next open one; None where none is left."""
    advice = journey.advice(at)
    if at is None:
        return advice.next
    return next((s.question for s in advice.standings if s.question.key == at), advice.next)


def _before(journey: Journey, at: str) -> str:
    keys = [question.key for question in journey.advice(at).asked]
    here = keys.index(at) if at in keys else 0
    if here == 0:
        raise Back
    return keys[here - 1]


def _keep(talk: Talk, journey: Journey, key: str, value: Any) -> None:
    before = journey.advice().set_aside
    journey.answers[key] = value
    advice = journey.advice()
    if set(advice.set_aside) - set(before):
        talk.say(advice.set_aside_says)
    if advice.collision is not None:
        talk.say(advice.collision_says)


def _answer(talk: Talk, journey: Journey, question: Question) -> Any:
    """One question, answered. Raises Back and Rest."""
    settled = journey.advice(question.key).settled
    text = question.text(journey.survey, settled)
    talk.say()
    talk.say(f"{_place(journey, question)} {text.wording}")
    talk.say(text.help)
    tells: dict[str, Callable[[], None]] = {
        "why": lambda: talk.say(f"Why: {text.why}"),
        "map": lambda: chart.read_map(talk, Ways(journey.survey, journey.advice(question.key))),
        "rest": _rest,
    }
    if question.kind == "model":
        return models.choose(talk, journey, question, tells)
    options = question.options(journey.survey, settled)
    marked, mark = _marked(journey, question, options, settled)
    if len(options) == 1:
        return fields.fill(talk, journey, question, options[0].value, settled, tells)
    for number, option in enumerate(options, 1):
        own = f" ({mark})" if number - 1 == marked else ""
        talk.numbered(number, option.label + own, *_below(journey, question, option))
    while True:
        picked = talk.number(PROMPT, len(options), tells=tells)
        at = picked if isinstance(picked, int) else marked
        option = options[at]
        if option.closed:
            talk.say(f"{option.label} cannot be chosen here. {option.closed}")
            continue
        given = _given(journey, question)
        value = given if at == marked and given is not None else option.value
        try:
            return fields.fill(talk, journey, question, value, settled)
        except Back:
            continue
        except QmmError as error:
            talk.trouble(error)


def _rest() -> None:
    raise Rest


def _place(journey: Journey, question: Question) -> str:
    keys = [one.key for one in journey.advice(question.key).asked]
    if question.key not in keys:
        return "Found by the survey, to be changed."
    return f"Question {keys.index(question.key) + 1} of about {len(keys)}."


def _below(journey: Journey, question: Question, option: Option) -> tuple[str, ...]:
    if option.closed:
        return (f"closed: {option.closed}",)
    tried = journey.advice(question.key, **{question.key: option.value})
    return (option.note, chart.leaves(tried))


def _given(journey: Journey, question: Question) -> Any:
    """The answer given before, or prepared; None without one."""
    return journey.answers.get(question.key, journey.suggested.get(question.key))


def _marked(
    journey: Journey, question: Question, options: tuple[Option, ...], settled: dict[str, Any]
) -> tuple[int, str]:
    """The option that Enter takes, and why it is that one."""
    given = _given(journey, question)
    if given is not None:
        mark = "your answer" if question.key in journey.answers else "suggested"
        return question.place(given, options, journey.survey, settled), mark
    suggestion = question.suggest(journey.survey, settled)
    at = question.place(suggestion.value, options, journey.survey, settled)
    return at, suggestion.mark


def _answer_rest(talk: Talk, journey: Journey) -> None:
    """Every open question as suggested; each answer is said."""
    before = set(journey.answers)
    prepared = {**journey.suggested, **journey.answers}
    try:
        complete = answer_all(journey.survey, prepared, models.choices(journey))
    except QmmError as error:
        talk.trouble(error)
        return
    asked = {question.key for question in journey.advice(None, **complete).asked}
    journey.answers.update({key: v for key, v in complete.items() if key in asked | before})
    for standing in journey.advice().standings:
        if standing.question.key in asked - before:
            talk.say(f"{standing.question.short}: {standing.label}", indent=2, hang=2)


def _review(talk: Talk, journey: Journey) -> str | None:
    """All answers. The key of a question to ask again, None to go on."""
    advice = journey.advice()
    shown = {
        s.question.short.lower(): s.question.key
        for s in advice.standings
        if s.state in ("answered", "found", "here")
    }
    talk.say()
    talk.say("Your answers:")
    for standing in advice.standings:
        if standing.question.short.lower() in shown:
            found = " (found)" if standing.state == "found" else ""
            talk.say(f"{standing.question.short}: {standing.label}{found}", indent=2, hang=2)
    tells = {"map": lambda: chart.read_map(talk, Ways(journey.survey, journey.advice()))}
    while True:
        try:
            typed = talk.ask(
                "Press Enter to go on, or the name of a line to change, or back, map, leave:",
                tells=tells,
            )
        except Back:
            return advice.asked[-1].key if advice.asked else None
        if not typed:
            return None
        if typed.lower() in shown:
            return shown[typed.lower()]
        talk.say(f"There is no line {typed[:40]}. The lines begin with: {', '.join(shown)}.")

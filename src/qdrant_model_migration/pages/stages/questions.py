"""One question at a time: its answers, what each wants to know besides, and what it would leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import BadAnswer, Field, Option, Question
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import answers_saved, asked
from qdrant_model_migration.pages.outcome import Outcome, Refused, Report, Said, Work, refused
from qdrant_model_migration.pages.page import Act, Ask, Choice, Fact, Facts, Page, Says, Ways
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import model
from qdrant_model_migration.pages.work import heads
from qdrant_model_migration.pipeline.head import Head

ANSWER = "answer"
_COLUMNS_SHOWN = 12
_LETTERS_SHOWN = 24
MAP = (
    "The map beside it shows what the answer in hand would leave: ✓ possible,",
    "✗ ruled out by the question named beside it, ? not decided yet.",
)


def enter(session: Session) -> Outcome:
    if not (session.alone and session.asking):
        session = session.on(asking=asked.question(session).key)
    if _is_model(session):
        return model.enter(session)
    file = _file_shown(session)
    if file is None or file in session.heads or session.explore:
        return session
    return Work(
        "first rows",
        partial(heads.first_rows, file),
        lambda session, head: session.on(heads={**session.heads, file: head}),
        failed=lambda session, error: Said(
            session.on(heads={**session.heads, file: None}), refused(error).words, trouble=True
        ),
    )


def _file_shown(session: Session) -> str | None:
    return asked.question(session).shows(asked.advice(session).settled)


def leave(session: Session) -> Outcome:
    return asked.before(session)


def _is_model(session: Session) -> bool:
    return asked.question(session).kind == "model"


def page(session: Session) -> Page:
    """A model is chosen from a list, which is a page of its own."""
    if _is_model(session):
        return model.page(session)
    question = asked.question(session)
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    text = question.text(survey, settled)
    at, many = asked.number(session)
    return Page(
        title=f"Question {at} of about {many}" if at else "Question already answered by the survey",
        body=(
            Says((text.wording, "", text.help)),
            *_first_rows(session),
            _ask(session, question, text.why),
        ),
        acts=(Act("go", "Continue", enter=True), asked.REST, answers_saved.ACT),
        help=(text.wording, "", text.help, "", f"Why we ask: {text.why}", "", *MAP),
        hello="Going back keeps your answers. Nothing is written yet.",
        place=asked.PLACE,
        first=ANSWER,
        along=asked.along(session),
        map=Ways(survey, asked.advice(session)),
    )


def _head(session: Session) -> Head | None:
    return session.heads.get(_file_shown(session) or "")


def _first_rows(session: Session) -> Iterator[Facts]:
    """Each column with what the first rows have in it, so that columns can be told apart."""
    head = _head(session)
    if head is None:
        return
    about = "" if head.exact else "about "
    rows = "" if head.rows is None else f", {about}{words.plural(head.rows, 'row')}"
    yield Facts(
        tuple(
            Fact(column, "  |  ".join(_short(row.get(column)) for row in head.first))
            for column in head.columns[:_COLUMNS_SHOWN]
        ),
        f"The first rows of {head.name}{rows}",
    )


def _short(value: Any) -> str:
    """What stands in a row, in one line."""
    said = "" if value is None else " ".join(str(value).split())
    return said if len(said) <= _LETTERS_SHOWN else f"{said[:_LETTERS_SHOWN]}…"


def _ask(session: Session, question: Question, why: str) -> Ask:
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    options = question.options(survey, settled)
    given = session.answers.get(question.key)
    suggestion = question.suggest(survey, settled)
    value = suggestion.value if given is None else given
    marked = question.place(value, options, survey, settled)
    choices = tuple(
        Choice(
            str(at),
            option.label,
            option.note,
            option.closed,
            () if option.closed else _asks(session, question, option, at),
            "" if at != marked else suggestion.mark if given is None else "your answer",
            Ways(survey, asked.advice(session, **{question.key: option.value})),
        )
        for at, option in enumerate(options)
    )
    return Ask(ANSWER, "choice", "", str(marked), f"Why we ask: {why}", choices=choices)


def _fields(session: Session, question: Question, option: Option) -> tuple[Field, ...]:
    """What an option wants to know, with what was given to it before."""
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    value, given = option.value, session.answers.get(question.key)
    if given is not None:
        options = question.options(survey, settled)
        if options[question.place(given, options, survey, settled)] == option:
            value = given
    offered = session.offered.get(question.key, "") if session.practice else ""
    head = _head(session)
    gives = question.gives(value, head.first[0]) if head is not None else ""

    def told(field: Field) -> Field:
        if field.kind == "file":
            return field._replace(suggested=field.suggested or offered)
        return field._replace(hint=gives) if field.previewed and gives else field

    return tuple(map(told, question.fields(survey, settled, value)))


def _asks(session: Session, question: Question, option: Option, at: int) -> tuple[Ask, ...]:
    return tuple(
        Ask(
            f"{at}-{n}",
            "text" if field.kind == "file" else field.kind,
            field.label,
            field.suggested,
            field.hint,
            choices=tuple(Choice(value, label) for value, label in field.choices),
        )
        for n, field in enumerate(_fields(session, question, option))
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if _is_model(session):
        return model.act(session, key, values)
    if key == "go":
        return _answer(session, asked.question(session), values)
    if key == asked.REST.key:
        return asked.rest(session)
    if key in answers_saved.KEYS:
        return answers_saved.act(session, key, values)
    return session


def _answer(session: Session, question: Question, values: Mapping[str, str]) -> Outcome:
    """The answer in hand checked and kept. What is wrong has the focus next."""
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    at = int(values[ANSWER])
    option = question.options(survey, settled)[at]
    if option.closed:
        return Refused(f"{option.label} cannot be chosen here: {option.closed}", ANSWER)
    fields = _fields(session, question, option)
    typed = {
        field.key: values.get(f"{at}-{n}", field.suggested) or ("no" * (field.kind == "tick"))
        for n, field in enumerate(fields)
    }
    where = partial(_where, fields, at)
    try:
        value = question.compose(option.value, typed, survey, settled)
    except QmmError as error:
        return refused(error, where(error))
    if not question.reads(value) or session.explore:
        return asked.answered(session, question.key, value)
    return Work(
        "look",
        partial(_look, question, value),
        lambda session, value: asked.answered(session, question.key, value),
        failed=lambda session, error: refused(error, where(error)),
    )


def _where(fields: tuple[Field, ...], at: int, error: QmmError) -> str:
    """The key of what an error is about: a field of the option, the first one, or the options."""
    name = error.field if isinstance(error, BadAnswer) else None
    about = (f"{at}-{n}" for n, field in enumerate(fields) if field.key == name)
    return next(about, f"{at}-0" if fields else ANSWER)


def _look(question: Question, value: Any, report: Report) -> Any:
    """Reading what an answer names may take a moment."""
    return question.read_named(value)

"""The survey: what is in the collection, line by line as it is found, and how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from threading import Event
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import folder_named
from qdrant_model_migration.pages.outcome import (
    Go,
    Outcome,
    Refused,
    Report,
    Said,
    Work,
    refused,
)
from qdrant_model_migration.pages.page import (
    Act,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
)
from qdrant_model_migration.pages.session import NOTHING, Reading, Session
from qdrant_model_migration.pages.work import reading
from qdrant_model_migration.qdrant.errors import CollectionMissing
from qdrant_model_migration.survey import Fact as Found
from qdrant_model_migration.survey import Line, Survey, facts_of, lines
from qdrant_model_migration.survey.integrations import named

COLUMNS = (Column("WHAT", 13), Column("FOUND"), Column("HOW WE KNOW", 14))
SETTLE = "?"
CORRECT = {
    "text_field": Act("text", "Choose another field"),
    "old_model": Act("model", "Name the model"),
}
BINS = 6
EXAMPLES = 3
HELP = (
    "The survey reads the settings, counts points, and reads a sample of",
    "payloads. It changes nothing.",
    "",
    "HOW WE KNOW: asked (the server says so), counted, sample (seen in some",
    "points), estimated (computed), re-embedded (texts embedded again give",
    "the stored vectors), told (by you).",
    "",
    "Enter on a line shows all of it. Text field and Old model can be",
    "corrected there. ? marks what you should look at before going on.",
)


def enter(session: Session) -> Outcome:
    if session.survey is not None or session.reading is not None:
        return session
    return _read(session)


def page(session: Session) -> Page:
    survey, so_far = session.survey, session.reading
    known = so_far.facts if so_far else facts_of(survey) if survey else NOTHING
    found = lines(known)
    last = max((at for at, line in enumerate(found) if line.found), default=0)
    rows = tuple(
        _row(line, survey, whole=survey is not None or at < last) for at, line in enumerate(found)
    )
    state = so_far.state if so_far else "made before"
    if so_far and not state:
        state = f"{sum(1 for line in found if line.found)} of {len(found)}"
    title = f"Survey of {session.collection}"
    marks = {SETTLE: "to be settled"} if any(row.mark for row in rows) else {}
    unread = so_far.unread if so_far else ""
    return Page(
        title=title,
        body=(Table("facts", rows, COLUMNS, f"{title} · {state}", marks=marks),),
        acts=(
            Act("go", "Continue", closed=unread, enter=True, to="answer the questions"),
            Act("again", "Survey again", closed=unread if so_far and not state else ""),
        ),
        help=HELP,
        hello=_hello(session),
        place="Survey",
        first="go" if survey is not None else "facts",
    )


def _hello(session: Session) -> str:
    if session.survey is None:
        return "Reading only; nothing is changed. Esc stops reading."
    if session.reading is None:
        return "This survey was made before. Survey again reads everything anew."
    return (
        "Nothing was changed. Enter on a line shows all of it; Text field and Old model can be "
        "corrected there."
    )


def _row(line: Line, survey: Survey | None, *, whole: bool) -> Row:
    more: list[Block] = []
    if whole:
        how = f"How we know: {line.how}." if line.how else ""
        said = (line.found or "not known yet", how, line.note)
        more = [Says(tuple(part for part in said if part)), *_behind(line.key, survey)]
    return Row(
        line.key,
        (line.what, line.found, line.how),
        SETTLE if line.settle else "",
        line.what or "It can",
        tuple(more),
        (CORRECT[line.key],) if survey is not None and line.key in CORRECT else (),
        whole=whole,
    )


def _behind(key: str, survey: Survey | None) -> list[Block]:
    """What lies behind a line: texts that were read, their lengths, names of fields."""
    if survey is None:
        return []
    if key == "text_field":
        return _texts(survey)
    if key == "average_tokens":
        return _lengths(survey)
    if key == "written_by":
        return _written_by(survey)
    if key == "payload_fields":
        return _payload(survey)
    return []


def _texts(survey: Survey) -> list[Block]:
    """Fields that hold texts, each with a text from a point."""
    rows = [
        Fact(
            field.path,
            f"in {words.share(field.share)}, "
            f"{words.plural(round(field.average_words), 'word')} on average",
            field.example,
            mark="good" if field.path == survey.text_field.value else "",
        )
        for field in (survey.text_fields.value or ())[:EXAMPLES]
    ]
    return [Facts(tuple(rows), "Fields with texts")] if rows else []


def _written_by(survey: Survey) -> list[Block]:
    """What is known of each product that may have written the points."""
    by = survey.written_by.value
    return [
        Facts(
            (
                Fact("Text", words.listing(one.text, "or") or "none"),
                Fact("Metadata", one.metadata),
                Fact("Alias", one.looks, mark="good" if one.sees_alias else "caution"),
                *(Fact("To know", said) for said in (*one.dangers, *one.says)),
            ),
            one.title,
        )
        for one in named(by.names if by else ())
    ]


def _lengths(survey: Survey) -> list[Block]:
    """How long the texts of the sample are."""
    found = sorted(survey.token_lengths)
    if len(found) < 2 or found[-1] <= 0:
        return []
    step = max(1, -(-found[-1] // BINS))
    counts = [
        (low, sum(1 for n in found if low < n <= low + step or (low == 0 and n == 0)))
        for low in range(0, found[-1], step)
    ]
    most = max(many for _, many in counts)
    rows = tuple(
        Fact(f"{low + 1:,}-{low + step:,}", words.count(many), share=many / most)
        for low, many in counts
    )
    return [Facts(rows, f"Tokens of {words.plural(len(found), 'text')}")]


def _payload(survey: Survey) -> list[Block]:
    """The names of the payload fields and of the payload indexes."""
    rows = [
        Fact(what, ", ".join(names.value) or "none")
        for what, names in (
            ("Payload indexes", survey.payload_indexes),
            ("Payload fields", survey.payload_fields),
        )
        if names.value is not None
    ]
    return [Facts(tuple(rows))] if rows else []


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    survey = session.survey
    if key == "go":
        return Go("questions", session.on(asking=None))
    if key == "text":
        return _fields(survey)
    if key == "model" and survey is not None:
        says = "Looking which models are known…"
        return Work("models", partial(_models, survey), _choose_model, says)
    if key == "take_text":
        return _read(session.on(corrected={**session.corrected, "text_field": values["field"]}))
    if key == "take_model":
        return _read(session.on(corrected={**session.corrected, "old_model": values["known"]}))
    if (outcome := folder_named.act(session, key, values, _of_folder, "old_model")) is not None:
        return outcome
    return _read(session) if key == "again" else session


def _of_folder(session: Session, model: ModelRef) -> Outcome:
    return _read(session.on(corrected={**session.corrected, "old_model": model}, naming=NOTHING))


def _read(session: Session) -> Work:
    stop = Event()
    begun = session.on(
        survey=None, plan=None, strategy=None, reading=Reading({}, unread="still reading")
    )
    told = session.corrected.get("text_field"), session.corrected.get("old_model")
    work = partial(reading.one_collection, begun, *told, stop)
    says = "Reading only; nothing is changed. Esc stops reading."
    return Work("survey", work, _surveyed, says, _one, _failed, stop, begun)


def _one(session: Session, news: tuple[str, Found[Any]]) -> Session:
    so_far = session.reading.facts if session.reading else NOTHING
    key, fact = news
    return session.on(reading=Reading({**so_far, key: fact}, unread="still reading"))


def _surveyed(session: Session, found: tuple[Survey, float]) -> Said:
    survey, seconds = found
    whole = facts_of(survey)
    state = f"complete, {words.duration(seconds)}"
    session = session.on(survey=survey, reading=Reading(whole, state))
    settle = next((line for line in lines(whole) if line.settle), None)
    if settle is None:
        return Said(session, _hello(session), "go")
    said = f"{settle.what} ?: {settle.note}. Enter on the line corrects it."
    return Said(session, said, settle.key)


def _failed(session: Session, error: QmmError) -> Said:
    gone = isinstance(error, CollectionMissing)
    unread = "the collection is gone" if gone else "not all was read"
    facts = session.reading.facts if session.reading else NOTHING
    session = session.on(reading=Reading(facts, "not finished", unread))
    if not gone:
        return Said(session, refused(error).words, "again", trouble=True)
    said = (
        f"{session.collection} is gone: somebody deleted or renamed it. Go back and read the list "
        "of collections again."
    )
    return Said(session, said, "back", trouble=True)


def _fields(survey: Survey | None) -> Outcome:
    fields = (survey.text_fields.value or ()) if survey else ()
    if not fields:
        return Refused("No payload field holds texts. Question Text asks where they are.")
    take = (Act("take_text", "Take it", enter=True),)
    rows = tuple(
        Row(
            field.path,
            (
                f"{field.path}: text in {words.share(field.share)} of the points, "
                f"{field.average_words:.0f} words on average",
            ),
            acts=take,
        )
        for field in fields
    )
    return Page("Which field was the text in?", (Table("field", rows, (Column(""),)),))


def _models(survey: Survey, report: Report) -> dict[str, ModelRef]:
    return reading.models_for(survey)


def _choose_model(session: Session, models: dict[str, ModelRef]) -> Outcome:
    take = (Act("take_model", "Take it", enter=True),)
    rows = tuple(
        Row(name, (f"{model.label}, {model.dimensions} dimensions",), acts=take)
        for name, model in models.items()
    )
    title = "Which model made the present vectors?"
    return Page(title, (Table("known", (*rows, folder_named.row(1)), (Column(""),)),))

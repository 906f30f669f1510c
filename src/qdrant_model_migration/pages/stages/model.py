"""Which model should make the new vectors: the list, and what each would mean for these texts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from threading import Event

from qdrant_model_migration import words
from qdrant_model_migration.advice import (
    BY_KEY,
    ModelChoice,
    ModelRow,
    best_model,
    describe,
    model_rows,
    named_model,
    trying_says,
    typed,
)
from qdrant_model_migration.embedders import ModelRef, Reach
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pages import answers_saved, asked, folder_named, speed_tried
from qdrant_model_migration.pages.outcome import Outcome, Refused, Report, Said, Work, refused
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
    Ways,
)
from qdrant_model_migration.pages.session import NOTHING, Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.pipeline.speed import EFFORT, kept_under
from qdrant_model_migration.strategies.answered.vectors import old_model

KEY = "model"
LENGTH = "length"
SERVED = "at the server"
MARKS = {"✗": "closed"}
COLUMNS = (
    Column("MODEL"),
    Column("DIM", 6, right=True),
    Column("LANGUAGES", 12),
    Column("LONGEST", 7, right=True),
    Column("TO GET", 9),
    Column("SPEED", 9),
)
HELP = (
    "Vectors of two models can never be compared with each other, so every",
    "text is embedded again by the new one.",
    "",
    "LONGEST: how many tokens of a text the model reads; the rest is cut off.",
    "TO GET: 'is here' needs no network. Fetching is done only when you ask.",
    f"Measure speed embeds {EFFORT}.",
    "",
    "The last line takes a model from a folder: an ONNX file with its tokenizer.",
)
OTHER_LENGTH = (
    "The stored vectors are made shorter; nothing is embedded. A length that the model was not "
    "made for has to prove itself: the run measures on your vectors what is left, before anything "
    "is made."
)
THEIRS = (
    "By its name there, such as openai/text-embedding-3-small. A model of OpenAI, Cohere, Jina AI "
    "or OpenRouter (openai/, cohere/, jinaai/, openrouter/) needs the key of that provider in the "
    "environment, such as OPENAI_API_KEY. One search asks for its size."
)


def enter(session: Session) -> Outcome:
    if session.choices is not None:
        return session
    says = "Looking which models are on this computer…"
    return Work("models", partial(_listed, session), _found, says)


def _listed(session: Session, report: Report) -> tuple[ModelChoice, ...]:
    return models.choices(session)


def _found(session: Session, choices: tuple[ModelChoice, ...]) -> Said:
    named = named_model(session.answers, choices)
    session = session.on(choices=(*choices, *((named,) if named else ())))
    return Said(session, page(session).hello, at=page(session).first)


def page(session: Session) -> Page:
    rows = _rows(session)
    best = _best(session, rows)
    unsure = Act("best", f"Take {best.model.label}", button=False, enter=True) if best else None
    question = BY_KEY[KEY].text(asked.surveyed(session), asked.advice(session).settled)
    return Page(
        title=question.wording,
        body=(_table(session, rows, question.wording),),
        acts=(*((unsure,) if unsure else ()), asked.REST, answers_saved.ACT),
        help=(*HELP, "", f"Why we ask: {question.why}"),
        hello="All numbers are for your own texts, not from a leaderboard.",
        place=asked.PLACE,
        first=_key(best) if best else "models",
        along=asked.along(session),
        map=Ways(asked.surveyed(session), asked.advice(session)),
    )


def _rows(session: Session) -> tuple[ModelRow, ...]:
    settled = asked.advice(session).settled
    return model_rows(asked.surveyed(session), settled, session.choices or ())


def _best(session: Session, rows: tuple[ModelRow, ...]) -> ModelRow | None:
    given = session.answers.get(KEY)
    wanted = (row for row in rows if row.value == given and not row.closed and row.usable)
    return next(wanted, None) or best_model(rows)


def _key(row: ModelRow) -> str:
    return kept_under(row.model)


def _table(session: Session, rows: tuple[ModelRow, ...], title: str) -> Table:
    if session.choices is None:
        return Table("models", (), COLUMNS, title, "below")
    own = folder_named.row(len(COLUMNS))
    theirs = Row(
        SERVED,
        ("Other: the server's", "", "", "", "", ""),
        title="A model that the server has",
        more=(Says((THEIRS,)),),
        acts=(Act("served", "Name a model of the server"),),
    )
    listed = tuple(_row(session, row) for row in rows)
    others = (own, theirs) if asked.surveyed(session).server_embeds.value else (own,)
    rest = (*_typed(session), *others)
    return Table("models", (*listed, *rest), COLUMNS, title, "below", MARKS, enter="Select")


def _typed(session: Session) -> tuple[Row, ...]:
    """Where the present vectors are to be shorter: any length of them."""
    old = _shortened(session)
    if old is None:
        return ()
    return (
        Row(
            LENGTH,
            ("Other: a length", "", "", "", "", ""),
            title=f"{old.label} at another length",
            more=(Says((OTHER_LENGTH,)),),
            acts=(Act("length", "Name a length"),),
        ),
    )


def _shortened(session: Session) -> ModelRef | None:
    """The present model where its vectors are to be made shorter."""
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    old = old_model(survey, settled)
    wished = settled.get("change") == "shorter" and old is not None and old.vector == "dense"
    return old if wished else None


def _row(session: Session, row: ModelRow) -> Row:
    model, speed = row.model, session.speeds.get(_key(row))
    said = describe(asked.surveyed(session), asked.advice(session).settled, row, speed)
    facts = [Fact(heading.rstrip("?"), value) for heading, value in said]
    if row.closed:
        facts = [Fact("Closed", row.closed), facts[1]]  # and how it fits the languages
    return Row(
        _key(row),
        (
            model.short_name,
            "sparse" if model.vector == "sparse" else str(model.dimensions),
            model.languages_label,
            words.count(model.max_tokens) if model.max_tokens else "?",
            row.reach.short,
            f"{words.count(round(speed.texts_per_second))}/s" if speed else "not tried",
        ),
        "✗" if row.closed else "",
        f"{model.name} for {session.collection}",
        (Facts(tuple(facts)),),
        _acts(session, row),
    )


def _acts(session: Session, row: ModelRow) -> tuple[Act, ...]:
    use = Act("use", "Use this model", closed="see above" if row.closed else "")
    if not row.closed and not row.usable:
        use = Act("get", f"Fetch it ({words.size(row.reach.size or 0)})…")
    slow = "fetch it first" if row.fetches else row.reach.why
    label = "Measure speed…" if trying_says(row.model) else "Measure speed"
    return (use, Act("speed", label, "no texts in Explore" if session.explore else slow))


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if (outcome := folder_named.act(session, key, values, _was_read, "models")) is not None:
        return outcome
    if key == "length":
        return _length(session)
    if key == "take":
        return _at_length(session, values[LENGTH])
    if key == "served":
        return _named_there()
    if key == "ask":
        return _ask(session, values[SERVED].strip())
    if key == asked.REST.key:
        return asked.rest(session)
    if key in answers_saved.KEYS:
        return answers_saved.act(session, key, values)
    rows = _rows(session)
    here = next((row for row in rows if _key(row) == values.get("models")), None)
    if key == "best":
        here = _best(session, rows)
    if here is None:
        return session
    if key == "speed" and (says := trying_says(here.model)):
        return _sure_to_send(here, says)
    if key in ("speed", "try"):
        return speed_tried.work(session, here.model)
    if key == "get":
        return _sure(here)
    if key == "fetch":
        return _fetch(here.model)
    return _use(session, here) if key in ("use", "best") else session


def _use(session: Session, here: ModelRow) -> Outcome:
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    try:
        value = BY_KEY[KEY].clean(here.value, survey, settled)
    except QmmError as error:
        return refused(error, "models")
    return asked.answered(session, KEY, value)


def _sure(here: ModelRow) -> Page:
    says = Says(
        (f"A download of {words.size(here.reach.size or 0)}; it is kept on this computer.",)
    )
    acts = (Act("no", "Not now"), Act("fetch", "Fetch it"))
    return Page(f"Fetch {here.model.label}?", (says,), acts)


def _sure_to_send(here: ModelRow, says: str) -> Page:
    acts = (Act("no", "Not now"), Act("try", "Measure it"))
    return Page(
        f"Measure the speed of {here.model.label}?", (Says((f"It takes {EFFORT}.", says)),), acts
    )


def _fetch(model: ModelRef) -> Work:
    stop = Event()
    return Work(
        "fetch",
        partial(models.fetched, model, stop),
        lambda session, _: enter(session.on(choices=None)),
        f"Fetching {model.label}. What has arrived is kept, even if it is stopped.",
        failed=_not_fetched,
        stop=stop,
        stopping="Stop fetching",
    )


def _not_fetched(session: Session, error: QmmError) -> Outcome:
    if isinstance(error, Stopped):
        kept = "The download was stopped. What has arrived is kept and used the next time."
        return Said(session, kept)
    return refused(error, "models")


def _length(session: Session) -> Page:
    old = _shortened(session)
    most = old.dimensions - 1 if old is not None else 0
    ask = Ask(LENGTH, "number", "Dimensions", help=f"1 to {words.count(most)}")
    acts = (Act("take", "Take it", enter=True), Act("no", "Back"))
    return Page("How long should the vectors be?", (Says((OTHER_LENGTH,)), ask), acts, first=LENGTH)


def _at_length(session: Session, raw: str) -> Outcome:
    old = _shortened(session)
    if old is None:
        return session
    survey, settled = asked.surveyed(session), asked.advice(session).settled
    try:
        half = str(max(1, old.dimensions // 2))
        size = round(typed.number(raw, example=half, low=1, high=old.dimensions - 1, field=LENGTH))
        shorter = old.cut_to(size, unproven=True).model_dump(mode="json", exclude_defaults=True)
        value = BY_KEY[KEY].clean(shorter, survey, settled)
    except QmmError as error:
        return refused(error, LENGTH)
    return asked.answered(session, KEY, value)


def _named_there() -> Page:
    ask = Ask(SERVED, "text", "Name", help="NAME, or NAME=DIMENSIONS")
    acts = (Act("ask", "Ask the server", enter=True), Act("no", "Back"))
    return Page("A model that the server has", (Says((THEIRS,)), ask), acts, first=SERVED)


def _ask(session: Session, typed: str) -> Outcome:
    if not typed:
        return Refused("No model was named.", "models")
    do = partial(models.at_server, session, typed)
    return Work("served", do, _is_there, f"Asking the server for a vector of {typed}.")


def _is_there(session: Session, model: ModelRef) -> Said:
    others = (one for one in session.choices or () if one.model != model)
    choices = (*others, ModelChoice(model, Reach("remote")))
    said = f"The server has {model.label}: {model.dimensions} dimensions."
    return Said(session.on(choices=choices), said, at=kept_under(model))


def _was_read(session: Session, model: ModelRef) -> Said:
    others = (one for one in session.choices or () if one.model.folder != model.folder)
    choices = (*others, ModelChoice(model, Reach("here")))
    said = f"{model.label} was read: {model.dimensions} dimensions."
    return Said(session.on(choices=choices, naming=NOTHING), said, at=kept_under(model))

"""Explore: made-up facts and answers, typed or turned, and the recommendation as it follows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration.advice import (
    BY_KEY,
    SWITCHES,
    ModelChoice,
    Turn,
    WhatIf,
    as_typed,
    imagine,
    made_up_model,
    model_rows,
    of_old_model,
    said_of,
    turned,
    typed_in,
)
from qdrant_model_migration.embedders import ModelRef, Reach
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import exploring, prices
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work, refused
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
    Ways,
)
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models, saving
from qdrant_model_migration.pipeline.speed import kept_under

FILE = "explored.md"
OLD, NEW = "old_model", "new_model"
ANSWER = "answer--"
TYPED = "typed--"
SIZE = "size--"
OTHERS = 3
TABLE = "what-if"
HELLO = "Explore uses made-up facts. Use these answers later: Migrate keeps them."
HELP = (
    "The questions, warnings and ways of a migration over facts that are made",
    "up. Enter on a line changes it: some are turned, some typed, models and",
    "answers chosen from a list. What it leads to stands below; the map (F2)",
    "shows why. Nothing is asked of a server and nothing is fetched.",
    "",
    "Use the answers later: Migrate keeps them, without models that nobody has.",
)


def enter(session: Session) -> Outcome:
    """With the models that there are, so that any of them can be taken."""
    if session.choices is not None or not session.explore:
        return session
    return Work("models", partial(_listed, session), _have)  # says nothing over what was said since


def _listed(session: Session, report: Report) -> tuple[ModelChoice, ...]:
    return models.choices(session)


def _have(session: Session, choices: tuple[ModelChoice, ...]) -> Session:
    return session.on(choices=choices)


def page(session: Session) -> Page:
    own = "" if session.explore else "your own facts come with the survey"
    here = exploring.look(session)
    return Page(
        title="Explore",
        body=(_facts(session, here), _leads_to(here)),
        acts=(
            Act("walk", "Walk on", own, enter=True, to="walk through the questions"),
            Act("ways", "All ways", own),
            Act("slow", "Too slow?", own),
            Act("save", "Save page", own),
            Act("map", "Map", button=False),
            Act("start-over", "Start over", button=False),
        ),
        help=HELP,
        hello=HELLO,
        where="explore",
        first="walk" if session.explore else TABLE,
        map=Ways(here.survey, here.advice),
    )


def _facts(session: Session, here: exploring.Look) -> Table:
    change = Act("change", "Change", enter=True)
    rows = [
        Row(key, (switch.label, said_of(here.what_if, key)), acts=(change,))
        for key, switch in SWITCHES.items()
    ]
    if session.explore:
        ahead = zip((OLD, NEW), here.models.items(), strict=True)
        rows = [*(Row(key, cells, acts=(change,)) for key, cells in ahead), *rows]
        rows += [
            Row(f"{ANSWER}{key}", (f"Question {short}", label), acts=(change,))
            for key, short, label in here.answered
        ]
    columns = (Column("FACT OR QUESTION", 24), Column("MADE UP NOW"))
    return Table(TABLE, tuple(rows), columns, "What if…", enter="Change")


def _leads_to(here: exploring.Look) -> Block:
    """The recommendation, its price, and the runners-up with theirs."""
    advice, best = here.advice, here.advice.recommended
    if best is None:
        return Says((advice.collision_says or "Nothing is decided yet.",), "It leads to nothing")
    cost = here.price(best)
    rows = [Fact("Because", advice.because[0]), *prices.facts(cost)]
    if (memory := here.memory(cost)) is not None:
        rows.append(memory)
    others = [strategy for strategy in advice.possible if strategy is not best][:OTHERS]
    for strategy in others:
        rows.append(Fact("Or", f"{strategy.title}: {prices.in_a_line(here.price(strategy))}"))
    return Facts(tuple(rows), f"It leads to: {best.title}")


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    key, _, about = key.partition("--")
    if key == "walk":
        return Go("questions", session.on(asking=None))
    if key == "ways":
        return Go("strategy", session.on(answers=exploring.look(session).answers))
    if key == "slow":
        return Go("too_slow", session.on(answers=exploring.look(session).answers))
    if key == "map":
        return Go("map", session)
    if key == "start-over":
        anew = _with(session, WhatIf()).on(answers={})
        return Said(anew, "All facts are as at the beginning, and no question is answered.")
    if key == "save":
        ask = Ask("file", "text", "File", value=saving.free(FILE).name)
        acts = (Act("write", "Save", enter=True), Act("no", "Back"))
        return Page("Save this page", (ask,), acts, first="file")
    if key == "write":
        text = exploring.markdown(session)
        return Work("save", partial(_save, text, values["file"]), _saved)
    if key == "change":
        return _change(session, values[TABLE])
    if key == "put":
        return _put(session, about, values[TYPED])
    if key == "take":
        return _take(session, about, values["choice"])
    if key == "size":
        return _sized(session, about, values[SIZE])
    return session


def _save(text: str, name: str, report: Report) -> Path:
    return saving.save_text(text, name)


def _saved(session: Session, path: Path) -> Said:
    return Said(session, f"Saved: {path}")


def _change(session: Session, line: str) -> Outcome:
    """One line of the table: turned at once, or a page that asks for it."""
    if line in (OLD, NEW):
        return _models(session, line)
    if line.startswith(ANSWER):
        return _options(session, line.removeprefix(ANSWER))
    switch = SWITCHES[line]
    if isinstance(switch, Turn):
        return _now(_with(session, turned(session.what_if, line)), line)
    ask = Ask(TYPED, "text", switch.label, as_typed(session.what_if, line), switch.hint)
    acts = (Act(f"put--{line}", "Take it", enter=True), Act("no", "Back"))
    return Page(switch.label, (ask,), acts, first=TYPED)


def _now(session: Session, line: str) -> Said:
    said = said_of(session.what_if, line)
    return Said(session, f"Made up now: {SWITCHES[line].label.lower()}: {said}.", line)


def _with(session: Session, what_if: WhatIf) -> Session:
    session = session.on(made_up=what_if, strategy=None, plan=None)
    return session.on(survey=imagine(what_if)) if session.explore else session


def _put(session: Session, line: str, typed: str) -> Outcome:
    try:
        return _now(_with(session, typed_in(session.what_if, line, typed)), line)
    except QmmError as error:
        return refused(error, line)


def _models(session: Session, line: str) -> Page:
    """Every model of the list, and one of typed dimensions."""
    take = (Act(f"take--{line}", "Take it", enter=True),)
    rows = [
        Row(kept_under(model), (model.short_name, str(model.dimensions), closed), acts=take)
        for model, closed in _offered(session, line)
    ]
    typed = Row(SIZE, ("One of other dimensions", "", ""), acts=take)
    columns = (Column("MODEL"), Column("DIM", 6, right=True), Column("", 24))
    title = "Which model made the vectors?" if line == OLD else "Which model should make the new?"
    return Page(title, (Table("choice", (*rows, typed), columns, enter="Take"),))


def _offered(session: Session, line: str) -> list[tuple[ModelRef, str]]:
    choices = session.choices or ()
    if line == OLD:
        return [(choice.model, "") for choice in choices if choice.model.vector == "dense"]
    here = exploring.look(session)
    rows = model_rows(here.survey, here.advice.settled, choices)
    return [(row.model, "cannot be taken" if row.closed else "") for row in rows]


def _take(session: Session, line: str, chosen: str) -> Outcome:
    """A model for the old or the new side, or an answer to a question."""
    if line not in (OLD, NEW):
        return _answer(session, line, int(chosen))
    if chosen == SIZE:
        ask = Ask(SIZE, "text", "Dimensions", help="for example 1024 or 1536")
        acts = (Act(f"size--{line}", "Take it", enter=True), Act("no", "Back"))
        return Page("A model of so many dimensions", (ask,), acts, first=SIZE)
    offered = (model for model, _ in _offered(session, line) if kept_under(model) == chosen)
    model = next(offered, None)
    return session if model is None else _taken(session, line, model)


def _sized(session: Session, line: str, typed: str) -> Outcome:
    try:
        model = made_up_model(typed)
    except QmmError as error:
        return refused(error, line)
    if line == OLD:
        what_if = session.what_if._replace(dimensions=model.dimensions, old_model=None)
        return _now(_with(session, what_if), "dimensions")
    known = [choice for choice in session.choices or () if choice.model.name != model.name]
    session = session.on(choices=(*known, ModelChoice(model, Reach("assumed"))))
    return _taken(session, line, model)


def _taken(session: Session, line: str, model: ModelRef) -> Outcome:
    said = f"Made up now: {exploring.model_in_words(model, '')}."
    if line == OLD:
        return Said(_with(session, of_old_model(session.what_if, model)), said, line)
    here = exploring.look(session)
    value = model.model_dump(mode="json", exclude_defaults=True)
    try:
        value = BY_KEY["model"].clean(value, here.survey, here.advice.settled)
    except QmmError as error:
        return refused(error, line)
    return Said(session.answered("model", value), said, line)


def _options(session: Session, key: str) -> Page:
    """The answers of one question, each with what it means."""
    question, here = BY_KEY[key], exploring.look(session)
    survey, settled = here.survey, here.advice.settled
    text = question.text(survey, settled)
    take = (Act(f"take--{key}", "Take it", enter=True),)
    rows = tuple(
        Row(str(at), (option.label, option.closed or option.note), acts=take)
        for at, option in enumerate(question.options(survey, settled))
    )
    columns = (Column("", 44), Column(""))
    return Page(text.wording, (Says((text.help,)), Table("choice", rows, columns, enter="Take")))


def _answer(session: Session, key: str, at: int) -> Outcome:
    question, here = BY_KEY[key], exploring.look(session)
    survey, settled = here.survey, here.advice.settled
    option = question.options(survey, settled)[at]
    fields = question.fields(survey, settled, option.value)
    try:
        given = {field.key: field.suggested for field in fields}
        value = question.compose(option.value, given, survey, settled)
    except QmmError as error:
        return refused(error, f"{ANSWER}{key}")
    said = f"{question.short} now: {option.short or option.label}."
    return Said(session.answered(key, value), said, f"{ANSWER}{key}")

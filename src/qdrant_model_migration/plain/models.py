"""The question about the model: the rows of the advice, one read out whole before it is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import (
    ModelChoice,
    ModelRow,
    Question,
    best_model,
    describe,
    model_rows,
    try_speed,
)
from qdrant_model_migration.embedders import (
    ModelRef,
    fetch,
    model_choices,
    model_from_folder,
    reach,
)
from qdrant_model_migration.embedders.errors import FolderAsks
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.speed import EFFORT, kept_under
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Talk, Tells

FIRST = 8
_PROMPT = "Number, or folder, {all}back, why, map, leave:"
_USE = "Press Enter to use this model, or speed, back, leave:"
_GET = "Type fetch to download it, or back, leave:"


def choices(journey: Journey) -> tuple[ModelChoice, ...]:
    """Every model that may be chosen, and whether it is on this computer. No network."""
    return model_choices(journey.models)


def choose(talk: Talk, journey: Journey, question: Question, tells: Tells) -> Any:
    """The checked answer. Raises Back, and what the words in `tells` raise."""
    talk.say("Looking which models are on this computer.")
    settled = journey.advice("model").settled
    rows = list(model_rows(journey.survey, settled, choices(journey)))
    shown = min(FIRST, len(rows))
    while True:
        marked = _marked(journey, rows)
        _say(talk, rows[:shown], marked)
        more = f"all ({len(rows)} models), " if shown < len(rows) else ""
        unsure = f"; Enter alone takes {rows[marked].model.label}" if marked is not None else ""
        talk.say(f"All numbers are for your own texts, not from a leaderboard{unsure}.")
        picked = talk.number(_PROMPT.format(all=more), shown, tells=tells, words=("all", "folder"))
        if picked == "all":
            shown = len(rows)
            continue
        if picked == "folder":
            row = _from_folder(talk, journey, settled)
        elif isinstance(picked, int):
            row = rows[picked]
        else:
            row = rows[marked] if marked is not None else None
        if row is None:
            continue
        try:
            value = _take(talk, journey, question, row, settled)
        except Back:
            continue
        if value is not None:
            return value
        rows = list(model_rows(journey.survey, settled, choices(journey)))


def _marked(journey: Journey, rows: list[ModelRow]) -> int | None:
    given = journey.answers.get("model", journey.suggested.get("model"))
    wanted = next((row for row in rows if row.value == given), None) or best_model(rows)
    return rows.index(wanted) if wanted is not None else None


def _say(talk: Talk, rows: list[ModelRow], marked: int | None) -> None:
    for number, row in enumerate(rows, 1):
        model = row.model
        reads = f"reads {words.count(model.max_tokens)} tokens" if model.max_tokens else ""
        size = f"download of {words.size(model.size_bytes)}" if model.size_bytes else "a download"
        parts = [
            f"{model.label}{' (suggested)' if number - 1 == marked else ''}",
            f"{words.count(model.dimensions)} dimensions",
            f"languages: {model.languages_label}",
            reads,
            size if row.fetches else row.reach.short,
        ]
        closed = f"closed: {row.closed}" if row.closed else ""
        talk.numbered(number, ", ".join(part for part in parts if part), closed)


def _take(
    talk: Talk, journey: Journey, question: Question, row: ModelRow, settled: dict[str, Any]
) -> Any:
    """The answer, or None where the model has been fetched meanwhile. Raises Back."""
    if row.closed:
        talk.say(f"{row.model.label} cannot be chosen here. {row.closed}")
        raise Back
    while True:
        talk.say(f"{row.model.name} for {journey.collection}:")
        speed = journey.speeds.get(kept_under(row.model))
        for heading, said in describe(journey.survey, settled, row, speed):
            talk.say(f"{heading.rstrip('?')}: {said}", indent=2, hang=2)
        word = talk.ask(_USE if row.usable else _GET).lower()
        if not word and row.usable:
            try:
                return question.clean(row.value, journey.survey, settled)
            except QmmError as error:
                talk.trouble(error)
                raise Back from None
        if word == "speed" and row.reach.opens:
            measure(talk, journey, row.model, settled)
        elif word == "fetch" and row.fetches:
            _fetch(talk, row.model)
            return None


def measure(talk: Talk, journey: Journey, model: ModelRef, settled: dict[str, Any]) -> None:
    """Try the speed on the operator's own texts; without one the plan says it was not tried."""
    if journey.address is None:
        talk.say("The speed was not tried: Explore has no texts.")
        return
    talk.say(f"Trying the speed with {EFFORT}.")
    try:
        with journey.opened() as qdrant:
            tried = try_speed(qdrant, journey.survey, settled, model)
    except QmmError as error:
        talk.say(f"The speed could not be tried. {error}")
        return
    if tried is None:
        talk.say("The speed was not tried: no text was found to try it with.")
    else:
        journey.speeds[kept_under(model)] = tried
        talk.say(f"{words.count(tried.texts_per_second)} texts per second on this computer.")


def _fetch(talk: Talk, model: ModelRef) -> None:
    last = -1

    def arrived(done: int, total: int) -> None:
        nonlocal last
        tenth = 10 * done // max(1, total)
        if tenth > last:
            last = tenth
            talk.say(f"{words.size(done)} of {words.size(total)}")

    talk.say(f"Fetching {model.label}. Ctrl+C ends it; what has arrived is kept.")
    try:
        fetch(model, arrived)
        talk.say("It is here now.")
    except KeyboardInterrupt:
        talk.say("The download was ended.")
    except QmmError as error:
        talk.trouble(error)


def _from_folder(talk: Talk, journey: Journey, settled: dict[str, Any]) -> ModelRow | None:
    try:
        typed = talk.ask("Folder that holds the model, or back, leave:")
    except Back:
        return None
    if not typed:
        return None
    try:
        model = _read_folder(talk, Path(typed).expanduser())
    except Back:
        return None
    except QmmError as error:
        talk.trouble(error)
        return None
    return model_rows(journey.survey, settled, [ModelChoice(model, reach(model))])[-1]


def _read_folder(talk: Talk, folder: Path) -> ModelRef:
    """The model in it; what the folder leaves open is asked. Raises Back, QmmError."""
    said: dict[str, Any] = {}
    while True:
        try:
            return model_from_folder(folder, **said)
        except FolderAsks as asks:
            said[asks.key] = _said(talk, asks)


def _said(talk: Talk, asks: FolderAsks) -> str:
    """What the folder leaves open. Raises Back."""
    talk.say(f"{asks.what} {asks.question}")
    for number, (value, what) in enumerate(asks.choices, 1):
        talk.numbered(number, f"{value}: {what}", "")
    while True:
        picked = talk.number("Number, or back, leave:", len(asks.choices))
        if isinstance(picked, int):
            return asks.choices[picked][0]

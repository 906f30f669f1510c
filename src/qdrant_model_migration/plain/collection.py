"""Stop: which collection, by number, name or alias."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.errors import QmmError, meant
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.survey import Listed, look_at, named
from qdrant_model_migration.survey.errors import CollectionEmpty


def choose(talk: Talk, journey: Journey) -> None:
    """Sets the collection; another one than before drops what was found in that."""
    chosen = _chosen(talk, journey).collection
    if chosen != journey.collection:
        journey.found = journey.plan = journey.strategy = None
        journey.accepted = {}
    journey.collection = chosen


def _chosen(talk: Talk, journey: Journey) -> Listed:
    rows = _read(talk, journey)
    while True:
        typed = talk.ask("Number or name, or again, back, leave:")
        if typed.lower() == "again":
            rows = _read(talk, journey)
            continue
        row = _row(typed, rows)
        if row is None:
            talk.say(_not_there(typed, rows) if typed else "Choose one.")
        elif row.problem:
            talk.say(f"{row.collection} cannot be read. {row.problem}")
        elif row.points == 0:
            talk.trouble(CollectionEmpty(row.collection))
        else:
            if typed in row.aliases:
                talk.say(
                    f"{typed} is an alias, not a collection. It stands for {row.collection}, "
                    "which is chosen now."
                )
            return row


def _read(talk: Talk, journey: Journey) -> tuple[Listed, ...]:
    """The list, each line said as soon as it is known. Raises Back where it cannot be read or
    nothing is there."""
    rows: list[Listed] = []
    try:
        with journey.opened() as qdrant:
            for row in look_at(qdrant, named(qdrant, qdrant.collections())):
                if not rows:
                    talk.say("Which collection?")
                rows.append(row)
                talk.numbered(len(rows), _in_words(row))
    except QmmError as error:
        talk.trouble(error)
        raise Back from None
    if not rows:
        talk.say("This server has no collections yet. Practice has one to try things on.")
        raise Back
    talk.say("The survey only reads.")
    return tuple(rows)


def _row(typed: str, rows: tuple[Listed, ...]) -> Listed | None:
    for row in rows:
        if typed == row.collection or typed in row.aliases:
            return row
    if typed.isdecimal() and 1 <= int(typed) <= len(rows):
        return rows[int(typed) - 1]
    return None


def _not_there(typed: str, rows: tuple[Listed, ...]) -> str:
    known = [name for row in rows for name in (row.collection, *row.aliases)]
    return f"There is no collection {typed[:60]} in the list.{meant(typed, known)}"


def _in_words(row: Listed) -> str:
    if row.problem:
        return f"{row.collection}: {row.problem}"
    alias = f"alias {words.listing(row.aliases)}" if row.aliases else "no alias"
    parts = [row.collection, alias]
    if row.points is not None:
        parts.append(words.plural(row.points, "point"))
    parts.append(row.vectors_in_words)
    if row.bytes is not None:
        parts.append(f"about {words.size(row.bytes)}")
    parts.append(f"model {row.model}" if row.model else "model not known")
    return ", ".join(part for part in parts if part)

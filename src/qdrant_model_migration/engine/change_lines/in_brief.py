"""The change in a line each, without code."""

from __future__ import annotations

import json

from qdrant_model_migration.engine.change_lines.search import NO_NAME, search
from qdrant_model_migration.engine.change_lines.signs import quoted
from qdrant_model_migration.quality.difference import NONE, NOT_KNOWN, SETTINGS, Rows

_MODEL = "query model "
_ADDED = {"new": "comes in:", "old": "goes out:"}


def in_words(rows: Rows) -> list[tuple[str, str]]:
    """(what, what becomes of it), a line each: a search that is new beside the first is one line,
    and so is all that stays. Empty where nothing changes."""
    told, stays = list[tuple[str, str]](), list[str]()
    numbers = [str(row["what"]).rpartition(" ")[2] for row in rows
               if str(row["what"]).startswith(_MODEL)]  # fmt: skip
    whole = {n: sides for n in numbers if NONE in (sides := _sides(rows, f"{_MODEL}{n}"))}
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        number = what.rpartition(" ")[2]
        if number in whole:
            if what == _MODEL + number:
                side = "new" if whole[number][0] == NONE else "old"
                label = "second search" if number == "2" else f"search {number}"
                told.append((label, f"{_ADDED[side]} {_search_in_words(rows, number, side)}"))
        elif old != new:
            told.append((what, _change_in_words(what, old, new)))
        elif not old.startswith((NONE, NO_NAME)):
            stays.append(f"{what} {old}")
    if not told:
        return []
    return [*told, ("stays", ", ".join(stays))] if stays else told


def _sides(rows: Rows, what: str) -> tuple[str, str]:
    found = next((row for row in rows if row["what"] == what), {})
    return str(found.get("old", NONE)), str(found.get("new", NONE))


def _search_in_words(rows: Rows, number: str, side: str) -> str:
    leg = next(leg for leg in search(rows, side).legs if leg.number == f"_{number}")
    parts = [
        f"by {leg.model or NOT_KNOWN}" + (" at the server" if leg.served else ""),
        f"in vector {leg.using} (using)" if leg.using else "",
        f"prefix {quoted(leg.prefix)}" if leg.prefix else "",
        f"told {_told(leg.settings)}" if leg.settings else "",
    ]
    return ", ".join(filter(None, parts))


def _change_in_words(what: str, old: str, new: str) -> str:
    if what.startswith(SETTINGS):
        old, new = (side if side == NONE else _told(side) for side in (old, new))
    if old == NONE:
        does = ", which merges what all of them find" if what == "fusion" else ""
        return f"{_ADDED['new']} {new}{does}"
    return f"{_ADDED['old']} {old}" if new == NONE else f"{old} → {new}"


def _told(settings: str) -> str:
    """JSON without its signs: "language english, k 1.2"."""
    told = json.loads(settings).items()
    return ", ".join(f"{key} {'none' if value in ([], '', None) else value}" for key, value in told)

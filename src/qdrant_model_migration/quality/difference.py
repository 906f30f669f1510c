"""What an application changes between two sides, as rows {"what", "old", "new"}. Pure.

A row stands there also where nothing changes, so that a person sees what stays. From the second
vector that is searched on the rows are numbered: "query model 2".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.quality.side import Leg, Side
from qdrant_model_migration.words import listing

Rows = Sequence[Mapping[str, Any]]
Distances = Sequence[str | None]

NOT_KNOWN, NONE, NO_NAME = "not known", "none", "not needed: the vector has no name"
NAME, MODEL, DISTANCE = "collection name", "query model", "distance"
OLD_VECTOR = "old vector"
SETTINGS = "settings"
LANGUAGE, BY_LANGUAGE = "language", "by language"
MAP = "map"
SECOND = "re-ranked in"
MADE_BY, HERE, AT_SERVER = "query vector by", "your application", "the Qdrant server"


def rows(
    before: Side,
    after: Side,
    names: tuple[str, str],
    distances: tuple[Distances, Distances] = ((), ()),
) -> list[dict[str, str]]:
    """names: under which the application reaches the collection, before and after. distances: by
    which the vector of each leg is compared there; a row only where they differ, for applications
    that look at it when they start."""
    made = [_row(NAME, *names)]
    legs = list(zip_longest(before.legs, after.legs))
    for number, (old, new) in enumerate(legs, 1):
        old_words, new_words = _in_words(old), _in_words(new)
        made += [
            _row(_numbered(what, number), old_words[what], new_words[what])
            for what in old_words
            if what != MADE_BY or AT_SERVER in (old_words[what], new_words[what])
        ]
        made += [
            _row(_numbered(DISTANCE, number), was, becomes)
            for was, becomes in [*zip(*distances, strict=False)][number - 1 : number]
            if was and becomes and was != becomes
        ]
        told = [_settings(leg) for leg in (old, new)]
        if told != [NONE, NONE]:
            made.append(_row(_numbered(SETTINGS, number), *told))
        made += _of_languages(number, old, new)
    maps = [leg.map if leg is not None else None for leg in (before.legs[0], after.legs[0])]
    if any(maps):
        made.append(_row(MAP, *(one or NONE for one in maps)))
    if before.fusion or after.fusion:
        made.append(_row("fusion", before.fusion or NONE, after.fusion or NONE))
    if before.rerank or after.rerank:
        made.append(_row("re-ranked", _reranked(before), _reranked(after)))
    if before.second or after.second:
        made.append(_row(SECOND, before.second or NONE, after.second or NONE))
    return made


def _of_languages(number: int, old: Leg | None, new: Leg | None) -> list[dict[str, str]]:
    """Which field says the language of a text, and what the model is told of each."""
    spoken = [leg.spoken if leg is not None else None for leg in (old, new)]
    if not any(spoken):
        return []
    fields = (f"as field {one.field} of the payload says" if one else NONE for one in spoken)
    told = (
        json.dumps({code: dict(options) for code, options in one.told.items()}) if one else NONE
        for one in spoken
    )
    return [
        _row(_numbered(LANGUAGE, number), *fields),
        _row(_numbered(BY_LANGUAGE, number), *told),
    ]


def _numbered(what: str, number: int) -> str:
    return what if number == 1 else f"{what} {number}"


def still_there(before: Side, after: Side, names: Sequence[str | None]) -> list[dict[str, str]]:
    """What the vectors searched before are called on the other side, where nothing but a test or
    an old search asks them there. names: of each leg of `before`; None: it is not there."""
    asked = {leg.using for leg in after.legs}
    there = [name for name in names if name is not None and name not in asked]
    if len(there) < len(before.legs):
        return []
    said = listing([name or NO_NAME for name in there])
    return [_row(OLD_VECTOR, said, said)]


def second_of(changes: Rows) -> str:
    """The second collection that comes in by these rows; "" where none does."""
    new = (row["new"] for row in changes if row["what"] == SECOND and row["new"] != NONE)
    return str(next(new, ""))


def asks_alike(before: Side, after: Side) -> bool:
    """Whether searches ask the same vectors by the same models on both sides."""
    mine, others = (
        [(leg.using, leg.model, leg.map, leg.spoken, leg.second) for leg in side.legs]
        for side in (before, after)
    )
    alike = (before.fusion, before.rerank) == (after.fusion, after.rerank)
    return mine == others and alike


def queries_in_words(before: Side, after: Side) -> str:
    """What becomes of the queries, to complete "The application ..."."""
    if any(leg.map for leg in after.legs):
        return "puts its query vectors through the projection"
    pairs = [(old.model, new.model) for old, new in zip(before.legs, after.legs, strict=False)]
    changed = [(old, new) for old, new in pairs if old != new or old is None]
    if not changed:
        return "changes its queries"
    cut = all(old and new and old.has_cut(new) for old, new in changed)
    return "cuts its query vectors" if cut else "changes its query model"


def of_queries(rows: Rows) -> list[str]:
    """The rows that change how a search is made; none where only the collection is another one, or
    compares in another way."""
    changed = (str(row["what"]) for row in rows if row["old"] != row["new"])
    return [what for what in changed if what != NAME and not what.startswith(DISTANCE)]


def of_models(rows: Rows) -> bool:
    """Whether another model makes the queries. One that comes in or goes out beside it does not."""
    return MODEL in of_queries(rows)


def put_back(rows: Rows, when: str = "") -> str:
    """What an application does on the way back, without its end; "" where its searches stay as
    they were all the time. when: "now"."""
    models = [row for row in rows if str(row["what"]).startswith(MODEL)]
    mine = [str(row["old"]) for row in models if row["old"] not in (NONE, NOT_KNOWN)]
    changed = of_queries(rows)
    if second := second_of(rows):
        does, which = "Change the application back", f"it neither asks nor writes {second} any more"
    elif not changed:
        return ""
    elif of_models(rows):
        does, which = f"Put the old {MODEL} back", listing(mine)
    elif any(row["old"] == NONE for row in models):
        does, which = "Search by the present model alone", listing(mine)
    else:
        does, which = "Put the old queries back", listing(changed)
    does = f"{does} {when}".strip()
    return f"{does}: {which}" if which else does


def _reranked(side: Side) -> str:
    return f"the first {side.rerank}" if side.rerank else NONE


def _row(what: str, old: str, new: str) -> dict[str, str]:
    return {"what": what, "old": old, "new": new}


def _in_words(leg: Leg | None) -> dict[str, str]:
    if leg is None:
        rows = (MODEL, MADE_BY, "query prefix", "dimensions", "using")
        return dict.fromkeys(rows, NONE)
    model = leg.model
    at_server = model is not None and kind_of(model).at_server
    size = leg.size or (model.dimensions if model else None)
    return {
        MODEL: _with_cut(model) if model else NOT_KNOWN,
        MADE_BY: AT_SERVER if at_server else HERE,
        "query prefix": (model.query_prefix if model else "") or NONE,
        "dimensions": NONE if size == 0 else str(size or NOT_KNOWN),
        "using": leg.using or NO_NAME,
    }


def _settings(leg: Leg | None) -> str:
    """What the model is told when it is opened, as JSON."""
    options = leg.model.options if leg is not None and leg.model is not None else ()
    return json.dumps(dict(options)) if options else NONE


def _with_cut(model: ModelRef) -> str:
    if model.full_dimensions is None:
        return model.name
    if model.padded:
        return f"{model.name}, with zeros behind its {model.full_dimensions} values"
    return (
        f"{model.name}, first {model.dimensions} of {model.full_dimensions} values, at length one"
    )

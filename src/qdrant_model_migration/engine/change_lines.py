"""What an application changes at the cutover, written as Python, as curl and as a list. Pure text.

Made from the rows that the cutover remembers. What a run cannot know is never invented: it reads
<your client>. Lines begin with "- " (out), "+ " (in) or two spaces (stays).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Rows = Sequence[Mapping[str, Any]]

FORMS = ("Python", "curl", "list")
FILE = "app-changes.txt"
_NOT_KNOWN, _NO_PREFIX, _NO_NAME = "not known", "none", "not needed"


class Side(NamedTuple):
    """How searches are made before or after; "" where there is none, or it is not known."""

    collection: str
    model: str
    prefix: str
    dimensions: str
    using: str


def of(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is to be changed as the run stands now: after a rollback the way back, none where the
    run was given up."""
    rows = [dict(row) for row in facts.get("application_changes") or ()]
    if "discarded" in facts:
        return []
    if goes_back(facts):
        return [{**row, "old": row["new"], "new": row["old"]} for row in rows]
    return rows


def goes_back(facts: Mapping[str, Any]) -> bool:
    """Whether the alias was switched and switched back."""
    return bool(facts.get("rolled_back") and not facts.get("switched"))


def lines(rows: Rows, form: str) -> list[str]:
    """The lines in one of FORMS, empty where an application has nothing to change."""
    if not any(row["old"] != row["new"] for row in rows):
        return []
    old, new = _side(rows, "old"), _side(rows, "new")
    if form == "Python":
        return _python(old, new)
    return _curl(old, new) if form == "curl" else _list(rows)


def meaning(rows: Rows) -> tuple[tuple[str, str], ...]:
    """(label, sentence): what the lines are for."""
    old, new = _side(rows, "old"), _side(rows, "new")
    said = [
        ("Name", f"{new.collection or 'the alias'} stays. Do not write the new collection's name "
         "into the application."),
        ("Model", "queries and documents must be made by the same model."),
    ]  # fmt: skip
    if old.prefix != new.prefix:
        said.append(("Prefix", "is put before each search text, not before documents."))
    if old.using == new.using:
        said.append(("using", f"stays {_quoted(new.using)}." if new.using else "not needed here."))
    else:
        said.append(("using", "an alias cannot choose a vector, so this changes as well."))
    said.append(("Limits", "scores of another model lie elsewhere: test every score limit."))
    said.append(("New texts", "whatever adds documents must use the same model."))
    return tuple(said)


def whole(rows: Rows) -> str:
    """All forms and what they mean, for a file to hand on."""
    parts = ["Lines to change in the application: - out, + in, the rest stays.", ""]
    for form in FORMS:
        parts += [f"As {'a list' if form == 'list' else form}", "", *lines(rows, form), ""]
    parts += [f"{label}: {text}" for label, text in meaning(rows)]
    return "\n".join(parts) + "\n"


def _side(rows: Rows, side: str) -> Side:
    found = {str(row["what"]): str(row[side]) for row in rows}

    def known(what: str, *nothing: str) -> str:
        value = found.get(what, "")
        return "" if value.startswith(nothing) else value

    return Side(
        found.get("collection name", ""),
        known("query model", _NOT_KNOWN),
        "" if found.get("query prefix") == _NO_PREFIX else found.get("query prefix", ""),
        known("dimensions", _NOT_KNOWN),
        known("using", _NO_NAME),
    )


def _both(old: str, new: str) -> list[str]:
    """One line that stays, or the old and the new one; "" is no line."""
    if old == new:
        return [f"  {old}"] if old else []
    return [f"{sign} {line}" for sign, line in (("-", old), ("+", new)) if line]


def _python(old: Side, new: Side) -> list[str]:
    def model(side: Side) -> str:
        return f"model = {_quoted(side.model) if side.model else _unknown(side, old)}"

    def prefix(side: Side) -> str:
        return f"prefix = {_quoted(side.prefix)}" if side.prefix else ""

    def vector(side: Side) -> str:
        text = "prefix + question" if side.prefix else "question"
        return f"vector = <your embedding call>(model, {text})"

    def search(side: Side) -> str:
        using = f", using={_quoted(side.using)}" if side.using else ""
        name = _quoted(side.collection)
        return f"<your client>.query_points(collection_name={name}, query=vector{using})"

    return [
        line for say in (model, prefix, vector, search) for line in _both(say(old), say(new))
    ]  # fmt: skip


def _unknown(side: Side, out: Side) -> str:
    return "<your present model>" if side is out else "<your old model>"


def _curl(old: Side, new: Side) -> list[str]:
    def query(side: Side) -> str:
        model = side.model or _unknown(side, old)
        prefix = f", of {_quoted(side.prefix)} + the question" if side.prefix else ""
        size = f"{side.dimensions} dimensions" if side.dimensions else "the vector"
        return f'    "query": <{size} made by {model}{prefix}>,'

    def using(side: Side) -> str:
        return f'    "using": {_quoted(side.using)},' if side.using else ""

    return [
        f"  curl -X POST '<your server>/collections/{new.collection}/points/query' \\",
        "    -H 'api-key: <your key>' -H 'Content-Type: application/json' -d '{",
        *_both(query(old), query(new)),
        *_both(using(old), using(new)),
        '      "limit": <your limit>',
        "    }'",
    ]


def _list(rows: Rows) -> list[str]:
    made: list[str] = []
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        made += _both(f"{what:<16} {old}", f"{what:<16} {new}")
    return made


def _quoted(text: str) -> str:
    """As a string of Python and of JSON alike; no text in it can become a tag in a report."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")

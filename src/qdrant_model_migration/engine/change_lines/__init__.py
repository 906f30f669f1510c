"""What an application changes at the cutover, written as Python, as curl and as a list. Pure text.

Made from the rows that the cutover remembers. What a run cannot know is never invented: it reads
<your client>. Lines begin with "- " (out), "+ " (in) or two spaces (stays).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.engine.change_lines.curl import as_curl
from qdrant_model_migration.engine.change_lines.explained import meaning
from qdrant_model_migration.engine.change_lines.in_brief import in_words
from qdrant_model_migration.engine.change_lines.listed import as_list, of_product
from qdrant_model_migration.engine.change_lines.python import as_python
from qdrant_model_migration.engine.change_lines.search import search
from qdrant_model_migration.quality.difference import Rows
from qdrant_model_migration.survey.integrations import Integration, integrations, named

__all__ = [
    "FILE", "FORMS", "forms", "goes_back", "in_words", "lines", "meaning", "of", "products",
    "titled", "whole",
]  # fmt: skip

FORMS = ("Python", "curl", "list")
FILE = "app-changes.txt"


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


def products(facts: Mapping[str, Any]) -> tuple[Integration, ...]:
    """What the application probably is, where that is known."""
    return named(facts.get("written_by") or ())


def forms(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """In what forms the lines can be had: for each of these products by name, then the others."""
    return (*(one.title for one in products(facts)), *FORMS)


def lines(rows: Rows, form: str) -> list[str]:
    """The lines in one of the `forms`, empty where an application has nothing to change."""
    if not any(row["old"] != row["new"] for row in rows):
        return []
    if product := next((one for one in integrations() if one.title == form), None):
        return of_product(rows, product)
    old, new = search(rows, "old"), search(rows, "new")
    if form == "Python":
        return as_python(old, new)
    return as_curl(old, new) if form == "curl" else as_list(rows)


def titled(form: str) -> str:
    """ "a list", "Python", "In n8n"."""
    return "a list" if form == "list" else form if form in FORMS else f"In {form}"


def whole(rows: Rows, forms: Sequence[str] = FORMS) -> str:
    """All forms and what they mean, for a file to hand on."""
    parts = ["Lines to change in the application: - out, + in, the rest stays.", ""]
    for form in forms:
        parts += [f"{'As ' if form in FORMS else ''}{titled(form)}"]
        parts += ["", *lines(rows, form), ""]
    parts += [f"{label}: {text}" for label, text in meaning(rows)]
    return "\n".join(parts) + "\n"

"""A template as a person types it, in place of names, and what it gives. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.survey.template import filled, named_in

_PREVIEWED = 160  # letters


def typed_template(answer: Any, part: str) -> str:
    """What was typed in this part of an answer, where names stand in it in braces, with its ends of
    lines; else what the answer has as its template: "" where names alone were typed."""
    if not isinstance(answer, Mapping):
        return ""
    typed = answer.get(part)
    if isinstance(typed, str):
        return typed.replace("\\n", "\n").strip() if named_in(typed) else ""
    return str(answer.get("template") or "")


def shown(template: str) -> str:
    """In one line, as it is typed."""
    return template.replace("\n", "\\n")


def gives(template: str, held: Mapping[str, Any]) -> str:
    """What becomes of it with these values."""
    return f"gives: {shown(filled(template, held)[:_PREVIEWED])}"

"""The plan as a file: `save_plan` and `load_plan`, and what is wrong in words with the line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from qdrant_model_migration.plan import strict_yaml
from qdrant_model_migration.plan.complaint import complain
from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.plan.upgrade import FORMAT, upgraded
from qdrant_model_migration.qdrant.errors import AddressInvalid
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.words import listing

_TOGETHER = """\
It switches at the same moment as {others}: the folder holds the plans of all.
"""
_HEADER = """\
A migration plan of qdrant-model-migration: {title}, {collection}{target}.
Run it with:    {run}
{together}It writes only what its steps say; the address stands here, the API key never does.
It comes from the environment (QDRANT_API_KEY) or is asked for.
You may edit this file. A line that does not fit is refused, by its number, before anything starts.
"""


def load_plan(path: Path) -> Plan:
    """Read a plan. Raises PlanError with file, line, field and what is allowed."""
    text = upgraded(strict_yaml.read(path))
    if not isinstance(text.data, dict) or "qmm_plan" not in text.data:
        raise PlanError(
            f"{path.name} is not a plan.",
            f"A plan begins with qmm_plan: {FORMAT}.",
            "Check the name of the file; qmm plan COLLECTION makes one.",
        )
    try:
        return Plan.model_validate_json(json.dumps(text.data, allow_nan=False))
    except ValidationError as error:
        raise complain(error, Plan, text, path.name) from None
    except AddressInvalid as error:
        where = f"{path.name}, line {text.line(('server',))}"
        raise PlanError(f"{where}: {error.what}", error.why, error.todo) from None


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan, readable by a person; an existing file is replaced whole. Raises PlanError."""
    target = f" to {plan.move.target}" if plan.move else ""
    header = _HEADER.format(
        title=plan.title,
        collection=plan.collection,
        target=target,
        run=qmm("run", path.absolute().parent.name if plan.together else path.name),
        together=_TOGETHER.format(others=listing(plan.together)) if plan.together else "",
    )
    data = _without_blanks(plan, plan.model_dump(mode="json"))
    strict_yaml.write(path, data, header)


def files_for(collections: Sequence[str], folder: Path) -> Iterator[Path]:
    """One of the folder for the plan of each, called after it as far as a file can be."""
    used: set[str] = set()
    for name in collections:
        plain = re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-.")[:60] or "plan"
        stem, number = plain, 1
        while stem.lower() in used:
            number += 1
            stem = f"{plain}-{number}"
        used.add(stem.lower())
        yield folder / f"{stem}.yaml"


def _without_blanks(value: Any, dumped: Any) -> Any:
    """`dumped` without the fields that hold nothing and need not be said.

    Only fields of models whose default is the same nothing go; dictionaries keep every key.
    """
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        fields = type(value).model_fields
        kept = {name: _without_blanks(getattr(value, name), item) for name, item in dumped.items()}
        return {
            name: item
            for name, item in kept.items()
            if item not in (None, "", [], {}) or _default(fields[name]) != getattr(value, name)
        }
    if isinstance(value, dict) and isinstance(dumped, dict):
        return {key: _without_blanks(value[key], item) for key, item in dumped.items()}
    if isinstance(value, tuple | list) and isinstance(dumped, list):
        return [_without_blanks(v, d) for v, d in zip(value, dumped, strict=True)]
    return dumped


def _default(field: Any) -> Any:
    return field.get_default(call_default_factory=True)

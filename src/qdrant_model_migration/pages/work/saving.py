"""Files saved into the present folder; none that is there is written over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qdrant_model_migration import advice
from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.plan import Plan, files_for
from qdrant_model_migration.plan import save_plan as write_plan


def free(name: str) -> Path:
    """`name` in the present folder, or the next name with a number that is not taken."""
    path = Path.cwd() / name
    number = 1
    while path.exists():
        number += 1
        path = Path.cwd() / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path


def save_plan(plan: Plan, name: str) -> Path:
    """Raises UsageError where the name is taken, PlanError where it cannot be written."""
    path = _not_there(name)
    write_plan(plan, path)
    return path


def save_plans(plans: Sequence[Plan], name: str) -> Path:
    """A folder with a file for each. Raises as `save_plan` does."""
    folder = _not_there(name)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made.", f"{error.strerror}.", "Type another name."
        ) from error
    files = files_for([plan.collection for plan in plans], folder)
    for plan, file in zip(plans, files, strict=True):
        write_plan(plan, file)
    return folder


def save_text(text: str, name: str) -> Path:
    """Raises UsageError where the name is taken or the file cannot be written."""
    path = _not_there(name)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        todo = "Type another name, or the path of a folder that may be written to."
        raise UsageError(f"{path} cannot be written.", f"{error.strerror}.", todo) from error
    return path


def save_answers(answers: Mapping[str, Any], name: str) -> Path:
    """Raises UsageError where the name is taken or cannot be written."""
    path = _not_there(name)
    advice.save_answers(path, dict(answers))
    return path


def _not_there(name: str) -> Path:
    path = Path.cwd() / Path(name).expanduser()
    if path.exists():
        raise UsageError(f"{path} exists.", "It is not written over.", "Type another name.")
    return path

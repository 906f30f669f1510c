"""Steering a run from outside: small JSON files in its folder `control/`, one per wish.

A file's name starts with what is wished (`pause`, `resume`, `stop`, `throttle`, `consent`), its
content says the rest, or nothing: a person can write one by hand. Carrying it out is not done here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration import private_file
from qdrant_model_migration.errors import RunFolderUnusable

FOLDER = "control"
ASIDE = "unreadable"
WISHES = ("pause", "resume", "stop", "throttle", "consent")
PACES = {"gently": 1 / 3, "normally": 1.0, "fast": 1.0}
"""The share of the time in which the work goes on; the rest of it is rest."""

_LARGEST = 65_536
_SETTLING = 2.0  # seconds in which a file may still be in the middle of being written


class Wish(NamedTuple):
    """One control file, read. `source` tells this very file from a later one of the same name."""

    verb: str
    data: dict[str, Any]
    path: Path
    source: str


class Unreadable(NamedTuple):
    """A control file that says nothing the engine understands, and why."""

    path: Path
    why: str


def send(folder: Path, verb: str, data: Mapping[str, Any]) -> Path:
    """Put a wish into the run folder, whole or not at all."""
    into = folder / FOLDER
    name = f"{verb}-{time.time_ns()}-{secrets.token_hex(3)}.json"
    try:
        into.mkdir(mode=0o700, exist_ok=True)
        return private_file.write(into / name, json.dumps(dict(data), ensure_ascii=False))
    except OSError as error:
        raise RunFolderUnusable(str(folder), "written to", error) from error


def read(folder: Path, *, settled: bool = False) -> list[Wish | Unreadable]:
    """All wishes that lie in the folder, oldest first.

    A file that cannot be read is left alone while it is so young that a person's editor may still
    be writing it; `settled` says that nobody is.
    """
    found: list[tuple[int, str, Wish | Unreadable]] = []
    try:
        paths = sorted((folder / FOLDER).iterdir())
    except OSError:
        return []
    for path in paths:
        name = path.name
        if name.startswith(".") or name.endswith("~") or name == ASIDE:
            continue
        try:
            stat = path.stat()
        except OSError:
            continue
        note = _read(path, name, stat)
        young = time.time() - stat.st_mtime < _SETTLING
        if isinstance(note, Unreadable) and young and not settled:
            continue
        found.append((stat.st_mtime_ns, name, note))
    return [note for _, _, note in sorted(found, key=lambda item: item[:2])]


def settle(wish: Wish) -> None:
    """Take a wish away that was carried out."""
    wish.path.unlink(missing_ok=True)


def set_aside(folder: Path, note: Unreadable) -> None:
    """Move a file that cannot be understood out of the way; it is kept for whoever wrote it."""
    aside = folder / FOLDER / ASIDE
    try:
        aside.mkdir(mode=0o700, exist_ok=True)
        note.path.replace(aside / note.path.name)
    except OSError:
        note.path.unlink(missing_ok=True)


def _read(path: Path, name: str, stat: os.stat_result) -> Wish | Unreadable:
    match = re.match(r"[a-z]+", name)
    verb = match.group() if match else ""
    if verb not in WISHES:
        return Unreadable(path, f"its name does not start with one of: {', '.join(WISHES)}")
    if not path.is_file():
        return Unreadable(path, "it is not a file")
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError:
        return Unreadable(path, "this user may not read it")
    if len(raw) > _LARGEST:
        return Unreadable(path, "it is far too large")
    try:
        data = json.loads(raw.decode("utf-8").strip() or "{}")
    except (ValueError, RecursionError):
        return Unreadable(path, "it is not JSON")
    why = _wrong(verb, data)
    if why:
        return Unreadable(path, why)
    mark = hashlib.sha256(raw).hexdigest()[:16]
    return Wish(verb, data, path, f"{name}:{stat.st_mtime_ns}:{mark}")


def _wrong(verb: str, data: Any) -> str:
    if not isinstance(data, dict):
        return "it is not a JSON object"
    if verb == "throttle":
        return wrong_throttle(data)
    if verb == "consent":
        answers = data.get("answers", {})
        if not isinstance(data.get("gate"), str):
            return 'it does not say which gate, as in {"gate": "cutover", "answers": {...}}'
        if not isinstance(answers, dict) or not all(isinstance(v, str) for v in answers.values()):
            return "its answers are not texts by name"
    return ""


def wrong_throttle(data: Mapping[str, Any]) -> str:
    """Why a throttle says nothing usable, "" if it does: a pace, or points per second, or neither;
    and whether slow test searches count."""
    wished = {key: value for key, value in data.items() if key != "searches"}
    pace, limit = wished.get("pace"), wished.get("per_second")
    usable = (
        not wished
        or (set(wished) == {"pace"} and isinstance(pace, str) and pace in PACES)
        or (set(wished) == {"per_second"} and isinstance(limit, (int, float)) and 0 < limit < 1e9)
    )
    if usable and isinstance(data.get("searches", True), bool):
        return ""
    return (
        f'it wants {{"pace": one of {", ".join(PACES)}}} or {{"per_second": a number above 0}}, '
        'and may say {"searches": false}: slow searches do not slow it down'
    )

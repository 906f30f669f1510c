"""`qmm plan --all`: a plan for each of several collections, and a table of what became of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from qdrant_model_migration import words
from qdrant_model_migration.commands.connecting import server_flags
from qdrant_model_migration.errors import QmmError, UsageError
from qdrant_model_migration.exit_codes import DONE, FAILED
from qdrant_model_migration.shell import qmm

if TYPE_CHECKING:
    from qdrant_model_migration.plan import Plan
    from qdrant_model_migration.qdrant import Qdrant

OF_ONE = ("target", "name")
"""Questions whose answer can only be of one collection."""


class Outcome(NamedTuple):
    """What became of one collection. word: "planned", "skipped" or "failed", and why it is not
    planned; plan and file where it is."""

    collection: str
    word: str
    why: str = ""
    plan: Plan | None = None
    file: Path | None = None


def chosen(qdrant: Qdrant, pattern: str) -> tuple[str, ...]:
    """The collections that are meant, each by the alias that fits, or by its own name. Raises
    UsageError where there is none."""
    aliases = qdrant.known_aliases() or {}
    known = qdrant.collections()
    found = []
    for collection in known:
        of_it = sorted(alias for alias, behind in aliases.items() if behind == collection)
        fits = [name for name in (*of_it, collection) if fnmatchcase(name, pattern)]
        found += fits[:1]
    if not found:
        raise UsageError(
            f"No collection is called like {pattern}.",
            f"There are: {words.listing((*known, *aliases)) or 'none'}.",
            "Write it as 'ws-*', in quotes; * stands for any signs, ? for one.",
        )
    return tuple(found)


def plan_each(
    names: Sequence[str],
    folder: Path,
    plan_one: Callable[[str, Path, Sequence[str]], Plan],
) -> tuple[Outcome, ...]:
    """A plan in a file of its own for each. What one collection cannot have does not stop the
    others. plan_one: makes and writes one, avoiding the names that are taken by the plans before.
    Raises UsageError where the folder cannot be made."""
    from qdrant_model_migration.survey.errors import CollectionEmpty
    from qdrant_model_migration.survey.leftovers import kept_for

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made.",
            f"The system says: {error.strerror or 'no'}.",
            "Name another one with -o.",
        ) from None
    outcomes: list[Outcome] = []
    taken: list[str] = []
    for name, file in zip(names, _files(names, folder), strict=True):
        click.echo(f"{name}…", err=True)
        if notes := kept_for(name):
            outcomes.append(Outcome(name, "skipped", notes))
            continue
        try:
            plan = plan_one(name, file, taken)
        except CollectionEmpty:
            outcomes.append(Outcome(name, "skipped", "empty"))
        except QmmError as error:
            outcomes.append(Outcome(name, "failed", error.what))
        else:
            taken += [plan.move.target] if plan.move is not None else []
            outcomes.append(Outcome(name, "planned", plan=plan, file=file))
    return tuple(outcomes)


def _files(names: Sequence[str], folder: Path) -> Iterator[Path]:
    """One for each, called after it as far as a file can be."""
    used: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-.")[:60] or "plan"
        stem, number = plain, 1
        while stem.lower() in used:
            number += 1
            stem = f"{plain}-{number}"
        used.add(stem.lower())
        yield folder / f"{stem}.yaml"


def say(outcomes: Sequence[Outcome]) -> int:
    """The table, what comes next, and the exit code: 4 where a collection could not be planned."""
    from qdrant_model_migration.plan import left_open

    wide = max(len(one.collection) for one in outcomes)
    for one in outcomes:
        click.echo(f"{one.collection:<{wide}}  {one.word:<8}{_told(one)}".rstrip())
    planned = [one for one in outcomes if one.plan is not None]
    skipped = sum(one.word == "skipped" for one in outcomes)
    failed = len(outcomes) - len(planned) - skipped
    counts = [f"{len(planned)} planned", f"{skipped} skipped", f"{failed} failed"]
    click.echo(f"{', '.join(counts)}. Nothing was written to the server.")
    if planned:
        click.echo("Next, one after another:")
    for one in planned:
        assert one.plan is not None
        flags = [word for warning in left_open(one.plan) for word in ("--accept", warning)]
        flags += server_flags(str(one.plan.server))
        click.echo(f"  {qmm('run', str(one.file), flags=flags)}")
    return FAILED if failed else DONE


def _told(one: Outcome) -> str:
    if one.plan is None:
        return one.why
    likely = one.plan.estimate.seconds.likely
    parts = [
        one.plan.title,
        f"to {one.plan.move.target}" if one.plan.move is not None else "",
        f"about {words.duration(likely)}" if likely is not None else "time not known",
    ]
    return ", ".join(filter(None, parts))

"""`qmm plan --all` and `--together`: a plan for each of several collections, and a table of what
became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
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


def with_sisters(qdrant: Qdrant, name: str, base: Plan | None) -> tuple[str, ...]:
    """The collection and those that share its model, by what is known of the product that wrote it,
    or by a plan that was made for them. An empty one is left out, with a word. Raises UsageError
    where there is none."""
    from qdrant_model_migration.commands.connecting import surveyed
    from qdrant_model_migration.strategies.answered.products import family_there

    found = surveyed(qdrant, name, text_field=None)
    family = family_there(found)
    if base is not None and found.collection in (base.collection, *base.together):
        family = (base.collection, *base.together) if base.together else family
    others = [one for one in family if one != found.collection]
    if empty := [one for one in others if not qdrant.count(one)]:
        click.echo(f"Left out, because they are empty: {words.listing(empty)}.", err=True)
    if others == empty:
        raise UsageError(
            f"No collection is known that switches together with {name}.",
            "That is known of products whose collections share a model, by their names.",
            "Name them: qmm plan --all 'PATTERN' --together takes all that are called like it.",
        )
    chosen = [name if one == found.collection else one for one in family if one not in empty]
    click.echo(f"Together: {words.listing(chosen)}.", err=True)
    return tuple(chosen)


def refuse_mixed(folder: Path, family: Sequence[str]) -> None:
    """Raises UsageError where the folder holds plans of others that switch together: such a folder
    is run as a whole."""
    from qdrant_model_migration.plan import load_plan
    from qdrant_model_migration.plan.errors import PlanError

    for file in sorted(folder.glob("*.yaml")):
        with suppress(PlanError):
            plan = load_plan(file)
            theirs = (plan.collection, *plan.together)
            if plan.together and not {*theirs} <= {*family}:
                raise UsageError(
                    f"{folder} holds the plans of {words.listing(theirs)}.",
                    "They switch together, and a folder is of one group.",
                    "Name another folder with -o.",
                )


def must_fit(outcomes: Sequence[Outcome]) -> list[tuple[Plan, Path]]:
    """The plans, each with its file, where they can switch at the same moment. Raises NotTogether,
    naming what stands against it."""
    from qdrant_model_migration.plan import refuse_apart
    from qdrant_model_migration.plan.errors import NotTogether

    if without := [one for one in outcomes if one.plan is None]:
        told = words.listing([f"{one.collection} ({one.word}: {one.why})" for one in without])
        raise NotTogether(told, "There is no plan for it.", _LEAVE_OUT)
    plans = [(one.plan, one.file) for one in outcomes if one.plan and one.file]
    refuse_apart([plan for plan, _ in plans])
    return plans


_LEAVE_OUT = "Nothing was written. Mend that; or leave it out, by another PATTERN for --all."


def plan_each(
    names: Sequence[str],
    folder: Path,
    plan_one: Callable[[str, Path, Sequence[str]], Plan],
) -> tuple[Outcome, ...]:
    """A plan in a file of its own for each. What one collection cannot have does not stop the
    others. plan_one: makes and writes one, avoiding the names that are taken by the plans before.
    Raises UsageError where the folder cannot be made."""
    from qdrant_model_migration.plan import files_for
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
    for name, file in zip(names, files_for(names, folder), strict=True):
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


def say(outcomes: Sequence[Outcome], together: Path | None = None) -> int:
    """The table, what comes next, and the exit code: 4 where a collection could not be planned.
    together: the folder of the plans of collections that switch at the same moment."""
    from qdrant_model_migration.plan import left_open

    wide = max(len(one.collection) for one in outcomes)
    for one in outcomes:
        click.echo(f"{one.collection:<{wide}}  {one.word:<8}{_told(one)}".rstrip())
    planned = [one for one in outcomes if one.plan is not None]
    skipped = sum(one.word == "skipped" for one in outcomes)
    failed = len(outcomes) - len(planned) - skipped
    counts = [f"{len(planned)} planned", f"{skipped} skipped", f"{failed} failed"]
    click.echo(f"{', '.join(counts)}. Nothing was written to the server.")
    if together is not None:
        plans = [one.plan for one in planned if one.plan is not None]
        left = dict.fromkeys(warning for plan in plans for warning in left_open(plan))
        flags = [word for warning in left for word in ("--accept", warning)]
        flags += server_flags(str(plans[0].server))
        click.echo("Each is run up to its cutover, one after another; then all switch together.")
        click.echo(f"Next: {qmm('run', str(together), flags=flags)}")
        return DONE
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

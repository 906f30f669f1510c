"""Warnings about the product that wrote the points: what it does by itself."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies.answered.names import without_alias
from qdrant_model_migration.strategies.answered.products import products, sisters_there
from qdrant_model_migration.survey.integrations import (
    blind,
    how_it_looks,
    named,
    titles,
    untold,
)
from qdrant_model_migration.words import listing


@warning("W60", "It finds no alias")
def sees_none(case: Case) -> Said | None:
    by = case.survey.written_by.value
    if by is None or not case.builds or without_alias(case.answers) == "changes":
        return None
    names = [one.name for one in blind(by.names)]
    if not names:
        return None
    free = any(one.names == "free" for one in named(names))
    return Said(
        "must" if by.sure else "caution",
        how_it_looks(names),
        f"The points look like those of {titles(names)}, and after the cutover the name that it "
        "uses would be an alias.",
        'Answer at question Name that it "changes the name itself".'
        if free
        else "Read first what it does when it starts: below, and in docs/integrations.md.",
    )


@warning("W61", "Sister collections")
def sisters(case: Case) -> Said | None:
    if case.model is None:
        return None
    planned = case.plan.together if case.plan is not None else ()
    there = {
        name: product for name, product in sisters_there(case.survey).items() if name not in planned
    }
    if not there:
        return None
    together = qmm("plan", case.survey.collection, flags=("--together",))
    return Said(
        "must",
        "Several collections share the model that makes the searches. One that stays behind is "
        "searched by another model than its own, or no more.",
        f"{listing(list(dict.fromkeys(there.values())), 'or')} has beside this one: "
        f"{listing(list(there))}.",
        f"Plan all of them together: {together}. They switch at the same moment then.",
    )


@warning("W62", "What it does itself")
def does(case: Case) -> Said | None:
    ones = named(products(case.survey)) if case.model is not None else ()
    said = list(dict.fromkeys(one for each in ones for one in (*each.dangers, *each.says)))
    if not said:
        return None
    by = case.survey.written_by.value
    return Said(
        "must" if by is not None and by.sure and any(one.dangers for one in ones) else "caution",
        " ".join(said),
        f"The points look like those of {titles(products(case.survey))}.",
        "Keep it in mind at the cutover; the lines to change name its settings.",
    )


_INSTEAD = {
    "by model": 'Answer at question Name that it "changes the name itself", and keep the name that '
    "is suggested.",
    "fixed": "Answer at question Name that it can use no other name. The new collection then takes "
    "the name over, and the old one is DELETED.",
}


@warning("W64", "It can be told no name")
def told_no_name(case: Case) -> Said | None:
    by, name = case.survey.written_by.value, case.answers.get("name")
    how = without_alias(case.answers)
    if by is None or not case.builds or not isinstance(name, Mapping):
        return None
    if how == "takes over" or name.get("exists"):
        return None
    ones = [one for one in untold(by.names) if how is None or one.names == "fixed"]
    if not ones:
        return None
    said = titles([one.name for one in ones])
    instead = dict.fromkeys(_INSTEAD[one.names] for one in ones if one.sees_alias)
    return Said(
        "must" if by.sure and len(ones) == len(by.names) else "caution",
        f"{said} can be told no name, so nothing leads it to the new collection: it goes on using "
        "the old one, made for another model.",
        f"The points look like those of {said}, and the plan waits until another name is used.",
        " ".join(instead)
        or "Read first what it does when it starts: below, and in docs/integrations.md.",
    )

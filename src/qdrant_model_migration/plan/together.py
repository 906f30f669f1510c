"""Plans of collections that switch at the same moment: whether they can. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from qdrant_model_migration.plan.errors import NotTogether
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.words import listing


def refuse_apart(plans: Sequence[Plan]) -> None:
    """Raises NotTogether, naming those that do not fit, where these plans cannot switch at the same
    moment: all need a switch of one kind, and the same models afterwards."""
    names = listing([plan.collection for plan in plans]) or "none"
    if len(plans) < 2:
        raise NotTogether(names, "That takes two collections or more.")
    if any(plan.server.folder is not None for plan in plans):
        why = "An embedded Qdrant is open to one run at a time, so that one has to wait."
        raise NotTogether(names, why)
    twice = [
        name for name, times in Counter(plan.collection for plan in plans).items() if times > 1
    ]
    if twice:
        raise NotTogether(listing(twice), "It is planned twice.")
    if without := [plan.collection for plan in plans if _switch(plan) is None]:
        raise NotTogether(listing(without), "By this plan nothing is switched there.")
    _alike(plans, lambda plan: plan.searched_by, _models, "They would search by different models.")
    why = "A person changes the application for one, the run switches the other."
    _alike(plans, _how, _how, why)


def one_family(plans: Sequence[Plan]) -> None:
    """Raises NotTogether where these are not the plans of collections that belong together, all of
    them."""
    all_of_them = {plan.collection for plan in plans}
    for plan in plans:
        if not plan.together:
            why = "It was planned alone."
            raise NotTogether(plan.collection, why, "Run each plan by itself.")
        if {plan.collection, *plan.together} != all_of_them:
            here = listing(sorted(all_of_them - {plan.collection})) or "no other plan"
            why = f"It is planned to go with {listing(plan.together)}; beside it lies {here}."
            raise NotTogether(plan.collection, why, "Nothing was written. Plan them anew.")
    refuse_apart(plans)


def _alike(
    plans: Sequence[Plan], of: Callable[[Plan], object], says: Callable[[Plan], str], why: str
) -> None:
    first, *others = plans
    if differ := [one for one in others if of(one) != of(first)]:
        told = [f"{one.collection} ({says(one)})" for one in (first, *differ)]
        raise NotTogether(listing(told), why)


def _models(plan: Plan) -> str:
    return plan.after.label if plan.after is not None else "no model"


def _how(plan: Plan) -> str:
    switch = _switch(plan)
    return "by hand" if switch is not None and switch.switch.by_hand else "by the run"


def _switch(plan: Plan) -> Cutover | None:
    return next((step for step in plan.steps if isinstance(step, Cutover)), None)

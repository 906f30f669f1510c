"""Plans of collections that switch at the same moment: what they hold, and which cannot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.plan import (
    Plan,
    load_plan,
    one_family,
    refuse_apart,
    save_plan,
    sealed,
    why_closed,
)
from qdrant_model_migration.plan.errors import NotTogether, WarningsChanged
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.switches.application import Application


@pytest.fixture
def docs(plan: Plan) -> Plan:
    switch = Cutover(switch=Aliases(alias="docs"))
    steps = (*(step for step in plan.steps if step.name() != "cutover"), switch)
    return plan.model_copy(update={"collection": "docs", "together": ("more",), "steps": steps})


@pytest.fixture
def more(docs: Plan) -> Plan:
    return docs.model_copy(update={"collection": "more", "together": ("docs",)})


def test_it_is_read_as_it_was_written_and_the_header_says_it(docs: Plan, tmp_path: Path) -> None:
    save_plan(docs, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == docs
    assert "# It switches at the same moment as more: " in (tmp_path / "plan.yaml").read_text()


def test_whom_it_goes_with_is_under_the_seal(docs: Plan) -> None:
    docs = sealed(docs)
    assert not isinstance(why_closed(docs), WarningsChanged)
    alone = docs.model_copy(update={"together": ()})
    assert isinstance(why_closed(alone), WarningsChanged)


def test_a_plan_that_goes_alone_is_the_same_as_before_there_was_another_way(plan: Plan) -> None:
    text = plan.model_dump_json(exclude={"accepted", "together"})
    assert plan.digest == hashlib.sha256(text.encode()).hexdigest()


def test_those_that_belong_together_are_run_together(docs: Plan, more: Plan) -> None:
    one_family([docs, more])
    third = docs.model_copy(update={"collection": "third"})
    for wrong, named in (([docs], "docs"), ([docs, more, third], "docs")):
        with pytest.raises(NotTogether, match=named):
            one_family(wrong)
    with pytest.raises(NotTogether, match="more") as refused:
        one_family([docs, more.model_copy(update={"together": ()})])
    assert refused.value.why == "It was planned alone."


def _other_model(plan: Plan) -> dict[str, Any]:
    assert plan.after is not None
    model = plan.after.models[0].model_copy(update={"name": "intfloat/e5-small"})
    return {"after": Side(collection="new", legs=(Leg(model=model),))}


@pytest.mark.parametrize(
    ("differs", "said"),
    [
        (lambda plan: {"collection": "docs"}, "docs. It is planned twice."),
        (lambda plan: {"steps": plan.steps[:-1]}, "more. By this plan nothing is switched there."),
        (_other_model, "(e5-small). They would search by different models."),
        (
            lambda plan: {"steps": (Cutover(switch=Application(changes="collection name")),)},
            "docs (by the run) and more (by hand). A person changes the application for one",
        ),
        (
            lambda plan: {"server": Address(url=None, folder="/tmp/there")},
            "An embedded Qdrant is open to one run at a time",
        ),
    ],
)
def test_what_cannot_switch_at_the_same_moment_is_named(
    docs: Plan, more: Plan, differs: Callable[[Plan], dict[str, Any]], said: str
) -> None:
    refuse_apart([docs, more])
    with pytest.raises(NotTogether) as refused:
        refuse_apart([docs, more.model_copy(update=differs(more))])
    assert said in str(refused.value)
    assert "Nothing was written." in refused.value.todo


def test_a_distance_of_its_own_is_no_other_model(docs: Plan, more: Plan) -> None:
    assert more.after is not None
    legs = tuple(
        leg.model_copy(update={"model": leg.model.model_copy(update={"distance": "Dot"})})
        for leg in more.after.legs
        if leg.model is not None
    )
    refuse_apart(
        [docs, more.model_copy(update={"after": more.after.model_copy(update={"legs": legs})})]
    )

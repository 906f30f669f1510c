"""Runs without plan, Qdrant or model: tiny steps, a folder by the real maker, a job of both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine.job import Job
from qdrant_model_migration.engine.new_run import make_folder
from qdrant_model_migration.engine.run_folder import Card
from qdrant_model_migration.engine.stamps import now
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import Qdrant, Retry
from qdrant_model_migration.steps import Ask, Gate, Step, StepContext, StepText, Waiting
from qdrant_model_migration.steps.errors import NothingToRollBack


class Fake(Step):
    """Does what a test hands in, by name: pydantic steps hold no functions."""

    step: str = "fake"
    does: str = "nothing"

    def text(self, move: Move | None) -> StepText:
        return StepText(self.step.capitalize(), "nothing", "not needed", (f"Does {self.does}.",))

    def apply(self, ctx: StepContext) -> None:
        DEEDS[self.does](ctx)


DEEDS: dict[str, Callable[[StepContext], None]] = {"nothing": lambda ctx: None}


class Fill(Step):
    """Adds the numbers 0 to `points` - 1 to a file beside the run, each once, like a backfill."""

    step: Literal["fill"] = "fill"
    points: int = 300
    slice: int = 10

    def text(self, move: Move | None) -> StepText:
        return StepText("Fill", "target.txt", "delete it")

    def apply(self, ctx: StepContext) -> None:
        target = ctx.folder / "target.txt"
        there = set(target.read_text().split()) if target.exists() else set()
        done = 0
        for first in range(0, self.points, self.slice):
            ctx.breathe()
            points = range(first, min(first + self.slice, self.points))
            if ctx.recall(f"slice {first}") is None:
                new = [f"{n}\n" for n in points if str(n) not in there]
                with target.open("a") as file:
                    file.write("".join(new))
                ctx.remember(f"slice {first}", len(new))
                ctx.say("slice", f"Slice {first} done.")
            done += len(points)
            ctx.progress(done, self.points)


class AskFirst(Step):
    """Waits for the typed name, then notes that it went through."""

    step: Literal["ask_first"] = "ask_first"
    gate: str = "cutover"
    expect: str = "docs"

    def text(self, move: Move | None) -> StepText:
        return StepText("Cutover", "the alias", "switch back")

    def apply(self, ctx: StepContext) -> None:
        if ctx.recall("switched") is None:
            if ctx.consent(self.gate) is None:
                raise Waiting(gate(self.gate, self.expect))
            ctx.remember("switched", {"alias": "docs", "from": "docs_old", "to": "docs_new"})
        ctx.spend(self.gate)


class Rollback(Step):
    step: Literal["rollback"] = "rollback"

    def text(self, move: Move | None) -> StepText:
        return StepText("Roll back", "the alias", "switch again")

    def apply(self, ctx: StepContext) -> None:
        if not ctx.recall("switched"):
            raise NothingToRollBack(ctx.run_id, "This run has not switched an alias.")
        if ctx.consent("rollback") is None:
            raise Waiting(gate("rollback", "docs"))
        ctx.remember("switched", None)
        ctx.remember("rolled_back", {"alias": "docs", "from": "docs_new", "to": "docs_old"})
        ctx.spend("rollback")


def gate(name: str, expect: str) -> Gate:
    return Gate(
        name=name,
        title=f"Switch {expect}",
        says=("Now docs → old",),
        asks=(Ask(key="alias", kind="typed", label="Type the alias name", expect=expect),),
        button="Switch",
    )


def job(*steps: Step, connect: Any = None, open_embedder: Any = None) -> Callable[[Path], Job]:
    """A maker of jobs, as run_here takes it. The Qdrant is nothing unless `connect` makes one."""
    made = Job(
        steps=steps,
        later=lambda name, given: {"rollback": Rollback}[name](),
        move=None,
        accepted=frozenset({"W11"}),
        connect=connect or nowhere,
        open_embedder=open_embedder or _no_model,
    )
    return lambda folder: made


@contextmanager
def _nowhere() -> Iterator[Qdrant]:
    yield cast(Qdrant, SimpleNamespace())


def nowhere(
    stop: threading.Event, on_retry: Callable[[Retry], None]
) -> AbstractContextManager[Qdrant]:
    return _nowhere()


def _no_model(model: ModelRef) -> Embedder:
    raise AssertionError(f"nobody should open {model}")


def card(**changes: Any) -> Card:
    fields: dict[str, Any] = {
        "id": "",
        "created": now(),
        "what": "docs_old → docs_new",
        "strategy": "blue_green",
        "title": "Blue-green",
        "server": "http://localhost:6333",
        "collection": "docs_old",
        "alias": "docs",
        "practice": False,
        "plan": "digest of the plan",
        "file": "",
    }
    return Card(**{**fields, **changes})


def make_run(runs: Path, **changes: Any) -> Path:
    """A new run folder whose plan.yaml nobody reads."""
    return make_folder(card(**changes), lambda path: path.write_text("qmm_plan: 1\n"), runs)

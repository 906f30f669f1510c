"""Step: set another quantization where it takes effect, and wait until segments are rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant.quantization import (
    Place,
    Quantization,
    Quantizations,
    in_short,
    in_words,
    quantizations,
    same,
)
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.errors import SettingNotKept, StillQuantized
from qdrant_model_migration.steps.gate import (
    Gate,
    GateKind,
    Waiting,
    collection_to,
    typed_collection,
)
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.step import Step, StepContext, StepText

DISABLED = "Disabled"
_START = collection_to("--start", "Allow the change of this live collection.")


class Requantize(Step):
    """`vector` None: all vectors of the collection. `quantization` None: none.

    Where the settings stand is looked up when they are changed: a vector's own goes before the
    collection's.
    """

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("start", (_START,)),)
    step: Literal["requantize"] = "requantize"
    collection: str
    vector: str | None = None
    quantization: dict[str, Any] | None

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if not recall("quantization_set"):
            return None
        return Refusal(
            "undo it first",
            "It has changed the quantization of a collection, and discarding would leave it so.",
            f"{qmm('resume', run, flags=('--undo',))} sets the old one again.",
        )

    def text(self, move: Move | None) -> StepText:
        whose = "" if self.vector is None else f" of {words.vector(self.vector)}"
        return StepText(
            f"Quantization{whose}: {in_short(self.quantization)}; wait for green",
            self.collection,
            "set the old one again",
            (
                f"The new setting: {in_words(self.quantization)}.",
                "Waits until you type the collection's name, because the live collection is "
                "changed.",
                "Keeps the old settings, sets the new one where it takes effect (a vector's own "
                "setting goes before the collection's), reads back what is in force for each "
                "vector, and waits until the server has rebuilt its segments. Searches work "
                "meanwhile and may be slower.",
                "The original vectors stay as they are.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if not ctx.recall("quantization_set"):
            self._change(ctx)
        wait_until_indexed(ctx, self.collection)

    def _change(self, ctx: StepContext) -> None:
        now = quantizations(ctx.qdrant.config(self.collection))
        changes = now.to_come(self.vector, self.quantization)
        for name in now.meant(self.vector):
            if not same(now.after(changes).in_force(name), self.quantization):
                raise StillQuantized(self.collection, name)
        if ctx.consent("start") is None:
            raise Waiting(self._gate(now))
        # What was noted before a kill stays: the server may have changed a part of it already.
        old = {place: now.at(place) for place in changes} | old_settings(ctx, self.vector)
        ctx.remember("old_quantization", {"places": list(old.items())})
        set_quantization(ctx, self.collection, changes)
        self._must_be_in_force(ctx)
        ctx.remember("quantization_set", True)
        ctx.spend("start")
        ctx.say(
            "requantize",
            f"{self.collection}: quantization {in_words(self.quantization)} is set and in force.",
        )

    def _must_be_in_force(self, ctx: StepContext) -> None:
        """Read back for each vector. Raises SettingNotKept."""
        found = quantizations(ctx.qdrant.config(self.collection))
        for name in found.meant(self.vector):
            if not same(found.in_force(name), self.quantization):
                raise SettingNotKept(self.collection, name, in_words(found.in_force(name)))

    def _gate(self, now: Quantizations) -> Gate:
        meant = now.meant(self.vector)
        return Gate(
            name="start",
            title=f"Start: change {self.collection} while it is in use",
            says=(
                *in_force_lines("Now", now, meant),
                f"After    {in_words(self.quantization)}"
                f"{f', for these {len(meant)} vectors' if len(meant) > 1 else ''}",
                "The server rebuilds its segments one by one. Searches work and may be slower; "
                "room for one more copy of the largest segment is needed.",
                "Nothing is embedded, and the original vectors stay. The old setting can be put "
                "back.",
            ),
            asks=(typed_collection(_START, self.collection),),
            button=f"Change {self.collection}",
        )


def in_force_lines(label: str, now: Quantizations, vectors: tuple[str, ...]) -> tuple[str, ...]:
    """What is in force for each of the vectors; those with the same setting share a line.

    By name, since a server tells its vectors in another order each time.
    """
    groups: dict[str, list[str]] = {}
    for vector in sorted(vectors):
        groups.setdefault(in_words(now.in_force(vector)), []).append(words.vector(vector))
    alone = len(now.own) == 1
    return tuple(
        f"{label if not at else '':<8} {'' if alone else f'{words.listing(names)}: '}{setting}"
        for at, (setting, names) in enumerate(groups.items())
    )


def old_settings(ctx: StepContext, vector: Place) -> dict[Place, Quantization | None]:
    """What stood where before the change. Runs of the first version kept one value."""
    kept = ctx.recall("old_quantization", {"places": []})
    return dict(kept["places"]) if "places" in kept else {vector: kept["value"]}


def set_quantization(
    ctx: StepContext, collection: str, settings: Mapping[Place, Quantization | None]
) -> None:
    """Set each where it stands, by one change, and read them back. Raises SettingNotKept."""
    if not settings:
        return
    bodies = {p: {"quantization_config": value or DISABLED} for p, value in settings.items()}
    vectors = {place: body for place, body in bodies.items() if place is not None}
    body = {**bodies.get(None, {}), **({"vectors": vectors} if vectors else {})}
    ctx.qdrant.patch(collection, body)
    found = quantizations(ctx.qdrant.config(collection))
    for place, wanted in settings.items():
        if not same(found.at(place), wanted):
            raise SettingNotKept(collection, place or "", in_words(found.at(place)))

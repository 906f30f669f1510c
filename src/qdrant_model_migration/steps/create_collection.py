"""Step: make the new collection from the old one's raw configuration, with the target vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from pydantic import Field

from qdrant_model_migration.embedders import METADATA_KEY, MODELS_KEY, said_of
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.qdrant import (
    CollectionConfig,
    carried_later,
    create_body,
    differences,
    index_schema,
    not_as_asked,
)
from qdrant_model_migration.qdrant.errors import NameTaken
from qdrant_model_migration.steps.errors import SettingsDiffer, TargetTaken
from qdrant_model_migration.steps.mark import DOOMED_BY, RUN_MARK, is_ours, vectors_since
from qdrant_model_migration.steps.shard_keys import carry_keys
from qdrant_model_migration.steps.step import Step, StepContext, StepText

INDEXING_THRESHOLD = "optimizer_config.indexing_threshold"
POSTPONED = 0  # indexing_threshold 0 builds no index; segments are still merged
SERVER_DEFAULT = 10_000  # kB; what "unset" means, since a PATCH cannot return to unset


class CreateCollection(Step):
    """Index settings are postponed until the points are in; strict mode is put on at the end.

    was: by which distance the old collection compares, for each vector that is compared by another
    one from then on.
    """

    step: Literal["create_collection"] = "create_collection"
    was: dict[str, str] = Field(default_factory=dict)

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        shape = ", ".join(
            f"{v.name + ' ' if v.name else ''}{v.params.get('size', v.kind)}"
            + (f" by {v.params['distance']}, not {self.was[v.name]}" if v.name in self.was else "")
            for v in move.vectors
        )
        return StepText(
            f"Create {move.target} ({shape})",
            "new collection",
            "delete it",
            (
                f"Creates {move.target} with the settings of {move.source}, its payload indexes "
                "and its metadata, and reads everything back."
                if move.payload
                else f"Creates {move.target} with the settings and the metadata of {move.source}, "
                "and reads everything back. It holds no payload, and needs no index of one.",
                "Its index is not built before the points are in.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        make_collection(ctx, ctx.move.vectors)
        must_be_as_asked(ctx)


def make_collection(ctx: StepContext, vectors: Sequence[TargetVector]) -> None:
    """Make the new collection with these vectors and the run's mark, or go on with it. Raises
    TargetTaken where one of another stands there."""
    move, qdrant = ctx.move, ctx.qdrant
    old = qdrant.config(move.source)
    if not qdrant.exists(move.target):
        # After a lost answer the second try finds the first one's collection: it is ours.
        with suppress(NameTaken):
            qdrant.create_collection(move.target, _body(ctx, old, vectors))
        ctx.say("create", f"{move.target} is created.")
    if not is_ours(ctx, move.target):
        raise TargetTaken(move.target)
    carry_keys(ctx)
    ctx.remember("indexing_threshold", _indexing_threshold(old))
    if not qdrant.capabilities.settings:
        return
    for late in carried_later(old):
        qdrant.patch(move.target, late)
    present = qdrant.config(move.target).payload_schema
    for path, info in old.payload_schema.items() if move.payload else ():
        if path not in present:
            ctx.breathe()
            qdrant.create_payload_index(move.target, path, index_schema(info))
            ctx.say("create", f"The payload index on {path} is created.")


def must_be_as_asked(ctx: StepContext) -> None:
    """Everything reads back as it was asked for, before points are in. Raises SettingsDiffer."""
    if not ctx.qdrant.capabilities.settings:
        return
    there = ctx.qdrant.config(ctx.move.target)
    vectors = not_as_asked({vector.name: vector.params for vector in ctx.move.vectors}, there)
    if wrong := (*settings_that_differ(ctx, postponed=True), *vectors):
        raise SettingsDiffer(ctx.move.target, wrong)


def settings_that_differ(ctx: StepContext, *, postponed: bool) -> tuple[str, ...]:
    """Settings in which the new collection is not like the old one, the intended ones left out.

    postponed: index building and strict mode are not yet as they will be, and vectors have just
    been made as the plan says.
    """
    move, qdrant = ctx.move, ctx.qdrant
    found = differences(
        qdrant.config(move.source),
        qdrant.config(move.target),
        kept={} if postponed else move.kept,
        strict_mode=not postponed,
    )
    meant = {f"metadata.{key}" for key in (RUN_MARK, DOOMED_BY, METADATA_KEY, MODELS_KEY)}
    if postponed:
        meant.add(INDEXING_THRESHOLD)
    return (
        *(
            d.setting
            for d in found
            if d.setting not in meant
            and (move.payload or not d.setting.startswith("payload_schema."))
            and not (d.setting == INDEXING_THRESHOLD and d.old is None and d.new == SERVER_DEFAULT)
        ),
        *(f"vectors.{name}" for name in vectors_since(ctx)),
    )


def _indexing_threshold(old: CollectionConfig) -> int:
    value = (old.raw.get("optimizer_config") or {}).get("indexing_threshold")
    return SERVER_DEFAULT if value is None else int(value)


def made_by(move: Move, before: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata that says which model made which vector of the target. before: the source's."""
    carried = {name: said_of(before, source) for name, source in move.kept.items()}
    said = {name: model for name, model in carried.items() if model}
    models = {v.name: v.origin.metadata for v in move.new_vectors if v.origin.metadata}
    first = next(iter(models.values()), None)
    metadata: dict[str, Any] = {} if first is None else {METADATA_KEY: first}
    if len(move.vectors) > 1 or MODELS_KEY in before:
        metadata[MODELS_KEY] = {**said, **models}
    return metadata


def _body(
    ctx: StepContext, old: CollectionConfig, vectors: Sequence[TargetVector]
) -> dict[str, Any]:
    metadata = {RUN_MARK: ctx.run_id, **made_by(ctx.move, old.metadata)}
    body = create_body(
        old,
        vectors={v.name: v.params for v in vectors if v.kind != "sparse"},
        sparse={v.name: v.params for v in vectors if v.kind == "sparse"},
        metadata=metadata,
    )
    body["optimizers_config"] = {
        **(body.get("optimizers_config") or {}),
        "indexing_threshold": POSTPONED,
    }
    return body

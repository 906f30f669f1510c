"""The old model of each dense vector of a collection. How one is found is in old_model.py."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey import old_model
from qdrant_model_migration.survey.facts import Fact, VectorFact


def find_each(
    said: Mapping[str, ModelRef | str | None],
    by_operator: Collection[str],
    vectors: Sequence[VectorFact],
    points: Sequence[Point],
    fields: Sequence[str],
    *,
    also: Sequence[str],
    mapped: Mapping[str, old_model.Calculated],
    whole: Sequence[str] = (),
    stop: threading.Event | None,
) -> dict[str, old_model.OldModel]:
    """As `old_model.find`, for each of these vectors by its name, as `said` is.

    by_operator: names of those of which a person said it. mapped: names of those that were
    calculated, and how; no text gives them again.
    """
    open_model = lru_cache(maxsize=1)(open_embedder)  # models are large; one at a time

    def one(vector: VectorFact) -> old_model.OldModel:
        model = said.get(vector.name)
        how = mapped.get(vector.name)
        if how is not None and how.projected:
            return old_model.projected(how.of)
        if how is not None and isinstance(model, ModelRef):
            return old_model.calculated(model, how)
        return old_model.find(
            model,
            vector.name in by_operator,
            vector,
            points,
            fields,
            also=also,
            whole=whole,
            stop=stop,
            open_model=open_model,
        )

    return {vector.name: one(vector) for vector in vectors}


def first_of(found: Mapping[str, old_model.OldModel]) -> old_model.OldModel:
    """That of the first vector, with the field whose texts gave those of any of them."""
    if not found:
        return old_model.OldModel(Fact[ModelRef]())
    first, *others = found.values()
    fields = [one.field for one in (first, *others) if one.field is not None]
    return first._replace(field=fields[0] if fields else None)

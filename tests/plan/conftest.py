"""A plan with everything in it that a plan can hold."""

from __future__ import annotations

import pytest

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, embedded
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.plan import Acceptance, Alias, Estimate, Plan, Range
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.create_collection import CreateCollection


@pytest.fixture
def plan() -> Plan:
    model = ModelRef(
        kind="fastembed",
        name="BAAI/bge-base-en-v1.5",
        dimensions=768,
        query_prefix="query: ",
        languages=("en",),
        matryoshka=(512, 256),
    )
    params = {"size": 768, "distance": "Cosine", "hnsw_config": None, "on_disk": False}
    old = model.model_copy(update={"name": "old", "max_tokens": 256})
    sparse = ModelRef(kind="fastembed", name="Qdrant/bm25", dimensions=0, vector="sparse")
    return Plan(
        made_at="2026-11-24T09:12:00+00:00",
        strategy="blue_green",
        title="Blue-green",
        server=Address(url="https://search.example.com:6333"),
        server_version="1.18.1",
        collection="docs_minilm",
        fingerprint="vectors:1:9f2c11d0a1b2",
        alias=Alias(name="docs", exists=True),
        before=Side(collection="docs_minilm", legs=(Leg(model=old, size=384),)),
        after=Side(
            collection="docs_bge_base",
            legs=(Leg(model=model), Leg(using="bm25", model=sparse)),
            fusion="rrf",
        ),
        move=Move(
            source="docs_minilm",
            target="docs_bge_base",
            vectors=(
                TargetVector(
                    name="",
                    params=params,
                    origin=embedded(model, TextSource(fields=("title", "meta.body"))),
                ),
                TargetVector(name="bm25", kind="sparse", params={}, origin=as_it_is("bm25")),
            ),
        ),
        steps=(
            Check(collection="docs_minilm", fingerprint="vectors:1:9f2c11d0a1b2", alias="docs"),
            CreateCollection(),
            Backfill(),
        ),
        never_touched=("docs_minilm",),
        estimate=Estimate(
            seconds=Range(low=1.0, likely=2.5, high=1e20, how="58 texts/s, measured"),
            step_seconds=(1.0, None, 0.25),
        ),
        must_accept=("W02",),
        accepted={"W02": Acceptance(at="2026-11-24", said="yes: 12:30, and \n a # second line")},
        answers={"change": "model", "nothing": None, "n": [1, 2.5, True], "text": {"fields": []}},
        practice=True,
    )

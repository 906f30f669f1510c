"""A fingerprint stays the same while an application works, and says in words what was changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from qdrant_model_migration.survey.fingerprint import changed_since, describe_change, fingerprint

RAW: dict[str, Any] = {
    "params": {
        "vectors": {"text": {"size": 384, "distance": "Cosine", "on_disk": True}},
        "sparse_vectors": {"bm25": {"modifier": "idf"}},
        "shard_number": 1,
        "on_disk_payload": True,
    },
    "hnsw_config": {"m": 16, "ef_construct": 100},
    "optimizer_config": {"indexing_threshold": 10000},
    "wal_config": {"wal_capacity_mb": 32},
    "quantization_config": None,
    "metadata": {"counter": 1},
}
SCHEMA: dict[str, Any] = {"lang": {"data_type": "keyword", "points": 120}}


def after(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> str:
    raw, schema = copy.deepcopy(RAW), copy.deepcopy(SCHEMA)
    before = fingerprint(raw, schema)
    change(raw, schema)
    return changed_since(before, raw, schema)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda raw, schema: schema.update(a={"data_type": "integer"}, b={"data_type": "float"}),
            "2 payload indexes were added",
        ),
        (lambda raw, schema: schema.clear(), "1 payload index was removed"),
        (
            lambda raw, schema: schema["lang"].update(params={"is_tenant": True}),
            "payload indexes were changed",
        ),
        (
            lambda raw, schema: raw["params"]["vectors"].update(new={"size": 3, "distance": "Dot"}),
            "1 vector was added",
        ),
        (
            lambda raw, schema: raw["params"]["vectors"]["text"].update(size=768),
            "vectors were changed",
        ),
        (
            lambda raw, schema: raw["params"]["sparse_vectors"].clear(),
            "1 sparse vector was removed",
        ),
        (
            lambda raw, schema: raw.update(quantization_config={"scalar": {"type": "int8"}}),
            "the quantization was changed",
        ),
        (
            lambda raw, schema: raw["params"]["vectors"]["text"].update(
                quantization_config={"binary": {}, "always_ram": True}
            ),
            "the quantization was changed",
        ),
        (
            lambda raw, schema: raw["hnsw_config"].update(m=32),
            "index, optimizer or strict mode settings were changed",
        ),
        (
            lambda raw, schema: raw["params"]["vectors"]["text"].update(on_disk=False),
            "index, optimizer or strict mode settings were changed",
        ),
        (
            lambda raw, schema: raw["params"].update(shard_number=2),
            "shards, replicas or where payloads are kept were changed",
        ),
    ],
)
def test_a_change_of_settings_is_said_in_words(
    change: Callable[[dict[str, Any], dict[str, Any]], object], said: str
) -> None:
    assert after(change) == said


@pytest.mark.parametrize(
    "change",
    [
        lambda raw, schema: schema["lang"].update(points=999_999),
        lambda raw, schema: raw["metadata"].update(counter=2, qmm_run="r"),
        lambda raw, schema: raw["hnsw_config"].update(inline_storage=None),
        lambda raw, schema: raw.update(strict_mode_config=None, quantization_config=None),
        lambda raw, schema: raw["params"].update(
            vectors=dict(reversed(raw["params"]["vectors"].items()))
        ),
    ],
)
def test_counts_notes_order_and_settings_that_are_not_set_do_not_enter(
    change: Callable[[dict[str, Any], dict[str, Any]], object],
) -> None:
    assert after(change) == ""


def test_the_unnamed_vector_is_one_vector() -> None:
    unnamed = {"params": {"vectors": {"size": 4, "distance": "Dot"}}}
    assert fingerprint(unnamed, {}).startswith("vectors:1:")


def test_several_changes_are_listed() -> None:
    def change(raw: dict[str, Any], schema: dict[str, Any]) -> None:
        schema.clear()
        raw["quantization_config"] = {"binary": {}}

    assert after(change) == "1 payload index was removed and the quantization was changed"


def test_a_part_that_the_run_changes_itself_can_be_left_out() -> None:
    raw = copy.deepcopy(RAW)
    before = fingerprint(raw, SCHEMA)
    raw["quantization_config"] = {"binary": {}}
    assert changed_since(before, raw, SCHEMA, ignore=("quantization",)) == ""


def test_a_fingerprint_of_an_unknown_form_is_a_change_never_a_match() -> None:
    assert describe_change("something else", fingerprint(RAW, SCHEMA)) == (
        "its settings were changed",
    )
    assert describe_change("x", "x") == ()
    assert describe_change("", fingerprint(RAW, SCHEMA))

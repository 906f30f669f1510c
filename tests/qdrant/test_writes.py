"""When the number of writes of a collection is no proof, it is not told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from qdrant_model_migration.qdrant.writes import as_numbered


def _told() -> dict[str, Any]:
    shards = [
        {"id": n, "local": {"update_queue": {"length": 0, "op_num": 7 + n}}, "remote": []}
        for n in (0, 1)
    ]
    one = {"id": "docs", "shards": shards, "transfers": [], "resharding": []}
    return {"id": "a process", "collections": {"collections": [{"id": "other"}, one]}}


def test_each_shard_counts_and_so_does_the_process() -> None:
    told = _told()
    assert as_numbered(told, "docs") == as_numbered(_told(), "docs") != None  # noqa: E711
    told["id"] = "another process"
    assert as_numbered(told, "docs") not in (None, as_numbered(_told(), "docs"))
    told = _told()
    told["collections"]["collections"][1]["shards"][1]["local"]["update_queue"]["op_num"] += 1
    assert as_numbered(told, "docs") not in (None, as_numbered(_told(), "docs"))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("shards", 1, "local"), None),
        (("shards", 1, "remote"), [{"shard_id": 1, "peer_id": 2}]),
        (("shards", 1, "local", "update_queue", "length"), 1),
        (("shards", 1, "local", "update_queue", "op_num"), None),
        (("shards", 1, "local", "update_queue"), None),
        (("transfers",), [{"shard_id": 1}]),
        (("resharding",), [{"shard_id": 1}]),
        (("shards",), []),
    ],
)
def test_what_another_node_may_know_better_is_no_number(where: tuple[Any, ...], value: Any) -> None:
    told = copy.deepcopy(_told())
    inner = told["collections"]["collections"][1]
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    assert as_numbered(told, "docs") is None


def test_a_server_that_tells_nothing_numbers_nothing() -> None:
    assert as_numbered(None, "docs") is None
    assert as_numbered({"id": "a process", "collections": {}}, "docs") is None
    assert as_numbered({**_told(), "id": None}, "docs") is None

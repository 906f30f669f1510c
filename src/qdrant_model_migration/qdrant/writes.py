"""How many writes a server has applied to a collection, as its telemetry tells (from 1.18).

Each shard numbers its writes. A write is counted once it is applied, whoever sent it; building an
index and merging segments are none. One that fails in part is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_UNSETTLED = ("transfers", "resharding")


def as_numbered(told: Mapping[str, Any] | None, collection: str) -> str | None:
    """The number of the last write of each shard, in a text that also names the server's process,
    since one that was restarted counts from an earlier number.

    None where not every shard is on this node and nowhere else, where one is being moved, or has
    writes that are not applied yet.
    """
    told = told or {}
    known = (told.get("collections") or {}).get("collections") or ()
    one: Mapping[str, Any] = next((c for c in known if c.get("id") == collection), {})
    if not told.get("id") or any(one.get(what) for what in _UNSETTLED):
        return None
    numbers: list[str] = []
    for shard in one.get("shards") or ():
        queue = (shard.get("local") or {}).get("update_queue") or {}
        if shard.get("remote") or queue.get("length") != 0 or queue.get("op_num") is None:
            return None
        numbers.append(f"{shard['id']}:{queue['op_num']}")
    return " ".join((told["id"], *sorted(numbers))) if numbers else None

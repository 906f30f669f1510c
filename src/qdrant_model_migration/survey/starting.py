"""How products ask for their collection before they use it, asked of the server now.

It only reads. What one that finds none makes is known and not tried: see
docs/decisions/0017-what-a-product-asks-is-asked.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import Asked, Qdrant
from qdrant_model_migration.survey.integrations import Integration, named, titles

_ASKED: dict[Asked | None, str] = {
    "list": "looks for {name} in the list of collections",
    "name": "asks whether there is a {name}",
    "settings": "reads the settings of {name}",
    None: "uses {name} without asking first",
}


class Starts(NamedTuple):
    """What becomes of products that start with this name. lost: those that do not find it."""

    said: tuple[str, ...]
    lost: tuple[Integration, ...]


def starts(qdrant: Qdrant, name: str, products: Sequence[str]) -> Starts:
    """Each way to ask is tried once. Raises Stopped and nothing else."""
    said, lost = list[str](), list[Integration]()
    for asks, ones in _by_asking(named(products)):
        found = _found(qdrant, asks or "settings", name)
        does = f"{titles([one.name for one in ones])} {_ASKED[asks].format(name=name)}"
        said.append(f"Tried now: {does}{_OUTCOME[found]}")
        lost += ones if found is False else ()
    said += dict.fromkeys(one.looks for one in lost)
    if lost:
        said.append(
            f"It then makes {name}, and a server makes no collection under the name of an alias, "
            "and deletes none: it would fail there, and nothing would be lost."
        )
    return Starts(tuple(said), tuple(lost))


_OUTCOME = {
    True: ", and finds it.",
    False: ", and does not find it.",
    None: ". The key of this run gets no answer to that.",
}


def _by_asking(
    ones: Sequence[Integration],
) -> Iterator[tuple[Asked | None, tuple[Integration, ...]]]:
    for asks in dict.fromkeys(one.asks for one in ones):
        yield asks, tuple(one for one in ones if one.asks == asks)


def _found(qdrant: Qdrant, asks: Asked, name: str) -> bool | None:
    try:
        return qdrant.found_by(asks, name)
    except Stopped:
        raise
    except QmmError:
        return None

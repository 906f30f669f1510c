"""Plans of earlier formats, lifted to the present one. Pure; whatever does not fit is left as it is
and refused by the model, with its line.

Format 1: texts belonged to the whole move. They are part of what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

FORMAT = 2


def upgraded(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a plan file in the present format."""
    if data.get("qmm_plan") != 1:
        return data
    data = deepcopy(data)
    data["qmm_plan"] = FORMAT
    _give_each_its_text(data)
    return data


def _give_each_its_text(data: dict[str, Any]) -> None:
    move = data.get("move")
    if not isinstance(move, dict) or (text := move.pop("text", None)) is None:
        return
    for vector in _dicts(move.get("vectors")):
        for origin in _dicts([vector.get("origin")]):
            if origin.get("how") == "embed":
                origin.setdefault("text", text)
    for step in _dicts(data.get("steps")):
        for proof in _dicts([step.get("proof")]):
            if proof.get("kind") == "made up":
                proof.setdefault("text", text)


def _dicts(found: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()

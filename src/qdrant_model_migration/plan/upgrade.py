"""Plans of earlier formats, lifted to the present one. Pure; whatever does not fit is left as it is
and refused by the model, with its line.

Format 1: texts belonged to the whole move; they are part of what is made of them. The old model and
its vector stood in the plan, in verify and in cutover; they are the side before, as what is new is
the side after. There was one switch, of aliases, which the cutover held itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.plan.strict_yaml import Place, Text
from qdrant_model_migration.quality import Side

_Made = list[tuple[Place, Place]]  # where values stand now, and where they were written


def upgraded(text: Text) -> Text:
    """A plan file in the present format, each value with the line where it was written."""
    for number, changes in enumerate(_CHANGES, 1):
        if isinstance(text.data, dict) and text.data.get("qmm_plan") == number:
            data = {**deepcopy(text.data), "qmm_plan": number + 1}
            made = [moved for change in changes for moved in change(data)]
            text = Text(data, _lines(text.lines, made))
    return text


def _lines(written: Mapping[Place, int], made: _Made) -> dict[Place, int]:
    """Where each value was written, those that were moved or made included."""
    lines = dict(written)
    for now, was in made:
        inside = {p: n for p, n in written.items() if p[: len(was)] == was}
        lines |= {now + place[len(was) :]: line for place, line in inside.items()}
    return lines


def given_to_verify(given: Mapping[str, Any], before: Side | None) -> dict[str, Any]:
    """What an added verify was given, where a run of that time kept it: a model, not a side."""
    told = dict(given)
    if (model := told.pop("old_model", None)) is not None and before is not None:
        side = before.told(ModelRef.model_validate_json(json.dumps(model)))
        told["before"] = side.model_dump(mode="json")
    return told


def _give_each_its_text(data: dict[str, Any]) -> _Made:
    move, made = data.get("move"), _Made()
    if not isinstance(move, dict) or (text := move.pop("text", None)) is None:
        return made
    for n, vector in _dicts(move.get("vectors")):
        for _, origin in _dicts([vector.get("origin")]):
            if origin.get("how") == "embed" and "text" not in origin:
                origin["text"] = text
                made.append((("move", "vectors", n, "origin", "text"), ("move", "text")))
    for n, step in _dicts(data.get("steps")):
        for _, proof in _dicts([step.get("proof")]):
            if proof.get("kind") == "made up" and "text" not in proof:
                proof["text"] = text
                made.append((("steps", n, "proof", "text"), ("move", "text")))
    return made


def _say_both_sides(data: dict[str, Any]) -> _Made:
    """What verify says of the old side counts, since that is what it judges."""
    made, leg = _Made(), dict[str, Any]()
    holders: list[tuple[Place, dict[str, Any]]] = [
        (("steps", n), step)
        for n, step in _dicts(data.get("steps"))
        if step.get("step") in ("verify", "cutover")
    ]
    for place, holder in (*holders, ((), data)):
        for was, now in (("old_model", "model"), ("old_vector", "using")):
            value = holder.pop(was, None)
            if value is not None and now not in leg:
                leg[now] = value
                made.append((("before", "legs", 0, now), (*place, was)))
    for _, move in _dicts([data.get("move")]):
        for n, vector in _dicts(move.get("vectors")):
            for _, origin in _dicts([vector.get("origin")]):
                if "model" in origin and "after" not in data:
                    new = {"using": vector.get("name"), "model": origin["model"]}
                    data["before"] = {"collection": move.get("source"), "legs": [leg]}
                    data["after"] = {"collection": move.get("target"), "legs": [new]}
                    here = ("move", "vectors", n)
                    made += [
                        (("before", "collection"), ("move", "source")),
                        (("after", "collection"), ("move", "target")),
                        (("after", "legs", 0, "using"), (*here, "name")),
                        (("after", "legs", 0, "model"), (*here, "origin", "model")),
                    ]
    return made


def _name_the_switch(data: dict[str, Any]) -> _Made:
    made = _Made()
    for n, step in _dicts(data.get("steps")):
        if step.get("step") == "cutover":
            held = {name: step.pop(name) for name in ("alias", "also", "left") if name in step}
            step["switch"] = {"how": "aliases", **held}
            made.append((("steps", n, "switch"), ("steps", n)))
    return made


def _dicts(found: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Those of a list, with their places in it."""
    if isinstance(found, list):
        yield from ((n, one) for n, one in enumerate(found) if isinstance(one, dict))


_CHANGES: tuple[tuple[Callable[[dict[str, Any]], _Made], ...], ...] = (
    (_give_each_its_text, _say_both_sides, _name_the_switch),
)
"""What lifts format 1, format 2, and so on, to the next one: each changes the data in place."""

FORMAT = len(_CHANGES) + 1

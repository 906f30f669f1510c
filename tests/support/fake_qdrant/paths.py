"""Payload paths such as `a.b`, `x[].y`, `x[0]` and `"quoted.key"`: read, copy out, set, remove."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Step = str | int | None  # a key, an index, or None for every element

_TOKEN = re.compile(r'"([^"]+)"|\[(\d*)\]|([^.\[\]"]+)|(\.)')


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """The path as steps."""
    found: list[Step] = []
    for quoted, index, key, _dot in _TOKEN.findall(path):
        if quoted or key:
            found.append(quoted or key)
        elif _dot:
            continue
        else:
            found.append(int(index) if index else None)
    return tuple(found)


def values(payload: object, path: str) -> Iterator[Any]:
    """Every value at the path; nothing where it leads nowhere."""
    return _walk(payload, steps(path))


def _walk(value: object, rest: tuple[Step, ...]) -> Iterator[Any]:
    if not rest:
        yield value
        return
    step, further = rest[0], rest[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _walk(value[step], further)
    elif isinstance(value, list):
        chosen = value if step is None else value[step : step + 1]
        for element in chosen:
            yield from _walk(element, further)


def leaves(payload: object, path: str) -> Iterator[Any]:
    """Values at the path with a list at its end taken apart, as conditions match them."""
    for value in values(payload, path):
        if isinstance(value, list):
            yield from value
        else:
            yield value


def include(payload: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The payload with only the wanted paths."""
    kept: Any = {}
    for path in wanted:
        kept = _merge(kept, _only(payload, steps(path)))
    return kept if isinstance(kept, dict) else {}


_NOTHING = object()


def _only(value: Any, rest: tuple[Step, ...]) -> Any:
    if not rest:
        return value
    step, further = rest[0], rest[1:]
    if isinstance(step, str):
        if isinstance(value, dict) and step in value:
            inner = _only(value[step], further)
            return _NOTHING if inner is _NOTHING else {step: inner}
        return _NOTHING
    if not isinstance(value, list):
        return _NOTHING
    chosen = value if step is None else value[step : step + 1]
    inner_values = [_only(element, further) for element in chosen]
    return [inner for inner in inner_values if inner is not _NOTHING]


def _merge(left: Any, right: Any) -> Any:
    if right is _NOTHING:
        return left
    if isinstance(left, dict) and isinstance(right, dict):
        merged = dict(left)
        for key, value in right.items():
            merged[key] = _merge(merged[key], value) if key in merged else value
        return merged
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [_merge(one, other) for one, other in zip(left, right, strict=True)]
    return right


def exclude(payload: dict[str, Any], unwanted: list[str]) -> dict[str, Any]:
    """The payload without the unwanted paths."""
    kept: Any = payload
    for path in unwanted:
        kept = _without(kept, steps(path))
    return dict(kept)


def _without(value: Any, rest: tuple[Step, ...]) -> Any:
    step, further = rest[0], rest[1:]
    if isinstance(step, str):
        if not isinstance(value, dict) or step not in value:
            return value
        if further:
            return {**value, step: _without(value[step], further)}
        return {key: inner for key, inner in value.items() if key != step}
    if not isinstance(value, list):
        return value
    touched = [step is None or step == place for place in range(len(value))]
    if further:
        return [
            _without(element, further) if touch else element
            for element, touch in zip(value, touched, strict=True)
        ]
    return [element for element, touch in zip(value, touched, strict=True) if not touch]


def merge_at(payload: dict[str, Any], path: str | None, new: dict[str, Any]) -> dict[str, Any]:
    """A new payload with `new` merged in at the path (None: the top level), as set_payload does."""
    if path is None:
        return {**payload, **new}
    return dict(_merge_at(payload, steps(path), new))


def _merge_at(value: Any, rest: tuple[Step, ...], new: dict[str, Any]) -> Any:
    if not rest:
        return {**value, **new} if isinstance(value, dict) else dict(new)
    step, further = rest[0], rest[1:]
    if isinstance(step, str):
        base = value if isinstance(value, dict) else {}
        return {**base, step: _merge_at(base.get(step), further, new)}
    if not isinstance(value, list):
        return value
    return [
        _merge_at(element, further, new) if step is None or step == place else element
        for place, element in enumerate(value)
    ]

"""Dotted paths into a payload: what lies at one, and which a payload has. No judgement here.

A path goes through a string that holds JSON as through an object: `node.text`. `messages[].content`
is the field of each object of a list: their texts, joined by a blank line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

ABSENT: Final = object()
"""What `value_at` gives where a path leads nowhere; None is a value."""

EACH = "[]"
"""Behind a name: each item of the list that stands there."""

_JOIN = "\n\n"
_DEEPEST = 6  # payloads nested deeper than this hold trees, not texts
_ITEMS = 20  # of a list, looked at for what its objects have
_PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")


def value_at(payload: Mapping[str, Any], path: str) -> Any:
    """The value at a path; a key that contains the dots itself comes first."""
    if path in payload:
        return payload[path]
    head, dot, rest = path.partition(".")
    if head.endswith(EACH):
        return _texts_of_each(opened(payload.get(head.removesuffix(EACH))), rest)
    inner = payload.get(head, ABSENT)
    if not dot:
        return inner
    inner = opened(inner)
    return value_at(inner, rest) if isinstance(inner, Mapping) else ABSENT


def _texts_of_each(items: Any, path: str) -> Any:
    if not isinstance(items, list):
        return ABSENT
    found = (value_at(one, path) if isinstance(one, Mapping) and path else one for one in items)
    texts = [text for text in found if isinstance(text, str) and text.strip()]
    return _JOIN.join(texts) if texts else ABSENT


def opened(value: Any) -> Any:
    """What a string of JSON holds, an object or a list; any other value as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def leaves(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each path that ends in no object, with its value. A string of JSON and a list of objects are
    such ends themselves, and what is within them comes after."""
    for key, value in payload.items():
        yield from _from(key, value, 1)


def _from(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    inner = opened(value)
    if not isinstance(value, Mapping):
        yield path, value
    if depth == _DEEPEST:
        return
    if isinstance(inner, Mapping):
        for key, one in inner.items():
            yield from _from(f"{path}.{key}", one, depth + 1)
    elif isinstance(inner, list):
        yield from _from_each(path, inner, depth)


def _from_each(path: str, items: Sequence[Any], depth: int) -> Iterator[tuple[str, Any]]:
    """The texts within the objects of a list."""
    named = dict.fromkeys(
        name
        for one in items[:_ITEMS]
        if isinstance(one, Mapping)
        for key, value in one.items()
        for name, text in _from(key, value, depth + 1)
        if isinstance(text, str)
    )
    for name in named:
        yield f"{path}{EACH}.{name}", _texts_of_each(items, name)


def root(path: str) -> str:
    """The key of the payload that a path begins with."""
    return path.partition(".")[0].removesuffix(EACH)


def stored_at(path: str, payloads: Sequence[Mapping[str, Any]]) -> str:
    """What a server has to send to see this path: where it leads through a string or a list in any
    of these payloads, all of that."""
    for payload in payloads:
        at, inner = "", payload
        for step in path.split("."):
            at = f"{at}.{step}" if at else step
            if step.endswith(EACH):
                return at.removesuffix(EACH)
            below = inner.get(step)
            if at != path and isinstance(below, str):
                return at
            if not isinstance(below, Mapping):
                break
            inner = below
    return path


def payload_of(paths: Iterable[str]) -> list[str] | bool:
    """The same for several; False for none."""
    asked = [selector(path) for path in paths]
    named = [one for each in asked if isinstance(each, list) for one in each]
    return bool(asked) if len(named) < len(asked) else named or False


def selector(path: str) -> list[str] | bool:
    """What to ask the server for to see this path: the path alone, or (odd keys) all payload."""
    return [path] if _PLAIN.match(path) else True

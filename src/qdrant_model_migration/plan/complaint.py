"""What is wrong in a file that was read into a model, in plain words with its line. Pure."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from qdrant_model_migration.plan.errors import PlanError
from qdrant_model_migration.plan.strict_yaml import Place, Text
from qdrant_model_migration.plan.upgrade import FORMAT
from qdrant_model_migration.words import cut, nearest

_SECRET_NAME = re.compile(
    r"key\Z|api.?key|token\Z|secret|passw|credential|authorization|bearer", re.I
)
_SECRET_VALUE = re.compile(
    r"eyJ[\w-]+\.|sk-\w{8,}|Bearer\s|(?=[\w+/=|.-]*\d)(?=[\w+/=|.-]*[A-Za-z])[\w+/=|.-]{24,}\Z"
)

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text (in quotes, if it looks like something else)",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "dict": "keys with values",
    "model": "keys with values",
    "model_attributes": "keys with values",
}


def complain(error: ValidationError, model: type[BaseModel], text: Text, name: str) -> PlanError:
    """The first fault of a file as an error in words; the number of others is told. Where its
    format is not known the other lines are no faults."""
    found = error.errors(include_url=False, include_context=True)
    other_format = [e for e in found if e["loc"] == ("qmm_plan",)]
    faults = other_format or sorted(
        found, key=lambda e: (text.line(_place(e, text)) or 0, len(e["loc"]))
    )
    first = faults[0]
    place = _place(first, text)
    line = text.line(place)
    at_the_top = first["type"] == "missing" and len(place) == 1
    where = name if line is None or at_the_top else f"{name}, line {line}"
    if first["type"] == "extra_forbidden":
        _, around = _walk(model, first["loc"][:-1])
        what, todo = _unknown(str(place[-1]), [name for m in around for name in m.model_fields])
    else:
        field, _ = _walk(model, first["loc"])
        what, todo = _say(first, place, field)
    lines = {text.line(_place(e, text)) for e in faults} - {line}
    more = f"{len(lines)} more {'line needs' if len(lines) == 1 else 'lines need'} correcting."
    return PlanError(f"{where}: {what}.", more if lines else "", todo)


def hide(name: str, value: Any) -> str:
    """A value as it may stand in a message: shortened, and dots where it could be a secret."""
    text = _shown(value)
    bare = value if isinstance(value, str) else ""
    return "••••" if _SECRET_NAME.search(name) or _SECRET_VALUE.match(bare) else text


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{cut(value)}"'
    if isinstance(value, Mapping):
        return "keys with values"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return cut(value)


def _place(error: ErrorDetails, text: Text) -> Place:
    """pydantic's place without the names of models and choices that it puts in between."""
    place: Place = ()
    data: Any = text.data
    for part in error["loc"]:
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
        else:
            if part == error["loc"][-1] and error["type"] == "missing":
                place = (*place, part)
            continue
        place = (*place, part)
    return place


def _say(error: ErrorDetails, place: Place, field: FieldInfo | None) -> tuple[str, str]:
    """(what is wrong, what to do) for one of pydantic's errors."""
    kind, context = error["type"], error.get("ctx") or {}
    name = str(place[-1]) if place else "it"
    if place and isinstance(place[-1], int):
        name = f"item {place[-1] + 1} of {place[-2] if len(place) > 1 else 'the list'}"
    value = hide(name, error["input"])
    correct = f"Correct the line{_or_delete(field)}."
    if kind == "missing":
        return f"{name} is missing", f"Add a line for {name}, or make the plan again."
    if name == "qmm_plan":
        return (
            f"this plan has format {value}; this version of qmm reads formats 1 to {FORMAT}",
            "Use the version of qmm that made it, or make the plan again.",
        )
    limits = {
        "less_than_equal": ("le", "the most is {}"),
        "less_than": ("lt", "it must be below {}"),
        "greater_than_equal": ("ge", "the least is {}"),
        "greater_than": ("gt", "it must be above {}"),
    }
    if kind in limits:
        key, sentence = limits[kind]
        return f"{name} is {value}; {sentence.format(f'{context[key]:,}')}", correct
    if kind == "too_short":
        least = context.get("min_length", 1)
        return f"{name} needs at least {least} {'entry' if least == 1 else 'entries'}", correct
    if kind == "too_long":
        return f"{name} may have at most {context.get('max_length')} entries", correct
    if kind in ("literal_error", "enum"):
        return f"{name} is {value}; it can be {_choices(context.get('expected', ''))}", correct
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = str(context.get("discriminator", "kind")).strip("'")
        said = error["input"].get(tag) if isinstance(error["input"], dict) else None
        known = _choices(str(context.get("expected_tags", "")))
        if said is None:
            return f"{name} has no {tag}", f"Add a line for {tag}, or make the plan again."
        close = nearest(str(said), re.findall(r"[\w-]+", known))
        can = f"perhaps {close} is meant" if close else f"it can be {known}"
        return f"{tag} is {hide(tag, said)}; {can}", correct
    if kind in ("size_differs", "fusion_differs"):
        return f"{name}: {error['msg']}", "Make the plan again."
    for start, wanted in _KINDS.items():
        if re.match(rf"{start}_(type|parsing|from)", kind):
            return f"{name} is {value}; it must be {wanted}", correct
    return f"{name} is {value}; that does not fit here", correct


def _unknown(name: str, known: Sequence[str]) -> tuple[str, str]:
    if _SECRET_NAME.search(name):
        return (
            f"{name} has no place in this file",
            "Delete the line. A key comes from the environment (QDRANT_API_KEY) or is asked for.",
        )
    close = nearest(name, known)
    meant = f"; perhaps {close} is meant" if close else ""
    return f"{name} is not known here{meant}", "Correct the name, or delete the line."


def _or_delete(field: FieldInfo | None) -> str:
    if field is None or field.is_required():
        return ""
    default = field.get_default(call_default_factory=True)
    if isinstance(default, bool):
        return f" or delete it to get {_shown(default)}"
    if isinstance(default, int | float | str) and default != "":
        return f" or delete it to get {default}"
    return " or delete it"


def _choices(expected: str) -> str:
    """pydantic's "'a', 'b' or 'c'" without its quotes."""
    return expected.replace("'", "").replace('"', "")


def _walk(
    model: type[BaseModel], loc: tuple[int | str, ...]
) -> tuple[FieldInfo | None, list[type[BaseModel]]]:
    """The field at the end of a place, and the models that may stand in it."""
    kinds: list[Any] = [model]
    field: FieldInfo | None = None
    for part in loc:
        models = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        owners = [m for m in models if isinstance(part, str) and part in m.model_fields]
        if owners:
            field = owners[0].model_fields[part]  # type: ignore[index]
            kinds = _inside(field.annotation)
            continue
        chosen = [m for m in models if part in _tags(m)]
        if chosen:
            kinds = list(chosen)
        elif not isinstance(part, int):
            field = None
    return field, [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]


def _tags(model: type[BaseModel]) -> set[Any]:
    """The values by which a union tells this model: those of its Literal fields."""
    tags: set[Any] = set()
    for field in model.model_fields.values():
        if get_origin(field.annotation) is Literal:
            tags.update(get_args(field.annotation))
    return tags


def _inside(annotation: Any) -> list[Any]:
    """The models in an annotation, through unions, tuples, lists and Annotated."""
    origin = get_origin(annotation)
    if origin is None:
        return [annotation] if annotation is not None else []
    if origin in (types.UnionType, typing.Union, tuple, list, dict, typing.Annotated):
        return [kind for arg in get_args(annotation) for kind in _inside(arg)]
    return []

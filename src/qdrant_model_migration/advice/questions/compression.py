"""Question: to which compression, of which vectors, with which parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.qdrant.quantization import (
    PARAMETERS,
    in_memory,
    in_words,
    kind_of,
    parameters_of,
    same,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.compression import (
    compressed_now,
    vector_meant,
    wanted_quantization,
)
from qdrant_model_migration.survey.facts import Survey

BINARY_DIMENSIONS = 1024
"""From this length on binary compression keeps most of the quality (Qdrant's documentation)."""

_KINDS = (
    ("scalar", "Scalar: one byte for each value", "a quarter of the memory, little loss"),
    (
        "binary",
        "Binary: one or two bits for each value",
        "a 32nd or 16th of the memory; meant for 1,024 dimensions or more, yours: {size}",
    ),
    ("product", "Product: groups of values by number", "the smallest, slower and with most loss"),
    ("turbo", "Turbo: a few bits for each value", "an eighth of the memory, little loss"),
    ("none", "None: the original vectors alone", "the most memory, no loss"),
)
_LABELS: dict[str, tuple[str, dict[str, str]]] = {
    "quantile": ("Quantile: the share of the values that decides the range", {}),
    "encoding": (
        "Bits for each value",
        {
            "one_bit": "1: the least memory",
            "one_and_half_bits": "1.5",
            "two_bits": "2: for shorter vectors",
        },
    ),
    "query_encoding": (
        "How searches are compressed",
        {
            "default": "like the vectors",
            "binary": "to 1 bit",
            "scalar4bits": "to 4 bits: finds more, a little slower",
            "scalar8bits": "to 8 bits: finds most, slower",
        },
    ),
    "compression": (
        "How small",
        {times: f"{times[1:]} times smaller" for times in PARAMETERS["product"]["compression"]},
    ),
    "bits": (
        "Bits for each value",
        {"bits1": "1", "bits1_5": "1.5", "bits2": "2", "bits4": "4: the least loss"},
    ),
}


class Quantization(Question):
    """Answer: {"vector": name or None for all, "kind": ..., "always_ram": bool, and the kind's own
    parameters}. What is left out is kept where the kind stays, else usual."""

    key = "quantization"
    short = "Compress"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How should the vectors be compressed?",
            f"Now: {_now(survey)}. The original vectors are kept, so every choice can be undone.",
            "the server builds the compressed vectors by itself. The stronger the compression, "
            "the less memory it needs and the more it can lose.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "compression"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        size = _dimensions(survey)
        shown = "not known" if size is None else size
        return (
            *(
                Option(
                    {"vector": None, "kind": kind, **_usual(kind, None, survey)},
                    label,
                    note.format(size=shown),
                    kind,
                    _closed(kind, survey),
                )
                for kind, label, note in _KINDS
            ),
            unknown(_default_kind(survey)),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        kind = _default_kind(survey)
        answer = {"vector": None, "kind": kind, **_usual(kind, None, survey)}
        return Suggestion(answer, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        names = [name or words.UNNAMED for name in survey.quantizations.own]
        where = Field(
            "vector",
            "Which vectors",
            "choice",
            suggested=value.get("vector") or "",
            choices=(("", "all of the collection"), *((name, f"only {name}") for name in names)),
        )
        own = [
            _field(key, values, value.get(key))
            for key, values in PARAMETERS.get(str(value.get("kind")), {}).items()
        ]
        ram = Field(
            "always_ram",
            "Keep the compressed vectors in memory",
            "tick",
            "yes" if value.get("always_ram") else "no",
        )
        keeps = (*own, ram) if value.get("kind") != "none" else ()
        return (*((where,) if len(names) > 1 else ()), *keeps)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping):
            raise BadAnswer("This is no compression.", "", "Choose one of those shown.", self.key)
        answer: dict[str, Any] = {"vector": _checked_vector(value, survey)}
        vector = vector_meant(answer)
        there = kind_of(compressed_now(survey, vector)[0])
        answer["kind"] = kind = _checked_kind(value.get("kind", there), survey)
        usual = _usual(kind, vector, survey)
        for key in value:
            if key not in (*answer, *usual):
                raise _strange(str(key))
        for key, suggested in usual.items():
            answer[key] = _checked(key, kind, value.get(key, suggested))
        if kind == "none":
            answer["always_ram"] = False
        _must_change(answer, survey)
        return answer

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        return f"{value.get('kind')}" + (f" for {value['vector']}" if value.get("vector") else "")


def _now(survey: Survey) -> str:
    now = survey.quantizations
    each = {name: in_words(now.in_force(name)) for name in now.own}
    said = {kind: "not compressed" if kind == "none" else kind for kind in each.values()}
    if len(said) < 2:
        return next(iter(said.values()), "not compressed")
    return "; ".join(f"{words.vector(name)} {said[kind]}" for name, kind in each.items())


def _closed(kind: str, survey: Survey) -> str:
    if kind != "none":
        return "" if kind in survey.capabilities.quantization else _cannot(kind, survey)
    some = any(compressed_now(survey, None))
    return "" if some else "the vectors are not compressed now"


def _usual(kind: str, vector: str | None, survey: Survey) -> dict[str, Any]:
    """The parameters of a kind: those in force where the kind stays, else what suits most."""
    now = next(iter(compressed_now(survey, vector)), None)
    if kind == "none":
        return {"always_ram": False}
    if kind_of(now) == kind:
        there = parameters_of(now)
        own = {key: there.get(key) for key in PARAMETERS[kind]}
    else:
        long = (_dimensions(survey, vector) or 0) >= BINARY_DIMENSIONS
        best = {
            "quantile": 0.99,
            "encoding": "one_bit" if long else "two_bits",
            "query_encoding": "default",
            "compression": "x16",
            "bits": "bits4",
        }
        own = {key: best[key] for key in PARAMETERS[kind]}
    return {"always_ram": in_memory(now) if now else True, **own}


def _field(key: str, values: tuple[str, ...], value: Any) -> Field:
    label, names = _LABELS[key]
    shown = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if not values:
        return Field(key, label, "number", shown, "0.5 to 1; empty: all of them")
    return Field(key, label, "choice", shown, choices=tuple((v, names[v]) for v in values))


def _checked_vector(value: Mapping[str, Any], survey: Survey) -> str | None:
    name = value.get("vector") or None
    known = survey.quantizations.own
    if name is None or (vector_meant(value) or "") in known:
        return name
    shown = f"one of: {', '.join(name or words.UNNAMED for name in known)}"
    raise BadAnswer(f"There is no dense vector {name}.", "", f"Choose {shown}.", "vector")


def _checked_kind(kind: Any, survey: Survey) -> str:
    names = [name for name, _, _ in _KINDS]
    if kind not in names:
        known = ", ".join(names)
        raise BadAnswer(f"{kind} is no compression.", "", f"Choose one of: {known}.", "kind")
    if kind != "none" and kind not in survey.capabilities.quantization:
        raise BadAnswer(f"{kind} cannot be chosen here.", _cannot(kind, survey), field="kind")
    return str(kind)


def _checked(key: str, kind: str, raw: Any) -> Any:
    if key == "always_ram":
        return typed.tick(raw, key)
    values = PARAMETERS[kind][key]
    if values:
        if raw not in values:
            todo = f"Choose one of: {', '.join(values)}."
            raise BadAnswer(f"{words.cut(raw)} is no {key} of {kind}.", "", todo, key)
        return raw
    if raw is None or raw == "":
        return None
    return typed.number(raw, example="0.99", low=0.5, high=1.0, field=key)


def _strange(key: str) -> BadAnswer:
    owner = next((kind for kind, own in PARAMETERS.items() if key in own), None)
    why = f"It belongs to {owner}." if owner else ""
    return BadAnswer(f"{key} is not a part of this answer.", why, "Delete it.", "quantization")


def _must_change(answer: Mapping[str, Any], survey: Survey) -> None:
    now, vector = survey.quantizations, vector_meant(answer)
    wanted = wanted_quantization(survey, answer)
    if all(same(setting, wanted) for setting in compressed_now(survey, vector)):
        raise BadAnswer(
            "This is how the vectors are compressed already.",
            "Nothing would change.",
            "Choose another compression.",
            "kind",
        )
    after = now.after(now.to_come(vector, wanted))
    if not all(same(after.in_force(name), wanted) for name in now.meant(vector)):
        raise BadAnswer(
            f"{answer['vector']} cannot be left uncompressed alone.",
            "The collection's own compression would apply to it.",
            "Choose all of the collection.",
            "vector",
        )


def _cannot(kind: str, survey: Survey) -> str:
    if survey.capabilities.local:
        return "An embedded Qdrant does not compress."
    if kind == "turbo":
        return f"It needs Qdrant 1.18; this is {survey.capabilities.version}."
    return f"Qdrant {survey.capabilities.version} does not offer it."


def _dimensions(survey: Survey, vector: str | None = None) -> int | None:
    sizes = [v.size for v in survey.vectors.value or () if v.size and vector in (None, v.name)]
    return max(sizes, default=None)


def _default_kind(survey: Survey) -> str:
    """The safe next kind: scalar first, then what suits the length, never the present one."""
    offered = survey.capabilities.quantization
    now = {kind_of(setting) for setting in compressed_now(survey, None)}
    long = (_dimensions(survey) or 0) >= BINARY_DIMENSIONS
    order = ("scalar", "binary" if long else "turbo", "none")
    fits = (kind for kind in order if now != {kind} and kind in (*offered, "none"))
    return next(fits, "none")

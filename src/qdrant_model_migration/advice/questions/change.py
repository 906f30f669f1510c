"""Questions: what is to change, and to which compression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.question import (
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.errors import BadAnswer
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey

BINARY_DIMENSIONS = 1024
"""From this length on binary compression keeps most of the quality (Qdrant's documentation)."""

_UNSURE = {"unsure-results": "model", "unsure-words": "keywords"}


class Change(Question):
    """Answer: "model", "shorter", "compression", "keywords", "second", or one of three unsure."""

    key = "change"
    short = "Change"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What do you want to change?",
            "Choose what bothers you today. Keyword search can be added to any of them later.",
            "some changes need every text embedded again, others none at all. This answer decides "
            "which.",
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        memory = self.settle("unsure-memory", survey, answers)
        return (
            Option("model", "Use another embedding model", "", "another model"),
            Option("shorter", "Same model, shorter vectors", "", "shorter vectors"),
            Option(
                "compression",
                "Same vectors, other compression",
                "no text, no model and no new collection is needed",
                "compression",
            ),
            Option("keywords", "Add keyword search", "", "keyword search"),
            Option("second", "Try a second model next to the first", "", "a second model"),
            Option(
                "unsure-results",
                "I do not know: results are poor",
                "taken as another model",
                "another model",
            ),
            Option(
                "unsure-memory",
                "I do not know: memory or the bill is too high",
                f"taken as {'compression' if memory == 'compression' else 'shorter vectors'}",
                "memory",
            ),
            Option(
                "unsure-words",
                "I do not know: exact words and codes are not found",
                "taken as keyword search",
                "keyword search",
            ),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("model", "default")

    def matters_to(self, strategy: Strategy) -> bool:
        return True

    def settle(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if value == "unsure-memory":
            return "compression" if survey.capabilities.quantization else "shorter"
        return _UNSURE.get(value, value) if isinstance(value, str) else value


class Quantization(Question):
    """Answer: {"vector": name or None for the collection, "kind": ..., "always_ram": bool}."""

    key = "quantization"
    short = "Compress"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How should the vectors be compressed?",
            f"Now: {_in_words(present(survey, None))}. The original vectors are kept, so every "
            "choice can be undone.",
            "the server builds the compressed vectors by itself. The stronger the compression, "
            "the less memory it needs and the more it can lose.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "compression"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        now = present(survey, None)
        size = _dimensions(survey)
        rows = [
            (
                kind,
                label,
                self._closed(kind, survey, now),
                note.format(size="not known" if size is None else size),
            )
            for kind, label, note in _KINDS
        ]
        default = self.suggest(survey, answers).value["kind"]
        return (
            *(
                Option(
                    {"vector": None, "kind": kind, "always_ram": kind != "none"},
                    label,
                    note,
                    kind,
                    closed,
                )
                for kind, label, closed, note in rows
            ),
            unknown(default),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        kind = _default_kind(survey)
        return Suggestion({"vector": None, "kind": kind, "always_ram": kind != "none"}, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        names = [vector.name for vector in survey.dense if vector.name]
        where = Field(
            "vector",
            "Which vectors",
            "choice",
            choices=(("", "all of the collection"), *((name, f"only {name}") for name in names)),
        )
        ram = Field("always_ram", "Keep the compressed vectors in memory", "tick", "yes")
        keeps = isinstance(value, Mapping) and value.get("kind") != "none"
        return (*((where,) if names else ()), *((ram,) if keeps else ()))

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping):
            raise BadAnswer("This is no compression.", "", "Choose one of those shown.", self.key)
        if strange := set(value) - {"vector", "kind", "always_ram"}:
            raise BadAnswer(f"{min(map(str, strange))} is not a part of this answer.", "", "Delete "
                            "it.", self.key)  # fmt: skip
        vector, kind = value.get("vector") or None, value.get("kind")
        if vector is not None and vector not in [v.name for v in survey.dense]:
            raise BadAnswer(f"There is no dense vector {vector}.", "", "Choose another.", "vector")
        if kind not in [name for name, _, _ in _KINDS]:
            known = ", ".join(name for name, _, _ in _KINDS)
            raise BadAnswer(f"{kind} is no compression.", "", f"Choose one of: {known}.", "kind")
        if kind != "none" and kind not in survey.capabilities.quantization:
            raise BadAnswer(f"{kind} cannot be chosen here.", _cannot(kind, survey), field="kind")
        ram = typed.tick(value.get("always_ram", kind != "none"), "always_ram") and kind != "none"
        answer = {"vector": vector, "kind": kind, "always_ram": ram}
        if (kind, ram) == _kind_and_ram(present(survey, vector)):
            raise BadAnswer(
                "This is how the vectors are compressed already.",
                "Nothing would change.",
                "Choose another compression.",
                "kind",
            )
        if kind == "none" and vector is not None and present(survey, None):
            raise BadAnswer(
                f"{vector} cannot be left uncompressed alone.",
                "The collection's own compression would apply to it.",
                "Choose all of the collection.",
                "vector",
            )
        return answer

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        return f"{value.get('kind')}" + (f" for {value['vector']}" if value.get("vector") else "")

    def _closed(self, kind: str, survey: Survey, now: Mapping[str, Any]) -> str:
        if kind == "none":
            return "" if now else "the vectors are not compressed now"
        return "" if kind in survey.capabilities.quantization else _cannot(kind, survey)


_KINDS = (
    ("scalar", "Scalar: one byte for each value", "a quarter of the memory, little loss"),
    (
        "binary",
        "Binary: one bit for each value",
        "a 32nd of the memory; meant for 1,024 dimensions or more, yours: {size}",
    ),
    ("product", "Product: groups of values by number", "the smallest, slower and with most loss"),
    ("turbo", "Turbo: a few bits for each value", "an eighth of the memory, little loss"),
    ("none", "None: the original vectors alone", "the most memory, no loss"),
)


def present(survey: Survey, vector: str | None) -> Mapping[str, Any]:
    """The raw quantization in force for the collection, or for one named vector of it."""
    whole = survey.quantization.value or {}
    if vector is None:
        return whole
    own = next((v.raw.get("quantization_config") for v in survey.dense if v.name == vector), None)
    return own if isinstance(own, Mapping) else whole


def kind_of(raw: Mapping[str, Any]) -> str:
    """scalar, binary, product, turbo or none."""
    return next((_RAW_KINDS[key] for key in raw if key in _RAW_KINDS), "none")


_RAW_KINDS = {
    "scalar": "scalar",
    "product": "product",
    "binary": "binary",
    "turbo": "turbo",
    "turboquant": "turbo",
}


def _kind_and_ram(raw: Mapping[str, Any]) -> tuple[str, bool]:
    for key, body in raw.items():
        if key in _RAW_KINDS:
            ram = isinstance(body, Mapping) and body.get("always_ram") is True
            return _RAW_KINDS[key], ram
    return "none", False


def _in_words(raw: Mapping[str, Any]) -> str:
    kind, ram = _kind_and_ram(raw)
    return "not compressed" if kind == "none" else f"{kind}{', kept in memory' if ram else ''}"


def _cannot(kind: str, survey: Survey) -> str:
    if survey.capabilities.local:
        return "The practice Qdrant does not compress."
    if kind == "turbo":
        return f"It needs Qdrant 1.18; this is {survey.capabilities.version}."
    return f"Qdrant {survey.capabilities.version} does not offer it."


def _dimensions(survey: Survey) -> int | None:
    return max((v.size for v in survey.dense if v.size), default=None)


def _default_kind(survey: Survey) -> str:
    """The safe next kind: scalar first, then what suits the length, never the present one."""
    offered = survey.capabilities.quantization
    now = kind_of(present(survey, None))
    long = (_dimensions(survey) or 0) >= BINARY_DIMENSIONS
    order = ("scalar", "binary" if long else "turbo", "none")
    return next((kind for kind in order if kind != now and kind in (*offered, "none")), "none")

"""Questions: what keyword search is made by, and how its results are merged with the others."""

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
from qdrant_model_migration.embedders import kind_of
from qdrant_model_migration.errors import meant
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.keyword_vector import (
    AS_WRITTEN,
    BY_FIELD,
    average_length,
    field_named,
    listed,
    told,
    told_apart,
    usual,
)
from qdrant_model_migration.survey.facts import LanguageField, Survey, WordModel
from qdrant_model_migration.survey.languages import NAMES, WORD_LISTS

_NUMBERS = {
    "avg_len": ("Average length in words", 1.0, 1_000_000.0),
    "k": ("How soon a repeated word stops counting (k)", 0.0, 10.0),
    "b": ("How much the length of a text counts (b)", 0.0, 1.0),
}


class KeywordModel(Question):
    """Answer: {"kind", "name"} of a model for keyword search; one that counts words (BM25) also
    {"language": ISO 639-1 code, "as written", or "by FIELD" of the payload, "avg_len", "k", "b"}.
    """

    key = "keyword_model"
    short = "Keywords by"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What should keyword search be made by?",
            f"BM25 counts words: quick, small, and exact. {_measured(survey, answers)}",
            "queries must be made by the same model, told the same; the report prints it.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "keywords" or answers.get("keywords") == "yes"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        found = survey.word_models.value or ()
        made = [_option(survey, answers, one) for one in found]
        return (*made, unknown(made[0].short)) if usual(survey, answers) else tuple(made)

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(usual(survey, answers), "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping) or "language" not in value:
            return ()
        codes = sorted(WORD_LISTS, key=lambda code: NAMES[code])
        language = Field(
            "language",
            "Language of the texts",
            "choice",
            str(value["language"]),
            "its endings are taken off: houses finds house",
            (
                *((f"{BY_FIELD}{f.path}", _by(f)) for f in told_apart(survey)),
                (AS_WRITTEN, "none: words as they are written"),
                *((c, NAMES[c]) for c in codes),
            ),
        )
        # An answer from a file may name a part of it; the rest is usual.
        one = listed(survey, value)
        whole = {**(told(survey, answers, one) if one is not None else {}), **value}
        numbers = (
            Field(name, label, "number", f"{whole[name]:g}")
            for name, (label, _, _) in _NUMBERS.items()
            if name in whole
        )
        return (language, *numbers)

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        one = listed(survey, value) if isinstance(value, Mapping) else None
        if one is None:
            names = ", ".join(m.model.name for m in survey.word_models.value or () if m.opens)
            what = "This is no model for keyword search."
            raise BadAnswer(what, "", f"Choose one of: {names}.", "name")
        if not one.opens:
            raise BadAnswer(f"{one.model.label} cannot be chosen here.", _closed(one), field="name")
        answer = told(survey, answers, one)
        for key in value:
            if key not in answer:
                what = f"{key} is not a part of this answer.{meant(str(key), tuple(answer))}"
                raise BadAnswer(what, "", "Correct or delete it.", "name")
        if "language" in answer:
            answer["language"] = _language(value.get("language", answer["language"]), survey)
        for name, (_, low, high) in _NUMBERS.items():
            if name in answer:
                given = value.get(name, answer[name])
                usual_ = f"{answer[name]:g}"
                answer[name] = typed.number(given, example=usual_, low=low, high=high, field=name)
        return answer

    def place(
        self, value: Any, options: tuple[Option, ...], survey: Survey, answers: Answers
    ) -> int:
        named = [
            isinstance(o.value, Mapping)
            and isinstance(value, Mapping)
            and all(o.value[key] == value.get(key) for key in ("kind", "name"))
            for o in options
        ]
        if True in named:
            return named.index(True)
        return super().place(value, options, survey, answers)

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping) or (one := listed(survey, value)) is None:
            return super().label(value, survey, answers)
        return _named(one, value)


class Fusion(Question):
    """Answer: "rrf" or "dbsf"."""

    key = "fusion"
    short = "Merged by"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How should the two lists of results become one?",
            "Verify measures both ways on the same searches and says which one finds more.",
            "scores for meaning and for words cannot be compared with each other.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return answers.get("change") == "keywords" or answers.get("keywords") == "yes"

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            Option("rrf", "By rank", "RRF: what stands high in either list comes first", "rank"),
            Option("dbsf", "By score", "DBSF: scores are brought to one scale and added", "score"),
            unknown("by rank"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("rrf", "default")


def _option(survey: Survey, answers: Answers, one: WordModel) -> Option:
    value = told(survey, answers, one)
    counts = "language" in value
    made = _label(one)
    label = f"{made}: counts words" if counts else f"{made}: a model"
    closed = "" if one.opens else _closed(one)
    return Option(value, label, _note(one, value, survey), _named(one, value), closed)


def _named(one: WordModel, value: Mapping[str, Any]) -> str:
    code = value.get("language")
    if code is None:
        return _label(one)
    return f"{_label(one)}, {NAMES.get(str(code), str(code))}"


def _label(one: WordModel) -> str:
    kind = kind_of(one.model)
    return f"{one.model.label} of {kind.service}" if kind.at_server else one.model.label


def _note(one: WordModel, value: Mapping[str, Any], survey: Survey) -> str:
    if "language" not in value:
        return f"adds words of like meaning; made for {one.model.languages_label}"
    code = value["language"]
    if code == AS_WRITTEN:
        return "words as they are written, filler words too"
    field = field_named(survey, code)
    said = f"endings {_by(field)}" if field is not None else f"{NAMES[code]} endings"
    if ("stopwords", ()) in one.model.options:
        get = qmm("models", flags=("--fetch", one.model.name))
        return f"{said}; filler words stay in until their list is fetched: {get}"
    return f"{said}, filler words left out"


def _closed(one: WordModel) -> str:
    size = f" of {words.size(one.size)}" if one.size else ""
    return f"A download{size}; get it first: {qmm('models', flags=('--fetch', one.model.name))}"


def _measured(survey: Survey, answers: Answers) -> str:
    average = average_length(survey, answers)
    if average is None:
        return "How long your texts are in its words was not measured."
    return f"A text of yours has {average:g} words that count on average, measured on a sample."


def _by(field: LanguageField) -> str:
    """ "by field lang: German, English; Japanese as written"."""
    known = [NAMES[code] for code in field.texts if code in WORD_LISTS]
    others = [NAMES[code] for code in field.texts if code not in WORD_LISTS]
    written = f"; {words.listing(others)} as written" if others else ""
    return f"by field {field.path}: {words.listing(known)}{written}"


def _language(value: Any, survey: Survey) -> str:
    code = str(value).strip()
    if field_named(survey, code) is not None:
        return code
    if code.startswith(BY_FIELD):
        fields = [f"{BY_FIELD}{field.path}" for field in told_apart(survey)]
        raise BadAnswer(
            f"No field {words.cut(code[len(BY_FIELD) :])} says the language of your texts.",
            "The survey compares what a field says with what the texts of its sample show.",
            f"Choose {words.listing([*fields, 'one language'], 'or')}, or {AS_WRITTEN}.",
            "language",
        )
    by_name = {NAMES[c].lower(): c for c in WORD_LISTS}
    code = by_name.get(code.lower(), code)
    if code != AS_WRITTEN and code not in WORD_LISTS:
        names = ", ".join(sorted(by_name))
        todo = f"Choose one of: {names}; or {AS_WRITTEN}."
        raise BadAnswer(f"There are no endings for {words.cut(code)}.", "", todo, "language")
    return code

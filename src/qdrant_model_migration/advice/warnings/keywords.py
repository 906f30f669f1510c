"""Warnings about keyword search: pieces of documents, languages, filler words, the modifier idf."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.embedders import ModelRef, Spoken, kind_of
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies.keyword_vector import (
    BY_FIELD,
    by_language,
    told_apart,
    word_model,
)
from qdrant_model_migration.survey.facts import VectorFact
from qdrant_model_migration.survey.languages import NAMES, WORD_LISTS, several

_PIECE_WORDS = 150
_PIECE_FIELDS = ("chunk", "piece", "part_no", "part", "page", "paragraph", "section")
_BM25_NAMES = ("bm25", "bm42", "keyword", "lexical", "minicoil", "words")
_UNLISTED = ("Tamil",)  # it has endings, and no list of filler words


@warning("W07", "Pieces, not documents", own=True, risk=True)
def pieces(case: Case) -> Said | None:
    found = case.survey.text_fields.value or ()
    field = case.survey.text_field.value
    average = next((f.average_words for f in found if f.path == field), None)
    marks = [
        name
        for name in case.survey.payload_fields.value or ()
        if any(name.lower().startswith(mark) for mark in _PIECE_FIELDS)
    ]
    short = average is not None and average < _PIECE_WORDS
    lengths = case.survey.pieces.value
    parent = lengths.parent if lengths is not None else None
    if not short and not marks and parent is None:
        return None
    seen = f"{words.count(case.points)} texts"
    seen += f", {words.count(average)} words on average" if average is not None else ""
    if lengths is not None:
        seen += (
            f", a quarter below {words.count(lengths.quarter)} and a quarter above "
            f"{words.count(lengths.three_quarters)}"
        )
    if lengths is not None and parent is not None:
        seen += (
            f"; {lengths.each:g} of them for each {parent} in the sample, together "
            f"{words.count(lengths.of)} words"
        )
    seen += f"; field {marks[0]} found" if marks else ""
    return Said(
        "must",
        "Your texts look like pieces of documents. BM25 scores a word by how rare it is. Among "
        "pieces that is not the same as among whole documents, so the order can surprise.",
        f"{seen}.",
        "Verify compares both with your own queries before the cutover. Bring at least 30 with "
        "exact words or codes.",
    )


@warning("W08", "Several languages", own=True, risk=True)
def languages(case: Case) -> Said | None:
    found = {c: p for c, p in (case.survey.languages.value or {}).items() if c != "other"}
    ranked = sorted(found, key=lambda code: -found[code])
    second = several(found)
    unlisted = [code for code in ranked if code not in WORD_LISTS and found[code] > 0.02]
    told = _told(case)
    if (each := by_language(case.survey, case.answers)) is not None:
        return _by_field(case, each)
    if not (second or unlisted) or "disable_stemmer" in told:
        return None
    seen = words.listing([f"{NAMES.get(c, c)} {words.share(found[c])}" for c in ranked[:3]])
    missing = f" There is no word list for {words.listing([NAMES.get(c, c) for c in unlisted])}."
    language = str(told.get("language", "")).capitalize()
    taken = f" The endings are those of {language}." if language else ""
    return Said(
        "must",
        "Endings and filler words of the other languages are treated wrongly.",
        f"{seen}.{missing if unlisted else ''}{taken}",
        f"{_read_rightly(case)}, at question Keywords by, or look at each language in Verify.",
    )


def _read_rightly(case: Case) -> str:
    if fields := told_apart(case.survey):
        return f"Choose the language {BY_FIELD}{fields[0].path}"
    return "Take words as they are written"


def _by_field(case: Case, each: Spoken) -> Said | None:
    """What a field of the payload leaves open: languages without a list, and texts without one."""
    field = next(f for f in case.survey.language_fields if f.path == each.field)
    unlisted = [NAMES[code] for code in field.texts if code not in each.told]
    if not unlisted and not field.unnamed:
        return None
    sampled = sum(field.texts.values()) + field.unnamed
    none = f"{words.count(field.unnamed)} of {words.plural(sampled, 'text')} of the sample"
    seen = [f"There is no word list for {words.listing(unlisted)}."] if unlisted else []
    seen += [f"In {none} it names no language that is known."] if field.unnamed else []
    return Said(
        "caution",
        f"Where field {field.path} names no language with a word list, words are taken as they are "
        "written: houses does not find house.",
        " ".join(seen),
        "Nothing, or fill the field before the run.",
    )


@warning("W46", "Keywords without idf")
def without_idf(case: Case) -> Said | None:
    there = [v for v in case.survey.vectors.value or () if v.kind == "sparse"]
    flat = [v.name for v in there if v.raw.get("modifier") != "idf" and _counts(case, v)]
    if not flat or not (case.builds or case.adds):
        return None
    it = "It is" if len(flat) == 1 else "They are"
    return Said(
        "caution",
        "Vectors of BM25 need the modifier idf. Without it a word that is in every text weighs as "
        "much as a rare one.",
        f"Without it: {words.listing(flat)}. {it} kept as found.",
        'Set it when you like: PATCH the collection with "sparse_vectors", the name and '
        '"modifier": "idf". Nothing is made again.',
    )


@warning("W47", "Filler words count", own=True)
def filler(case: Case) -> Said | None:
    model, told = word_model(case.survey, case.answers), _told(case)
    if model is None or not kind_of(model).counts_words(model):
        return None
    language = str(told.get("language", "english")).capitalize()
    if (each := by_language(case.survey, case.answers)) is not None:
        told = dict(each.told[each.most])
        language = words.listing([NAMES[code] for code in each.told])
    if "disable_stemmer" in told:
        here, todo = "Words are taken as they are written.", "Nothing, or choose a language."
    elif language in _UNLISTED:
        here, todo = f"There is no list for {language}.", "Nothing."
    elif told.get("stopwords") == ():
        here = f"The list for {language} is not on this computer."
        todo = f"Fetch it and plan again: {qmm('models', flags=('--fetch', model.name))}."
    else:
        return None
    return Said(
        "caution",
        "Words like the and of are counted as well. They are in nearly every text, so they weigh "
        "little, but a text of nothing else is found by them.",
        here,
        todo,
    )


def _told(case: Case) -> dict[str, object]:
    model = word_model(case.survey, case.answers)
    return dict(model.options) if model is not None else {}


def _counts(case: Case, vector: VectorFact) -> bool:
    """Whether it is one of BM25's, as its model or its name says."""
    model = ModelRef.of_metadata(case.survey.raw.get("metadata") or {}, vector.name)
    if model is not None:
        return kind_of(model).wants_idf(model)
    return any(part in vector.name.lower() for part in _BM25_NAMES)

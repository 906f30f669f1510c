"""Finding the texts: which payload fields hold some, which one it probably is, how many lack it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from qdrant_model_migration.survey.facts import TextField
from qdrant_model_migration.survey.path import ABSENT, EACH, leaves, opened, value_at

Held = Literal[
    "a text", "nothing", "an empty text", "a number", "a truth value", "a list", "an object"
]

_USUAL_NAMES = (
    "text", "content", "page_content", "document", "body", "chunk", "chunk_text", "passage",
    "description", "abstract", "paragraph", "raw_text",
)  # fmt: skip
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
_NO_TEXT = re.compile(r"(https?://|s3://|file:|data:|/)\S*\Z|[\d\s:.,TZ+/-]+\Z|\{.*\}\Z", re.DOTALL)
_MANY_WORDS, _FEW_WORDS = 12, 5
_FEWEST_LACKING, _SOME = 2, 0.1
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


class Choice(NamedTuple):
    """The field that probably holds the text. `rivals`: others that could be it as well. beside: a
    field of long JSON in which it may be, where this one is short."""

    path: str | None
    rivals: tuple[str, ...] = ()
    beside: str = ""


def words(text: str) -> int:
    """Words of a text; where words are written without spaces, two characters count as one."""
    without_spaces = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + math.ceil(without_spaces / 2)


def text_fields(
    payloads: Sequence[Mapping[str, Any]], known: Sequence[str] = ()
) -> tuple[TextField, ...]:
    """All fields that hold texts in these payloads, the likeliest first. known: that are such.

    share: of these payloads (0..1), with a text that is not only spaces. Ids, addresses, dates and
    single words are strings as well, but nothing to embed; they are left out unless their field is
    named as texts usually are. So is what JSON repeats of a field beside it.
    """
    found: dict[str, list[str]] = {}
    for payload in payloads:
        for path, value in leaves(payload):
            if isinstance(value, str) and value.strip():
                found.setdefault(path, []).append(value)
    fields = [_describe(path, texts, len(payloads)) for path, texts in found.items()]
    kept = [
        f
        for f in fields
        if f.path in known or (_is_text(f, found[f.path]) and not _repeated(f.path, found))
    ]
    return tuple(sorted(kept, key=lambda field: (-_likeliness(field), field.path)))


def choose(
    fields: Sequence[TextField],
    payloads: Sequence[Mapping[str, Any]] = (),
    known: Sequence[str] = (),
) -> Choice:
    """The likeliest field, and those that nothing in the payload tells apart from it. known: of
    these one is it, whatever else there is."""
    if not fields:
        return Choice(None)
    if there := [field for field in fields if field.path in known]:
        return Choice(max(there, key=lambda field: field.share).path)
    best = fields[0]
    rivals = [
        field.path
        for field in fields[1:]
        if field.share >= 0.5
        and field.average_words >= max(_MANY_WORDS, best.average_words / 5)
        and _likeliness(field) >= _likeliness(best) / 3
    ]
    beside = _long_json(payloads) if not rivals and best.average_words < _FEW_WORDS else ""
    return Choice(best.path, tuple(rivals), beside)


def rivals_note(choice: Choice) -> str:
    """The sentence for a field that is not sure, "" for one that is."""
    if choice.path is None:
        return ""
    if choice.beside:
        return (
            f"{choice.path} holds a few words, and {choice.beside} beside it long JSON, in which "
            "the text may be. Choose the one the old model was made from."
        )
    if not choice.rivals:
        return ""
    names = (choice.path, *choice.rivals)
    count = _NUMBERS.get(len(names), str(len(names)))
    return (
        f"{count} fields hold long texts ({', '.join(sorted(names))}). "
        "Choose the one the old model was made from."
    )


def figures_note(figures: Mapping[str, tuple[int, int]], proved: str, chosen: str) -> str:
    """That the stored vectors are of another field, in both figures."""
    same, tried = figures[proved]
    said = f"the stored vectors are of {proved}: {same} of {tried} samples give theirs again"
    if chosen in figures:
        same, tried = figures[chosen]
        said += f", with {chosen} {same} of {tried}"
    return said


def lists_of_texts(payloads: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Fields that hold lists of texts, which are not one text to embed; those in most payloads."""
    seen = Counter(
        path
        for payload in payloads
        for path, value in leaves(payload)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value)
    )
    return tuple(path for path, number in seen.most_common(3) if number > len(payloads) / 2)


def held_at(payload: Mapping[str, Any], path: str) -> Held:
    """What lies at the path; only "a text" can be embedded."""
    value = value_at(payload, path)
    if value is ABSENT or value is None:
        return "nothing"
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, Mapping) else "a number"


def mixed_note(held: Mapping[Held, int]) -> str:
    """What else the field holds besides texts and nothing, in words; "" if nothing else."""
    others = [
        f"{held[kind]:,} {'holds' if held[kind] == 1 else 'hold'} {kind}"
        for kind in ("an empty text", "a number", "a truth value", "a list", "an object")
        if held.get(kind)
    ]
    return f"{', '.join(others)} there" if others else ""


def tally(
    payloads: Iterable[Mapping[str, Any]], path: str, also: Sequence[str] = ()
) -> Counter[Held]:
    """How many of these payloads hold what at the path. also: others whose text does as well."""
    return Counter(
        "a text" if also and first_text(payload, also) is not None else held_at(payload, path)
        for payload in payloads
    )


def complement(
    payloads: Sequence[Mapping[str, Any]], path: str, fields: Sequence[TextField]
) -> str | None:
    """The field that has the text of nearly all payloads where this one has none, and of next to
    no other: each has its text in one or the other."""
    has = [first_text(payload, (path,)) is not None for payload in payloads]
    lacking = has.count(False)
    if lacking < max(_FEWEST_LACKING, _SOME * len(has)):
        return None
    best = None
    for other in (field.path for field in fields if field.path != path):
        there = [first_text(payload, (other,)) is not None for payload in payloads]
        fills = sum(b and not a for a, b in zip(has, there, strict=True)) / lacking
        both = sum(a and b for a, b in zip(has, there, strict=True))
        if fills >= 1 - _SOME and both <= _SOME * len(has) and (best is None or fills > best[0]):
            best = fills, other
    return best[1] if best is not None else None


def estimate_missing(held: Mapping[Held, int], points: int) -> int:
    """Points without a text, from a sample, rounded to two digits so that it looks its part."""
    sampled = sum(held.values())
    if not sampled:
        return 0
    return two_digits((sampled - held.get("a text", 0)) / sampled * points)


def two_digits(value: float) -> int:
    """An estimate without the digits it does not have: 118,402 becomes 120,000."""
    if value < 1:
        return math.ceil(value)
    size: int = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return round(value / size) * size


def tokens(text: str) -> int:
    """Tokens that a word-piece model would make of a text, estimated without its vocabulary.

    Long words fall into pieces, each sign is one, each character of a script without spaces is one;
    two are added for the marks at beginning and end.
    """
    pieces = 2
    for word in re.findall(r"[^\W_]+|[^\w\s]|_", _CJK.sub(" ", text)):
        pieces += 1 + max(0, len(word) - 3) // 6
    return pieces + len(_CJK.findall(text))


def _describe(path: str, texts: Sequence[str], of: int) -> TextField:
    average = sum(map(words, texts)) / len(texts)
    longest = max(texts[:50], key=len)
    return TextField(
        path=path,
        share=len(texts) / of,
        average_words=round(average, 1),
        example=" ".join(longest.split())[:160],
    )


def _is_text(field: TextField, texts: Sequence[str]) -> bool:
    if sum(map(_no_text, texts[:100])) > min(len(texts), 100) / 2:
        return False
    return field.average_words >= 2 or _usual(field.path)


def _no_text(text: str) -> bool:
    return _NO_TEXT.match(text.strip()) is not None or opened(text) is not text


def _repeated(path: str, found: Mapping[str, Sequence[str]]) -> bool:
    """Whether JSON says once more what a field outside of it says."""
    shorter = (path.split(".", n)[-1] for n in range(1, path.count(".") + 1))
    return any(found.get(one) == found[path] for one in shorter)


def _long_json(payloads: Sequence[Mapping[str, Any]]) -> str:
    """A field of most payloads that holds long JSON in a string; "" where there is none."""
    seen = Counter(
        path
        for payload in payloads
        for path, value in leaves(payload)
        if isinstance(value, str) and opened(value) is not value and words(value) > _MANY_WORDS
    )
    return next((path for path, n in seen.most_common(1) if n > len(payloads) / 2), "")


def _likeliness(field: TextField) -> float:
    named = 1.5 if _usual(field.path) else 1.0
    if EACH in field.path:
        named /= 2  # several texts at once, where one field holds one
    return named * field.share * math.log2(1 + field.average_words)


def _usual(path: str) -> bool:
    return path.rpartition(".")[2].lower() in _USUAL_NAMES


def first_text(payload: Mapping[str, Any], fields: Sequence[str]) -> str | None:
    """The text in the first of these fields that holds one."""
    found = (value_at(payload, field) for field in fields)
    return next((text for text in found if isinstance(text, str) and text.strip()), None)

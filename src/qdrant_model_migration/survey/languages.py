"""In which languages texts are written: a small vote of scripts and function words, offline.

It knows the 18 languages that have word lists for keyword search, and a few that their script alone
tells. It is for shares of a collection, not for single texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

NAMES: Final = {
    "ar": "Arabic", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hu": "Hungarian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish",
    "ta": "Tamil", "th": "Thai", "tr": "Turkish", "zh": "Chinese", "other": "other",
}  # fmt: skip
"""English names by ISO 639-1 code; "other" is a language that is none of these."""

WORD_LISTS: Final = (
    "ar", "da", "nl", "en", "fi", "fr", "de", "el", "hu", "it", "no", "pt", "ro", "ru", "es", "sv",
    "ta", "tr",
)  # fmt: skip
"""Languages whose endings and filler words keyword search knows (BM25)."""

MANY = 0.10
"""The share of the texts above which a second language counts."""

_ALSO = {
    "ara": "ar", "dan": "da", "deu": "de", "ger": "de", "ell": "el", "gre": "el", "eng": "en",
    "spa": "es", "fin": "fi", "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi", "hun": "hu",
    "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "dut": "nl", "nor": "no", "nb": "no",
    "nn": "no", "nob": "no", "nno": "no", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru",
    "swe": "sv", "tam": "ta", "tha": "th", "tur": "tr", "zho": "zh", "chi": "zh",
    "deutsch": "de", "español": "es", "français": "fr", "italiano": "it", "nederlands": "nl",
    "português": "pt", "svenska": "sv", "dansk": "da", "norsk": "no", "suomi": "fi",
    "magyar": "hu", "română": "ro", "türkçe": "tr", "русский": "ru", "ελληνικά": "el",
}  # fmt: skip
"""What else languages are called in payloads: ISO 639-2 codes, and their own names."""
_BY_NAME = {name.lower(): code for code, name in NAMES.items() if code != "other"}

_FUNCTION_WORDS = {
    "da": "og i at det er en den til på som af for med der ikke de et har blev om var jeg fra ved "
    "efter han også kan hvor når være mellem hvad men blandt deres noget",
    "nl": "de het een en van in is dat op te zijn voor met niet aan er die ook als door bij maar "
    "naar uit heeft worden wordt dit nog wel geen meer over deze wat hebben kunnen ik hij",
    "en": "the a of and to in is that for it with as on be are by this from or an which not at was "
    "so have has can if will you your their they we all been when there would should into its no "
    "do he she me any more other may",
    "fi": "ja on ei se että oli hän mutta ovat tai kun niin myös joka kuin sen voi mukaan jos "
    "jotka vain ole olla sekä tämä hänen jossa mitä sitä ollut kanssa vuonna",
    "fr": "le la les de des et en un une du est que dans qui pour au par sur pas ce il avec "
    "sont plus ou se ne son cette aux mais nous vous leur être ont été comme",
    "de": "der die das und in zu den ist nicht von mit sich des auf für ein eine im dem auch als "
    "werden wird bei oder es an aus einer nach wie durch sind dass kann nur über wenn",
    "hu": "a az és hogy nem is egy ez meg volt csak de vagy mint már el ha kell minden még azt "
    "lehet ezt mert sem aki által van után között majd pedig",
    "it": "il di che la e è un per una in non sono con del si da le dei come della al anche più "
    "gli nel alla delle lo ma ha dal questo essere nella o tra",
    "no": "og i det er en på til som av for med at ikke de et har ble om var jeg fra ved etter han "
    "også kan hvor når være mellom hva men blant deres noe seg",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas ao das "
    "à pelo pela são também foi seu sua ou quando muito nos já",
    "ro": "de și în la cu pe nu o a din care este pentru că un se sau sunt mai prin fi ca fost "
    "această după dar lui acest al are între unei unui ale",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero "
    "sus le ha este sí porque esta entre cuando muy sin sobre también fue hay",
    "sv": "och i att det som en på är av för med den till inte har de ett om var jag från vid "
    "efter han också kan där när vara mellan vad men bland deras något eller sig",
    "tr": "ve bir bu da de için ile olarak çok daha gibi olan ne kadar sonra en ama ya değil mi "
    "her veya göre olduğu tarafından var ki şey o",
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
# Letters of a script that its language above does not have: somebody else's language.
_FOREIGN = {
    "ru": re.compile(r"[іїєґўјљњћђџќѓѕ]|ъ[тл]\b", re.IGNORECASE),
    "ar": re.compile(r"[\u067e\u0686\u0698\u06af\u06cc\u0679\u0688]"),
}
_WORD = re.compile(r"[^\W\d_]+")
_READ = 600  # words of a text; more would not change the vote
_ENOUGH = 8  # words from which a text without known function words is "other"

_VOTES: dict[str, list[str]] = {}
for _code, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _VOTES.setdefault(_word, []).append(_code)


def code_of(value: object) -> str | None:
    """The language that a payload names: "de", "deu", "German", "de-DE"; None: none is known."""
    if not isinstance(value, str):
        return None
    named = value.strip().lower()
    for one in (named, re.split(r"[-_]", named, maxsplit=1)[0]):
        if one in NAMES and one != "other":
            return one
        if found := _ALSO.get(one) or _BY_NAME.get(one):
            return found
    return None


def shares(texts: Iterable[str]) -> dict[str, float]:
    """Share of each language (ISO 639-1, "other") among the distinct texts that tell theirs.

    The largest comes first. Empty where none does: names, codes and single words are written in
    no language.
    """
    distinct = dict.fromkeys(texts)  # a line that every document repeats would outvote them
    votes = Counter(found for text in distinct if (found := language(text)) is not None)
    total = sum(votes.values())
    return {code: round(number / total, 4) for code, number in votes.most_common()}


def most(found: Mapping[str, float]) -> str | None:
    """The language of most texts, where keyword search knows its endings; None otherwise."""
    named = {code: part for code, part in found.items() if code != "other"}
    first = max(named, key=lambda code: named[code], default=None)
    return first if first in WORD_LISTS else None


def several(found: Mapping[str, float]) -> tuple[str, ...]:
    """The languages, the largest first, where more than one is of many texts; empty otherwise."""
    ranked = sorted((c for c in found if c != "other"), key=lambda code: -found[code])
    return tuple(ranked) if len(ranked) > 1 and found[ranked[1]] > MANY else ()


def language(text: str) -> str | None:
    """The likeliest language of one text; "other" is none that is known, None cannot be told."""
    words = _WORD.findall(text)[:_READ]
    letters = "".join(words)
    if not letters:
        return None
    for code, script in _SCRIPTS:
        # Japanese mixes its own signs with many Chinese ones; a few of its own are enough.
        if len(script.findall(letters)) > len(letters) * (0.05 if code == "ja" else 0.4):
            foreign = _FOREIGN.get(code)
            return "other" if foreign and foreign.search(text) else code
    return _by_function_words([word.lower() for word in words])


def spoken(text: str) -> str | None:
    """The language of a text as people call it; None where it cannot be told."""
    code = language(text)
    return NAMES[code] if code is not None and code != "other" else None


def _by_function_words(words: list[str]) -> str | None:
    votes: dict[str, float] = {}
    for word in words:
        codes = _VOTES.get(word, ())
        for code in codes:
            votes[code] = (
                votes.get(code, 0) + 1 + 1 / len(codes)
            )  # a word of one language alone says more
    ranked = sorted(votes.items(), key=lambda vote: -vote[1])[:2]
    if not ranked or ranked[0][1] < len(words) * 0.1:
        return "other" if len(words) >= _ENOUGH else None
    ahead = ranked[0][1] - (ranked[1][1] if len(ranked) == 2 else 0)
    return ranked[0][0] if ahead >= 0.5 else None

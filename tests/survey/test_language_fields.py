"""A payload field says the language of a text where its values name some and the texts agree."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.survey.language_fields import find
from qdrant_model_migration.survey.languages import code_of

GERMAN = "Das ist ein Text der in dem Ordner liegt und nicht gilt"
ENGLISH = "This is a text that lies in the folder and is not for sale"


def points(*names: Any, texts: tuple[str, str] = (GERMAN, ENGLISH)) -> list[dict[str, Any]]:
    """Forty texts, in two languages by turns. names: of the field lang, by turns too."""
    return [
        {"text": f"{texts[n % 2]} {n}", "meta": {"lang": names[n % len(names)]}, "kind": "a"}
        for n in range(40)
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("de", "de"), ("DE", "de"), ("deu", "de"), ("ger", "de"), ("German", "de"),
        ("Deutsch", "de"), ("de-DE", "de"), ("en_US", "en"), ("zh-Hant", "zh"), ("nb", "no"),
        ("klingon", None), ("other", None), ("", None), (49, None), (None, None), ("de en", None),
    ],
)  # fmt: skip
def test_a_language_is_known_by_the_names_that_payloads_give_it(value: Any, code: Any) -> None:
    assert code_of(value) == code


def test_a_field_whose_values_agree_with_the_texts_is_found() -> None:
    (found,) = find(points("de-DE", "English"), "text")
    assert (found.path, found.texts) == ("meta.lang", {"de": 20, "en": 20})
    assert (found.agrees, found.unnamed) == (1.0, 0)


def test_texts_of_which_it_names_no_language_are_counted() -> None:
    held = points("deu", "eng")
    del held[0]["meta"]
    held[1]["meta"]["lang"] = "klingon"
    (found,) = find(held, "text")
    assert found.unnamed == 2


@pytest.mark.parametrize(
    "held",
    [
        points("en", "de"),
        points("de"),
        points("de", "red", "en", "blue"),
        points("de", "en", texts=("XR 2047", "XR 2048")),
        [],
    ],
    ids=["names the wrong one", "one alone", "means something else", "nothing shows", "no points"],
)
def test_one_that_does_not_say_the_language_is_not(held: list[dict[str, Any]]) -> None:
    assert find(held, "text") == ()

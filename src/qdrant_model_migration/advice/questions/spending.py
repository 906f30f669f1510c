"""Question: how many tokens the services that make vectors for the server may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import meant
from qdrant_model_migration.pipeline.spending import MOST_TEXTS, Spending
from qdrant_model_migration.strategies import Answers, strategies
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.texts import expected_tokens
from qdrant_model_migration.strategies.keyword_vector import word_model
from qdrant_model_migration.strategies.paid_models import is_paid
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.words import count, cut

TIMES = 2
"""The suggested limit is so many times what all texts are likely to take."""

_PARTS = ("kind", "tokens", "usd", "price", "texts")
_MOST = 1e15
_TEXTS = Spending().texts


class SpendingLimit(Question):
    """Answer: {"kind": "limit", "tokens": int or None, "usd": float or None, "price": USD for a
    million tokens or None, "texts": of a request} | {"kind": "none", "price", "texts"}."""

    key = "spending"
    short = "Spending"
    serves = ("infers", "embeds")

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        expected = expected_tokens(survey, answers)
        likely = f" All texts have about {count(expected)} tokens." if expected else ""
        return QuestionText(
            "How many tokens may the run use?",
            "Whoever makes the vectors for the server may charge for them. They are counted as the "
            f"server tells.{likely}",
            "at the limit the run waits for you and says what is left. Nothing is lost meanwhile.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return _paid_model(survey, answers) is not None

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        expected = expected_tokens(survey, answers)
        limit = TIMES * expected if expected else None
        said = f"{count(limit)} tokens" if limit else "the tokens that you type"
        return (
            Option(
                {"kind": "limit", "tokens": limit, "usd": None, "price": None, "texts": _TEXTS},
                "Up to a limit",
                "then the run waits for you",
                "a limit",
            ),
            Option(
                {"kind": "none", "price": None, "texts": _TEXTS},
                "Without a limit",
                "what is used is counted and shown all the same",
                "no limit",
            ),
            unknown(f"a limit of {said}" if limit else "without a limit"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        limit, without, _ = self.options(survey, answers)
        return Suggestion((limit if limit.value["tokens"] else without).value, "default")

    def fields(self, survey: Survey, answers: Answers, value: Any) -> tuple[Field, ...]:
        if not isinstance(value, Mapping):
            return ()
        stops = (
            Field("tokens", "Tokens at most", "number", _shown(value.get("tokens"))),
            Field("usd", "USD at most", "number", _shown(value.get("usd")), "needs the price"),
        )
        return (
            *(stops if value.get("kind") == "limit" else ()),
            Field("price", "Price", "number", _shown(value.get("price")), "USD a million tokens"),
            Field(
                "texts",
                "Texts a request",
                "number",
                _shown(value.get("texts", _TEXTS)),
                f"1 to {MOST_TEXTS}; a provider may take fewer",
            ),
        )

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if not isinstance(value, Mapping):
            raise BadAnswer("This is no limit.", "", "Choose one of those shown.", self.key)
        if strange := set(value) - {*_PARTS}:
            part = min(map(str, strange))
            what = f"{part} is not a part of this answer.{meant(part, _PARTS)}"
            raise BadAnswer(what, "", "Correct or delete it.", self.key)
        tokens, usd = _typed(value, "tokens", "2000000", 1.0), _typed(value, "usd", "5", 0.01)
        price = _typed(value, "price", "0.02", 1e-6)
        texts = _typed(value, "texts", str(_TEXTS), 1.0, MOST_TEXTS) or _TEXTS
        kind = value.get("kind") or ("limit" if tokens or usd else "none")
        if kind not in ("limit", "none"):
            raise BadAnswer(
                f"{cut(kind)} is not known here.", "", "Choose one of: limit, none.", "kind"
            )
        common = {"price": price, "texts": int(texts)}
        if kind == "none":
            return {"kind": "none", **common}
        if usd and not price:
            why = "Without the price nobody can tell how many tokens that is."
            raise BadAnswer("A limit in USD needs a price.", why, "Type it as well.", "price")
        if not tokens and not usd:
            raise BadAnswer("No limit was typed.", "", "Type for example 2000000.", "tokens")
        return {"kind": "limit", "tokens": int(tokens) if tokens else None, "usd": usd, **common}

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        if not isinstance(value, Mapping):
            return super().label(value, survey, answers)
        tokens, usd = value.get("tokens"), value.get("usd")
        said = [f"{count(int(tokens))} tokens"] if tokens else []
        said += [f"{usd:g} USD"] if usd else []
        return " or ".join(said) or "no limit"


def _paid_model(survey: Survey, answers: Answers) -> ModelRef | None:
    """One that these answers lead to; None: nobody charges for any."""
    found = [chosen_model(answers)]
    if "keyword_model" in answers:
        found.append(word_model(survey, answers))
    if answers.get("query_side") == "server" and found[0] is not None:
        found += [
            one.as_taken(found[0])
            for one in strategies()
            if "infers" in one.facets and one.fit(survey, answers).word != "ruled out"
        ]
    return next((model for model in found if model is not None and is_paid(model)), None)


def _typed(
    value: Mapping[str, Any], key: str, example: str, low: float, high: float = _MOST
) -> float | None:
    """A number that may be left out."""
    raw = value.get(key)
    if raw is None or str(raw).strip() == "":
        return None
    return typed.number(raw, example=example, low=low, high=high, field=key)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.15g}"

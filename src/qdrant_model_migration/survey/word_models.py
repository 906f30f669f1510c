"""What keyword search needs to know: the models on this computer, and how long the texts are in
the words that they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qdrant_model_migration.embedders import (
    ModelRef,
    average_words,
    kind_of,
    stays_here,
    word_models,
)
from qdrant_model_migration.qdrant import Capabilities
from qdrant_model_migration.survey import languages, texts
from qdrant_model_migration.survey.facts import Fact, WordModel

_TEXTS = 500  # of the sample, about, for each field


def found(capabilities: Capabilities, served: bool | None) -> Fact[tuple[WordModel, ...]]:
    """Models that make sparse vectors, those that count words first: they are what is usual.

    served: whether the server has a service that makes vectors; BM25 it makes without one.
    """
    every = sorted(word_models(), key=lambda one: not kind_of(one.model).counts_words(one.model))
    return Fact[tuple[WordModel, ...]](
        value=tuple(
            WordModel(model=one.model, opens=one.reach.opens, size=one.reach.size)
            for one in every
            if _can_be_had(one.model, capabilities, bool(served))
        ),
        how="asked",
    )


def _can_be_had(model: ModelRef, capabilities: Capabilities, served: bool) -> bool:
    kind = kind_of(model)
    return not kind.at_server or (capabilities.bm25 if kind.counts_words(model) else served)


def spoken(model: ModelRef, code: str | None, **numbers: float) -> ModelRef:
    """A model that counts words, told the language (ISO 639-1; None: words are taken as they are
    written) and its numbers: avg_len, k, b. Any other one as it is."""
    kind = kind_of(model)
    if not kind.counts_words(model):
        return model
    said = kind.as_written(model) if code is None else ("language", name(code))
    rest = tuple(one for one in model.options if one[0] == "stopwords")
    return model.model_copy(
        update={"options": (said, *numbers.items(), *rest), "fingerprint": None}
    )


def name(code: str) -> str:
    """The language as models are told it."""
    return languages.NAMES[code].lower()


def lengths(
    payloads: Sequence[Mapping[str, object]],
    fields: Sequence[str],
    shares: Mapping[str, float],
    models: Sequence[WordModel],
) -> Fact[dict[str, float]]:
    """The average length of the texts of each field, in the words of the first model that counts
    them and can be opened, told the language of most texts."""
    model = next(
        (m.model for m in models if kind_of(m.model).counts_words(m.model) and stays_here(m.model)),
        None,
    )
    if model is None:
        return Fact[dict[str, float]]()
    model, measured = spoken(model, languages.most(shares)), {}
    for field in fields:
        held = [text for one in payloads if (text := texts.first_text(one, (field,)))]
        some = held[:: max(1, len(held) // _TEXTS)]
        if some and (average := average_words(model, some)):
            measured[field] = round(average, 1)
    note = f"words as {model.label} counts them"
    return Fact[dict[str, float]](value=measured, how="sample", note=note)

"""How many texts a second a model embeds on this computer, tried on the operator's own texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard, TypeVar

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.embedders import (
    Embedded,
    Embedder,
    ModelRef,
    Role,
    kind_of,
    open_embedder,
)
from qdrant_model_migration.pipeline.text import TextSource, text_of
from qdrant_model_migration.qdrant import Document, Qdrant
from qdrant_model_migration.qdrant.errors import InferenceRefused
from qdrant_model_migration.survey.sample import sample

T = TypeVar("T")

SAMPLE = 1024  # points read, for how long the texts are
TEXTS = 512  # of them, embedded at most
SECONDS = 5.0
EFFORT = f"up to {TEXTS} of your own texts, about {SECONDS:.0f} s at most"
_STEADY, _UNSTEADIEST = 0.1, 0.5
_A_CALL = 1.0  # seconds that a call should take, as in a backfill: fewer texts leave cores idle


class AtServer:
    """An Embedder for trying how fast a server makes vectors: it has them made, and keeps none. A
    text that its service refuses is left out, unless none at all is taken."""

    def __init__(self, qdrant: Qdrant, collection: str, model: ModelRef) -> None:
        self._qdrant, self._collection, self._opened = qdrant, collection, open_embedder(model)
        self._takes = False

    @property
    def model(self) -> ModelRef:
        return self._opened.model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        documents = [one for one in self._opened.embed(texts, role).vectors if _is_text(one)]
        self._make(documents)
        return Embedded([], 0, 0)

    def _make(self, documents: Sequence[Document]) -> None:
        try:
            self._qdrant.only_make(self._collection, documents)
            self._takes = True
        except InferenceRefused:
            if len(documents) > 1:
                middle = len(documents) // 2
                self._make(documents[:middle])
                self._make(documents[middle:])
            elif not self._takes:
                raise


def _is_text(vector: object) -> TypeGuard[Document]:
    return isinstance(vector, Document)


class Speed(NamedTuple):
    """Of the whole collection, and how it is known: a part of a sentence. tokens: of a text, as the
    model counts them; None: not counted. unsteady: how far two tries with the same texts lay apart,
    as a share: on a busy computer the rest of the time cannot be told more exactly."""

    texts_per_second: float
    how: str = ""
    tokens: float | None = None
    unsteady: float = 0.0


def kept_under(model: ModelRef) -> str:
    """The key of its speed: a model, its shorter versions and the one at the server are several."""
    where = " at the server" if kind_of(model).at_server else ""
    return f"{model.name} {model.dimensions}{where}"


def measure_speed(
    qdrant: Qdrant,
    collection: str,
    source: TextSource,
    embedder: Embedder,
    clock: Callable[[], float] = time.perf_counter,
) -> Speed | None:
    """Embed texts of every length from all over the collection for about 5 s at most.

    Time and tokens (letters, where nobody counts them) of a text are measured for each length and
    reckoned up for the whole sample, the texts that there was no time for included. None where
    there are no texts.
    """
    points = sample(qdrant, collection, SAMPLE, qdrant.count(collection))
    return speed_with((point.payload for point in points), source, embedder, clock)


def speed_with(
    payloads: Iterable[Mapping[str, Any]],
    source: TextSource,
    embedder: Embedder,
    clock: Callable[[], float] = time.perf_counter,
    where: str = "from all over the collection",
) -> Speed | None:
    """With the texts of these. where: they are from."""
    found = (text_of(payload, source) for payload in payloads)
    texts = sorted((text for text in found if isinstance(text, str)), key=len, reverse=True)
    if not texts:
        return None
    # Opening and warming up is not part of the speed.
    by = embedder.embed(texts[-1:], "passage").by
    began = clock()
    embedder.embed(texts[:1], "passage")
    letters_a_call = len(texts[0]) * _A_CALL / max(clock() - began, 1e-9)
    tried = texts[:: -(-len(texts) // TEXTS)]
    seconds, tokens, done, counted = 0.0, 0, 0, True
    each: dict[float, tuple[float, float]] = {}  # by letters of a text: its tokens, its seconds
    # A call is of texts of about one length, as in a backfill.
    calls = _spread(_calls(tried, letters_a_call))
    first = 0.0
    for batch in calls:
        began = clock()
        read = embedder.embed(batch, "passage").tokens
        took = clock() - began
        first, seconds = first or took, seconds + took
        counted = counted and read > 0
        read = read if counted else sum(map(len, batch))
        tokens += read
        done += len(batch)
        each[sum(map(len, batch)) / len(batch)] = read / len(batch), took / len(batch)
        if seconds > SECONDS:
            break
    of_a_text, takes = tokens / done, seconds / done
    if done < len(tried):
        lengths, letters = [len(text) for text in texts], sorted(each)
        of_a_text, takes = (
            float(np.interp(lengths, letters, [each[n][which] for n in letters]).mean())
            for which in (0, 1)
        )
    takes = max(takes, 1e-9)
    unsteady = 0.0
    if 0 < first <= 2 * _A_CALL and not kind_of(embedder.model).service:  # which may take money
        began = clock()
        embedder.embed(calls[0], "passage")
        again = clock() - began
        unsteady = min(_UNSTEADIEST, abs(again - first) / max(again, first))
    unit = "token" if counted else "letter"
    how = (
        f"measured on {words.plural(done, 'text')} {where}{f', by {by}' if by else ''}: "
        f"{words.count(of_a_text / takes)} {unit}s/s, {words.plural(round(of_a_text), unit)} a text"
    )
    if unsteady > _STEADY:
        how += f"; two tries with the same texts lay {words.share(unsteady)} apart"
    return Speed(1 / takes, how, of_a_text if counted else None, unsteady)


def _calls(texts: Sequence[str], letters: float) -> list[Sequence[str]]:
    """The texts in their order, each call with so many letters."""
    calls: list[Sequence[str]] = []
    first = held = 0
    for place, text in enumerate(texts):
        if held and held + len(text) > letters:
            calls.append(texts[first:place])
            first, held = place, 0
        held += len(text)
    return [*calls, texts[first:]]


def _spread(places: Sequence[T]) -> list[T]:
    """Both ends first, then the middle, the quarters and so on: any beginning of it is spread."""
    last = len(places) - 1
    inner = sorted(range(1, last), key=lambda n: f"{n:016b}"[::-1])
    return [places[n] for n in dict.fromkeys((0, last, *inner))]

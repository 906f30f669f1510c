"""Texts embedded again by one model after the other, and how many give their stored vector."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration import words
from qdrant_model_migration.embedders import Embedder, ModelRef, Way, embed_usable, kind_of
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey.facts import VectorFact
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.survey.template import filled, held_of, usual

TEXTS = 64
_FIRST_LOOK = 8
# Below 1.0: other hardware and other batch sizes change the last digits; another model stays far
# below. Datatypes that round the stored vector get more room.
_ALIKE = {"uint8": 0.95, "turbo4": 0.9}
_ALIKE_FLOAT = 0.99
_ALIKE_IN_OTHER_COMPANY = 0.98  # of a model that makes other vectors of a text in another batch
_CHANCE, _SURE = 0.05, 0.9  # shares of the texts
_EXACT = 0.9999  # nothing fits better
_AS_LONG = 0.01
_NEAR = 0.8
_FEW = 2
_LETTERS = (500, 512, 1000, 1024, 2000, 2048, 4000, 8000)
"""After how many letters applications usually cut a text."""

Array = NDArray[np.float64]
Ended = tuple[Literal["tokens", "letters"], int]
Open = Callable[[ModelRef], Embedder]

Figures = dict[str, tuple[int, int]]
"""For each field: texts that give their stored vector again, of those tried."""

_Pair = tuple[str, Sequence[float]]


class Match(NamedTuple):
    """How many of the texts in `field` give the stored vector again when `model` embeds them.

    figures: of all fields that were tried with this model, this one among them. way: how the model
    was used, "" where as it is meant. template: how the text stood among other fields, "": alone.
    uneven: the stored vectors are of different lengths, which count under their distance.
    """

    model: ModelRef
    field: str
    same: int
    tried: int
    figures: Figures
    way: str = ""
    template: str = ""
    uneven: bool = False

    @property
    def mixed(self) -> bool:
        """Some texts match, which cannot be chance, and too many do not."""
        return _CHANCE * self.tried < self.same < _SURE * self.tried


class Near(NamedTuple):
    """The closest miss: the average cosine of a few texts with their stored vectors. way: see
    Match."""

    cosine: float
    model: ModelRef
    field: str
    way: str = ""


class Trial:
    """best: of all that were tried. tried: labels of the models; failed: why others were not, by
    their names. near: the closest of what does not match, None where nothing is."""

    def __init__(
        self,
        vector: VectorFact,
        points: Sequence[Point],
        fields: Sequence[str],
        also: Sequence[str],
        whole: Sequence[str],
        stop: threading.Event | None,
        open_model: Open,
    ) -> None:
        self._vector, self._fields, self._stop = vector, fields, stop
        self._also, self._whole, self._open = also, whole, open_model
        self._points = points
        self._pairs = {field: _pairs(points, field, vector.name) for field in (*fields, *also)}
        self.best: Match | None = None
        self.tried: list[str] = []
        self.failed: dict[str, str] = {}
        self.near: Near | None = None
        self._way = ""  # in which the model in hand is used
        self._shown: Sequence[_Pair] = ()  # the texts that the best match was seen on

    @property
    def zeros(self) -> int:
        """How many values at the end of the stored vectors are zero in all of them."""
        stored = [point.vectors.get(self._vector.name) for point in self._points]
        rows = [row for row in stored if isinstance(row, list)]
        if not rows:
            return 0
        last = np.flatnonzero(np.asarray(rows, np.float64).any(axis=0)).max(initial=-1)
        return len(rows[0]) - int(last) - 1

    @property
    def found(self) -> Match | None:
        """The best, where it is more than chance."""
        best = self.best
        return best if best is not None and best.same > _CHANCE * best.tried else None

    @property
    def sure(self) -> bool:
        return self.best is not None and self.best.same >= _SURE * self.best.tried

    def of(self, ways: Iterable[Way]) -> None:
        """Try these until one is sure. Raises Stopped."""
        for way in ways:
            if self.sure:
                return
            self._check()
            self._way = way.words
            with self._failing(way.model):
                match = self._match(self._open(way.model), way.words)
                if not way.words:
                    self.tried.append(way.model.label)
                if match is not None and (self.best is None or match.same > self.best.same):
                    self.best, self._shown = match, self._pairs[match.field]

    def headed(self) -> None:
        """Try texts as they are usually embedded together with other fields, by the model that came
        near, and keep what proves it. Raises Stopped."""
        lead = self.near or self.found
        if lead is None or self.sure:
            return
        with self._failing(lead.model):
            self._headed(self._open(lead.model), lead.field)

    def cut(self) -> None:
        """Try texts that were cut before the model read them, by the one that gives some of them or
        came near, and keep what proves it. Raises Stopped."""
        lead = self.found or self.near
        limits = kind_of(lead.model).token_limits(lead.model) if lead is not None else None
        if lead is None or limits is None or self.sure:
            return
        pairs = sorted(self._pairs[lead.field][:TEXTS], key=lambda pair: len(pair[0]))
        longest = len(pairs[-_FEW:][0][0])
        cuts: list[Ended] = [("tokens", n) for n in limits] + [("letters", n) for n in _LETTERS]
        best, fits = 0.0, None
        for cut in (one for one in cuts if one[1] < longest):
            # On the longest texts every cut shows; the one that fits best is it.
            if (found := self._cut(lead.model, cut, pairs[-_FEW:])) is not None:
                nearest = min((_cosine(new, old) for new, old in found[1]), default=0.0)
                best, fits = max((best, fits), (nearest, cut), key=lambda one: one[0])
            if best > _EXACT:
                break
        if fits is None or best <= self._limit(lead.model):
            return
        half = pairs[::-2]
        if (found := self._cut(lead.model, fits, half)) is None:
            return
        used, again = found
        same = sum(_cosine(new, old) > self._limit(used) for new, old in again)
        before = self.best.figures if self.best is not None else {}
        figures = {**before, lead.field: (same, len(half))}
        way = joined(lead.way, f"with its texts cut after {words.count(fits[1])} {fits[0]}")
        match = Match(used, lead.field, same, len(half), figures, way)
        if match.same >= _SURE * match.tried:
            self.best, self._shown = match, [(_ended(text, fits), old) for text, old in half]

    def _cut(
        self, model: ModelRef, cut: Ended, pairs: Sequence[_Pair]
    ) -> tuple[ModelRef, list[tuple[Array, Array]]] | None:
        """The model that cuts so, and what it makes; letters need no other than the open one."""
        used = model.model_copy(update={"cut_texts": cut})
        with self._failing(used):
            if cut[0] == "tokens":
                embedder = self._open(used)
                return embedder.model, self._again(embedder, pairs)
            short = [(_ended(text, cut), old) for text, old in pairs]
            return used, self._again(self._open(model), short)
        return None

    def lengths(self) -> None:
        """Whether the stored vectors are as long as the model that was found makes them. Under
        Cosine they are all of length one, whatever they were. Raises Stopped."""
        best, distance = self.best, self._vector.distance
        rounded = (self._vector.datatype or "") in _ALIKE
        if best is None or not self.sure or rounded or distance not in ("Dot", "Euclid"):
            return
        if self._as_long(best.model):
            return
        others = kind_of(best.model).other_lengths(best.model)
        found = next((model for model in others if self._as_long(model)), None)
        if found is None:
            way = "with vectors of other lengths than it makes"
        else:
            way = f"with vectors {'made' if found.normalise else 'that are not made'} to length one"
        self.best = best._replace(
            model=self._open(found).model if found is not None else best.model,
            way=joined(best.way, way),
            uneven=found is None or not found.normalise,
        )

    def _as_long(self, model: ModelRef) -> bool:
        """Whether it makes stored vectors with their lengths."""
        right, shown = 0, self._shown[:_FIRST_LOOK]
        with self._failing(model):
            for new, old in self._again(self._open(model), shown):
                even = abs(float(np.linalg.norm(new) / np.linalg.norm(old)) - 1) < _AS_LONG
                right += even and _cosine(new, old) > self._limit(model)
        return right >= _SURE * len(shown)

    @contextmanager
    def _failing(self, model: ModelRef) -> Iterator[None]:
        """What fails proves nothing, for or against."""
        try:
            yield
        except Stopped:
            raise
        except QmmError as error:
            self.failed[model.name] = error.what

    def _headed(self, embedder: Embedder, field: str) -> None:
        """Of each template first the shortest texts of points that have most of its fields: they
        cost least, and show it best."""
        points = [p for p in self._points if _held(p, field) and p.vectors.get(self._vector.name)]
        for template in dict.fromkeys(usual([point.payload for point in points], field)):
            pairs = _templated(points[:TEXTS], template, self._vector.name)
            few = pairs[:_FEW]
            if not few or self._same(embedder, field, few) < len(few):
                continue
            same = self._same(embedder, field, pairs)
            figures = dict(self.best.figures) if self.best is not None else {}
            figures[template] = same, len(pairs)
            match = Match(embedder.model, field, same, len(pairs), figures, template=template)
            if match.same >= _SURE * match.tried:
                self.best, self._shown = match, pairs
                return

    def _match(self, embedder: Embedder, way: str) -> Match | None:
        """The field whose texts match best, the first of several that match alike."""
        figures = self._figures(embedder, self._fields)
        if not figures:
            return None
        field = max(figures, key=lambda one: figures[one][0])
        if figures[field][0]:
            untried = [one for one in self._also if one not in figures]
            figures |= self._figures(embedder, untried)
        return Match(embedder.model, field, *figures[field], figures, way)

    def _figures(self, embedder: Embedder, fields: Sequence[str]) -> Figures:
        """A few texts of each field first, all 64 of one that matches, or that is asked about."""
        found: Figures = {}
        for field in fields:
            pairs = self._pairs[field]
            some = pairs[: TEXTS if field in self._whole else _FIRST_LOOK]
            same = self._same(embedder, field, some)
            if same and len(some) < TEXTS:
                some = pairs[:TEXTS]
                same = self._same(embedder, field, some)
            if some:
                found[field] = same, len(some)
        return found

    def _same(self, embedder: Embedder, field: str, pairs: Sequence[_Pair]) -> int:
        if not pairs:
            return 0
        cosines = [_cosine(new, old) for new, old in self._again(embedder, pairs)]
        average = float(np.mean(cosines)) if cosines else 0.0
        if average >= _NEAR and (self.near is None or average > self.near.cosine):
            self.near = Near(average, embedder.model, field, self._way)
        limit = self._limit(embedder.model)
        return sum(cosine > limit for cosine in cosines)

    def _again(self, embedder: Embedder, pairs: Sequence[_Pair]) -> list[tuple[Array, Array]]:
        """The vectors of these texts as the model makes them, each with the stored one."""
        self._check()
        made = embed_usable(embedder, [text for text, _ in pairs], "passage").vectors
        return [
            (np.asarray(new, np.float64), np.asarray(old, np.float64))
            for new, (_, old) in zip(made, pairs, strict=True)
            if new is not None
        ]

    def _limit(self, model: ModelRef) -> float:
        by_batch = kind_of(model).depends_on_batch(model)
        usual = _ALIKE_IN_OTHER_COMPANY if by_batch else _ALIKE_FLOAT
        return _ALIKE.get(self._vector.datatype or "", usual)

    def _check(self) -> None:
        if self._stop is not None and self._stop.is_set():
            raise Stopped


def _pairs(points: Sequence[Point], field: str, name: str) -> list[_Pair]:
    pairs: list[_Pair] = []
    for point in points:
        text, stored = value_at(point.payload, field), point.vectors.get(name)
        if isinstance(text, str) and text.strip() and isinstance(stored, list):
            pairs.append((text, stored))  # type: ignore[arg-type] # dense: one row
    return pairs


def _held(point: Point, field: str) -> bool:
    return isinstance(value_at(point.payload, field), str)


def _templated(points: Sequence[Point], template: str, name: str) -> list[_Pair]:
    """The texts of the template, the shortest of those that have most of its fields first."""
    pairs: list[tuple[int, _Pair]] = []
    for point in points:
        text, stored = filled(template, point.payload), point.vectors.get(name)
        if isinstance(stored, list):
            held = held_of(template, point.payload)
            pairs.append((held, (text, stored)))  # type: ignore[arg-type] # dense: one row
    return [pair for _, pair in sorted(pairs, key=lambda one: (-one[0], len(one[1][0])))]


def joined(way: str, more: str) -> str:
    """Two ways in which a model was used, in words."""
    return f"{way}, {more}" if way else more


def _ended(text: str, cut: Ended) -> str:
    return text[: cut[1]] if cut[0] == "letters" else text


def _cosine(a: Array, b: Array) -> float:
    if a.shape != b.shape:
        return 0.0
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale > 0 else 0.0

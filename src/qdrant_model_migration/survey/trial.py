"""Texts embedded again by one model after the other, and how many give their stored vector."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from qdrant_model_migration.embedders import Embedder, ModelRef, Way, embed_usable, kind_of
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey.facts import VectorFact
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.survey.template import filled, usual

TEXTS = 64
_FIRST_LOOK = 8
# Below 1.0: other hardware and other batch sizes change the last digits; another model stays far
# below. Datatypes that round the stored vector get more room.
_ALIKE = {"uint8": 0.95, "turbo4": 0.9}
_ALIKE_FLOAT = 0.99
_ALIKE_IN_OTHER_COMPANY = 0.98  # of a model that makes other vectors of a text in another batch
_CHANCE, _SURE = 0.05, 0.9  # shares of the texts
_NEAR = 0.8
_SHORTEST = 2

Open = Callable[[ModelRef], Embedder]

Figures = dict[str, tuple[int, int]]
"""For each field: texts that give their stored vector again, of those tried."""

_Pair = tuple[str, Sequence[float]]


class Match(NamedTuple):
    """How many of the texts in `field` give the stored vector again when `model` embeds them.

    figures: of all fields that were tried with this model, this one among them. way: how the model
    was used, "" where as it is meant. template: how the text stood among other fields, "": alone.
    """

    model: ModelRef
    field: str
    same: int
    tried: int
    figures: Figures
    way: str = ""
    template: str = ""

    @property
    def mixed(self) -> bool:
        """Some texts match, which cannot be chance, and too many do not."""
        return _CHANCE * self.tried < self.same < _SURE * self.tried


class Near(NamedTuple):
    """The closest miss: the average cosine of a few texts with their stored vectors."""

    cosine: float
    model: ModelRef
    field: str


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
            try:
                match = self._match(self._open(way.model), way.words)
            except Stopped:
                raise
            except QmmError as error:
                self.failed[way.model.name] = error.what  # it proves nothing, for or against
                continue
            if not way.words:
                self.tried.append(way.model.label)
            if match is not None and (self.best is None or match.same > self.best.same):
                self.best = match

    def headed(self) -> None:
        """Try texts as they are usually embedded together with other fields, by the model that came
        near, and keep what proves it. Raises Stopped."""
        if self.near is None or self.sure:
            return
        try:
            self._headed(self._open(self.near.model), self.near.field)
        except Stopped:
            raise
        except QmmError as error:
            self.failed[self.near.model.name] = error.what

    def _headed(self, embedder: Embedder, field: str) -> None:
        """Of each template the shortest texts first: they cost least, and show it best."""
        first = next((p.payload for p in self._points if p.vectors and _held(p, field)), None)
        for template in dict.fromkeys(usual(first, field)) if first is not None else ():
            pairs = _templated(self._points, template, field, self._vector.name)[:TEXTS]
            pairs.sort(key=lambda pair: len(pair[0]))
            if self._same(embedder, field, pairs[:_SHORTEST]) < len(pairs[:_SHORTEST]):
                continue
            same = self._same(embedder, field, pairs)
            figures = dict(self.best.figures) if self.best is not None else {}
            figures[template] = same, len(pairs)
            match = Match(embedder.model, field, same, len(pairs), figures, template=template)
            if match.same >= _SURE * match.tried:
                self.best = match
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
        self._check()
        made = embed_usable(embedder, [text for text, _ in pairs], "passage").vectors
        cosines = [
            _cosine(np.asarray(new, np.float64), np.asarray(old, np.float64))
            for new, (_, old) in zip(made, pairs, strict=True)
            if new is not None
        ]
        average = float(np.mean(cosines)) if cosines else 0.0
        if average >= _NEAR and (self.near is None or average > self.near.cosine):
            self.near = Near(average, embedder.model, field)
        by_batch = kind_of(embedder.model).depends_on_batch(embedder.model)
        usual = _ALIKE_IN_OTHER_COMPANY if by_batch else _ALIKE_FLOAT
        limit = _ALIKE.get(self._vector.datatype or "", usual)
        return sum(cosine > limit for cosine in cosines)

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


def _templated(points: Sequence[Point], template: str, field: str, name: str) -> list[_Pair]:
    """The texts of the template, of those points that have one in its field."""
    pairs: list[_Pair] = []
    for point in points:
        stored = point.vectors.get(name)
        if _held(point, field) and isinstance(stored, list):
            pairs.append((filled(template, point.payload), stored))  # type: ignore[arg-type]
    return pairs


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    if a.shape != b.shape:
        return 0.0
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale > 0 else 0.0

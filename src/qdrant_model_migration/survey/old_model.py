"""Which model made the present vectors: said by the metadata, shown by re-embedding texts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from qdrant_model_migration import words
from qdrant_model_migration.embedders import (
    METADATA_KEY,
    Embedder,
    ModelRef,
    embed_usable,
    kind_of,
    list_models,
    open_embedder,
    said_of,
    stays_here,
)
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.qdrant import CollectionConfig, Point
from qdrant_model_migration.survey.facts import Fact, VectorFact
from qdrant_model_migration.survey.path import value_at

TEXTS = 64
_FIRST_LOOK = 8
# Below 1.0: other hardware and other batch sizes change the last digits; another model stays far
# below. Datatypes that round the stored vector get more room.
_ALIKE = {"uint8": 0.95, "turbo4": 0.9}
_ALIKE_FLOAT = 0.99
_ALIKE_IN_OTHER_COMPANY = 0.98  # of a model that makes other vectors of a text in another batch
_SAID_ELSEWHERE = ("embedding_model", "embedding_model_name", "model_name", "model", "embedder")

Open = Callable[[ModelRef], Embedder]


Figures = dict[str, tuple[int, int]]
"""For each field: texts that give their stored vector again, of those tried."""


class Match(NamedTuple):
    """How many of the texts in `field` give the stored vector again when `model` embeds them.

    figures: of all fields that were tried with this model, this one among them.
    """

    model: ModelRef
    field: str
    same: int
    tried: int
    figures: Figures

    @property
    def mixed(self) -> bool:
        """Some texts match, which cannot be chance, and too many do not."""
        return 0.05 * self.tried < self.same < 0.9 * self.tried


class OldModel(NamedTuple):
    """The fact for the survey, the field whose texts matched, and the numbers behind it.

    figures: of every field that was tried with the model that was found; None where none was.
    """

    fact: Fact[ModelRef]
    field: str | None = None
    matches: tuple[int, int] | None = None
    figures: Figures | None = None


def told(config: CollectionConfig, vector: str = "") -> ModelRef | str | None:
    """The model that the collection's metadata names for this vector; a bare name where nothing
    more is said.

    This program leaves a whole ModelRef there, of which one that does not know its kind takes the
    name; others sometimes leave a name.
    """
    if (model := ModelRef.of_metadata(config.metadata, vector)) is not None:
        return model
    ours = said_of(config.metadata, vector)
    said = {**config.metadata, METADATA_KEY: ours.get("name") if isinstance(ours, dict) else None}
    for key in (METADATA_KEY, *_SAID_ELSEWHERE):
        name = said.get(key)
        if isinstance(name, str) and name.strip():
            return name.strip()
    return None


class Calculated(NamedTuple):
    """By a learned map. of: the name of the model whose vectors it was calculated from. points:
    that still have such a vector, at most; None: all. projected: into a shorter one of that model.
    """

    of: str
    points: int | None = None
    projected: bool = False


def calculated(model: ModelRef, how: Calculated) -> OldModel:
    """What the metadata says of a vector that no text gives: searched by the queries of `model`."""
    some = "" if how.points is None else f" on up to {words.plural(how.points, 'point')}"
    note = f"approximate{some}, calculated from vectors of {how.of or 'another model'}"
    return OldModel(Fact[ModelRef](value=model, how="told", note=note))


def projected(of: str) -> OldModel:
    """What the metadata says of a vector that is a shorter one of the model named `of`: that one
    makes its queries only together with the projection, so there is none to search by."""
    note = (
        f"projected from vectors of {of or 'another model'}; its queries go through the "
        "projection, which stands in the folder of the run that made it"
    )
    return OldModel(Fact[ModelRef](note=note))


def find(
    said: ModelRef | str | None,
    by_operator: bool,
    vector: VectorFact | None,
    points: Sequence[Point],
    fields: Sequence[str],
    *,
    also: Sequence[str] = (),
    whole: Sequence[str] = (),
    stop: threading.Event | None = None,
    open_model: Open = open_embedder,
    known: Callable[[], Sequence[ModelRef]] = list_models,
    reachable: Callable[[ModelRef], bool] = stays_here,
) -> OldModel:
    """Try the models that are on this machine on up to 64 texts, the named one first.

    points: with payload and vectors. fields: which may hold the text, the likeliest first. also:
    others, tried only with the model that was found, so that each has its figures. whole: of these
    all texts are tried, whatever the first few show. Models are never fetched for this, and no text
    leaves this computer: another one stays told. Raises Stopped.
    """
    listed = known() if vector is not None or isinstance(said, str) else ()
    named = _by_name(said, listed) if isinstance(said, str) else said
    unproved = _unproved(named or said, by_operator)
    if vector is None or vector.kind != "dense" or not fields:
        return OldModel(unproved)
    fitting = [m for m in listed if m.vector == "dense" and m.dimensions == vector.size]
    if named is not None:
        others = [m for m in fitting if m.name != named.name or m.kind != named.kind]
        fitting = [named, *others] if named.dimensions == vector.size else others
    candidates = [m for m in fitting if reachable(m)]
    best: Match | None = None
    tried: list[str] = []
    failed: dict[str, str] = {}
    for model in candidates:
        _check(stop)
        try:
            embedder = open_model(model)
            match = _best_field(embedder, vector, points, fields, stop, whole)
            if match is not None and match.same:
                untried = [field for field in also if field not in match.figures]
                more = _figures(embedder, vector, points, untried, stop)
                match = match._replace(figures={**match.figures, **more})
        except Stopped:
            raise
        except QmmError as error:
            failed[model.name] = error.what  # it proves nothing, for or against
            continue
        tried.append(model.label)
        if match is not None and (best is None or match.same > best.same):
            best = match
        if best is not None and best.same >= 0.9 * best.tried:
            break
    if best is None or best.same <= 0.05 * best.tried:
        trouble = failed.get(named.name, "") if named is not None else ""
        return _nothing_found(unproved, named, trouble, vector, len(fitting), tried)
    return _found(best)


def _figures(
    embedder: Embedder,
    vector: VectorFact,
    points: Sequence[Point],
    fields: Sequence[str],
    stop: threading.Event | None,
    whole: Sequence[str] = (),
) -> Figures:
    """A few texts of each field first, all 64 of one that matches, or that is asked about."""
    found: Figures = {}
    for field in fields:
        pairs = _pairs(points, field, vector.name)
        same = 1 if field in whole else _same(embedder, vector, pairs[:_FIRST_LOOK], stop)
        tried = min(_FIRST_LOOK, len(pairs))
        if same:
            same, tried = _same(embedder, vector, pairs[:TEXTS], stop), min(TEXTS, len(pairs))
        if tried:
            found[field] = same, tried
    return found


def _best_field(
    embedder: Embedder,
    vector: VectorFact,
    points: Sequence[Point],
    fields: Sequence[str],
    stop: threading.Event | None,
    whole: Sequence[str],
) -> Match | None:
    """The field whose texts match best, the first of several that match alike."""
    figures = _figures(embedder, vector, points, fields, stop, whole)
    if not figures:
        return None
    field = max(figures, key=lambda one: figures[one][0])
    return Match(embedder.model, field, *figures[field], figures)


def _same(
    embedder: Embedder,
    vector: VectorFact,
    pairs: Sequence[tuple[str, Sequence[float]]],
    stop: threading.Event | None,
) -> int:
    if not pairs:
        return 0
    _check(stop)
    made = embed_usable(embedder, [text for text, _ in pairs], "passage").vectors
    by_batch = kind_of(embedder.model).depends_on_batch(embedder.model)
    usual = _ALIKE_IN_OTHER_COMPANY if by_batch else _ALIKE_FLOAT
    limit = _ALIKE.get(vector.datatype or "", usual)
    return sum(
        1
        for new, (_, old) in zip(made, pairs, strict=True)
        if new is not None
        and _cosine(np.asarray(new, np.float64), np.asarray(old, np.float64)) > limit
    )


def _pairs(points: Sequence[Point], field: str, name: str) -> list[tuple[str, Sequence[float]]]:
    pairs: list[tuple[str, Sequence[float]]] = []
    for point in points:
        text, stored = value_at(point.payload, field), point.vectors.get(name)
        if isinstance(text, str) and text.strip() and isinstance(stored, list):
            pairs.append((text, stored))  # type: ignore[arg-type] # dense: one row
    return pairs


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    if a.shape != b.shape:
        return 0.0
    scale = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / scale if scale > 0 else 0.0


def _found(match: Match) -> OldModel:
    label, same, tried = match.model.label, match.same, match.tried
    note = f"{same} of {tried} texts match"
    if match.mixed:
        note = (
            f"This collection seems to hold vectors of two models: {same} of {tried} sample texts "
            f"match {label}, {tried - same} do not. Search cannot work well in it. "
            "Only vectors made again repair it."
        )
    fact = Fact[ModelRef](value=match.model, how="re-embedded", note=note)
    return OldModel(fact, match.field, (same, tried), match.figures)


def _unproved(said: ModelRef | str | None, by_operator: bool) -> Fact[ModelRef]:
    source = "you" if by_operator else "the collection's own metadata"
    if isinstance(said, ModelRef):
        return Fact[ModelRef](value=said, how="told", note=f"said by {source}")
    if said is not None:
        note = f"{source[0].upper()}{source[1:]} say{'' if by_operator else 's'} {said[:60]}"
        return Fact[ModelRef](note=f"{note}, which is not a model that this program knows.")
    return Fact[ModelRef]()


def _nothing_found(
    unproved: Fact[ModelRef],
    named: ModelRef | None,
    trouble: str,
    vector: VectorFact,
    known: int,
    tried: Sequence[str],
) -> OldModel:
    dimensions = f"{vector.size} dimensions"
    if named is not None:
        if named.dimensions != vector.size:
            note = f"{unproved.note}, but it makes {named.dimensions} dimensions, not {vector.size}"
        elif named.label in tried:
            note = f"{unproved.note}, but none of the sample texts gives the stored vector"
        elif trouble:
            note = f"{unproved.note}; it could not be tried: {trouble}"
        else:
            note = f"{unproved.note}; it is not on this computer, so nothing was re-embedded"
        return OldModel(unproved.model_copy(update={"note": note}))
    away = known - len(tried)
    if not tried:
        why = (
            f"none of {words.plural(known, 'known model')} of {dimensions} is on this computer, "
            "so nothing was re-embedded"
            if known
            else f"no known model makes {dimensions}"
        )
    else:
        why = f"none of {words.plural(len(tried), 'known model')} of {dimensions} on this computer "
        why += "gives the stored vectors"
        if away:
            why += f"; {away} more {'is' if away == 1 else 'are'} not here"
    before = f"{unproved.note} " if unproved.note else ""
    note = (
        f"{before}The old model is not known: {why}. Comparing old with new needs it. "
        + ("Enter its name, or go on" if known else "Go on")
        + " without the comparison."
    )
    return OldModel(unproved.model_copy(update={"note": note}))


def _by_name(name: str, listed: Sequence[ModelRef]) -> ModelRef | None:
    wanted = name.lower()
    whole = [model for model in listed if model.name.lower() == wanted]
    short = [model for model in listed if model.label.lower() == wanted.rsplit("/", 1)[-1]]
    return next(iter(whole or short), None)


def _check(stop: threading.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise Stopped

"""Which model made the present vectors: said by the metadata, shown by re-embedding texts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.embedders import (
    METADATA_KEY,
    ModelRef,
    Way,
    kind_of,
    list_models,
    open_embedder,
    said_of,
    stays_here,
)
from qdrant_model_migration.qdrant import CollectionConfig, Point
from qdrant_model_migration.survey.facts import Fact, VectorFact
from qdrant_model_migration.survey.trial import Figures, Match, Near, Open, Trial, joined

_SAID_ELSEWHERE = ("embedding_model", "embedding_model_name", "model_name", "model", "embedder")


class OldModel(NamedTuple):
    """The fact for the survey, the field whose texts matched, and the numbers behind it.

    figures: of every field that was tried with the model that was found; None where none was.
    template: how the texts of the field stood among others, "" where alone.
    """

    fact: Fact[ModelRef]
    field: str | None = None
    matches: tuple[int, int] | None = None
    figures: Figures | None = None
    template: str = ""


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
    trial = Trial(vector, points, fields, also, whole, stop, open_model)
    trial.of(Way("", model) for model in candidates)
    trial.of(way for model in candidates for way in kind_of(model).other_ways(model))
    every = {(m.kind, m.name): m for m in (*listed, *([named] if named is not None else ()))}
    trial.of(_resized(named, filter(reachable, every.values()), vector, trial.zeros))
    near = trial.near
    if near is not None and near.way and near.model.full_dimensions is not None:
        ways = kind_of(near.model).other_ways(near.model)
        trial.of(Way(joined(near.way, way.words), way.model) for way in ways)
    trial.cut()
    trial.headed()
    trial.lengths()
    if trial.found is None:
        return _nothing_found(unproved, named, vector, len(fitting), trial)
    return _found(trial.found, vector)


def _resized(
    named: ModelRef | None, here: Iterable[ModelRef], vector: VectorFact, zeros: int
) -> Iterator[Way]:
    """Models whose vectors somebody has cut to the size of this one, or filled up with zeros: so
    many stand at its end."""
    size = vector.size or 0
    for model in here:
        if model.vector != "dense" or not size:
            continue
        if model.dimensions > size and (model is named or size in model.matryoshka):
            how = f"with its vectors cut to {words.count(size)} values"
            yield Way(how, model.cut_to(size, unproven=True))
        elif size - zeros <= model.dimensions < size:
            how = f"with zeros behind the {words.count(model.dimensions)} values of its vectors"
            yield Way(how, model.padded_to(size))


def _found(match: Match, vector: VectorFact) -> OldModel:
    label, same, tried = match.model.label, match.same, match.tried
    note = f"{same} of {tried} texts match{f' {match.way}' if match.way else ''}"
    if match.template:
        note += ", together with other fields"
    if match.mixed:
        note = (
            f"This collection seems to hold vectors of two models: {same} of {tried} sample texts "
            f"match {label}, {tried - same} do not. Search cannot work well in it. "
            "Only vectors made again repair it."
        )
    if match.model.cut_texts is not None:
        note += ". New vectors are made of all of a text that a model reads."
    if match.uneven:
        note += (
            f". {vector.distance} counts these lengths too. With a model that makes all vectors of "
            "length one that ends; the new vector keeps the distance."
        )
    fact = Fact[ModelRef](value=match.model, how="re-embedded", note=note)
    return OldModel(fact, match.field, (same, tried), match.figures, match.template)


def _unproved(said: ModelRef | str | None, by_operator: bool) -> Fact[ModelRef]:
    source = "you" if by_operator else "the collection's own metadata"
    if isinstance(said, ModelRef):
        return Fact[ModelRef](value=said, how="told", note=f"said by {source}")
    if said is not None:
        note = (
            f"{source[0].upper()}{source[1:]} say{'' if by_operator else 's'} {words.cut(said, 60)}"
        )
        return Fact[ModelRef](note=f"{note}, which is not a model that this program knows.")
    return Fact[ModelRef]()


def _nothing_found(
    unproved: Fact[ModelRef],
    named: ModelRef | None,
    vector: VectorFact,
    known: int,
    trial: Trial,
) -> OldModel:
    dimensions, tried = words.plural(vector.size or 0, "dimension"), trial.tried
    trouble = trial.failed.get(named.name, "") if named is not None else ""
    if named is not None:
        if named.dimensions != vector.size:
            note = f"{unproved.note}, but it makes {named.dimensions} dimensions, not {vector.size}"
        elif named.label in tried:
            note = f"{unproved.note}, but none of the sample texts gives the stored vector"
            note += f". {_close(trial.near)}" if trial.near is not None else ""
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
        f"{before}The old model is not known: {why}. "
        + (f"{_close(trial.near)} " if trial.near is not None else "")
        + "Comparing old with new needs it. "
        + "Say its name or its folder, or go on without the comparison."
    )
    return OldModel(unproved.model_copy(update={"note": note}))


def _by_name(name: str, listed: Sequence[ModelRef]) -> ModelRef | None:
    wanted = name.lower()
    whole = [model for model in listed if model.name.lower() == wanted]
    short = [model for model in listed if model.label.lower() == wanted.rsplit("/", 1)[-1]]
    return next(iter(whole or short), None)


def _close(near: Near) -> str:
    return (
        f"{near.model.label} comes near with {near.field} (cosine {near.cosine:.2f} on average): "
        "the model fits, the text does not. Something may have stood before it, such as lines of "
        "metadata or a title."
    )

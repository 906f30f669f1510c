"""Reading a server: the list of its collections, and the survey of one. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic, perf_counter
from typing import Any

from qdrant_model_migration.embedders import ModelRef, list_models, model_by_name
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.survey import Fact, Listed, Survey, look_at, named, survey

BETWEEN_NEWS = 0.2  # seconds


def collections(
    session: Session, stop: Event, report: Callable[[tuple[Listed, ...]], None]
) -> tuple[Listed, ...]:
    """The list, read again: the names are told at once, then what is found of each, some at a time.

    Those with an alias come first: one of them is the likely choice.
    """
    found: list[Listed] = []
    with opened(session) as qdrant:
        names = named(qdrant, qdrant.collections())
        report(names)
        new: list[Listed] = []
        told = perf_counter()
        for one in look_at(qdrant, sorted(names, key=lambda one: not one.aliases), stop):
            found.append(one)
            new.append(one)
            if perf_counter() - told >= BETWEEN_NEWS:
                report(tuple(new))
                new, told = [], perf_counter()
    return tuple(sorted(found, key=lambda one: one.collection))


def one_collection(
    session: Session,
    text_field: str | None,
    old_model: str | ModelRef | None,
    stop: Event,
    report: Callable[[tuple[str, Fact[Any]]], None],
) -> tuple[Survey, float]:
    """The survey of the chosen one and its seconds, telling (key, fact) as each is found.

    text_field, old_model: as a person said.
    """
    if session.collection is None:
        raise QmmError("No collection is chosen.", "", "Go back and choose one.")
    began = monotonic()
    with opened(session) as qdrant:
        found = survey(
            qdrant,
            session.collection,
            on_fact=lambda key, fact: report((key, fact)),
            text_field=text_field,
            old_model=model_by_name(old_model) if isinstance(old_model, str) else old_model,
            known_before=session.known_before,
            stop=stop,
        )
    return found, monotonic() - began


def models_for(survey: Survey) -> dict[str, ModelRef]:
    """The known models that make vectors of a size that is stored, by name."""
    sizes = {vector.size for vector in survey.dense}
    return {m.name: m for m in list_models() if m.dimensions in sizes and m.vector == "dense"}

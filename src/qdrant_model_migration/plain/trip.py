"""The whole trip in its order, and going back along it. What happens at each stop is its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from qdrant_model_migration.engine import read_card
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED
from qdrant_model_migration.pages.outcome import Go
from qdrant_model_migration.plain import (
    collection,
    connect,
    explore,
    look,
    practice,
    questions,
)
from qdrant_model_migration.plain.home import home
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.run import Correct, carry_through, take_up
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, known_key

Stop = Callable[[Talk, Journey], object] | str
"""A stage of `pages/` by its name, or what is still its own talk."""

BY_NAME = {"questions": questions.ask_all}
DECIDE: tuple[Stop, ...] = (
    look.look,
    questions.ask_all,
    "strategy",
    "warnings",
    "plan",
)


AGAIN = "again"
"""The way on from a run that wrote nothing: its answers are changed, and it is planned anew."""


def run_plain(
    *,
    url: str | None = None,
    answers: dict[str, Any] | None = None,
    practice: bool = False,
    talk: Talk | None = None,
) -> int:
    """The trip from the first question to the report; returns the exit code.

    0 done or left before anything was started, 3 waits at a gate, 4 failed, 130 stopped or Ctrl+C.
    url: tried at once. answers: taken as given. practice: the sandbox at once.
    """
    talk = talk or Talk()
    try:
        return _trip(talk, url, dict(answers or {}), practice)
    except Leave as leave:
        talk.say("Left. Nothing was started or changed by this.")
        return STOPPED if leave.interrupted else DONE


def _trip(talk: Talk, url: str | None, answers: dict[str, Any], practise: bool) -> int:
    chosen: str | Path | None = "practice" if practise else "migrate" if url else None
    journey = Journey()
    while True:
        way = chosen or home(talk)
        if way != AGAIN:
            journey = Journey(answers=dict(answers))
        try:
            if isinstance(way, Path):
                return take_up(talk, way, _key_for(talk, way))
            begun = _decide(talk, journey, way, url)
            if begun is not None and begun.session.run is not None:
                if begun.words:
                    return FAILED
                return carry_through(talk, begun.session.run, journey.environment)
            chosen = "migrate"
        except Back:
            chosen = url = None
        except Correct as wish:
            chosen = AGAIN
            if isinstance(way, Path):
                journey = _journey_of(wish)
        if way != "practice":  # what fits the practice collection says nothing of another one
            answers = dict(journey.answers)


def _journey_of(wish: Correct) -> Journey:
    """The journey that led to the plan of a run, from the survey on."""
    plan = load_plan(wish.folder / PLAN)
    key = wish.environment.get(KEY)
    return Journey(
        address=plan.server,
        key=SecretStr(key) if key else None,
        practice=plan.practice,
        collection=plan.collection,
        answers=dict(plan.answers),
    )


def _decide(talk: Talk, journey: Journey, way: str, url: str | None) -> Go | None:
    """All stops of this way; returns where the run is that was begun, None after Explore.

    Raises Back from the first stop.
    """
    if way == "practice":
        try:
            practice.prepare(talk, journey)
        except QmmError as error:
            talk.trouble(error)
            raise Back from None
        stops: tuple[Stop, ...] = DECIDE
    elif way == AGAIN:
        stops = DECIDE
    elif way == "explore":
        stops = (explore.what_if, questions.ask_all, explore.outcome)
    else:
        stops = (partial(connect.connect, url=url), collection.choose, *DECIDE)
    at = 0
    while True:
        stop = stops[at]
        try:
            if not isinstance(stop, str):
                stop(talk, journey)
                at += 1
            else:
                go = Visit(talk, stop, journey.session).until_it_leads_on()
                journey.take(go.session)
                if go.words:
                    talk.say(go.words)
                if go.to == "run":
                    return go
                at = stops.index(BY_NAME.get(go.to, go.to))
        except Back:
            if at == 0:
                raise
            at -= 1
            if at == 0 and way == "migrate":
                # the address that was named is not tried again
                stops = (connect.connect, *stops[1:])
        if at == len(stops):
            return None


def _key_for(talk: Talk, folder: Path) -> dict[str, str]:
    """The key for a run that is taken up: it is written down nowhere. The one in the environment
    is used where it is of the run's server."""
    server = Address.read(read_card(folder).server)
    if server.folder is not None:
        return {}
    if known := known_key(server):
        return {KEY: known}
    typed = talk.hidden(f"API key of {server}, not shown; press Enter if there is none:")
    return {KEY: typed} if typed else {}

"""The whole trip, from stage to stage and back. What happens at each is its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from qdrant_model_migration.advice import WhatIf
from qdrant_model_migration.engine import read_card
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED
from qdrant_model_migration.pages.beginning import begin
from qdrant_model_migration.pages.of_run import folder_of
from qdrant_model_migration.pages.outcome import BACK, HOME, Go
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stages
from qdrant_model_migration.plain.run import Correct, carry_through, take_up
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, is_own, known_key, own_server
from qdrant_model_migration.shell import qmm


def run_plain(
    *,
    url: str | None = None,
    answers: dict[str, Any] | None = None,
    practice: bool = False,
    explore: WhatIf | None = None,
    talk: Talk | None = None,
) -> int:
    """The trip from the first question to the report; returns the exit code.

    0 done or left before anything was started, 3 waits at a gate, 4 failed, 130 stopped or Ctrl+C.
    url: tried at once. answers: taken as given. practice: the sandbox at once.
    explore: made-up facts, at once.
    """
    talk = talk or Talk()
    way = [Go("home", begin(practice=practice, answers=answers))]
    if explore is not None:
        way.append(Go("explore", begin(answers=answers, explore=explore)))
    elif practice or url:
        way.append(Go("practice" if practice else "connect", way[0].session))
    given = {"address": url, "key": "", "remember": ""} if url and not practice else {}
    try:
        return _trip(talk, way, given)
    except Leave as leave:
        talk.say("Left. Nothing was started or changed by this.")
        return STOPPED if leave.interrupted else DONE


def _trip(talk: Talk, way: list[Go], given: dict[str, str]) -> int:
    """way: the stages that are open, the present one last. given: at once, at the first one."""
    session = way[-1].session
    while True:
        name = way[-1].to
        try:
            go = _stop(talk, name, session, given)
            if go.words:
                talk.say(go.words)
            if go.to in ("run", "added_step"):  # its question is asked there too
                return _run(talk, go, begun=name == "plan")
        except Correct as wish:
            del way[1:]
            go = Go("survey", _session_of(wish))
        given = {}
        if go.to == HOME:
            del way[1:]
        session = go.session
        open_ = [one.to for one in way]
        if go.to == BACK and len(way) == 1:
            talk.say("This is the beginning.")
        elif go.to == BACK:
            way.pop()
        elif go.to == name:
            way[-1] = go
        elif go.back and go.to in open_:
            del way[open_.index(go.to) + 1 :]
        elif go.to != HOME:
            del way[len(way) - (1 if go.instead else 0) :]
            way.append(go)


def _stop(talk: Talk, name: str, session: Session, given: dict[str, str]) -> Go:
    """Where it leads, with what was found there."""
    if name in stages():
        visit = Visit(talk, name, session, given)
        try:
            return visit.until_it_leads_on()
        except Back:
            return Go(BACK, visit.session)
    talk.commands((qmm("status"),))
    return Go(BACK, session)


def _run(talk: Talk, go: Go, *, begun: bool) -> int:
    """A run to its end. Raises Correct."""
    folder, session = go.session.run, go.session
    assert folder is not None, "a run is gone to with its folder"
    if begun and go.words:
        return FAILED
    return carry_through(talk, session) if begun else take_up(talk, _taken_up(talk, folder))


def _session_of(wish: Correct) -> Session:
    """The one that led to the plan of a run, from the survey on."""
    plan = load_plan(folder_of(wish.session) / PLAN)
    return Session(
        address=plan.server,
        key=wish.session.key,
        key_of=plan.server,
        practice=plan.practice,
        collection=plan.collection,
        answers=dict(plan.answers),
    )


def _taken_up(talk: Talk, folder: Path) -> Session:
    """With the key for a run that is taken up: it is written down nowhere. The one in the
    environment is used where it is of the run's server."""
    server = Address.read(read_card(folder).server)
    key = known_key(server)
    if key is None and server.folder is None:
        key = talk.hidden(f"API key of {server}, not shown; press Enter if there is none:")
    known = SecretStr(key) if key else None
    return Session(run=folder, key=known, key_of=server if key or is_own(server) else own_server())

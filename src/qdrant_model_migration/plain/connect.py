"""Stop: which server, with which key. It says what it found and asks again where it fails."""

from __future__ import annotations

import os
from time import perf_counter

from pydantic import SecretStr

from qdrant_model_migration.environment import KEY, URL
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Talk
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.qdrant.errors import KeyRefused

SECONDS = 10.0


def connect(talk: Talk, journey: Journey, url: str | None = None) -> None:
    """Sets address and key. url: tried at once, with the key of the environment."""
    known = os.environ.get(KEY)
    journey.key = SecretStr(known) if known else None
    typed = url
    while True:
        if typed is None:
            typed = _ask_address(talk)
        try:
            journey.address = Address.parse(typed)
            if url is None and journey.address.url is not None:
                _ask_key(talk, journey)
        except QmmError as error:
            talk.trouble(error)
            typed = url = None
            continue
        if _reached(talk, journey):
            return
        typed = url = None


def _ask_address(talk: Talk) -> str:
    talk.say("Where is your Qdrant server?")
    talk.say("An address starts with http:// or https:// and usually ends in :6333.", indent=2)
    known = os.environ.get(URL, "")
    enter = f", Enter for {known}" if known else ""
    while True:
        typed = talk.ask(f"Address{enter}, or back, leave:") or known
        if typed:
            return typed
        talk.say("No address was typed. It looks like https://search.example.com:6333.")


def _ask_key(talk: Talk, journey: Journey) -> None:
    enter = f"for the one in {KEY}" if journey.key else "if there is none"
    typed = talk.hidden(f"API key, never saved and not shown; press Enter {enter}:")
    if typed:
        journey.key = SecretStr(typed)


def _reached(talk: Talk, journey: Journey) -> bool:
    """Whether the server answers and takes the key. A refused key is asked for again."""
    while True:
        try:
            _look(talk, journey)
        except KeyRefused as error:
            talk.trouble(error)
            journey.key = None
            typed = talk.hidden("API key, or press Enter to name another address:")
            if not typed:
                return False
            journey.key = SecretStr(typed)
        except QmmError as error:
            talk.trouble(error)
            return False
        else:
            return True


def _look(talk: Talk, journey: Journey) -> None:
    assert journey.address is not None
    began = perf_counter()
    with journey.opened(timeout=SECONDS) as qdrant:
        took = (perf_counter() - began) * 1000
        names = qdrant.collections()
        may_write = qdrant.may_manage()
        talk.say(f"The server answers in {took:.0f} ms, Qdrant {qdrant.version}.")
    talk.say("The key is accepted." if journey.key else "No key is needed.")
    if may_write is False:
        talk.say("This key may only read: survey, questions and plan work, a run does not.")
    elif may_write is None:
        talk.say("Writing is tested in step 1 of the plan, before anything is created.")
    if not journey.address.encrypted and not journey.address.on_this_computer:
        can = "anyone on the way can read the key" if journey.key else "it is not encrypted"
        talk.say(f"Caution: the address starts with http, so {can}.")
    found = "1 collection is" if len(names) == 1 else f"{len(names)} collections are"
    talk.say(f"{found} there.")

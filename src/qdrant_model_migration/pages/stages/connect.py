"""Where is the Qdrant server: address, key, and what a first look at it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from pydantic import SecretStr

from qdrant_model_migration.environment import KEY, URL
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work, refused
from qdrant_model_migration.pages.page import Act, Ask, Fact, Facts, Page, Says
from qdrant_model_migration.pages.session import NOTHING, Connected, Session
from qdrant_model_migration.pages.work import memory
from qdrant_model_migration.pages.work.connecting import SECONDS, reach
from qdrant_model_migration.qdrant import Address, first_that_answers
from qdrant_model_migration.qdrant.errors import KeyRefused, ReadOnlyKey, RightMissing

HELP = (
    "The address of the server, as your application uses it. 6333 is the",
    "usual port; 6334 (gRPC) does not work here.",
    "",
    "The API key is like a password. It is kept in memory only: not in",
    "files, logs or pictures. Survey and plan need a key that may read;",
    "a run needs one that may create collections and change aliases.",
    "",
    "A certificate of your own, or a header that a proxy wants: leave, and",
    "start again with  qmm --ca FILE  or  qmm --header NAME=VARIABLE.",
    "",
    "A local server by Docker, which keeps its data in the folder qdrant:",
    'docker run -p 6333:6333 -v "$PWD/qdrant:/qdrant/storage" qdrant/qdrant',
)
READ_FROM = f"The address and the key are also read from {URL} and {KEY}."
NO_SERVER = "No server at hand? Choose Practice: it needs none."


def page(session: Session) -> Page:
    reached = session.connected is not None
    known = bool(session.key)
    address = session.typed or str(session.address or session.last_address)
    key = "a key is known already; leave empty to use it"
    none = "leave empty if there is none; never saved, never shown"
    asks = (
        Ask(
            "address",
            "text",
            "Address",
            address,
            "starts with http:// or https://, usually ends in :6333",
        ),
        Ask("key", "secret", "API key", help=key if known else none),
        Ask("remember", "tick", "Remember the address for next time (never the key)", "yes"),
    )
    rows = session.checked or (Fact("Nothing yet.", ""),)
    says = (READ_FROM,) if reached else (READ_FROM, NO_SERVER)
    see = Act("see", "See collections", enter=True, to="see the collections")
    connect = Act("connect", "Connect", enter=True)
    again = Act("connect", "Connect again")
    return Page(
        title="Where is your Qdrant server?",
        body=(*asks, Facts(rows, "What we checked"), Says(says)),
        acts=(see, again) if reached else (connect, Act("practice", "Practice instead")),
        help=HELP,
        hello="Connected. Press Enter to see the collections."
        if reached
        else "Type the address and press Enter; Enter after the key connects.",
        place="Connect",
        where="connect",
        first="see" if reached else "connect" if known and address else "address",
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if key == "practice":
        return Go("practice", session.on(practice=True, address=None, checked=()), instead=True)
    try:
        ways = Address.ways(values["address"])
    except QmmError as error:
        return refused(error, "address")
    given = SecretStr(values["key"]) if values["key"] else session.key
    if key == "see" and session.address in ways and given == session.key:
        return Go("collections", session)
    same = session.address in ways
    address = session.address if same and session.address else ways[0]
    begun = session.on(
        address=address,
        typed=values["address"].strip(),
        key=given,
        key_of=address,
        practice=False,
        connected=None,
        checked=(Fact(f"Asking {address.label}…", ""),),
        collection=session.collection if same else None,
        survey=session.survey if same else None,
        reading=session.reading if same else None,
        accepted=session.accepted if same else NOTHING,
    )
    work = partial(_reach, begun, ways, values["remember"] == "yes")
    says = f"Connecting. It takes at most {SECONDS * len(ways):g} s."
    return Work("connect", work, _reached, says, _checked, _failed, begun=begun)


def _reach(
    session: Session, ways: Sequence[Address], remember: bool, report: Report
) -> tuple[Connected, Address, bool]:
    def at(way: Address) -> tuple[Connected, Address]:
        return reach(session.on(address=way, key_of=way), report), way

    connected, address = first_that_answers(ways, at)
    if remember:
        memory.remember_address(str(address))
    return connected, address, remember


def _checked(session: Session, fact: Fact) -> Session:
    return session.on(checked=(*(one for one in session.checked if one.value), fact))


def _reached(session: Session, found: tuple[Connected, Address, bool]) -> Said:
    connected, address, remember = found
    session = session.on(
        address=address,
        key_of=address,
        typed="",
        connected=connected,
        last_address=str(address) if remember else session.last_address,
    )
    if connected.may_write is False:
        words = "This key may only read. Survey, questions and plan work; a run does not."
        return Said(session, words, "see")
    return Said(session, page(session).hello, "see")


def _failed(session: Session, error: QmmError) -> Said:
    session = _checked(session, Fact(error.what, "", mark="bad"))
    if isinstance(error, KeyRefused):
        session = session.on(key=None, key_of=None)  # the next try does not take it again
    of_key = isinstance(error, KeyRefused | RightMissing | ReadOnlyKey)
    at = "key" if of_key else "address"
    return Said(session, refused(error).words, at, trouble=True)

"""Practice: prepares the built-in collection, its models and its application, then goes on."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work, refused
from qdrant_model_migration.pages.page import Act, Fact, Facts, Page, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import practising

WHAT = (
    "A Qdrant in a folder of this computer, filled with texts that every Python has: its own "
    "documentation. Small models that need no download. An application that searches and "
    "writes through the alias docs meanwhile. The documents lie in a file as well, so that loading "
    "them again can be tried.",
    "What it cannot do, it says: the practice Qdrant does not compress and has no indexes. "
    "Everything else is the real thing.",
)
LOOKING = (Fact("Looking what is there already…", ""),)


def enter(session: Session) -> Outcome:
    return session if _did_not(session) else _prepare(session)


def page(session: Session) -> Page:
    failed = _did_not(session)
    title = "Not ready" if failed else "Preparing"
    return Page(
        title="Practice",
        body=(Says(WHAT, "Practice"), Facts(session.checked or LOOKING, title)),
        acts=(Act("again", "Try again"),) if failed else (),
        help=(WHAT[0], "", WHAT[1]),
        hello="Preparing. Nothing real is touched. Esc goes back.",
        place="Connect",
        where="practice",
        first="again" if failed else "back",
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    return _prepare(session)


def _did_not(session: Session) -> bool:
    return any(fact.mark == "bad" for fact in session.checked)


def _prepare(session: Session) -> Work:
    begun = session.on(checked=LOOKING)
    return Work("prepare", _do, _ready, news=_progress, failed=_failed, begun=begun)


def _do(report: Report) -> practising.Practice:
    return practising.prepare(report)


def _progress(session: Session, news: tuple[str, int, int]) -> Session:
    what, done, total = news
    return session.on(checked=(Fact(what, "", share=done / total if total else 0.0),))


def _ready(session: Session, ready: practising.Practice) -> Go:
    session = session.on(
        practice=True,
        explore=False,
        address=ready.address,
        key=None,
        key_of=None,
        connected=ready.connected,
        checked=(),
        offered=ready.offered,
        answers={**ready.answers, **session.answers},
    ).chosen(ready.collection)
    over = (
        f"The practice was finished before: its application searches {ready.over} now. Start "
        "practice over makes everything anew."
    )
    return Go("collections", session, over if ready.over else "", instead=True)


def _failed(session: Session, error: QmmError) -> Said:
    session = session.on(checked=(Fact(error.what, "", mark="bad"),))
    return Said(session, refused(error).words, "again", trouble=True)

"""Which collection: the list, as it is read, and the one in hand in full."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from threading import Event

from qdrant_model_migration import words
from qdrant_model_migration.pages.outcome import Go, Outcome, Refused, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Ask, Column, Fact, Facts, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import practising, reading
from qdrant_model_migration.survey import Listed

COLUMNS = (
    Column("COLLECTION"),
    Column("ALIAS", 9),
    Column("POINTS", 10, right=True),
    Column("VECTORS", 13),
    Column("ABOUT", 7, right=True),
    Column("MODEL", 11),
)
HIDDEN = (
    "This server does not list its collections for this key. Type the name of yours; the rest may "
    "work all the same.",
)
HELP = (
    "In the list, typing a letter jumps to a name.",
    "An alias is a second name that can be pointed to another collection",
    "in one moment. Without one your application must be changed once",
    "(question Name).",
    "",
    "ABOUT is the size of the vectors as stored, computed from their number.",
    "MODEL is what the collection's own notes say; the survey checks it.",
)


def enter(session: Session) -> Outcome:
    if session.connected is None:
        return Go("connect", session, back=True)
    if all(one.looked_at for one in session.connected.collections):
        return session
    return _read(session)


def page(session: Session) -> Page:
    listed = session.connected.collections if session.connected else ()
    looked_at = sum(1 for one in listed if one.looked_at)
    so_far = "" if looked_at == len(listed) else f", looked at {looked_at}"
    rows = tuple(_row(one) for one in listed)
    title = f"Which collection? · {len(rows)}{so_far}"
    if session.connected is not None and not session.connected.listed:
        return _hidden(session)
    table = Table("collections", rows, COLUMNS, title, "below", enter="Survey")
    nothing = "This server has no collections yet. Practice has one to try things on."
    over = Act("start-over", "Start practice over", button=False)
    return Page(
        title="Which collection?",
        body=(table,) if rows else (Says((nothing,), "Nothing here"),),
        acts=(Act("again", "Read again"), *((over,) if session.practice else ())),
        help=HELP,
        hello="The survey only reads.",
        place="Connect",
        where="collections",
        first=_likely(session, listed) or "again",
    )


def _hidden(session: Session) -> Page:
    """Where neither the server nor what stands before it tells which there are."""
    ask = Ask("name", "text", "Collection", session.collection or "", "or its alias")
    survey = Act("survey", "Survey it", enter=True)
    return Page(
        title="Which collection?",
        body=(Says(HIDDEN), ask),
        acts=(survey, Act("again", "Read again")),
        help=HELP,
        hello="The survey only reads.",
        place="Connect",
        where="collections",
        first="name",
    )


def _likely(session: Session, listed: tuple[Listed, ...]) -> str:
    """The one chosen before, else one that has an alias and points."""
    if session.collection in [one.collection for one in listed]:
        return session.collection or ""
    likely = sorted(
        (one for one in listed if one.points or not one.looked_at),
        key=lambda one: (bool(one.kept_for), not one.aliases, not one.looked_at),
    )
    return next((one.collection for one in (*likely, *listed)), "")


def _row(one: Listed) -> Row:
    return Row(
        one.collection,
        (
            one.collection,
            ", ".join(one.aliases) or ("?" if one.unseen else "none"),
            words.count(one.points) if one.points is not None else _not_known(one, "…"),
            one.vectors,
            words.size(one.bytes) if one.bytes is not None else _not_known(one, ""),
            one.model or ("unknown" if one.looked_at else ""),
        ),
        title=one.collection,
        more=(Facts(tuple(_facts(one))),),
        acts=(Act("survey", "Survey this one", closed=_why_not(one)),),
        names=one.aliases,
        whole=one.looked_at,
    )


def _not_known(one: Listed, yet: str) -> str:
    return "?" if one.looked_at else yet


def _why_not(one: Listed) -> str:
    if one.problem:
        return "it cannot be read"
    if one.kept_for:
        return f"it holds {one.kept_for}"
    return "it is empty" if one.points == 0 else ""


def _facts(one: Listed) -> list[Fact]:
    alias = "none. Your application uses the collection's own name; that is asked later."
    if one.unseen:
        alias = "not shown to this key, be there one or not; its name is asked for later."
    if one.aliases:
        alias = (
            f"{', '.join(one.aliases)} points here. Your application can use that name and will "
            "not notice which collection answers."
        )
    if not one.looked_at:
        rest = "is being read; it can be surveyed already."
        return [Fact("Alias", alias), Fact("The rest", rest)]
    text = "not seen in a few points; the survey looks at more"
    if one.text_field:
        text = f"probably in the payload field {one.text_field} (the survey will check)"
    model = "unknown; the survey tries to find out"
    if one.model:
        model = f"{one.model}, said by the collection's own notes"
    rows = [
        Fact("Alias", alias),
        Fact("Vectors", one.vectors_in_words),
        Fact("Text", text),
        Fact("Model", model),
        Fact("Status", one.problem or f"{one.status}: {one.status_in_words}"),
    ]
    if one.points == 0:
        empty = "0 points, so there is nothing to embed. Create a new collection for the new model"
        rows.append(Fact("Empty", f"{empty} instead."))
    return rows


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if key == "survey" and "name" in values:
        named = values["name"].strip()
        if not named:
            return Refused("No collection was named. Type its name.", "name")
        return Go("survey", session.chosen(named))
    if key == "survey":
        return Go("survey", session.chosen(values["collections"]))
    if key == "start-over":
        says = "Deleting the practice Qdrant; then it is made anew."
        return Work("over", _reset, _anew, says)
    return _read(session, again=True)


def _read(session: Session, *, again: bool = False) -> Work:
    stop = Event()
    return Work(
        "list",
        partial(reading.collections, session, stop),
        partial(_have, again=again),
        "Reading the list again…" if again else "",
        _some,
        stop=stop,
    )


def _some(session: Session, new: tuple[Listed, ...]) -> Session:
    """The names alone, or some that were looked at."""
    listed = session.connected.collections if session.connected else ()
    if all(one.looked_at for one in new):
        found = {one.collection: one for one in new}
        return _with(session, tuple(found.get(one.collection, one) for one in listed))
    old = {one.collection: one for one in listed if one.looked_at}
    return _with(
        session, tuple(old.get(one.collection, one)._replace(aliases=one.aliases) for one in new)
    )


def _with(session: Session, listed: tuple[Listed, ...]) -> Session:
    if session.connected is None:
        return session
    return session.on(connected=session.connected._replace(collections=listed, listed=True))


def _have(session: Session, listed: tuple[Listed, ...], *, again: bool) -> Outcome:
    session = _with(session, listed)
    return Said(session, "Read again.") if again else session


def _reset(report: Report) -> None:
    practising.reset()


def _anew(session: Session, nothing: None) -> Go:
    return Go("practice", session.anew(practice=True), instead=True)

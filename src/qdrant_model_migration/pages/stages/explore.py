"""Explore: made-up facts, which can be changed, and the questions over them; no server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from qdrant_model_migration import words
from qdrant_model_migration.advice import POINTS, advise, imagine
from qdrant_model_migration.advice.imagined import Server
from qdrant_model_migration.pages.outcome import Go, Outcome, Said
from qdrant_model_migration.pages.page import Act, Column, Page, Row, Says, Table, Ways
from qdrant_model_migration.pages.session import Session

WHAT_IF: dict[str, tuple[str, tuple[Any, ...]]] = {
    "server": ("Server", get_args(Server)),
    "points": ("Points", POINTS),
    "text": ("Text in the payload", (True, False)),
    "alias": ("The application uses an alias", (True, False)),
    "matryoshka": ("The old model is made for shortening", (True, False)),
    "server_embeds": ("The server can embed", (True, False)),
}
TURN = (Act("turn", "Change", enter=True),)
HELLO = "Explore uses made-up facts. Use these answers later: Migrate keeps them."
HELP = (
    "The questions, warnings and ways of a migration over facts that are made",
    "up. Enter on a fact changes it; the map (F2) shows what that does.",
    "",
    "Use the answers later: Migrate keeps them.",
)


def page(session: Session) -> Page:
    rows = tuple(
        Row(key, (label, _in_words(getattr(session.what_if, key))), acts=TURN)
        for key, (label, _) in WHAT_IF.items()
    )
    own = "" if session.explore else "your own facts come with the survey"
    survey = session.survey or imagine(session.what_if)
    columns = (Column("FACT", 38), Column("MADE UP NOW"))
    return Page(
        title="Explore",
        body=(
            Says(("Explore uses made-up facts; no server is asked and nothing is changed.",)),
            Table("what-if", rows, columns, "What if…", enter="Change"),
        ),
        acts=(
            Act("walk", "Walk on", own, enter=True, to="walk through the questions"),
            Act("map", "Map"),
            Act("over", "Start over"),
        ),
        help=HELP,
        hello=HELLO,
        where="explore",
        first="walk",
        map=Ways(survey, advise(survey, session.answers)),
    )


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return words.count(value) if isinstance(value, int) else str(value)


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if key == "walk":
        return Go("questions", session.on(asking=None))
    if key == "map":
        return Go("map", session)
    if key == "over":
        anew = session.on(answers={}, strategy=None, plan=None)
        return Said(anew, "No question is answered now.")
    label, among = WHAT_IF[values["what-if"]]
    return _turned(session, values["what-if"], label, among)


def _turned(session: Session, key: str, label: str, among: tuple[Any, ...]) -> Said:
    """The next value, in a circle, and what that makes of the facts."""
    now = getattr(session.what_if, key)
    value = among[(among.index(now) + 1) % len(among)]
    what_if = session.what_if._replace(**{key: value})
    session = session.on(what_if=what_if, strategy=None, plan=None)
    if session.explore:
        session = session.on(survey=imagine(what_if))
    return Said(session, f"Made up now: {label.lower()}: {_in_words(value)}.")

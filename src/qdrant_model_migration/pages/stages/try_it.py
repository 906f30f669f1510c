"""Try it yourself: one query, searched for real on both sides; what moved, is new, is gone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import Outcome, Refused, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Ask, Beside, Fact, Facts, Page, Says
from qdrant_model_migration.pages.session import Session, Tried
from qdrant_model_migration.pages.work import searching
from qdrant_model_migration.quality import Row

MOVES = {"up": " ▲", "down": " ▼", "same": " ="}
TITLES = ("title", "name", "heading", "summary", "text")
LONGEST = 60
HELP = (
    "The same query on the old and the new side.",
    "▲ moved up, ▼ moved down, = same place, new: was not found before.",
    "gone: the old side shows it, the new one does not.",
    "",
    "A single query proves nothing; the verdict rests on many.",
)


def enter(session: Session) -> Outcome:
    return of_run.look(session)


def page(session: Session) -> Page:
    return of_run.framed(session, "Verify", lambda run: _page(run, session.tried))


def _page(run: RunView, tried: Tried | None) -> Page:
    shown = samples(run)
    query = tried.both.query if tried is not None else next(iter(shown), "")
    none = "" if shown else "there are none"
    hint = "a few words, then Enter"
    ask = Ask("query", "text", "Search", value=query, help=hint, at_once=True)
    return Page(
        title="Try it yourself",
        body=(ask, *((found(tried),) if tried is not None else ())),
        acts=(
            Act("search", "Search", enter=True),
            Act("next", "Next sample query", closed=none),
        ),
        help=HELP,
        hello="Both sides search for real. Nothing is changed.",
        first="query",
    )


def samples(run: RunView) -> tuple[str, ...]:
    """The queries that changed most, those that got better and worse by turns."""
    judgement: Mapping[str, Any] = (run.verdict or {}).get("judgement") or {}
    best, worst = judgement.get("best") or (), judgement.get("worst") or ()
    mixed = (one for pair in zip_longest(best, worst) for one in pair if one is not None)
    return tuple(change["text"] for change in mixed)


def found(tried: Tried) -> Beside:
    """What each side found."""
    both = tried.both
    old: Says | Facts = Says((NO_OLD,), f"OLD {tried.old}")
    if both.old is not None:
        hits = (Fact(f"{at}", _title(hit.payload)) for at, hit in enumerate(both.old.hits, 1))
        old = Facts(tuple(hits), f"OLD {tried.old}, {both.old.seconds * 1000:.0f} ms")
    rows = [Fact(f"{row.rank}", _title(row.hit.payload), _moved(row)) for row in both.rows]
    if both.gone:
        rows.append(Fact("gone", ", ".join(_title(hit.payload) for hit in both.gone)))
    title = f"NEW {tried.new}, {both.new.seconds * 1000:.0f} ms"
    new: Says | Facts = Facts(tuple(rows), title) if rows else Says(("No results.",), title)
    return Beside((old, new))


NO_OLD = "The old side cannot search: its model is not on this computer, or not known."


def _moved(row: Row) -> str:
    if row.move in ("new", ""):
        return row.move
    return f"was {row.was}{MOVES[row.move]}"


def _title(payload: Mapping[str, Any] | None) -> str:
    """What stands for a point in a list: its title, name or text, else its first text."""
    held = payload or {}
    texts = [held.get(key) for key in TITLES] + list(held.values())
    text = next((text for text in texts if isinstance(text, str) and text), "")
    whole = " ".join(text.split()) or "a point without a text"
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run, query = session.of_run, values.get("query", "")
    if run is None:
        return session
    if run.live:
        return Refused("The run is at work and holds the embedded Qdrant. Search when it waits.")
    if key == "next" and (shown := samples(run)):
        query = shown[(shown.index(query) + 1) % len(shown)] if query in shown else shown[0]
    do = partial(_search, session, run.folder, query)
    return Work("search", do, _searched, "Searching on both sides.")


def _search(session: Session, folder: Path, query: str, report: Report) -> Tried:
    return searching.search_both(session, folder, query)


def _searched(session: Session, tried: Tried) -> Said:
    return Said(session.on(tried=tried), "Both sides searched for real. Nothing is changed.")

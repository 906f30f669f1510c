"""The whole log of the run, oldest first. The newest line is in hand until another one is."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.moments import clock
from qdrant_model_migration.pages.outcome import Outcome, Said
from qdrant_model_migration.pages.page import Act, Column, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Session


def enter(session: Session) -> Outcome:
    return of_run.look(session)


def page(session: Session) -> Page:
    return of_run.framed(session, "Run", _page)


def _page(run: RunView) -> Page:
    rows = tuple(
        Row(f"{event.id}", (clock(event.at), event.text), more=(Says((event.text,)),))
        for event in run.events
    )
    columns, title = (Column("TIME", 8), Column("WHAT")), f"Log of {run.run_id}"
    return Page(
        title="Log",
        body=(Table("log", rows, columns, title, newest=True),),
        acts=(Act("newest", "Newest line"),),
        hello="The engine's own file engine.log, in the run folder, keeps more details.",
        first="log",
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    last = f"{run.events[-1].id}" if run is not None and run.events else ""
    return Said(session, at=last)

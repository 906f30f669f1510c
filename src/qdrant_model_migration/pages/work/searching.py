"""One query searched for real on the old and the new side of a run. Reads only."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration.engine import searched_before
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session, Tried
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.quality import Side, both_sides, side_by_side
from qdrant_model_migration.survey.languages import language


def sides(folder: Path) -> tuple[Side, Side] | None:
    """Before and after, as the run knows them; None where it compares no two sides."""
    before, after = searched_before(folder), load_plan(folder / PLAN).after
    return (before, after.placed(folder)) if before and after else None


def search_both(session: Session, folder: Path, query: str) -> Tried:
    """Raises the errors of the connection, of the models, and where there is nothing to compare."""
    compared = sides(folder)
    if compared is None:
        raise QmmError(
            "There are no two sides to compare.",
            "This run changes the compression, not the vectors.",
            "The verdict shows search before and after.",
        )
    before, after = compared
    with opened(session.on(address=load_plan(folder / PLAN).server)) as qdrant:
        for collection in after.collections:
            if not qdrant.exists(collection):
                made = f"{collection} does not exist yet."
                raise QmmError(made, "", "Wait until the run made it.")
        told = language(query) if after.languages else None
        searchers = both_sides(qdrant, before, after)
        known = told if told in after.languages else None
        both = side_by_side(query, *searchers, language=known)
    return Tried(both, before.collection, after.collection)

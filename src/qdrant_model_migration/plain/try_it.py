"""Try it yourself: one search, the old and the new side, read out. It only reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import open_qdrant
from qdrant_model_migration.quality import Row, Side, SideBySide, both_sides, side_by_side

_PROMPT = "Type a search to see old and new side by side, or press Enter to go on:"
_TITLES = ("title", "name", "heading", "summary", "text")
_LONGEST = 60


def try_it(talk: Talk, folder: Path, key: str | None) -> None:
    """Searches for as long as some are typed. What cannot be searched is said, and it goes on."""
    try:
        plan = load_plan(folder / PLAN)
        before, after = plan.before, plan.after
        if before is None or after is None:
            return
        while typed := talk.ask(_PROMPT):
            with open_qdrant(plan.server, key) as qdrant:
                old, new = both_sides(qdrant, before, after)
                if old is None:
                    talk.say("The old side cannot search: its model is not known or not here.")
                _say(talk, before, after, side_by_side(typed, old, new))
    except Back:
        return
    except QmmError as error:
        talk.trouble(error)


def _say(talk: Talk, before: Side, after: Side, both: SideBySide) -> None:
    if both.old is not None:
        talk.say(f"Old, {before.collection}, {both.old.seconds * 1000:.0f} ms:")
        for number, hit in enumerate(both.old.hits, 1):
            talk.numbered(number, _title(hit.payload))
    talk.say(f"New, {after.collection}, {both.new.seconds * 1000:.0f} ms:")
    for row in both.rows:
        talk.numbered(row.rank, f"{_title(row.hit.payload)}{_moved(row)}")
    if not both.rows:
        talk.say("No results.", indent=2)
    if both.gone:
        talk.say(f"Gone: {'; '.join(_title(hit.payload) for hit in both.gone)}", indent=2, hang=2)


def _moved(row: Row) -> str:
    if row.move == "":
        return ""
    if row.was is None:
        return " (new)"
    return f" (was {row.was}, {row.move})" if row.move != "same" else f" (was {row.was} too)"


def _title(payload: Mapping[str, Any] | None) -> str:
    held = payload or {}
    text = next((held[key] for key in _TITLES if isinstance(held.get(key), str) and held[key]), "")
    whole = " ".join(str(text).split()) or "without a title"
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 3]}..."

"""Try it yourself: one search, the old and the new side, read out. It only reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders import open_embedder, within_reach
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.plan import Plan, load_plan
from qdrant_model_migration.qdrant import Qdrant, open_qdrant
from qdrant_model_migration.quality import Row, Searcher, SideBySide, side_by_side
from qdrant_model_migration.steps.cutover import Cutover

_PROMPT = "Type a search to see old and new side by side, or press Enter to go on:"
_TITLES = ("title", "name", "heading", "summary", "text")
_LONGEST = 60


def try_it(talk: Talk, folder: Path, key: str | None) -> None:
    """Searches for as long as some are typed. What cannot be searched is said, and it goes on."""
    try:
        plan = load_plan(folder / PLAN)
        if plan.move is None or not plan.move.new_vectors:
            return
        while typed := talk.ask(_PROMPT):
            with open_qdrant(plan.server, key) as qdrant:
                old, new = _sides(qdrant, plan)
                if old is None:
                    talk.say("The old side cannot search: its model is not known or not here.")
                _say(talk, plan, side_by_side(typed, old, new))
    except Back:
        return
    except QmmError as error:
        talk.trouble(error)


def _sides(qdrant: Qdrant, plan: Plan) -> tuple[Searcher | None, Searcher]:
    move = plan.move
    assert move is not None
    vector = move.new_vectors[0]
    assert vector.model is not None, "a new vector has the model of its queries"
    new = Searcher(qdrant, move.target, open_embedder(vector.model), using=vector.name)
    model = plan.old_model
    if model is None or not within_reach(model):
        return None, new
    using = next((step.old_vector for step in plan.steps if isinstance(step, Cutover)), "")
    return Searcher(qdrant, move.source, open_embedder(model), using=using), new


def _say(talk: Talk, plan: Plan, both: SideBySide) -> None:
    assert plan.move is not None
    if both.old is not None:
        talk.say(f"Old, {plan.move.source}, {both.old.seconds * 1000:.0f} ms:")
        for number, hit in enumerate(both.old.hits, 1):
            talk.numbered(number, _title(hit.payload))
    talk.say(f"New, {plan.move.target}, {both.new.seconds * 1000:.0f} ms:")
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

"""Ways out of a run that is not to go on as it is: judging it anew, or giving it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.advice import typed
from qdrant_model_migration.engine import RunView, at_added, judge_by, judged_by, wants_old_model
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.steps.ways import ways_out

OLD = "Name of the old model, as qmm models lists it, or press Enter if nobody knows it:"
LIMIT = "How much worse may it be at most, 0.02 is 2 of 100 right answers fewer"


class Added(NamedTuple):
    """A step to add to the run, as `start` takes it; None: the run goes on as planned."""

    extra: str | None = None
    given: dict[str, Any] | None = None


def words_for(seen: RunView) -> dict[str, str]:
    """The words that lead out of here, and what each does."""
    if at_added(seen):
        return {}
    return {kind.name(): kind.does for kind in ways_out(seen) if not kind.why_not(seen)}


def taken(talk: Talk, seen: RunView, word: str) -> Added | None:
    """The step that a word adds; None where it was thought better of."""
    return _ASK_MORE[word](talk, seen) if word in _ASK_MORE else Added(word)


def _judged_anew(talk: Talk, seen: RunView) -> Added | None:
    proof = judged_by(seen.folder)
    file, margin = proof.get("file") or "", f"{proof.get('margin', 0.02):g}"
    talk.say(
        "Each line of the file is a search and the ids of its right answers. Nothing is embedded "
        "anew. The newest verdict counts."
    )
    try:
        while True:
            enter = f", Enter for {file}" if file else ""
            named = talk.ask(f"File of searches, CSV or JSON lines{enter}, or back:") or file
            limit = talk.ask(f"{LIMIT}, Enter for {margin}, or back:") or margin
            try:
                most = typed.number(limit, example="0.02", low=0.0, high=0.5)
                old = talk.ask(OLD).strip() if wants_old_model(seen) else ""
                queries = Path(named) if named else None
                given = judge_by(seen.folder, queries=queries, margin=most, old_model=old or None)
                return Added("verify", given)
            except QmmError as error:
                talk.trouble(error)
    except Back:
        return None


_ASK_MORE = {"verify": _judged_anew}  # than a gate asks for

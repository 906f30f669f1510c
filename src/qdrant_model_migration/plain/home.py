"""The first question: practice, a server of one's own, Explore, or a run that is not finished."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from qdrant_model_migration.engine import RunView, list_runs
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.talk import Back, Talk


def home(talk: Talk) -> Literal["practice", "migrate", "explore"] | Path:
    """What to do; a path is the folder of the run to take up."""
    runs = _unfinished(talk)
    talk.say("Change the embedding model of a Qdrant collection. What would you like to do?")
    talk.numbered(1, "Practice: a built-in collection with everything in it; no server needed")
    talk.numbered(2, "Migrate: connect to your Qdrant server and choose a collection")
    talk.numbered(3, "Explore: walk through the questions; no server, nothing is changed")
    for number, run in enumerate(runs, 4):
        talk.numbered(number, f"Unfinished run {run.run_id}: {run.what}, {_where(run)}")
    talk.say("Nothing old is ever deleted on its own.")
    while True:
        try:
            picked = talk.number("Number, or leave:", 3 + len(runs))
        except Back:
            talk.say("This is the beginning.")
            continue
        if picked == 0:
            return "practice"
        if picked == 1:
            return "migrate"
        if picked == 2:
            return "explore"
        if isinstance(picked, int):
            return runs[picked - 3].folder
        talk.say("New here? Practice takes 5 minutes and harms nothing.")


def _unfinished(talk: Talk) -> tuple[RunView, ...]:
    try:
        return tuple(run for run in list_runs() if not run.finished)
    except QmmError as error:
        talk.trouble(error)
        return ()


def _where(run: RunView) -> str:
    if run.state == "waiting" and run.gate:
        return f"waits: {run.gate['name']}"
    return run.state

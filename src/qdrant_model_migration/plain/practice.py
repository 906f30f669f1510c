"""Practice: makes the sandbox ready and takes it as the server. Its content is decided there."""

from __future__ import annotations

from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Talk
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox


def prepare(talk: Talk, journey: Journey) -> None:
    """Sets everything up to the collection. Raises the errors of the sandbox."""
    sandbox = Sandbox()
    talk.say("Practice: nothing here is real, and no server is needed.")
    sandbox.prepare(on_progress=_Progress(talk))
    now = _behind(sandbox.address)
    if now != COLLECTION:
        talk.say(f"The practice was finished before: {ALIAS} answers from {now}.")
        talk.say(f"No keeps it so, and the trip starts from {now}.")
        if talk.confirm("Start over with fresh practice data?"):
            sandbox.reset()
            sandbox.prepare(on_progress=_Progress(talk))
            now = COLLECTION
    journey.practice = True
    journey.address, journey.key = sandbox.address, None
    journey.models = sandbox.models
    journey.collection = now
    journey.suggested = {}
    if now == COLLECTION:
        journey.suggested = {
            "model": sandbox.new_model().model_dump(mode="json", exclude_defaults=True),
            "proof": {"kind": "file", "file": str(sandbox.queries), "margin": 0.02},
        }
    with journey.opened() as qdrant:
        for note in qdrant.capabilities.notes:
            talk.say(f"Note: {note}.")


def _behind(address: Address) -> str:
    with open_qdrant(address) as qdrant:
        return qdrant.resolve(ALIAS)


class _Progress:
    """Says each part once, when it begins."""

    def __init__(self, talk: Talk) -> None:
        self._talk, self._said = talk, ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self._said:
            self._said = what
            self._talk.say(f"{what}.")

"""A gate in lines: what the run waits for, and each thing it asks. It opens nothing itself."""

from __future__ import annotations

from qdrant_model_migration.pages.stages.gate import SHUT, asks, first, said
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.asks import answer
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.steps.gate import Gate


def ask_gate(gate: Gate, talk: Talk | None = None) -> dict[str, str] | None:
    """The answers that open the gate; None where it is left shut, or cannot be opened yet.

    Enter alone leaves everything as it is, and so do `back`, `leave` and Ctrl+C.
    """
    talk = talk or Talk()
    for block in (*said(gate), *first(gate)):
        for line in page_lines.of_block(block):
            talk.command(str(line))
    if gate.before:
        return None
    try:
        asked = zip(gate.asks, asks(gate), strict=True)
        return {own.key: answer(talk, ask) for own, ask in asked}
    except (Back, Leave):
        talk.say(SHUT)
        return None

"""Explore: the questions over made-up facts, without a server. It ends with answers, not a plan."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import POINTS, WhatIf, imagine
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Talk

_SERVERS = ("1.16", "1.17", "1.18 or newer")
_SWITCHES: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("server", "Server", _SERVERS),
    ("points", "Points", POINTS),
    ("text", "Text in the payload", (True, False)),
    ("alias", "The application uses an alias", (True, False)),
    ("matryoshka", "The old model is made for shortening", (True, False)),
    ("server_embeds", "The server can embed", (True, False)),
)


def what_if(talk: Talk, journey: Journey) -> None:
    """Sets the made-up facts."""
    facts = WhatIf()
    talk.say("Explore uses made-up facts; no server is asked and nothing is changed.")
    while True:
        talk.say("What if:")
        for number, (key, label, _) in enumerate(_SWITCHES, 1):
            talk.numbered(number, f"{label}: {_in_words(getattr(facts, key))}")
        picked = talk.number(
            "Number to change one, Enter to go on, or back, leave:", len(_SWITCHES)
        )
        if not isinstance(picked, int):
            break
        key, _, values = _SWITCHES[picked]
        following = (values.index(getattr(facts, key)) + 1) % len(values)
        facts = facts._replace(**{key: values[following]})
    journey.found = imagine(facts)
    journey.collection = journey.found.collection


def outcome(talk: Talk, journey: Journey) -> None:
    """What the answers lead to; Enter keeps them for a migration."""
    talk.say()
    for line in page_lines.of_page(stage("strategy").page(journey.session)):
        talk.command(str(line))
    talk.ask("Press Enter to migrate with these answers, or back, leave:")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return words.count(value) if isinstance(value, int) else str(value)

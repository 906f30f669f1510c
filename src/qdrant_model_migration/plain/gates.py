"""A gate in lines: what the run waits for, and each thing it asks. It opens nothing itself."""

from __future__ import annotations

from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.steps.gate import Ask, Gate

SHUT = "Nothing was changed."


def ask_gate(gate: Gate, talk: Talk | None = None) -> dict[str, str] | None:
    """The answers that open the gate; None where it is left shut.

    Enter alone leaves everything as it is, and so do `back`, `leave` and Ctrl+C.
    """
    talk = talk or Talk()
    talk.say(f"{gate.title}.")
    for line in gate.says:
        talk.say(line, indent=2, hang=2)
    given: dict[str, str] = {}
    try:
        for ask in gate.asks:
            answer = _asked(talk, ask)
            if answer is None:
                talk.say(SHUT)
                return None
            given[ask.key] = answer
    except (Back, Leave):
        talk.say(SHUT)
        return None
    assert not gate.missing(given), "each ask was answered as it wants it"
    return given


def _asked(talk: Talk, ask: Ask) -> str | None:
    """The answer to one ask, None for Enter alone."""
    if ask.kind == "tick":
        talk.say(f"{ask.label}.")
        return _exactly(talk, "yes", "Type yes if that is so", key_is_name=False)
    if ask.kind == "choice":
        return _chosen(talk, ask)
    talk.say(f"{ask.label}.")
    return _exactly(talk, ask.expect, f"Type {ask.expect} to go on", key_is_name=True)


def _exactly(talk: Talk, expect: str, message: str, *, key_is_name: bool) -> str | None:
    """Typed to the letter, or None. A word such as `back` could be the name of an alias."""
    while True:
        typed = talk.typed(f"{message}, or press Enter to leave everything as it is:")
        if not key_is_name:
            typed = typed.strip().lower()
        if typed == expect:
            return typed
        if not typed.strip() or typed.strip() in ("back", "leave", "no"):
            return None
        blank = " with a blank beside it" if typed.strip() == expect else ""
        talk.say(f"You typed {typed.strip()}{blank}; it has to be {expect}. Nothing was changed.")


def _chosen(talk: Talk, ask: Ask) -> str | None:
    talk.say(f"{ask.label}.")
    for number, (_, label) in enumerate(ask.choices, 1):
        talk.numbered(number, label)
    picked = talk.number("Number, or press Enter to leave everything as it is:", len(ask.choices))
    return ask.choices[picked][0] if isinstance(picked, int) else None

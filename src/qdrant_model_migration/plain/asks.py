"""One ask of a page in a talk: how it is asked, and what counts as given."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Ask
from qdrant_model_migration.plain.talk import Back, Talk


def answer(talk: Talk, ask: Ask) -> str:
    """What is given to it. Raises Back and Leave."""
    if ask.kind == "secret":
        return talk.hidden(f"{ask.label}{_hint(ask)}:")
    if ask.kind == "choice":
        return _choice(talk, ask)
    if ask.kind == "typed":
        talk.say(f"{ask.label}.")
        return _exactly(talk, ask, f"Type {ask.expect} to go on, or press Enter to go back:")
    if ask.kind == "tick" and ask.must:
        talk.say(f"{ask.label}.")
        back = "back, leave:" if ask.refused else "press Enter to go back:"
        return _exactly(talk, ask, f"Type yes if that is so, or {back}")
    if ask.kind == "tick":
        prompt = f"{ask.label}{_hint(ask)}, yes or no, Enter for {ask.value or 'no'}:"
        return "yes" if (talk.ask(prompt).lower() or ask.value).startswith("y") else ""
    if ask.help:
        talk.say(f"{ask.label}{_hint(ask)}.")
    enter = f", Enter for {ask.value}" if ask.value else ""
    return talk.ask(f"{ask.label}{enter}, or back, leave:") or ask.value


def _hint(ask: Ask) -> str:
    return f" ({ask.help})" if ask.help else ""


def _exactly(talk: Talk, ask: Ask, prompt: str) -> str:
    """To the letter. A word such as `back` could be the name of an alias, if that is asked."""
    while True:
        typed = talk.ask(prompt) if ask.refused else talk.typed(prompt)
        if ask.kind == "tick":
            typed = typed.strip().lower()
        if ask.fits(typed):
            return typed
        if ask.refused:
            talk.say(ask.refused)
        elif typed.strip() in ("", "back", "leave", "no"):
            raise Back
        else:
            talk.say(ask.wrong(typed))


def _choice(talk: Talk, ask: Ask) -> str:
    talk.say(f"{ask.label}.")
    marked = next((at for at, c in enumerate(ask.choices) if c.value == ask.value), None)
    for at, choice in enumerate(ask.choices):
        own = " (suggested)" if at == marked else ""
        closed = f"closed: {choice.closed}" if choice.closed else ""
        talk.numbered(at + 1, choice.label + own, choice.note, closed)
    while True:
        picked = talk.number("Number, or back, leave:", len(ask.choices))
        place = picked if isinstance(picked, int) else marked
        if place is None:
            if ask.must:
                continue
            raise Back
        choice = ask.choices[place]
        if not choice.closed:
            return choice.value
        talk.say(f"{choice.label} cannot be chosen: {choice.closed}")

"""One ask of a page in a talk: how it is asked, and what counts as given."""

from __future__ import annotations

from qdrant_model_migration.pages.page import Ask
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.chart import leaves
from qdrant_model_migration.plain.talk import Back, Talk, Tells


def answer(talk: Talk, ask: Ask, tells: Tells | None = None) -> str:
    """What is given to it. tells: other words that can be typed. Raises Back and Leave."""
    always = ", ".join(["back", *(tells or ()), "leave"])
    if ask.kind == "secret":
        return talk.hidden(f"{ask.label}{_hint(ask)}:")
    if ask.kind == "choice":
        return _choice(talk, ask, tells)
    if ask.kind == "typed":
        talk.say(f"{ask.label}.")
        return _exactly(talk, ask, f"Type {ask.expect} to go on, or press Enter to go back:")
    if ask.least is not None:
        talk.say(f"{ask.label}{_hint(ask)}.")
        prompt = f"Type a whole number from {ask.least} on, or press Enter to go back:"
        return _exactly(talk, ask, prompt)
    if ask.kind == "tick" and ask.must:
        talk.say(f"{ask.label}.")
        back = "back, leave:" if ask.refused else "press Enter to go back:"
        return _exactly(talk, ask, f"Type yes if that is so, or {back}")
    if ask.kind == "tick":
        prompt = f"{ask.label}{_hint(ask)}, yes or no, Enter for {ask.value or 'no'}:"
        typed = talk.ask(prompt, tells=tells).lower() or ask.value
        return "yes" if typed.startswith("y") else ""
    if ask.help:
        talk.say(f"{ask.label}{_hint(ask)}.")
    enter = f", Enter for {ask.value}" if ask.value else ""
    label = ask.label.rstrip("?")
    return talk.ask(f"{label}{enter}, or {always}:", tells=tells) or ask.value


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


def _choice(talk: Talk, ask: Ask, tells: Tells | None) -> str:
    if len(ask.choices) == 1:
        return ask.choices[0].value
    if ask.label:
        talk.say(page_lines.sentence(ask.label))
    marked = next((at for at, c in enumerate(ask.choices) if c.value == ask.value), None)
    for at, choice in enumerate(ask.choices):
        own = f" ({choice.mark or 'suggested'})" if at == marked else ""
        left = leaves(choice.ways.advice) if choice.ways else ""
        below = (f"closed: {choice.closed}",) if choice.closed else (choice.note, left)
        talk.numbered(at + 1, choice.label + own, *below)
    always = ", ".join(["back", *(tells or ()), "leave"])
    while True:
        picked = talk.number(f"Number, or {always}:", len(ask.choices), tells=tells)
        place = picked if isinstance(picked, int) else marked
        if place is None:
            if ask.must:
                continue
            raise Back
        choice = ask.choices[place]
        if not choice.closed:
            return choice.value
        talk.say(f"{choice.label} cannot be chosen: {choice.closed}")

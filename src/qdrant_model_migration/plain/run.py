"""Carrying a run through to its end: start, watch, gates, what to do when it fails, the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView, at_added, summarize
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED, WAITS
from qdrant_model_migration.pages.of_run import folder_of
from qdrant_model_migration.pages.page import Block
from qdrant_model_migration.pages.session import Files, Session
from qdrant_model_migration.pages.stages import gate, report, verify
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.follow import follow
from qdrant_model_migration.plain.gates import ask_gate
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.plain.try_it import try_it
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps import gate_kind
from qdrant_model_migration.steps.gate import Gate
from qdrant_model_migration.steps.ways import ways_out

_PAGES = {"verify": "judge_again"}  # what asks for more than a gate does


class Correct(Exception):
    """The run of this session wrote nothing; its answers are to be changed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        super().__init__()


def carry_through(talk: Talk, session: Session) -> int:
    """See a run that was just begun to its end; returns the exit code. Raises Correct."""
    folder = folder_of(session)
    talk.say(f"Run {folder.name}: {folder}")
    return _on_from(talk, session, follow(talk, folder))


def take_up(talk: Talk, session: Session) -> int:
    """An unfinished run: watch it if it is going, else ask what it waits for. Raises Correct."""
    seen = engine.view(folder_of(session))
    talk.say(f"Run {seen.run_id}: {seen.what}, {seen.state}.")
    if seen.live:
        seen = follow(talk, seen.folder, after=seen)
    return _on_from(talk, session, seen)


def _on_from(talk: Talk, session: Session, seen: RunView) -> int:
    """What comes after the engine has ended, until nothing more is asked for."""
    while True:
        seen = _with_the_others(talk, seen)
        session, folder = session.on(seen=seen), seen.folder
        if seen.live:
            talk.say("The run goes on without this window. It is shown again by:")
            talk.command(qmm("attach", seen.run_id), indent=2)
            return DONE
        if seen.finished:
            _report(talk, seen)
            return DONE
        try:
            if seen.state == "waiting" and seen.gate is not None:
                goes_on, code = _consents(talk, session, seen), WAITS
            else:
                goes_on = _resumes(talk, session, seen)
                code = STOPPED if seen.state == "stopped" else FAILED
            if not goes_on and at_added(seen):  # not confirmed: the run stands where it stood
                work.take_back(session, folder)
                seen = engine.view(folder)
                continue
        except QmmError as error:
            talk.trouble(error)
            return FAILED
        if not goes_on:
            return code
        seen = follow(talk, folder, after=seen)


def _with_the_others(talk: Talk, seen: RunView) -> RunView:
    """The run at its cutover, once those that switch together with it stand there, too: each is
    told as it goes. Live: the window was left before."""
    while seen.state == "waiting" and seen.at_switch:
        going = (one for one in seen.with_it if one.live and one.stands == "before")
        if (one := next(going, None)) is None:
            break
        talk.say(f"{seen.card.collection} stands at its cutover. Now {one.collection}:")
        there = seen.folder.parent / one.run
        if follow(talk, there, after=engine.view(there, events=0)).live:
            return seen._replace(live=True)
        seen = engine.view(seen.folder)
    return seen


def _consents(talk: Talk, session: Session, seen: RunView) -> bool:
    """Whether it goes on; else the gate is left shut. Before the cutover the verdict is said and
    can be tried."""
    asked = Gate.model_validate(seen.gate)
    talk.say()
    talk.say("The run waits for you. It uses nothing while it waits.")
    for label in (seen.gate or {}).get("missing") or ():
        talk.say(f"Still missing: {label}.")
    try:
        if gate_kind(asked.name).switches and not asked.before:
            _before_cutover(talk, session, seen)
        answers, left = ask_gate(asked, talk), False
    except Leave:
        answers, left = None, True
        talk.say(gate.SHUT)
    if answers is not None:
        work.consent(session, seen.folder, asked.name, answers)
        return True
    if at_added(seen):
        return False
    talk.say(gate.WAITS)
    words = {} if left else _words_for(seen)
    goes_on = bool(words) and _asks(talk, session, words, "to leave it waiting")
    if not goes_on:
        talk.commands(todo.how for todo in summarize(seen).todo if todo.how)
    return goes_on


def _words_for(seen: RunView) -> dict[str, str]:
    """The words that lead out of here, and what each does."""
    if at_added(seen):
        return {}
    return {kind.name(): kind.does for kind in ways_out(seen) if not kind.why_not(seen)}


def _before_cutover(talk: Talk, session: Session, seen: RunView) -> None:
    _say_verdict(talk, seen)
    try_it(talk, session)
    _say(talk, gate.changes_of(seen))


def _say_verdict(talk: Talk, seen: RunView) -> None:
    if (verdict := verify.verdict_of(seen)) is not None:
        _say(talk, verify.blocks(verdict))


def _say(talk: Talk, blocks: Iterable[Block]) -> None:
    for block in blocks:
        for line in page_lines.of_block(block):
            talk.command(str(line))


def _asks(talk: Talk, session: Session, words: Mapping[str, str], leave: str) -> bool:
    """Which of these words is typed; whether the run goes on by it. Raises Correct."""
    offered = ", ".join(f"{word} {what}" for word, what in words.items())
    try:
        while word := talk.ask(f"Type {offered}, or press Enter {leave}:").lower():
            if word in words and _taken(talk, session, word):
                return True
    except (Back, Leave):
        pass
    return False


def _taken(talk: Talk, session: Session, word: str) -> bool:
    """Whether what the word leads to was begun; else it was thought better of."""
    if word == "answers":
        raise Correct(session)
    if word in _PAGES:
        try:
            Visit(talk, _PAGES[word], session).until_it_leads_on()
        except Back:
            return False
    else:
        work.start(session, folder_of(session), extra=None if word == "resume" else word)
    return True


def _resumes(talk: Talk, session: Session, seen: RunView) -> bool:
    """Whether a run that ended early goes on. Raises Correct."""
    summary = summarize(seen)
    talk.say(f"{summary.title}.")
    if seen.error:
        talk.say(" ".join(seen.error[part] for part in ("what", "why", "todo") if seen.error[part]))
    else:
        talk.say("Everything confirmed is kept. Resume goes on from there.")
    if seen.state == "failed":
        _say_verdict(talk, seen)
    words = {"resume": "to go on now"}
    if seen.wrote_nothing:
        words["answers"] = "to change them and make another plan"
    goes_on = _asks(talk, session, {**words, **_words_for(seen)}, "to leave it")
    if not goes_on:
        talk.commands(todo.how for todo in summary.todo if todo.how)
    return goes_on


def _report(talk: Talk, seen: RunView) -> None:
    talk.say()
    todo = report.still_to_do(summarize(seen).todo, Files())
    _say(talk, (report.told(seen, whole=True), *todo))
    if (seen.folder / "report.md").exists():
        talk.say(f"Report: {seen.folder / 'report.md'}")
    if seen.state == "done":
        talk.say("Nothing old was deleted.")

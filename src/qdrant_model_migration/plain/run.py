"""Carrying a run through to its end: start, watch, gates, what to do when it fails, the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qdrant_model_migration.engine import (
    RunView,
    at_added,
    give_consent,
    start,
    summarize,
    take_back,
    view,
)
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED, WAITS
from qdrant_model_migration.plain.follow import follow
from qdrant_model_migration.plain.gates import ask_gate
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.plain.try_it import try_it
from qdrant_model_migration.plain.verdict import say_verdict
from qdrant_model_migration.plain.ways_out import Added, taken, words_for
from qdrant_model_migration.quality import Verdict
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps import gate_kind
from qdrant_model_migration.steps.gate import Gate


class Correct(Exception):
    """The run in this folder wrote nothing; its answers are to be changed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        super().__init__(folder.name)


def carry_through(talk: Talk, folder: Path, environment: Mapping[str, str]) -> int:
    """See a run that was just begun to its end; returns the exit code. Raises Correct."""
    talk.say(f"Run {folder.name}: {folder}")
    return _on_from(talk, folder, environment, follow(talk, folder))


def take_up(talk: Talk, folder: Path, environment: Mapping[str, str]) -> int:
    """An unfinished run: watch it if it is going, else ask what it waits for. Raises Correct."""
    seen = view(folder)
    talk.say(f"Run {seen.run_id}: {seen.what}, {seen.state}.")
    if seen.live:
        seen = follow(talk, folder, after=seen)
    return _on_from(talk, folder, environment, seen)


def _on_from(talk: Talk, folder: Path, environment: Mapping[str, str], seen: RunView) -> int:
    """What comes after the engine has ended, until nothing more is asked for."""
    while True:
        if seen.live:
            talk.say("The run goes on without this window. It is shown again by:")
            talk.command(qmm("attach", seen.run_id), indent=2)
            return DONE
        if seen.finished:
            _report(talk, seen)
            return DONE
        if seen.state == "waiting" and seen.gate is not None:
            added, code = _consents(talk, seen, environment), WAITS
        else:
            added = _resumes(talk, seen, environment)
            code = STOPPED if seen.state == "stopped" else FAILED
        try:
            if added is None and at_added(seen):  # not confirmed: the run stands where it stood
                take_back(folder, environment)
                seen = view(folder)
                continue
            if added is None:
                return code
            start(folder, environment, extra=added.extra, given=added.given)
        except QmmError as error:
            talk.trouble(error)
            return FAILED
        seen = follow(talk, folder, after=seen)


def _consents(talk: Talk, seen: RunView, environment: Mapping[str, str]) -> Added | None:
    """How it goes on; None where the gate is left shut. Before the cutover the verdict is said and
    can be tried."""
    assert seen.gate is not None
    gate = Gate.model_validate(seen.gate)
    talk.say()
    talk.say("The run waits for you. It uses nothing while it waits.")
    for label in seen.gate.get("missing") or ():
        talk.say(f"Still missing: {label}.")
    try:
        if gate_kind(gate.name).switches:
            _before_cutover(talk, seen, environment)
        answers = ask_gate(gate, talk)
        left = False
    except Leave:
        answers, left = None, True
        talk.say("Nothing was changed.")
    if answers is not None:
        give_consent(seen.folder, gate.name, answers)
        return Added()
    if at_added(seen):
        return None
    talk.say("The run goes on waiting.")
    words = {} if left else words_for(seen)
    asked = _asks(talk, seen, words, "to leave it waiting", environment) if words else None
    if asked is None:
        talk.commands(todo.how for todo in summarize(seen).todo if todo.how)
    return asked


def _before_cutover(talk: Talk, seen: RunView, environment: Mapping[str, str]) -> None:
    if seen.verdict:
        say_verdict(talk, Verdict.model_validate(seen.verdict))
    try_it(talk, seen.folder, environment.get(KEY))
    changes = seen.facts.get("application_changes") or ()
    if changes:
        talk.say("In your application, at the same moment:")
    for row in changes:
        old, new = row["old"], row["new"]
        what = f"unchanged, {old}" if old == new else f"{old} becomes {new}"
        talk.say(f"{row['what']}: {what}", indent=2, hang=2)


def _asks(
    talk: Talk, seen: RunView, words: Mapping[str, str], leave: str, environment: Mapping[str, str]
) -> Added | None:
    """Which of these words is typed, and what it leads to; None for Enter. Raises Correct."""
    offered = ", ".join(f"{word} {what}" for word, what in words.items())
    try:
        while word := talk.ask(f"Type {offered}, or press Enter {leave}:").lower():
            if word not in words:
                continue
            if word == "resume":
                return Added()
            if word == "answers":
                raise Correct(seen.folder, environment)
            if added := taken(talk, seen, word):
                return added
    except (Back, Leave):
        pass
    return None


def _resumes(talk: Talk, seen: RunView, environment: Mapping[str, str]) -> Added | None:
    """How a run that ended early is to go on; None where it is left. Raises Correct."""
    summary = summarize(seen)
    talk.say(f"{summary.title}.")
    if seen.error:
        talk.say(" ".join(seen.error[part] for part in ("what", "why", "todo") if seen.error[part]))
    else:
        talk.say("Everything confirmed is kept. Resume goes on from there.")
    if seen.verdict and seen.state == "failed":
        say_verdict(talk, Verdict.model_validate(seen.verdict))
    words = {"resume": "to go on now"}
    if seen.wrote_nothing:
        words["answers"] = "to change them and make another plan"
    asked = _asks(talk, seen, {**words, **words_for(seen)}, "to leave it", environment)
    if asked is None:
        talk.commands(todo.how for todo in summary.todo if todo.how)
    return asked


def _report(talk: Talk, seen: RunView) -> None:
    summary = summarize(seen)
    talk.say()
    talk.say(f"{summary.title}.")
    for label, text in summary.rows:
        talk.say(f"{label}: {text}", indent=2, hang=2)
    if summary.todo:
        talk.say("Still to do:")
    for number, todo in enumerate(summary.todo, 1):
        talk.numbered(number, todo.text)
        if todo.how:
            talk.command(todo.how, indent=4 + len(str(number)))
    if (seen.folder / "report.md").exists():
        talk.say(f"Report: {seen.folder / 'report.md'}")
    if seen.state == "done":
        talk.say("Nothing old was deleted.")

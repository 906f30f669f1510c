"""Stop: the plan step by step, its price, saving it, and the start."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration import words
from qdrant_model_migration.advice import costs_nothing_because, save_answers
from qdrant_model_migration.engine import create_run
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back, Talk
from qdrant_model_migration.plan import Plan, save_plan
from qdrant_model_migration.plan.plan import Range
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import by_name

_PROMPT = "Type start, save, answers, or the number of a step, or back, leave:"


def agree(talk: Talk, journey: Journey) -> Path:
    """The folder of the new run, not started yet. Raises Back."""
    plan = journey.plan
    assert plan is not None, "the warnings come before the plan"
    _say(talk, plan)
    while True:
        typed = talk.number(_PROMPT, len(plan.steps), words=("start", "save", "answers"))
        if isinstance(typed, int):
            _step(talk, plan, typed)
        elif typed == "save":
            _save_plan(talk, plan)
        elif typed == "answers":
            _save_answers(talk, journey)
        elif typed == "start":
            folder = _start(talk, plan)
            if folder is not None:
                return folder
        else:
            talk.say("Nothing is written until you type start.")


def _say(talk: Talk, plan: Plan) -> None:
    talk.say()
    talk.say(f"Plan: {plan.title}, {by_name(plan.strategy).title}. {len(plan.steps)} steps:")
    took = plan.estimate.step_seconds
    for at, step in enumerate(plan.steps):
        text = step.text(plan.move)
        seconds = took[at] if at < len(took) else None
        time = f", about {words.duration(seconds)}" if seconds else ""
        talk.numbered(
            at + 1, f"{text.title}: writes to {text.writes_to}{time}; way back: {text.way_back}"
        )
    cost = plan.estimate
    talk.say(f"Time: {_range(cost.seconds)}", hang=2)
    talk.say(f"Disk on the server: {_size(cost.disk_bytes)}", hang=2)
    talk.say(f"Memory on the server: {_size(cost.memory_bytes)}", hang=2)
    if cost.notes_bytes:
        notes = f"up to {words.size(cost.notes_bytes)}, for notes of what was copied"
        talk.say(f"Disk on this computer, in the run folder: {notes}.", hang=2)
    if cost.usd is None:
        talk.say("Money: not known.")
    else:
        why = costs_nothing_because(plan)
        talk.say(f"Money: {cost.usd:.2f} USD.{f' {why[0].upper()}{why[1:]}.' if why else ''}")
    if plan.lost_settings:
        talk.say(f"Cannot be carried over: {', '.join(plan.lost_settings)}.", hang=2)
    talk.say(f"Never touched: {', '.join(plan.never_touched) or 'nothing else is there'}.", hang=2)


def _range(range_: Range) -> str:
    if range_.likely is None:
        return f"{range_.how}."
    low, high = words.duration(range_.low or 0), words.duration(range_.high or 0)
    return f"about {words.duration(range_.likely)} ({low} to {high}); {range_.how}."


def _size(range_: Range) -> str:
    if range_.likely is None:
        return f"{range_.how}."
    return f"about {words.size(range_.likely)}; {range_.how}."


def _step(talk: Talk, plan: Plan, at: int) -> None:
    text = plan.steps[at].text(plan.move)
    talk.say(f"Step {at + 1}: {text.title}.")
    for line in text.details:
        talk.say(line, indent=2, hang=2)


def _save_plan(talk: Talk, plan: Plan) -> None:
    path = _path(talk, "plan.yaml")
    if path is None:
        return
    try:
        save_plan(plan, path)
    except QmmError as error:
        talk.trouble(error)
        return
    talk.say(f"Saved {path}. Nothing was written to the server.")
    talk.commands([qmm("run", str(path))])


def _save_answers(talk: Talk, journey: Journey) -> None:
    path = _path(talk, "answers.yaml")
    if path is None:
        return
    try:
        save_answers(path, journey.answers)
    except QmmError as error:
        talk.trouble(error)
        return
    talk.say(f"Saved {path}. No address and no key stands in it.")


def _path(talk: Talk, usual: str) -> Path | None:
    try:
        typed = talk.ask(f"File, Enter for {usual}, or back, leave:")
    except Back:
        return None
    path = Path(typed or usual).expanduser()
    if path.exists() and not talk.confirm(f"{path} exists. Replace it?"):
        talk.say("Nothing was saved.")
        return None
    return path


def _start(talk: Talk, plan: Plan) -> Path | None:
    move, likely = plan.move, plan.estimate.seconds.likely
    about = f": about {words.duration(likely)}" if likely else ""
    if move is not None and move.source != move.target:
        talk.say(f"It creates {move.target} and fills it{about}.")
        talk.say(f"{move.source} is only read. Searches go on as before.")
        talk.say("It stops before the cutover and waits for you.")
    else:
        talk.say(
            f"It changes the live collection {plan.collection}, after you have typed its name."
        )
    talk.say(
        "The run goes on when this window is closed. It stops when this computer sleeps or is "
        "switched off; then you resume."
    )
    if not talk.confirm("Start this run?"):
        talk.say("Not yet. Nothing was written.")
        return None
    try:
        return create_run(plan)
    except QmmError as error:
        talk.trouble(error)
        return None

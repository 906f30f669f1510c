"""Stop: all warnings of the plan; each serious one is acknowledged by typing yes."""

from __future__ import annotations

from datetime import datetime, timezone

from qdrant_model_migration import words
from qdrant_model_migration.advice import Warning_, warnings_for
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Talk
from qdrant_model_migration.plan import Acceptance

_SIGNS = {"must": "Must be acknowledged", "caution": "Caution", "note": "Note"}


def acknowledge(talk: Talk, journey: Journey) -> None:
    """Puts the acknowledgements into the plan. What was read before is not asked again."""
    plan, strategy = journey.plan, journey.strategy
    assert plan is not None, "the strategy comes before its warnings"
    assert strategy is not None
    shown = warnings_for(journey.survey, journey.answers, strategy, plan)
    serious = [one for one in shown if one.severity == "must"]
    others = [one for one in shown if one.severity != "must"]
    talk.say()
    more = f"{len(others)} more below" if others else "none besides"
    if serious:
        talk.say(f"{words.plural(len(serious), 'warning')} must be acknowledged, {more}.")
    else:
        talk.say(f"No serious warnings. {words.plural(len(others), 'note')} below.")
    for number, warning in enumerate(serious, 1):
        before = journey.accepted.get(warning.id)
        if before is not None and before.said == warning.said:
            talk.say(f"{warning.id} {warning.title}: acknowledged before.", indent=2)
            continue
        changed = " It changed since you read it." if before is not None else ""
        _say(talk, warning, f"Warning {number} of {len(serious)}.{changed} ")
        _until_yes(talk)
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        journey.accepted[warning.id] = Acceptance(at=at, said=warning.said)
    for warning in others:
        _say(talk, warning)
    if others:
        talk.ask("Press Enter to see the plan, or back, leave:")
    accepted = {key: journey.accepted[key] for key in plan.must_accept if key in journey.accepted}
    journey.plan = plan.model_copy(update={"accepted": accepted})


def _say(talk: Talk, warning: Warning_, before: str = "") -> None:
    talk.say(f"{before}{_SIGNS[warning.severity]}, {warning.id}: {warning.title}.")
    talk.say(warning.text, indent=2)
    if warning.why_here:
        talk.say(f"Why here: {_sentence(warning.why_here)}", indent=2)
    if warning.todo:
        talk.say(f"What to do: {_sentence(warning.todo)}", indent=2)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _until_yes(talk: Talk) -> None:
    while talk.ask("Type yes when you have read it, or back, leave:").lower() != "yes":
        talk.say("It is not acknowledged yet. Type yes, in full.")

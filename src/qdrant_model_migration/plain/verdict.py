"""The verdict in lines: the word first, then the numbers, then whether everything is there."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.plain.talk import Talk
from qdrant_model_migration.quality import Check, Verdict

_WORST = 3


def say_verdict(talk: Talk, verdict: Verdict) -> None:
    """All that bears on the decision; nothing is asked."""
    talk.say(f"Verdict. {verdict}")
    judged = verdict.judgement
    if judged is not None and judged.old is not None:
        kind = "labelled" if judged.origin == "labelled" else "made up from your documents"
        talk.say(
            f"Right answers in the first {judged.k} ({judged.metric}), {judged.n} queries, {kind}: "
            f"old {judged.old:.3f}, new {judged.new:.3f}, difference {judged.difference or 0:+.3f}."
        )
        if judged.low is not None and judged.high is not None:
            talk.say(
                f"With 95 percent certainty it lies between {judged.low:+.3f} "
                f"and {judged.high:+.3f}. GO needs all of that above your limit, "
                f"{-verdict.margin:+.3f}."
            )
    talk.say("Is everything there?")
    for check in verdict.integrity.checks:
        talk.say(_check(check), indent=2, hang=2)
    if verdict.overlap is not None:
        same = words.share(verdict.overlap.share)
        talk.say(f"Overlap: {same} of the results are the same; churn, not quality.", indent=2)
    for part in verdict.parts:
        talk.say(f"{part.part}: {part.word}, {part.reason}.", indent=2, hang=2)
    for change in (judged.worst if judged else ())[:_WORST]:
        if change.old is not None and (change.new is None or change.new > change.old):
            now = "not found" if change.new is None else f"number {change.new}"
            talk.say(
                f'Worse: "{change.text}"; the right answer was number {change.old}, is now {now}.',
                indent=2,
                hang=2,
            )


def _check(check: Check) -> str:
    word = {True: "yes", False: "NO", None: "for information"}[check.ok]
    found, expected = (
        words.count(value) if isinstance(value, int) else value
        for value in (check.found, check.expected)
    )
    counted = f"{found} of {expected}" if expected is not None else f"{found}"
    note = f"; {check.note}" if check.note and check.ok is not True else ""
    return f"{check.name}: {word}, {counted}{note}"

"""A run in a few lines: what it came to, what happened, what is left for a person. Pure text.

The report is made of it, and so is whatever a face says at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from qdrant_model_migration.engine.run_view import RunView, StepView
from qdrant_model_migration.engine.stamps import local
from qdrant_model_migration.engine.states import GOING
from qdrant_model_migration.pipeline.spent import Spent
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.words import count, duration, listing, plural, size

if TYPE_CHECKING:
    from qdrant_model_migration.steps.added_step import Ending


SHOWN_REASONS = 3
PROMISED = "promised"
"""The fact of a run that tells what its plan promised: seconds, at least and at most."""


class Todo(NamedTuple):
    """key: stays the same from look to look, to keep a tick by. how: a command, or ""."""

    key: str
    text: str
    how: str = ""


class Summary(NamedTuple):
    """title: one sentence without its end. rows: (label, text)."""

    title: str
    rows: tuple[tuple[str, str], ...]
    todo: tuple[Todo, ...]


def summarize(run: RunView) -> Summary:
    """What stands at the top of the report."""
    return Summary(_title(run), tuple(_rows(run)), tuple(_todo(run)))


def at(stamp: str) -> str:
    """A stored moment for people: "24 November 2026, 10:03:41 CET"."""
    moment = local(stamp)
    return f"{moment.day} {moment:%B %Y, %H:%M:%S %Z}".strip()


def ending_of(run: RunView) -> Ending | None:
    """The run in words, where a step that was added has left it in a state of its own."""
    if not run.finished or run.state == "done":
        return None
    from qdrant_model_migration.steps import left_in

    kind = left_in(run.state)
    return kind.ending(run) if kind is not None else None


def _title(run: RunView) -> str:
    facts = run.facts
    if ending := ending_of(run):
        return ending.title
    switched = facts.get("switched")
    if run.state == "done" and switched:
        return f"Done: {_answers(switched, 'the new collection')}"
    if run.state == "done" and (gone := facts.get("taken_out")):
        return f"Done: vector {gone['vector']} is deleted"
    if run.state == "done":
        kept = {True: ": the new setting is kept", False: ": the old setting is back"}
        return f"Done{kept.get(facts.get('kept'), '')}"  # type: ignore[arg-type]
    ended = {
        "waiting": f"Waiting for you: {(run.gate or {}).get('title', 'a question')}",
        "stopped": "Stopped by you",
        "interrupted": "Interrupted: it ended without a reason",
        "failed": f"Failed{_at_step(run)}",
    }
    said = ended.get(run.state, f"{run.state.capitalize()}{_at_step(run)}")
    if switched or run.card.alias == "" or run.state in GOING:
        return said
    if back := facts.get("rolled_back"):
        return f"{said}; {_answers(back, 'the old collection')} again"
    return f"{said}; before the cutover: {run.card.alias} still answers from {run.card.collection}"


def _answers(switch: dict[str, Any], otherwise: str) -> str:
    from qdrant_model_migration.steps.switches import recalled

    known = switch.get("alias") or switch.get("how")
    answers = recalled(switch).answers if known else "the alias answers"
    return f"{answers} from {switch.get('to', otherwise)}"


def _at_step(run: RunView) -> str:
    return f" at {run.where}" if run.where else ""


def _rows(run: RunView) -> list[tuple[str, str]]:
    facts = run.facts
    rows = [("What", run.what), ("Strategy", run.title), ("Server", run.card.server)]
    if run.error:
        rows.append(("What happened", run.error["what"]))
        if run.error["why"]:
            rows.append(("Why", run.error["why"]))
    if (switched := facts.get("switched")) and switched.get("at"):
        rows.append(("Switched", at(switched["at"])))
    if switched and (left := switched.get("left")):
        old = switched["from"]
        rows.append(("Not switched", f"{listing(left)}: whoever uses it reads and writes {old}"))
    rows += [("With it", f"{one.collection}, {one.says}") for one in run.with_it]
    if back := facts.get("rolled_back"):
        rows.append(("Rolled back", at(back["at"]) if back.get("at") else "yes"))
    if (saved := facts.get("snapshot")) and saved.get("name"):
        held = f"{saved['name']}, {size(saved['bytes'])}"
        rows.append(("Snapshot", f"{held}: on the server, can be restored under another name"))
    rows += _points(run)
    if cut := facts.get("shortening"):
        rows += [("Shortened", line) for line in cut["says"]]
    if learned := facts.get("learned_map"):
        rows.append(("Calculated", f"{learned['word']}: {learned['says']}"))
    rows += _proper(run)
    if run.verdict:
        rows.append(("Quality", f"{run.verdict.get('word')}: {run.verdict.get('reason')}"))
    rows += _probes(facts)
    if run.application and run.application.get("text"):
        rows.append(("Application", str(run.application["text"])))
    if spent := facts.get("tokens_used"):
        rows.append(("Tokens", Spent.of(spent).whole))
    if promised := facts.get(PROMISED):
        rows.append(("Promised", _promised(run, *promised)))
    worked = sum(step.seconds for step in run.steps)
    if worked:
        rows.append(("Took", f"{duration(worked)}, without the time it waited for you"))
    return rows


def _promised(run: RunView, low: float, high: float) -> str:
    """What the plan said of the time until all is written, and what that took."""
    said = f"{duration(low)} to {duration(high)}, without index and verify"
    filled = next((n for n, step in enumerate(run.steps) if step.name == "backfill"), None)
    if filled is None or run.steps[filled].state != "done":
        return said
    return f"{said}; took {duration(sum(step.seconds for step in run.steps[: filled + 1]))}"


def _proper(run: RunView) -> list[tuple[str, str]]:
    """How far proper vectors are made behind calculated ones."""
    told = run.facts.get("bridge")
    if told is None:
        return []
    if told["ended"]:
        from qdrant_model_migration.steps.bridge import in_words

        stays = "; it was ended there by you" if told["stays"] else ""
        return [("Proper", f"{in_words(told['proper'], told['calculated'])}{stays}")]
    made = _step(run, "bridge")
    if made is None or made.done is None or not made.total:
        return [("Proper", "vectors are made behind the calculated ones")]
    return [("Proper", f"{count(made.done)} of {count(made.total)} vectors so far")]


def _probes(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Search before and after a change of the compression, and whether its recall is worth it."""
    rows, nothing = [], dict[str, None]()
    for moment in ("before", "after"):
        probe = facts.get(f"search_{moment}")
        if not probe or probe.get("milliseconds") is None:
            continue
        recall = probe.get("recall")
        found = "recall@10 not known" if recall is None else f"recall@10 {recall:.3f}"
        said = f"{found}, {probe['milliseconds']:.0f} ms, {count(probe['searches'])} searches"
        rows.append((f"Search {moment}", said))
        nothing[probe.get("proves_nothing") or ""] = None
    rows += [("Recall", f"proves nothing: {reason}") for reason in nothing if reason]
    return rows + [("Search params", text) for text in _search_params(facts)]


def _search_params(facts: dict[str, Any]) -> list[str]:
    """What the application should set, where the new compression is kept."""
    advice = (facts.get("search_after") or {}).get("advice")
    return [str(advice)] if facts.get("kept") and advice else []


def _points(run: RunView) -> list[tuple[str, str]]:
    rows = []
    filled = _step(run, "backfill")
    if filled is not None and filled.done is not None:
        part = "" if filled.total in (None, filled.done) else f" of {count(filled.total or 0)}"
        rows.append(("Points", f"{count(filled.done)}{part} read and written"))
    if bare := run.dead_letters - run.rows_left_out - run.points_not_written:
        letters = plural(bare, "point")
        reasons = [*run.dead_letter_reasons]
        if (more := len(reasons) - SHOWN_REASONS) > 0:
            reasons[SHOWN_REASONS:] = [plural(more, "more reason")]
        why = listing(reasons) or "no text"
        rows.append(("Dead letters", f"{letters} without a new vector: {why}"))
    if run.points_not_written:
        from qdrant_model_migration.steps.dead_letters import RAISE_IT

        large = plural(run.points_not_written, "point")
        rows.append(("Not written", f"{large}: too large for one request; {RAISE_IT}"))
    if run.rows_left_out:
        left = plural(run.rows_left_out, "row")
        rows.append(("Left out", f"{left} of the file, listed with the line"))
    if run.conflicts:
        both = f"{plural(run.conflicts, 'point')} changed on both sides after the switch"
        rows.append(("Conflicts", f"{both}; the new collection was left as it is"))
    writes = [
        f"{count(_sum(facts))} {how}"
        for facts, how in (
            (run.facts.get("caught_up"), "caught up"),
            (run.facts.get("swept"), "swept after the switch"),
        )
        if facts is not None
    ]
    if not run.card.follows:
        rows.append(("Writes", f"to {run.card.collection} meanwhile: none was carried over"))
    elif writes:
        rows.append(("Writes", f"made during the run: {listing(writes)}"))
    behind = run.facts.get("left_behind")
    if isinstance(behind, dict) and sum(behind.values()):
        said = listing([f"{count(number)} {what}" for what, number in behind.items() if number])
        rows.append(("Left behind", f"writes made after the cutover, not carried back: {said}"))
    elif behind is None and (back := run.facts.get("rolled_back")) and _copied(back):
        rows.append(("Left behind", "writes made after the cutover; they were not counted"))
    return rows


def _copied(switch: Mapping[str, Any]) -> bool:
    """Whether another collection answers than before."""
    return bool(switch.get("from") != switch.get("to"))


def _step(run: RunView, name: str) -> StepView | None:
    return next((step for step in run.steps if step.name == name), None)


def _sum(value: Any) -> int:
    return sum(value) if isinstance(value, list) else int(value)


def _todo(run: RunView) -> list[Todo]:
    name, facts = run.run_id, run.facts
    resume = qmm("resume", name)
    if run.state in ("stopped", "interrupted"):
        again = Todo("resume", "Resume: it goes on from the last checkpoint", resume)
        return [again, *_behind(run)]
    if run.state == "failed" and run.at_verdict:
        return _added(run)
    if run.state == "failed":
        said = (run.error or {}).get("todo") or "Correct what stands above, then resume"
        return [Todo("mend", said, resume), *_plan_again(run)]
    if run.state == "waiting" and run.gate:
        return [*_gate(run.gate, name), *_added(run)]
    if ending := ending_of(run):
        return [*(Todo(key, text) for key, text in ending.left), *_added(run)]
    if run.state in GOING:
        return _behind(run)
    if run.state != "done" or not facts.get("switched"):
        return []
    old, left = facts["switched"].get("from", "the old collection"), facts["switched"].get("left")
    others = f"Find out who uses {listing(left or ())}: it is the way to {old} still"
    return [
        *_deploy(facts.get("application_changes") or ()),
        *((Todo("others", others),) if left else ()),
        *_added(run),
    ]


def _behind(run: RunView) -> list[Todo]:
    """After the switch, while proper vectors are made behind those that answer."""
    from qdrant_model_migration.steps.bridge import is_open

    if not is_open(run.facts.get):
        return []
    return [*_deploy(run.facts.get("application_changes") or ()), *_added(run)]


def _deploy(rows: Iterable[Mapping[str, Any]]) -> list[Todo]:
    """What the application deploys; where no model is another one, none is named."""
    from qdrant_model_migration.quality.difference import second_of

    changed = [row for row in rows if row["old"] != row["new"]]
    second = second_of(changed)
    writes = f"writes {second}, too, and deletes there" if second else "uses it too"
    models = [row["new"] for row in changed if str(row["what"]).startswith("query model")]
    if models:
        return [
            Todo("query", f"Deploy the query model: {listing(models)}"),
            Todo("writers", f"Everything that writes documents {writes}"),
        ]
    if changed:
        what = listing([str(row["what"]) for row in changed])
        return [Todo("query", f"Deploy the changed queries: {what}")]
    return []


def _added(run: RunView) -> list[Todo]:
    """What can be added to the run, as far as it lists itself."""
    from qdrant_model_migration.steps import added_kinds

    told = ((kind, kind.listed(run)) for kind in added_kinds())
    return [Todo(kind.name(), text, kind.command(run)) for kind, text in told if text]


def _plan_again(run: RunView) -> list[Todo]:
    """The command that makes another plan of the answers, where nothing was written yet."""
    if not run.wrote_nothing:
        return []
    again = qmm("plan", run.card.collection, flags=("--from", run.run_id))
    return [Todo("again", "Or make another plan of its answers, with --set to change some", again)]


def _gate(gate: dict[str, Any], name: str) -> list[Todo]:
    """What opens the gate: one command, or one for each choice."""
    from qdrant_model_migration.steps.gate import Gate
    from qdrant_model_migration.steps.ways import ways

    asked = Gate.model_validate(gate)
    return [
        Todo(f"gate {way.label}".strip(), way.label or asked.title, way.command)
        for way in ways(asked, name)
    ]

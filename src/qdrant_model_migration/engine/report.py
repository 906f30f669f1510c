"""The report of a run as report.md and report.html, with the lists that go with it.

Both are made from one `Report`. It holds what the journal holds: no keys, and no texts but the
searches that the verdict was made with.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qdrant_model_migration import private_file
from qdrant_model_migration.engine.errors import ReportNotWritten
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.engine.run_view import DeadLetter, EventView, RunView
from qdrant_model_migration.engine.summary import Todo, at, summarize
from qdrant_model_migration.engine.watch import Watch, view
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.words import count, duration, plural

if TYPE_CHECKING:
    from qdrant_model_migration.plan import Plan

MARKDOWN, HTML, LETTERS, VERDICT = "report.md", "report.html", "dead-letters.csv", "verdict.json"
CONFLICTS = "conflicts.csv"
LETTER_HEAD = ("point", "reason", "what the field holds")
CONFLICT_HEAD = ("point", "in the old collection", "in the new collection", "found")
QUIET = ("slice",)  # kinds of events that are for the log, not for the timeline
LONGEST = 2000  # lines of the timeline
FIRST_LETTERS = 20
PAGE = 1000


class Section(NamedTuple):
    """A heading, sentences, a table, lines of code. head is empty where the rows need none."""

    title: str
    says: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    code: tuple[str, ...] = ()


class Report(NamedTuple):
    title: str
    run: str
    made: str
    rows: tuple[tuple[str, str], ...]
    todo: tuple[Todo, ...]
    sections: tuple[Section, ...]


def write_report(folder: Path, run: RunView | None = None) -> tuple[Path, ...]:
    """Write the report of a run into its folder and return the files, the readable ones first.

    run: the state to tell of; the present one if it is left out. Raises ReportNotWritten.
    """
    found = run or view(folder)
    try:
        with closing(Watch(folder)) as watch:
            report = _report(found, watch, _plan(folder))
            written = [
                private_file.write(folder / MARKDOWN, markdown(report)),
                private_file.write(folder / HTML, html(report)),
            ]
            if found.dead_letters:
                rows = ((one.point, one.reason, one.held) for one in _letters(watch))
                written.append(_put_table(folder / LETTERS, LETTER_HEAD, rows))
            else:
                (folder / LETTERS).unlink(missing_ok=True)
            if found.conflicts:
                both = watch.conflicts()
                written.append(_put_table(folder / CONFLICTS, CONFLICT_HEAD, both))
            else:
                (folder / CONFLICTS).unlink(missing_ok=True)
        if found.verdict:
            text = json.dumps(found.verdict, ensure_ascii=False, indent=1)
            written.append(private_file.write(folder / VERDICT, text + "\n"))
    except OSError as error:
        raise ReportNotWritten(folder.name, error) from error
    return tuple(written)


def markdown(report: Report) -> str:
    """The report for editors, issues and mails."""
    lines = [f"# {_plain(report.title)}", ""]
    lines += [f"- **{label}**: {_plain(text)}" for label, text in report.rows]
    if report.todo:
        lines += ["", "## Still to do", ""]
        for todo in report.todo:
            lines.append(f"- [ ] {_plain(todo.text)}{f': {_code(todo.how)}' if todo.how else ''}")
    for section in report.sections:
        lines += ["", f"## {section.title}", ""]
        for sentence in section.says:
            lines += [_plain(sentence), ""]
        if section.rows:
            head = section.head or ("",) * len(section.rows[0])
            lines += [_row(head), _row(("---",) * len(head))]
            lines += [_row(tuple(_plain(cell) for cell in row)) for row in section.rows]
        if section.code:
            # Set in, not fenced: nothing that stands in a line can end it.
            lines += ["", *(f"    {_printable(line)}" for line in section.code)]
    lines += ["", f"Run {report.run}, report made {report.made}.", ""]
    return "\n".join(lines)


def html(report: Report) -> str:
    """The report for a browser: one file, nothing is loaded from anywhere."""
    from jinja2 import Environment, StrictUndefined

    template = files("qdrant_model_migration.engine").joinpath("report.html.j2")
    world = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return world.from_string(template.read_text(encoding="utf-8")).render(report=report)


# --- what stands in it ------------------------------------------------------------------------


def _report(run: RunView, watch: Watch, plan: Plan | None) -> Report:
    summary = summarize(run)
    sections = (
        _application(run),
        *_verdict(run.verdict),
        _search_params(run.facts),
        _settings(plan),
        _steps(run),
        _dead_letters(run, watch, plan),
        _conflicts(watch),
        _consents(run),
        _timeline(watch),
    )
    made = run.ended or run.heard
    kept = tuple(section for section in sections if section.says or section.rows)
    return Report(summary.title, run.run_id, at(made), summary.rows, summary.todo, kept)


def _plan(folder: Path) -> Plan | None:
    """The plan, where there is one that this version can read: the report is made without, too."""
    from qdrant_model_migration.plan import load_plan

    try:
        return load_plan(folder / PLAN)
    except QmmError:
        return None


def _application(run: RunView) -> Section:
    from qdrant_model_migration.engine import change_lines
    from qdrant_model_migration.quality.difference import MAP, of_models, of_queries, second_of

    changes = change_lines.of(run.facts)
    rows = tuple(
        (str(row["what"]), str(row["old"]), "stays" if row["old"] == row["new"] else row["new"])
        for row in changes
    )
    what = "query model" if of_models(changes) else "queries"
    when = f"The application changes its {what} at the moment in which the alias is switched."
    if not of_queries(changes):
        when = "Here nothing of that changes."
    title, head = "Lines to change in the application", ("what", "old", "new")
    mapped = any(row["what"] == MAP for row in changes)
    if mapped and any(row[0] == "dimensions" and row[2] == "stays" for row in rows):
        when = "Here a learned map stands between the two; nothing in Qdrant changes."
    if asked := second_of(changes):
        when = f"From the cutover on the application asks {asked}, too, and writes both."
    if change_lines.goes_back(run.facts):
        goes_back = f", so the application goes back to its old {what.removeprefix('query ')}"
        when = f"The old collection answers again{goes_back if of_queries(changes) else ''}."
        if second_of(run.facts.get("application_changes") or ()):
            when = "The present collection is searched and written alone again."
        title, head = "Lines to change back in the application", ("what", "now", "old")
    says = (f"Queries and documents must be made by the same model. {when}",)
    code = tuple(change_lines.lines(changes, change_lines.forms(run.facts)[0]))
    return Section(title, says if rows else (), head, rows, code)


def _verdict(verdict: dict[str, Any] | None) -> Iterator[Section]:
    if not verdict:
        return
    checks = tuple(
        (
            {True: "yes", False: "NO", None: "note"}[check["ok"]],
            check["name"],
            _counted(check.get("found"), check.get("expected")),
            check.get("note", "") if check["ok"] is not True else "",
        )
        for check in (verdict.get("integrity") or {}).get("checks", ())
    )
    yield Section("Is everything there?", (), ("", "check", "found", "note"), checks)
    says = [f"{verdict.get('word')}: {verdict.get('reason')}. {verdict.get('todo', '')}".strip()]
    judged = verdict.get("judgement") or {}
    if judged.get("old") is not None and judged.get("new") is not None:
        says.append(_numbers(judged))
    if overlap := verdict.get("overlap"):
        says.append(
            f"Overlap: {100 * overlap['share']:.0f} % of the results are the same. "
            "That is how much changes, not whether it is better."
        )
    parts = tuple((p["part"], p["word"], p["reason"]) for p in verdict.get("parts") or ())
    yield Section("Is it better?", tuple(says), ("part", "verdict", "reason"), parts)
    worse = tuple(
        (change["text"], _rank(change.get("old")), _rank(change.get("new")))
        for change in judged.get("worst") or ()
    )
    head = ("search", "right answer was", "is now")
    yield Section("The searches that lost most", (), head, worse)


def _search_params(facts: dict[str, Any]) -> Section:
    """How the new compression is searched, and the line that the application should set."""
    from qdrant_model_migration.quality import rescoring

    after = facts.get("search_after") or {}
    tried = [one for one in (after, *after.get("tried", ())) if one.get("params") is not None]
    if len(tried) < 2 or not facts.get("kept"):
        return Section("Search params")
    rows = tuple(
        (rescoring.in_words(one["params"]), f"{one['recall']:.3f}", f"{one['milliseconds']:.0f} ms")
        for one in tried
    )
    best = after.get("advised")
    code = (rescoring.python(best["params"]), rescoring.as_json(best["params"])) if best else ()
    return Section(
        "Search params",
        tuple(filter(None, ("The first is how the application searches.", after.get("advice")))),
        ("quantization", "recall@10", "time"),
        rows,
        code,
    )


def _numbers(judged: dict[str, Any]) -> str:
    text = f"{judged.get('metric', 'quality')}: old {judged['old']:.3f}, new {judged['new']:.3f}"
    if judged.get("difference") is not None:
        text += f", difference {judged['difference']:+.3f}"
    if judged.get("low") is not None and judged.get("high") is not None:
        text += f" (95 %: {judged['low']:+.3f} to {judged['high']:+.3f})"
    made_up = ", made up from the documents" if judged.get("origin") == "made up" else ""
    return f"{text}; {judged.get('n', 0)} searches{made_up}."


def _counted(found: Any, expected: Any) -> str:
    said = [count(value) if isinstance(value, int) else str(value) for value in (found, expected)]
    return said[0] if expected is None else f"{said[0]} of {said[1]}"


def _rank(rank: Any) -> str:
    return f"number {rank}" if rank is not None else "not found"


def _settings(plan: Plan | None) -> Section:
    if plan is None:
        return Section("Settings")
    lost = tuple((setting,) for setting in plan.lost_settings)
    says = ["Never touched: " + "; ".join(plan.never_touched) + "."] if plan.never_touched else []
    if lost:
        says.append("Acknowledged as not carried over:")
    elif plan.move is not None and plan.move.payload and not plan.move.in_place:
        says.append(
            "Every setting of the old collection was to be carried over, but those of its vectors, "
            "which are as the plan says."
        )
    return Section("Settings", tuple(says), (), lost)


def _steps(run: RunView) -> Section:
    words = {" ": "open", "running": "running", "done": "done", "failed": "failed"}
    rows = tuple(
        (
            run.number(place),
            step.title,
            words[step.state],
            duration(step.seconds) if step.seconds >= 0.5 else "",
            step.writes_to,
            step.way_back,
        )
        for place, step in ((place, run.steps[place]) for place in run.in_order)
    )
    return Section("Steps", (), ("", "step", "state", "took", "writes to", "way back"), rows)


def _dead_letters(run: RunView, watch: Watch, plan: Plan | None) -> Section:
    from qdrant_model_migration.steps.routes import route_of
    from qdrant_model_migration.steps.routes.route import DEAD_LETTERS

    if not run.dead_letters:
        return Section("Dead letters")
    move = plan.move if plan is not None else None
    said = route_of(move).words(move).dead_letters if move is not None else DEAD_LETTERS
    reasons = ", ".join(f"{reason}: {count(n)}" for reason, n in run.dead_letter_reasons.items())
    rows = tuple(
        (letter.point, letter.reason, letter.held)
        for letter in watch.dead_letters(limit=FIRST_LETTERS)
    )
    from qdrant_model_migration.steps.dead_letters import RAISE_IT

    left = plural(run.rows_left_out, "row")
    one = run.points_not_written == 1
    large = f"{plural(run.points_not_written, 'point')} {'is' if one else 'are'}"
    says = (
        f"{said} By reason: {reasons}.",
        *(
            (f"Of them {left} of a file, named by the line, became no point.",)
            * bool(run.rows_left_out)
        ),
        *(
            (f"Of them {large} not written: too large for one request; {RAISE_IT}.",)
            * bool(run.points_not_written)
        ),
        f"The first {len(rows)} of {count(run.dead_letters)}; all of them are in {LETTERS}.",
    )
    return Section("Dead letters", says, ("point", "reason", "what the field holds"), rows)


def _conflicts(watch: Watch) -> Section:
    found = watch.conflicts()
    if not found:
        return Section("Conflicts")
    says = (
        "These points changed in both collections after the switch. The new collection was left as "
        "it is; the old one still has the other version, until it is cleaned up.",
        f"The first {min(FIRST_LETTERS, len(found))} of {count(len(found))}; all of them are in "
        f"{CONFLICTS}.",
    )
    rows = tuple((one.point, one.old, one.new) for one in found[:FIRST_LETTERS])
    return Section("Conflicts", says, ("point", "in the old one", "in the new one"), rows)


def _consents(run: RunView) -> Section:
    fits = {True: "opened the gate", False: "was not enough", None: "not needed yet"}
    rows = tuple(
        (
            at(consent.at),
            consent.gate,
            ", ".join(f"{key}: {text}" for key, text in consent.answers.items()),
            str(consent.verdict.get("word", "")) if consent.verdict else "none yet",
            fits[consent.fits],
        )
        for consent in run.consents
    )
    return Section("Consents", (), ("when", "gate", "given", "verdict then", ""), rows)


def _timeline(watch: Watch) -> Section:
    rows: list[tuple[str, str]] = []
    for event in _events(watch):
        if event.kind not in QUIET:
            rows.append((at(event.at), event.text))
    says: tuple[str, ...] = ()
    if len(rows) > LONGEST:
        says = (f"The newest {count(LONGEST)} of {count(len(rows))} entries.",)
        rows = rows[-LONGEST:]
    return Section("Timeline", says, ("when", "what"), tuple(rows))


def _events(watch: Watch) -> Iterator[EventView]:
    last = 0
    while page := watch.events(after=last, limit=PAGE):
        yield from page
        last = page[-1].id


# --- writing ----------------------------------------------------------------------------------


def _put_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A table for a spreadsheet, which carries out nothing that stands in it."""
    with private_file.written(path) as file:
        table = csv.writer(file)
        table.writerow(head)
        for row in rows:
            table.writerow([_not_a_formula(cell) for cell in row])
    return path


def _letters(watch: Watch) -> Iterator[DeadLetter]:
    last = 0
    while page := watch.dead_letters(after=last, limit=PAGE):
        yield from page
        last = page[-1].number


def _not_a_formula(text: str) -> str:
    """A spreadsheet carries out what begins like this; a quote before it makes it a text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _code(text: str) -> str:
    """A command between backticks: more of them than stand side by side in it."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    blank = " " if "`" in text else ""
    return f"{ticks}{blank}{_printable(text)}{blank}{ticks}"


def _plain(text: str) -> str:
    """A text of unknown origin as one line that Markdown shows as it is."""
    line = _printable(text)
    line = re.sub(r"([\\`*\[\]|#])", r"\\\1", line)
    return line.replace("<", "&lt;").replace("\N{NO-BREAK SPACE}", " ").strip()

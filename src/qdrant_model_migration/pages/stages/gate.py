"""A gate: what the run waits for, said whole, with everything that has to be ticked or typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path

from qdrant_model_migration.engine import RunView, change_lines
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import BACK, Go, Outcome, Report, Work
from qdrant_model_migration.pages.page import Act, Ask, Block, Choice, Fact, Facts, Page, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.steps import adds, gate_kind
from qdrant_model_migration.steps.gate import Ask as Asked
from qdrant_model_migration.steps.gate import Gate
from qdrant_model_migration.steps.sisters import all_there
from qdrant_model_migration.steps.ways import ways, ways_out

SHUT = "Nothing was changed."
WAITS = "The run goes on waiting."
OTHER = "other-"  # what the act begins with that leads to another run: then its place
WAITS_FOR_OTHERS = "It switches together with others, as soon as all of them stand here."
LEVEL_FIRST = "All stand here. Both sides of each are read once more; then the switch is asked."
HELP = (
    "The run waits here and uses nothing. Before a cutover, writes made",
    "meanwhile are caught up.",
    "",
    "The button opens when every box is ticked and every word is typed",
    "exactly as asked. No and Esc change nothing.",
)
_LABELLED = re.compile(r"(\S+) {2,}(.+)")


def enter(session: Session) -> Outcome:
    return of_run.look(session, _looked)


def _looked(session: Session, run: RunView) -> Outcome:
    return session if run.gate is not None else Go("run", session, back=True)


def page(session: Session) -> Page:
    return of_run.framed(session, "Run", _page)


def _page(run: RunView) -> Page:
    if run.gate is None:
        return Page("Gate", (Says(("Nothing is asked any more.",)),))
    gate = Gate.model_validate(run.gate)
    kind, changes = gate_kind(gate.name), changes_of(run)
    return of_gate(gate, run)._replace(
        body=(*said(gate), *first(gate), *asks(gate), *changes),
        acts=(
            *of_gate(gate, run).acts,
            *((Act("lines", "Lines to change"),) if changes else ()),
            *of_run.acts_for(ways_out(run) if adds(gate.name) is None else (), run),
        ),
        place="Cutover" if kind.switches else "Run",
    )


def of_gate(gate: Gate, run: RunView) -> Page:
    """The page of any gate: its button opens when everything is given, no is where it begins."""
    no = gate_kind(gate.name).no
    on = _first_acts(gate, run) if gate.before else (Act("yes", gate.button, asks=True),)
    return Page(
        title=gate.title,
        body=(*said(gate), *first(gate), *asks(gate)),
        acts=(Act(BACK, no), *on),
        help=(*HELP, "Without this screen:", *(way.command for way in ways(gate, run.run_id))),
        hello=_hello(gate, run),
        first=BACK,
        esc="No",
    )


def _hello(gate: Gate, run: RunView) -> str:
    if not gate.before:
        return "Nothing happens until everything is ticked and typed exactly. Up leads there."
    return LEVEL_FIRST if all_there(run.with_it) else WAITS_FOR_OTHERS


def said(gate: Gate) -> tuple[Block, ...]:
    """What it says: a line of `Label  words` is a fact."""
    blocks: list[Says | Facts] = []
    for labelled, lines in groupby(gate.says, lambda line: bool(_LABELLED.fullmatch(line))):
        if labelled:
            matches = (_LABELLED.fullmatch(line) for line in lines)
            blocks.append(Facts(tuple(Fact(m[1], m[2]) for m in matches if m)))
        else:
            blocks.append(Says(tuple(lines)))
    first, *others = blocks or [Says(())]
    return (first._replace(title=gate.title), *others)


def first(gate: Gate) -> tuple[Says, ...]:
    """What has to happen before anything can be asked."""
    if not gate.before:
        return ()
    lines = tuple(f"{said}." for said, _ in gate.before)
    commands = tuple(dict.fromkeys(command for _, command in gate.before if command))
    return (Says(lines, "First", commands=commands),)


def _first_acts(gate: Gate, run: RunView) -> tuple[Act, ...]:
    """What leads there: the run of each that is not at its cutover; or, where all are, that those
    are started which are not level."""
    late = [n for n, one in enumerate(run.with_it) if one.run and one.stands == "before"]
    if not all_there(run.with_it):
        ones = ((n, run.with_it[n]) for n in late)
        return tuple(
            Act(f"{OTHER}{n}", f"{'Go to' if one.begun else 'Start'} {one.collection}")
            for n, one in ones
        )
    return (Act("level", "Make all level"),)


def changes_of(run: RunView) -> tuple[Facts, ...]:
    """What the application changes, where this gate switches it."""
    if not run.gate or not gate_kind(run.gate["name"]).switches:
        return ()
    told = tuple(Fact(*line) for line in change_lines.in_words(change_lines.of(run.facts)))
    return (Facts(told, "In your application, at the same moment"),) if told else ()


def asks(gate: Gate) -> tuple[Ask, ...]:
    if gate.before:
        return ()
    return tuple(
        Ask(
            _key(n, ask),
            ask.kind,
            ask.label,
            expect=ask.expect if ask.kind not in ("number", "tick") else "",
            help=f"for example {ask.expect}" if ask.kind == "number" else "",
            least=ask.least if ask.kind == "number" else None,
            choices=tuple(Choice(value, label) for value, label in ask.choices),
            must=ask.kind != "choice",
        )
        for n, ask in enumerate(gate.asks)
    )


def _key(n: int, ask: Asked) -> str:
    """Of the ask on the page: a key with the name of a collection in it can be no part's name."""
    return ask.key if ask.key.isidentifier() else f"ask_{n}"


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    if key == "lines":
        return Go("lines", session)
    if go := of_run.added(session, key, instead=True):
        return go
    if key.partition("--")[0] == "yes" and run is not None and run.gate is not None:
        return of_run.start(session, key, lambda session: consent(session, run, values))
    if key.startswith(OTHER) and run is not None:
        one = run.with_it[int(key.partition("--")[0].removeprefix(OTHER))]
        there = run.folder.parent / one.run
        if one.begun:
            return Go("run", session.at_run(there))
        return of_run.start(session, key, lambda session: _begin(session, there))
    if key.partition("--")[0] == "level" and run is not None:
        return of_run.start(session, key, lambda session: _level(session, run))
    return session


def _begin(session: Session, folder: Path) -> Work:
    """The next of those that switch together: it goes up to its cutover, too."""
    do = partial(_start, session, (folder,))
    return Work("start", do, lambda now, _: Go("run", now.at_run(folder)), "Starting it.")


def _level(session: Session, run: RunView) -> Work:
    """Those that are not level are started; they come back to their gates by themselves."""
    others = [one for one in run.with_it if one.stands == "there" and not one.level]
    late = [run.folder.parent / one.run for one in others if not one.live]
    mine = [run.folder] if (run.gate or {}).get("to_level") else []
    do = partial(_start, session, (*mine, *late))
    return Work("start", do, lambda now, _: Go("run", now, back=True), "Both sides are read anew.")


def _start(session: Session, folders: Iterable[Path], report: Report) -> None:
    for folder in folders:
        work.start(session, folder)


def consent(session: Session, run: RunView, values: Mapping[str, str]) -> Work:
    """Everything that the gate asks for, written down."""
    gate = Gate.model_validate(run.gate)
    given = {ask.key: values[_key(n, ask)] for n, ask in enumerate(gate.asks)}
    do = partial(_consent, session, run, gate.name, given)
    says = "Your consent is written down; the run goes on."
    return Work("consent", do, lambda now, _: Go("run", now, back=True), says)


def _consent(
    session: Session, run: RunView, gate: str, given: Mapping[str, str], report: Report
) -> None:
    work.consent(session, run.folder, gate, given)


def leave(session: Session) -> Outcome:
    return Go(BACK, session, f"{SHUT} {WAITS}")

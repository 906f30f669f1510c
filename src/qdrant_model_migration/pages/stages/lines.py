"""Lines to change in the application: as Python, curl or a list, to copy or to save."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration.engine import RunView, change_lines
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Fact, Facts, Page, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import of_run as work

FILE = change_lines.FILE
HELP = (
    "- goes out, + comes in, the other lines stay as they are.",
    "<your client> and the like stand for what a run cannot know.",
    "",
    f"Save writes all forms into {FILE} in the run folder.",
    "The report holds the same lines.",
)


def enter(session: Session) -> Outcome:
    return of_run.look(session)


def page(session: Session) -> Page:
    return of_run.framed(session, "Cutover", lambda run: _page(run, _form(run, session)))


def _form(run: RunView | None, session: Session) -> str:
    return session.form or change_lines.forms(run.facts if run is not None else {})[0]


def _page(run: RunView, form: str) -> Page:
    rows = change_lines.of(run.facts)
    lines = tuple(change_lines.lines(rows, form)) or ("Nothing to change.",)
    means = change_lines.meaning(rows) if rows else ()
    following = change_lines.titled(_next(run, form))
    return Page(
        title="Lines to change",
        body=(
            Says(lines, f"Lines to change in your application · {form}", as_is=True),
            Facts(tuple(Fact(label, text) for label, text in means), "What it means"),
        ),
        acts=(
            Act("copy", "Copy"),
            Act("save", "Save to a file"),
            Act("form", f"Show {'' if following.startswith('In ') else 'as '}{following}"),
        ),
        help=HELP,
        hello="Give this to whoever maintains the application.",
        first="copy",
    )


def _next(run: RunView, form: str) -> str:
    forms = change_lines.forms(run.facts)
    return forms[(forms.index(form) + 1) % len(forms)]


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    form = _form(run, session)
    rows = change_lines.of(run.facts) if run is not None else []
    if key == "form" and run is not None:
        return session.on(form=_next(run, form))
    if key == "copy":
        words = (
            "Copied where the terminal allows it. If nothing arrives, Save to a file puts the "
            f"lines into {FILE} in the run folder."
        )
        return Said(session, words, copy="\n".join(change_lines.lines(rows, form)))
    if key == "save":
        do = partial(_save, of_run.folder_of(session) / FILE, _whole(run))
        return Work("save", do, lambda now, path: Said(now, f"Saved: {path}"))
    return session


def _whole(run: RunView | None) -> str:
    facts = run.facts if run is not None else {}
    return change_lines.whole(change_lines.of(facts), change_lines.forms(facts))


def _save(path: Path, text: str, report: Report) -> Path:
    return work.save(path, text)

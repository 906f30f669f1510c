"""Dead letters: points set aside, why, and what their field holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qdrant_model_migration import engine, words
from qdrant_model_migration.engine import LETTERS, DeadLetter, RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import Outcome, Said
from qdrant_model_migration.pages.page import Act, Column, Fact, Facts, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Files, Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.dead_letters import RAISE_IT
from qdrant_model_migration.steps.routes.route import DEAD_LETTERS

MOST = 1000  # that are shown; the file has all
ROWS = (
    "A row of a file that could not be used is named by its line. It is in no collection: the file "
    "was read once. Correct it there, and bring it to the new collection yourself."
)
COLUMNS = (Column("POINT", 12), Column("REASON", 26), Column("WHAT THE FIELD HOLDS"))
LARGE = (
    "Those that are too large for one request are not written at all, and their run is not proved: "
    f"{RAISE_IT}."
)


def enter(session: Session) -> Outcome:
    return of_run.look(session, read=_read)


def _read(folder: Path) -> Files:
    letters = engine.dead_letters(folder, limit=MOST)
    return Files(work.files(folder), letters=letters, words=work.words_of(folder))


def page(session: Session) -> Page:
    return of_run.framed(session, "Run", lambda run: _page(run, session.files or Files()))


def _page(run: RunView, files: Files) -> Page:
    letters = files.letters
    number = max(run.dead_letters, len(letters))
    first = f", the first {words.count(len(letters))} are shown" if number > len(letters) else ""
    title = f"Dead letters: {words.count(number)} set aside{first}"
    none = "" if letters else "there are none"
    return Page(
        title="Dead letters",
        body=(
            Table("letters", tuple(_row(letter) for letter in letters), COLUMNS, title),
            Says(
                (
                    f"{files.words.dead_letters if files.words else DEAD_LETTERS} Nothing is lost. "
                    "Correct the texts where they come from; the catch-up picks them up as long as "
                    "the run lasts.",
                    *((ROWS,) if run.rows_left_out else ()),
                    *((LARGE,) if run.points_not_written else ()),
                )
            ),
        ),
        acts=(Act("file", "Where is the list?", closed=none),),
        help=(
            "A dead letter is a point set aside, with the reason.",
            f"All of them stand in {LETTERS} in the run folder, for a spreadsheet.",
        ),
        hello="None was embedded as empty text. Esc goes back.",
        first="letters" if letters else "back",
    )


def _row(letter: DeadLetter) -> Row:
    held = Facts((Fact("Reason", letter.reason), Fact("The field holds", letter.held)))
    cells = (letter.point, letter.reason, letter.held)
    return Row(f"{letter.number}", cells, title=f"Point {letter.point}", more=(held,))


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run, files = session.of_run, session.files
    if key != "file" or run is None:
        return session
    if files is not None and LETTERS in files.names and not run.live:
        return Said(session, f"All of them: {run.folder / LETTERS}")
    now = f"{qmm('report', run.run_id)} writes it now."
    return Said(session, f"{LETTERS} is written when the run ends or waits. {now}")

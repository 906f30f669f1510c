"""The report says what happened, what is left, and lets no text of anybody become markup."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import make_plan
from qdrant_model_migration.engine import run_here, summarize, view, write_report
from qdrant_model_migration.engine.errors import ReportNotWritten
from qdrant_model_migration.engine.report import Report, Section, html, markdown
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.quality import Check, Integrity, decide
from qdrant_model_migration.steps import Step, StepContext
from qdrant_model_migration.strategies import by_name
from support.fake_run import DEEDS, AskFirst, Fake, Fill, job
from support.surveys import ANSWERS, docs

HOSTILE = "<script>alert(1)</script> | **bold** [x](http://evil) `rm` \x1b[31m\nsecond line"


def verdict() -> dict[str, Any]:
    checks = (
        Check(name="Each id once", ok=True, found=300, expected=300),
        Check(name="Late writes", ok=None, found=2, note="caught up before the switch"),
    )
    made: dict[str, Any] = decide(Integrity(checks=checks), None, None).model_dump(mode="json")
    return made


@pytest.fixture
def finished(run: Path) -> Path:
    def everything(ctx: StepContext) -> None:
        ctx.remember("verdict", verdict())
        ctx.remember(
            "application_changes",
            [
                {"what": "collection name", "old": "docs", "new": "docs"},
                {"what": "query model", "old": "old-model", "new": HOSTILE},
            ],
        )
        ctx.remember("caught_up", [104, 9, 0])
        ctx.remember("swept", 2)
        ctx.remember(
            "switched",
            {
                "alias": "docs",
                "from": "docs_old",
                "to": "docs_new",
                "at": "2026-11-24T10:03:41+00:00",
            },
        )
        ctx.dead_letter(2**64 - 1, "field text is missing", "nothing")
        ctx.dead_letter(7, "not a text", "=HYPERLINK()")
        ctx.say("slice", "Slice 1 done.")
        ctx.say("cutover", HOSTILE)

    DEEDS["everything"] = everything
    run_here(run, job_of=job(Fill(step="fill"), Fake(step="cutover", does="everything")))
    del DEEDS["everything"]
    return run


def test_a_run_that_is_done_has_its_report(finished: Path) -> None:
    text = (finished / "report.md").read_text()
    assert text.startswith("# Done: docs answers from docs_new")
    assert "made during the run: 113 caught up and 2 swept after the switch" in text
    assert "INCONCLUSIVE: there are no searches to judge by" in text
    assert "| yes | Each id once | 300 of 300 |" in text
    assert "| collection name | docs | stays |" in text
    assert "- [ ] Then free the space of docs_old; never by itself: `qmm cleanup" in text
    assert "| 1 | Fill | done |" in text
    assert "18446744073709551615" in text
    assert "Slice 1 done." not in text


def test_the_page_and_the_text_say_the_same(finished: Path) -> None:
    text, page = ((finished / f"report.{kind}").read_text() for kind in ("md", "html"))
    for said in (
        "Done: docs answers from docs_new",
        "Each id once",
        "Timeline",
        "dead-letters.csv",
    ):
        assert said in text
        assert said in page


def test_no_text_becomes_markup(finished: Path) -> None:
    page = (finished / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://evil" not in page.replace("[x](http://evil)", "")
    text = (finished / "report.md").read_text()
    assert "<script" not in text
    assert "\x1b" not in text
    assert r"\[x\](http://evil)" in text
    assert r"\*\*bold\*\*" in text
    rows = [line for line in text.splitlines() if "second line" in line]
    assert rows
    assert all(line.startswith(("| ", "- [ ] ", "    ")) for line in rows)


def test_the_page_loads_nothing_from_anywhere(finished: Path) -> None:
    page = (finished / "report.html").read_text()
    assert "default-src 'none'" in page
    for way in ("src=", "href=", "@import", "url("):
        assert way not in page


def test_all_dead_letters_are_in_a_table_that_a_spreadsheet_does_not_carry_out(
    finished: Path,
) -> None:
    with (finished / "dead-letters.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["point", "reason", "what the field holds"],
        ["18446744073709551615", "field text is missing", "nothing"],
        ["7", "not a text", "'=HYPERLINK()"],
    ]


def test_conflicts_are_a_list_of_their_own(run: Path) -> None:
    def sweeps(ctx: StepContext) -> None:
        ctx.conflict(7, "written", "deleted", b"0" * 16)
        ctx.conflict(2**64 - 1, "deleted", "written", b"")
        assert ctx.conflicts == {("u:7", b"0" * 16), (f"u:{2**64 - 1}", b"")}

    DEEDS["sweeps"] = sweeps
    run_here(run, job_of=job(Fake(step="sweep", does="sweeps")))
    del DEEDS["sweeps"]
    assert view(run).conflicts == 2
    assert view(run).dead_letters == 0
    text = (run / "report.md").read_text(encoding="utf-8")
    assert "| 7 | written | deleted |" in text
    assert "2 points changed on both sides after the switch" in text
    rows = list(csv.reader((run / "conflicts.csv").read_text(encoding="utf-8").splitlines()))
    assert [row[:3] for row in rows[1:]] == [
        ["7", "written", "deleted"],
        [str(2**64 - 1), "deleted", "written"],
    ]


def test_what_is_deployed_is_what_is_another_one(run: Path) -> None:
    def hybrid(ctx: StepContext) -> None:
        ctx.remember(
            "application_changes",
            [
                {"what": "query model", "old": "stays", "new": "stays"},
                {"what": "query model 2", "old": "none", "new": "Qdrant/bm25"},
            ],
        )
        ctx.remember("switched", {"alias": "docs", "from": "docs_old", "to": "docs_new"})

    DEEDS["hybrid"] = hybrid
    run_here(run, job_of=job(Fake(does="hybrid")))
    told = [todo.text for todo in summarize(view(run)).todo]
    assert "Deploy the query model: Qdrant/bm25" in told
    assert not any("stays" in text for text in told)


def test_the_verdict_can_be_read_by_a_program(finished: Path) -> None:
    assert json.loads((finished / "verdict.json").read_text())["word"] == "INCONCLUSIVE"


def test_writing_it_again_gives_the_same(finished: Path) -> None:
    before = (finished / "report.md").read_bytes()
    files = write_report(finished)
    assert [path.name for path in files] == [
        "report.md", "report.html", "dead-letters.csv", "verdict.json",
    ]  # fmt: skip
    assert (finished / "report.md").read_bytes() == before
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)


def test_dead_letters_that_were_mended_leave_no_old_list(run: Path) -> None:
    def aside(ctx: StepContext) -> None:
        ctx.dead_letter(7, "text is empty", '""')
        raise QmmError("Stop here.")

    DEEDS["aside"] = aside
    run_here(run, job_of=job(Fake(does="aside")))
    assert (run / "dead-letters.csv").exists()
    DEEDS["aside"] = lambda ctx: ctx.revive({7})
    run_here(run, job_of=job(Fake(does="aside")))
    del DEEDS["aside"]
    assert not (run / "dead-letters.csv").exists()


def test_a_run_that_waits_is_not_called_done(run: Path) -> None:
    run_here(run, job_of=job(Fill(), AskFirst()))
    summary = summarize(view(run))
    assert summary.title == (
        "Waiting for you: Switch docs; before the cutover: docs still answers from docs_old"
    )
    assert summary.todo[0].how.startswith(f"qmm resume {run.name}")
    assert "Waiting for you" in (run / "report.md").read_text().splitlines()[0]


def test_a_run_that_ended_after_its_rollback_says_that_the_alias_is_back(run: Path) -> None:
    def killed(ctx: StepContext) -> None:
        ctx.remember("rolled_back", {"alias": "docs", "from": "docs_new", "to": "docs_old"})
        raise KeyboardInterrupt

    DEEDS["killed"] = killed
    run_here(run, job_of=job(Fake(does="killed")))
    del DEEDS["killed"]
    summary = summarize(view(run))
    assert summary.title == "Stopped by you; docs answers from docs_old again"
    assert ("Left behind", "writes made after the cutover; they were not counted") in summary.rows


def test_after_a_rollback_the_new_collection_is_left_to_be_cleaned_up(run: Path) -> None:
    def back(ctx: StepContext) -> None:
        ctx.remember("rolled_back", {"alias": "docs", "from": "docs_new", "to": "docs_old"})

    DEEDS["back"] = back
    run_here(run, job_of=job(Fake(step="rollback", does="back")))
    del DEEDS["back"]
    seen = view(run)
    todo = summarize(seen._replace(state="rolled back")).todo[-1]
    assert (todo.text, todo.how) == (
        "Then free the space of docs_new; never by itself",
        f"qmm cleanup {run.name}",
    )


@pytest.mark.parametrize(
    ("steps", "took"), [((Fake(step="backfill"), Fake()), "; took [01] s"), ((Fill(),), "")]
)
def test_what_was_promised_stands_beside_what_it_took(
    run: Path, steps: tuple[Step, ...], took: str
) -> None:
    plan = make_plan(docs(), ANSWERS, by_name("blue_green"), speed=Speed(100.0))
    job_of = job(*steps)
    run_here(run, job_of=lambda at: job_of(at)._replace(promised=plan.estimate.seconds.between))
    (said,) = re.findall(r"\*\*Promised\*\*: (.*)", (run / "report.md").read_text())
    assert re.fullmatch(f"18 min to 22 min, without index and verify{took}", said)


def test_reasons_that_are_not_listed_are_counted(run: Path) -> None:
    run_here(run, job_of=job(Fake()))
    reasons = dict.fromkeys(("text is missing", "text is empty", "not a text", "only spaces"), 1)
    seen = view(run)._replace(dead_letters=4, dead_letter_reasons=reasons)
    (said,) = [value for key, value in summarize(seen).rows if key == "Dead letters"]
    assert said == (
        "4 points without a new vector: text is missing, text is empty, not a text and 1 more "
        "reason"
    )


def test_a_failed_run_says_what_happened_and_what_to_do(run: Path) -> None:
    def fail(ctx: StepContext) -> None:
        raise QmmError("The disk is full.", "It said so.", "Make room.")

    DEEDS["fail"] = fail
    run_here(run, job_of=job(Fill(), Fake(step="index", does="fail")))
    del DEEDS["fail"]
    text = (run / "report.md").read_text()
    assert text.startswith("# Failed at step 2 of 2, Index")
    assert "**What happened**: The disk is full." in text
    assert f"- [ ] Make room.: `qmm resume {run.name}`" in text


def test_after_a_rollback_the_lines_lead_back(run: Path) -> None:
    rows = [
        {"what": "collection name", "old": "docs", "new": "docs"},
        {"what": "query model", "old": "old-model", "new": "new-model"},
    ]
    back = {"alias": "docs", "to": "docs_old", "from": "docs_new"}

    def rolled_back(ctx: StepContext) -> None:
        ctx.remember("application_changes", rows)
        ctx.remember("switched", None)
        ctx.remember("rolled_back", back)

    DEEDS["back"] = rolled_back
    run_here(run, job_of=job(Fake(does="back")))
    del DEEDS["back"]
    text = (run / "report.md").read_text()
    assert "## Lines to change back in the application" in text
    assert "so the application goes back to its old model." in text
    assert "| query model | new-model | old-model |" in text
    assert '    - model = "new-model"\n    + model = "old-model"\n' in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"what": "using", "old": "a", "new": "a"}, "Here nothing of that changes."),
        ({"what": "query model 2", "old": "none", "new": "b"},
         "The application changes its queries at the moment in which the alias is switched."),
    ],
)  # fmt: skip
def test_no_model_is_said_to_change_that_stays(run: Path, more: dict[str, str], said: str) -> None:
    rows = [
        {"what": "collection name", "old": "docs", "new": "docs"},
        {"what": "query model", "old": "old-model", "new": "old-model"},
        more,
    ]
    DEEDS["stays"] = lambda ctx: ctx.remember("application_changes", rows)
    run_here(run, job_of=job(Fake(does="stays")))
    del DEEDS["stays"]
    text = (run / "report.md").read_text()
    assert f"Queries and documents must be made by the same model. {said}\n" in text
    assert "| query model | old-model | stays |" in text


def test_a_run_that_was_given_up_has_no_lines_to_change(run: Path) -> None:
    rows = [{"what": "query model", "old": "old-model", "new": "new-model"}]

    def given_up(ctx: StepContext) -> None:
        ctx.remember("application_changes", rows)
        ctx.remember("discarded", "docs_new")

    DEEDS["up"] = given_up
    run_here(run, job_of=job(Fake(does="up")))
    del DEEDS["up"]
    assert "new-model" not in (run / "report.md").read_text()


def test_a_report_that_cannot_be_written_says_so(finished: Path) -> None:
    (finished / "report.html").unlink()
    (finished / "report.html").mkdir()
    with pytest.raises(ReportNotWritten, match="run itself is not affected"):
        write_report(finished)


def test_the_report_of_a_run_that_never_began_is_no_error(run: Path) -> None:
    write_report(run)
    assert (run / "report.md").read_text().startswith("# Starting")


def test_markdown_is_made_of_the_report_alone() -> None:
    from qdrant_model_migration.engine.report import Report

    empty = Report("Done", "docs-1", "now", (), (), ())
    assert markdown(empty) == "# Done\n\n\nRun docs-1, report made now.\n"


def test_lines_to_change_stand_in_both_reports_as_they_are() -> None:
    code = ('- model = "<b>old`"', '+ model = "new"')
    made = Report("Done", "r", "now", (), (), (Section("Lines to change", code=code),))
    assert '\n    - model = "<b>old`"\n    + model = "new"\n' in markdown(made)
    assert "&lt;b&gt;old" in html(made)

"""Numbers, times, bars, rows, verdicts as the screens write them: honest and never too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qdrant_model_migration.quality import Verdict
from qdrant_model_migration.steps.errors import TargetGone
from qdrant_model_migration.tui import run_words, typeset, verdict_words
from qdrant_model_migration.tui.signs import TABLE, needed
from qdrant_model_migration.tui.widgets.frame import wrap
from support.screens import VERDICT, a_run


@given(st.text(), st.integers(1, 40))
def test_a_cropped_text_fills_exactly_its_cells_whatever_is_in_it(text: str, width: int) -> None:
    assert cell_len(typeset.crop(text, width)) == width


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.integers(4, 40))
def test_wrapped_lines_are_never_wider_than_the_box(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))


@given(st.floats(0, 1e6), st.floats(1, 1e6))
def test_a_bar_is_full_only_when_it_is_over(done: float, total: float) -> None:
    shown = typeset.bar(done, total, 40, over=False)
    assert "100 %" not in shown
    assert "░" in shown
    assert typeset.bar(done, total, 40, over=True).endswith("100 %")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "not known"), (0.2, "1 s"), (89, "89 s"), (91, "2 min"), (7200, "2 h"),
     (12000, "3 h 20 min"), (500000, "6 days")],
)  # fmt: skip
def test_times_are_rounded_up(seconds: float | None, words: str) -> None:
    assert typeset.span(seconds) == words


def test_a_gap_in_the_speed_stays_a_gap() -> None:
    assert typeset.sparkline([1.0, None, 8.0], 10) == "▁ █"


def test_control_signs_in_foreign_text_cannot_reach_the_terminal() -> None:
    assert typeset.plain("a\x1b[31mb\nc\u202e") == "a [31mb c "


def test_plain_signs_are_one_ascii_sign_for_one() -> None:
    assert all(len(sign) == 1 and sign.isascii() for sign in TABLE.values())


def test_a_failed_run_says_what_happened_what_is_safe_and_what_next(tmp_path: Path) -> None:
    error = {"what": "The disk is full.", "why": "400 MB are missing.", "todo": "Free them."}
    view = a_run(tmp_path, "failed", error=error)
    assert "The disk is full" in run_words.headline(view)
    assert run_words.second_line(view).startswith("Safe: docs_old is untouched")
    assert run_words.second_line(view).endswith("400 MB are missing. Free them.")
    assert dict(run_words.what_is_safe(view))["What to do"] == "Free them."


def test_a_failed_run_does_not_promise_that_what_it_copied_is_kept(tmp_path: Path) -> None:
    gone = TargetGone("docs_new", "docs_old")
    error = {"what": gone.what, "why": gone.why, "todo": gone.todo}
    view = a_run(tmp_path, "failed", error=error)
    for words in (run_words.second_line(view), *dict(run_words.what_is_safe(view)).values()):
        assert "confirmed" not in words
    assert dict(run_words.what_is_safe(view))["What is safe"].startswith("docs_old is untouched")


def test_a_run_that_works_in_place_is_never_said_to_leave_the_collection_alone(
    tmp_path: Path,
) -> None:
    view = a_run(tmp_path, "failed", error={"what": "x", "why": "", "todo": ""})
    view = view._replace(card=view.card._replace(what="docs_old"))
    assert "is untouched" not in run_words.second_line(view)


def test_in_all_is_said_only_where_the_plan_knows_every_later_step(tmp_path: Path) -> None:
    view = a_run(tmp_path)
    assert run_words.later_seconds(view, (1.0, 1.0, 9.0, 60.0, 30.0)) == 90.0
    assert run_words.later_seconds(view, (1.0, 1.0, 9.0, 60.0, None)) is None
    assert run_words.later_seconds(view, ()) is None


def test_more_steps_than_rows_show_the_present_one(tmp_path: Path) -> None:
    lines = run_words.step_lines(a_run(tmp_path, at=6), 4, 50)
    assert len(lines) == 4
    assert any(line.startswith("»  7") for line in lines)


@given(st.floats(-0.9, 0.9), st.floats(0.001, 0.3), st.integers(40, 120))
def test_the_interval_is_drawn_within_the_box(middle: float, half: float, width: int) -> None:
    judgement = {**VERDICT["judgement"], "difference": middle, "low": middle - half,
                 "high": middle + half}  # fmt: skip
    verdict = Verdict.model_validate({**VERDICT, "judgement": judgement})
    assert verdict.judgement is not None
    line = verdict_words.interval(verdict.judgement, verdict.margin, width)
    assert cell_len(line) <= width
    assert "●" in line


@pytest.mark.parametrize("word", ["GO", "NO-GO", "INCONCLUSIVE"])
def test_each_verdict_says_what_comes_next(word: Any) -> None:
    verdict = Verdict.model_validate({**VERDICT, "word": word})
    assert verdict_words.hint(verdict)


def test_before_the_steps_are_known_no_progress_is_claimed(tmp_path: Path) -> None:
    view = a_run(tmp_path, state="starting")._replace(steps=())
    assert "%" not in run_words.progress(view, 60)
    assert "0 of 0" not in run_words.counts(view)


def test_after_the_switch_the_verdict_does_not_say_that_nothing_is_switched() -> None:
    verdict = Verdict.model_validate(VERDICT)
    assert "Nothing is switched" in verdict_words.hint(verdict)
    assert "before the switch" in verdict_words.hint(verdict, switched=True)


def test_without_a_comparison_no_query_is_said_to_have_kept_its_place() -> None:
    verdict = Verdict.model_validate({**VERDICT, "parts": [], "judgement": None})
    assert verdict_words.parts(verdict, 60) == ["Nothing was compared."]


@pytest.mark.parametrize(
    ("environment", "plain"),
    [
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LC_ALL": "de_DE.ISO-8859-1", "LANG": "de_DE.UTF-8"}, True),
        ({"TERM": "xterm-256color", "LANG": "de_DE.utf8"}, False),
        ({"TERM": "screen"}, False),
    ],
)
def test_plain_signs_are_taken_where_the_terminal_cannot_draw_the_others(
    environment: dict[str, str], plain: bool
) -> None:
    assert needed(environment) is plain


BACK = {"alias": "docs", "to": "docs_old", "from": "docs_new", "at": ""}


def test_after_a_rollback_and_a_cleanup_the_new_collection_is_the_one_that_is_gone(
    tmp_path: Path,
) -> None:
    facts = {"rolled_back": BACK, "cleaned_up": "docs_new"}
    view = a_run(tmp_path, "cleaned up", at=8, facts=facts)
    said = [run_words.second_line(view), *dict(run_words.what_is_safe(view)).values()]
    assert said[0] == "docs_new is deleted for good. docs answers from docs_old."
    assert "docs_new was deleted after the run." in said
    assert "docs answers from docs_old. docs_new is gone." in said
    assert not [words for words in said if "old collection is deleted" in words.lower()]


def test_after_a_switch_and_a_cleanup_the_old_collection_is_the_one_that_is_gone(
    tmp_path: Path,
) -> None:
    switched = {"alias": "docs", "from": "docs_old", "to": "docs_new", "at": ""}
    facts = {"switched": switched, "cleaned_up": "docs_old"}
    view = a_run(tmp_path, "cleaned up", at=8, facts=facts)
    said = "docs_old is deleted for good. docs answers from docs_new."
    assert run_words.second_line(view) == said


@pytest.mark.parametrize(
    ("at", "state", "facts", "behind"),
    [
        (0, "failed", {}, ()),
        (3, "stopped", {}, ()),
        (5, "failed", {}, ("Run",)),
        (6, "waiting", {}, ("Run", "Verify")),
        (8, "done", {"switched": {"alias": "docs"}}, ("Run", "Verify", "Cutover")),
        (8, "rolled back", {"rolled_back": BACK}, ("Run", "Verify")),
    ],
)
def test_only_what_has_happened_and_still_stands_is_behind_a_run(
    tmp_path: Path, at: int, state: str, facts: dict[str, Any], behind: tuple[str, ...]
) -> None:
    assert run_words.stops_behind(a_run(tmp_path, state, at=at, facts=facts)) == behind


def test_a_question_after_the_switch_promises_no_catching_up_before_it(tmp_path: Path) -> None:
    view = a_run(tmp_path, "waiting", at=6)
    assert "caught up before the switch" in run_words.second_line(view)
    extra = view.steps[0]._replace(name="cleanup", title="Clean up", state=" ", extra=True)
    view = view._replace(steps=(*view.steps, extra), step=len(view.steps))
    assert "caught up" not in run_words.second_line(view)


def test_a_run_that_was_given_up_claims_neither_progress_nor_a_loss(tmp_path: Path) -> None:
    view = a_run(tmp_path, "discarded", at=3, facts={"discarded": "docs_new"})
    assert "%" not in run_words.progress(view, 60)
    assert run_words.counts(view) == ""
    assert run_words.second_line(view) == "docs_new is deleted; nothing else was changed."
    assert dict(run_words.what_is_safe(view))["What is safe"] == "Everything old."

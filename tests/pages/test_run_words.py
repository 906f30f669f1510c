"""A run in words: honest about what happened, what is safe and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine import summarize
from qdrant_model_migration.pages import moments, run_words
from qdrant_model_migration.steps.errors import TargetGone
from support.screens import a_run


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "not known"), (0.2, "1 s"), (89, "89 s"), (91, "2 min"), (7200, "2 h"),
     (12000, "3 h 20 min"), (500000, "6 days")],
)  # fmt: skip
def test_times_are_rounded_up(seconds: float | None, words: str) -> None:
    assert moments.span(seconds) == words


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


def test_before_the_steps_are_known_no_progress_is_claimed(tmp_path: Path) -> None:
    view = a_run(tmp_path, state="starting")._replace(steps=())
    assert "%" not in run_words.no_bar(view)
    assert "0 of 0" not in run_words.counts(view)


def test_what_is_left_of_a_count_is_not_said_to_be_left_of_the_step(tmp_path: Path) -> None:
    view = a_run(tmp_path)
    assert "17 min left in this step" in run_words.counts(view)
    steps = [step._replace(share=0.26) for step in view.steps]
    assert "17 min left for these points" in run_words.counts(view._replace(steps=tuple(steps)))


def test_at_a_gate_no_bar_claims_that_all_but_nothing_is_left(tmp_path: Path) -> None:
    view = a_run(tmp_path, "waiting", at=6)
    steps = [step._replace(done=60, total=60, share=1.0) for step in view.steps]
    assert run_words.no_bar(view._replace(steps=tuple(steps))) == "6 of 8 steps are done"


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
    assert "%" not in run_words.no_bar(view)
    assert run_words.counts(view) == ""
    assert run_words.second_line(view) == "docs_new is deleted; nothing else was changed."
    assert dict(run_words.what_is_safe(view))["What is safe"] == "Everything old."


def test_behind_a_switch_the_new_collection_answers_while_proper_vectors_are_made(
    tmp_path: Path,
) -> None:
    switched = {"alias": "docs", "from": "docs_old", "to": "docs_new"}
    view = a_run(tmp_path, facts={"switched": switched, "bridge": {"ended": False}})
    at = view.step or 0
    here = view.steps[at]._replace(name="bridge", done=40, total=120)
    view = view._replace(steps=(*view.steps[:at], here))
    assert "answers from docs_new, and finds more" in run_words.second_line(view)
    paused = view._replace(state="paused")
    assert "Searches go on with docs_new" in run_words.second_line(paused)
    stopped = summarize(view._replace(state="stopped"))
    assert dict(stopped.rows)["Proper"] == "40 of 120 vectors so far"
    assert {"resume", "rollback"} <= {todo.key for todo in stopped.todo}
    assert "cleanup" not in {todo.key for todo in stopped.todo}


def test_what_judges_anew_stands_behind_the_verify_and_is_no_step_of_the_plan(
    tmp_path: Path,
) -> None:
    view = a_run(tmp_path, "running", at=6)
    verify, away = view.steps[5], view.steps[0]
    again = verify._replace(title="Verify again: counts, payloads, quality", extra=True)
    back = away._replace(name="rollback", title="Roll back", state=" ", extra=True)
    view = view._replace(steps=(*view.steps, again, again, back))
    listed = [(view.number(place), view.steps[place].title) for place in view.in_order]
    assert [number for number, _ in listed] == [*"123456", "", "", "7", "8", ""]
    assert listed[6] == ("", "Verify again: counts, payloads, quality")
    assert listed[-1] == ("", "Roll back")
    assert "step 7 of 8" in run_words.headline(view)
    judging = view._replace(step=9)
    assert "RUNNING · Verify again: counts" in run_words.headline(judging)
    assert "of 8 steps" in run_words.counts(view._replace(step=None))

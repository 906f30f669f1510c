"""Gates: the safe answer first, closed until everything is exact, and nothing by Enter alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qdrant_model_migration.pages.session import Adding, Session
from qdrant_model_migration.steps import Gate
from qdrant_model_migration.steps.sisters import SWITCH, Sister
from qdrant_model_migration.tui.app import WizardApp
from support.screens import CUTOVER, SWITCHED, VERDICT, WITHOUT_PROOF, a_run, press, text_of, until

Make = Callable[..., WizardApp]


def waiting(stage: Any, gate: dict[str, Any], **changes: Any) -> Session:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=gate, **changes)
    return Session(run=stage.folder)


async def test_no_has_the_focus_and_the_switch_is_closed(wizard: Make, stage: Any) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ No, not now ]")
        assert "[ Switch docs ] (tick the box first)" in shown
        await press(pilot, "right", "enter")
        await until(pilot, "Switch docs is closed: tick the box first.")
        await press(pilot, "up", "up", "up", "space")
        await until(pilot, "Nothing happens until everything is ticked and typed exactly.")
        assert stage.consents == []


async def test_enter_alone_never_switches_even_when_everything_is_typed(
    wizard: Make, stage: Any
) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "up", "up", "enter", "down", *"docs", "enter")
        await until(pilot, "▸[ No, not now ]")
        await until(pilot, "All is given. Go right to Switch docs, then press Enter.")
        await press(pilot, "enter")
        await until(pilot, "WAITING FOR YOU")
        assert stage.consents == []


async def test_the_consent_holds_exactly_what_was_ticked_and_typed(
    wizard: Make, stage: Any
) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "up", "up", "space", "down", *"docs", "enter", "right")
        await until(pilot, "▸[ Switch docs ]")
        await press(pilot, "enter")
        await until(pilot, lambda: bool(stage.started))
        assert stage.consents == [("cutover", {"model": "yes", "alias": "docs"})]


@pytest.mark.parametrize("typed", ["doc", "Docs", "docs "])
async def test_a_name_that_is_not_exact_keeps_it_closed_and_is_said(
    wizard: Make, stage: Any, typed: str
) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        keys = ["space" if sign == " " else sign for sign in typed]
        await press(pilot, "up", "up", "space", "down", *keys, "enter")
        said = f"You typed '{typed}'; it has to be docs. Nothing was changed."
        await until(pilot, lambda: said in text_of(app) and "(type docs first)" in text_of(app))
        await press(pilot, "x")
        await until(pilot, "Nothing happens until everything is ticked and typed exactly.")


async def test_what_is_asked_stands_in_a_small_window_however_much_changes(
    wizard: Make, stage: Any
) -> None:
    changes = [{"what": f"query model {n}", "old": "a", "new": "b"} for n in range(9)]
    trip = waiting(stage, WITHOUT_PROOF, facts={"application_changes": changes})
    app = wizard("run", "gate", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ No, not now ]")
        for ask in WITHOUT_PROOF["asks"]:
            assert ask["label"] in shown
        assert "Up leads there." in shown


async def test_letters_on_a_button_are_said_to_go_nowhere(wizard: Make, stage: Any) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "d")
        await until(pilot, "Go up to the field to type the name.")
        await press(pilot, "enter")
        await until(pilot, "WAITING FOR YOU")
        assert stage.consents == []


async def test_a_long_verdict_stays_in_the_column_of_its_words(wizard: Make, stage: Any) -> None:
    says = ["Now      a → b", "Verdict  INCONCLUSIVE: " + "too few queries to tell " * 4]
    app = wizard("run", "gate", session=waiting(stage, {**CUTOVER, "says": says}))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = (await until(pilot, "▸[ No, not now ]")).split("\n")
        at = next(n for n, line in enumerate(shown) if "Verdict" in line)
        column = shown[at].index("INCONCLUSIVE")
        assert shown[at + 1][1:column].strip() == ""
        assert shown[at + 1][column] != " "


async def test_the_trip_shows_the_cutover_as_done_when_looking_back(
    wizard: Make, stage: Any
) -> None:
    trip = waiting(stage, CUTOVER, verdict=VERDICT)
    app = wizard("run", "verify", session=trip)
    async with app.run_test(size=(90, 24)) as pilot:
        assert "✓Cutover" not in await until(pilot, "GO: the new model finds more")
        stage.view = a_run(stage.folder, "done", at=8, verdict=VERDICT, facts=SWITCHED)
        await until(pilot, "»VERIFY  ✓Cutover")


async def test_without_a_go_the_words_without_proof_are_asked_for(wizard: Make, stage: Any) -> None:
    app = wizard("run", "gate", session=waiting(stage, WITHOUT_PROOF))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ No, not now ]")
        assert "(type without proof first)" in shown


async def test_a_choice_has_to_be_made(wizard: Make, stage: Any) -> None:
    gate = {
        "name": "keep_or_undo",
        "title": "Keep the new quantization, or undo it?",
        "says": ["Before   recall@10 0.990", "After    recall@10 0.971"],
        "asks": [
            {
                "key": "choice",
                "kind": "choice",
                "label": "Keep or undo",
                "choices": [["keep", "Keep it"], ["undo", "Undo"]],
            }
        ],
        "button": "Go on",
        "flag": "--keep",
    }
    app = wizard("run", "gate", session=waiting(stage, gate))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ Not yet ]")
        assert "[ Go on ] (choose first)" in shown
        await press(pilot, "up", "down", "enter", "right", "enter")
        await until(pilot, lambda: bool(stage.started))
        assert stage.consents == [("keep_or_undo", {"choice": "undo"})]


async def test_leaving_at_a_gate_says_first_that_nothing_was_switched(
    wizard: Make, stage: Any
) -> None:
    app = wizard("run", "gate", session=waiting(stage, CUTOVER))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "ctrl+q")
        shown = await until(pilot, "Leave the wizard?")
        assert "Nothing was switched." in shown
        assert "▸[ Stay ]" in shown


async def test_no_go_closes_the_cutover_and_says_why(wizard: Make, stage: Any) -> None:
    verdict = {**VERDICT, "word": "NO-GO", "reason": "the new model finds less: 0.846 → 0.702"}
    trip = waiting(stage, CUTOVER, verdict=verdict)
    app = wizard("run", "verify", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "NO-GO: the new model finds less")
        assert "[ Go to cutover ] (the verdict is NO-GO)" in shown


async def test_go_shows_the_numbers_and_leads_to_the_gate(wizard: Make, stage: Any) -> None:
    app = wizard("run", "verify", session=waiting(stage, CUTOVER, verdict=VERDICT))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "GO: the new model finds more")
        for words in ("old 0.846", "new 0.893", "+0.021 to +0.073", "120,574 of 120,574"):
            assert words in shown
        await press(pilot, "right", "enter")
        await until(pilot, "▸[ No, not now ]")


@pytest.mark.parametrize(
    ("name", "gone"), [("rollback", "leave it"), ("cleanup", "keep it"), ("discard", "keep it")]
)
async def test_rolling_back_and_cleaning_up_ask_for_the_typed_name_and_no_takes_it_back(
    wizard: Make, stage: Any, name: str, gone: str
) -> None:
    gate = {
        "name": name,
        "title": "Are you sure",
        "says": ["Now"],
        "asks": [{"key": "n", "kind": "typed", "label": "Type docs", "expect": "docs"}],
        "button": "Do it",
        "flag": "",
    }
    app = wizard("run", "added_step", session=waiting(stage, gate).on(adding=Adding(name)))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, f"▸[ No, {gone} ]")
        assert "[ Do it ] (type docs first)" in shown
        await press(pilot, "enter")
        await until(pilot, lambda: stage.started == ["taken back"])
        assert stage.consents == []


async def test_a_rollback_left_before_it_is_asked_is_taken_back_when_it_is(
    wizard: Make, stage: Any
) -> None:
    """Else a finished run would wait for ever with a question that nobody wants answered."""
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    app = wizard("run", "report", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Roll back… ]")
        stage.view = a_run(stage.folder, "running", live=True)
        await app.stop_below.act("rollback")  # type: ignore[union-attr]
        await until(pilot, lambda: stage.started == ["rollback"])
        await until(pilot, "Asking the server how things stand.")
        await press(pilot, "escape")
        await until(pilot, "The question is taken back as soon as it is there.")
        assert stage.started == ["rollback"]
        stage.view = a_run(stage.folder, "waiting", gate={**CUTOVER, "name": "rollback"})
        await until(pilot, lambda: stage.started == ["rollback", "taken back"])


def adding(stage: Any) -> Session:
    return Session(run=stage.folder, adding=Adding("rollback"))


async def test_a_rollback_that_is_refused_says_why(wizard: Make, stage: Any) -> None:
    error = {"what": "There is nothing to roll back.", "why": "It was done already.", "todo": ""}
    stage.view = a_run(stage.folder, "rolled back", error=error)
    app = wizard("run", "added_step", session=adding(stage))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "There is nothing to roll back. It was done already.")


async def test_leaving_the_wizard_takes_the_question_of_a_rollback_back(
    wizard: Make, stage: Any
) -> None:
    view = a_run(stage.folder, "waiting", at=7, gate={**CUTOVER, "name": "rollback"})
    asked = view.steps[-1]._replace(name="rollback", extra=True)
    stage.view = view._replace(steps=(*view.steps[:-1], asked))
    app = wizard("run", "added_step", session=adding(stage))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, leave it ]")
        await press(pilot, "ctrl+q")
        await until(pilot, "Leave the wizard?")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: stage.started == ["taken back"])


async def test_a_number_is_typed_and_one_that_is_too_small_keeps_it_closed(
    wizard: Make, stage: Any
) -> None:
    ask = {"key": "limit", "kind": "number", "label": "Tokens in all", "expect": "9", "least": 8}
    gate = {"name": "token_limit", "title": "The limit is reached", "says": ["Used  7 tokens"],
            "asks": [ask], "button": "Go on"}  # fmt: skip
    app = wizard("run", "gate", session=waiting(stage, gate))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Go on ] (type a number first)")
        await press(pilot, "up", "7", "enter")
        await until(pilot, "You typed '7'; it has to be a whole number from 8 on.")
        assert stage.consents == []
        await press(pilot, "backspace", "8", "enter", "right")
        await until(pilot, "▸[ Go on ]")
        await press(pilot, "enter")
        await until(pilot, lambda: bool(stage.started))
        assert stage.consents == [("token_limit", {"limit": "8"})]


async def test_one_that_others_hold_up_says_who_and_leads_to_them(wizard: Make, stage: Any) -> None:
    late = Sister("more", "before", "stopped at Backfill", "more-1", todo="qmm resume more-1")
    gate = SWITCH.gate(Gate.model_validate(CUTOVER), (late,)).model_dump(mode="json")
    app = wizard("run", "gate", session=waiting(stage, gate, with_it=(late,)))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ No, not now ]")
        assert "With     more: stopped at Backfill" in shown
        assert "qmm resume more-1" in shown
        assert "Switch docs" not in shown
        await press(pilot, "right")
        await until(pilot, "▸[ Go to more ]")
        await press(pilot, "enter")
        await until(pilot, lambda: app.session.run == stage.folder.parent / "more-1")
        assert stage.consents == []


async def test_each_that_goes_along_is_ticked_by_its_name(wizard: Make, stage: Any) -> None:
    ready = Sister("more", "there", "ready, GO", "more-1", verdict="GO")
    gate = SWITCH.gate(Gate.model_validate(CUTOVER), (ready,)).model_dump(mode="json")
    app = wizard("run", "gate", session=waiting(stage, gate, with_it=(ready,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "up", "up", "up", "space", "down", "down", *"docs", "enter")
        await until(pilot, "[ Switch docs ] (tick the box first)")
        await press(pilot, "up", "up", "space", "down", "down", "right")
        await until(pilot, "▸[ Switch docs ]")
        await press(pilot, "enter")
        await until(pilot, lambda: bool(stage.started))
        given = {"model": "yes", "with more": "yes", "alias": "docs"}
        assert stage.consents == [("cutover", given)]


async def test_where_a_person_changes_it_those_that_are_not_level_are_started(
    wizard: Make, stage: Any
) -> None:
    by_hand = {**CUTOVER, "by_hand": True, "to_level": "qmm resume docs-1"}
    ready = Sister("more", "there", "ready, GO", "more-1", verdict="GO")
    gate = SWITCH.gate(Gate.model_validate(by_hand), (ready,)).model_dump(mode="json")
    app = wizard("run", "gate", session=waiting(stage, gate, with_it=(ready,)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "right")
        await until(pilot, "▸[ Make all level ]")
        await press(pilot, "enter")
        await until(pilot, lambda: len(stage.started) == 2)


async def test_what_a_choice_is_about_stands_whole_above_it(wizard: Make, stage: Any) -> None:
    about = "memories_entities switched at the same moment, and searches by the same model"
    choices = [("together", "both go back"), ("alone", "only this one")]
    ask = {"key": "with", "kind": "choice", "label": about, "choices": choices}
    gate = {"name": "rollback", "title": "Roll back", "says": ["Now"], "asks": [ask],
            "button": "Do it"}  # fmt: skip
    app = wizard("run", "gate", session=waiting(stage, gate))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "both go back")
        assert about in " ".join(shown.replace("│", " ").split())

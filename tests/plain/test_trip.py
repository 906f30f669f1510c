"""The whole trip on the practice sandbox, and the ways out of it before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.advice import load_answers
from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import list_runs
from qdrant_model_migration.plain import run_plain
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.sandbox import COLLECTION, Sandbox
from support.fake_qdrant import FakeQdrant
from support.script import Spoken, ctrl_c

SURVEY = (("Survey this one", ""), ("Press Enter to answer the questions", ""))
TO_THE_PLAN = (
    ("again, start-over, a number", "1"),
    *SURVEY,
    ("Number", "rest"),
    ("Press Enter to go on with it", ""),
    ("Type yes if", "no"),
    ("*Type yes if", "yes"),
    ("Press Enter to see the plan", ""),
)


def test_from_practice_to_the_report_with_a_gate_left_shut_between(
    sandbox: Sandbox, home: Path, forked_engine: None
) -> None:
    first = Spoken(
        ("Type a number, or back, why", "1"),
        *TO_THE_PLAN,
        ("Type start", "answers"),
        ("File", ""),
        ("Type start", "save"),
        ("File", "my-plan.yaml"),
        ("press Enter for Stay", ""),
        ("Type start", "start"),
        ("Start this run", ""),
        ("Type start", "start"),
        ("Start this run", "yes"),
        ("Type a search", "open a file for reading"),
        ("Type a search", ""),
        ("Type yes if", "yes"),
        rest="",
    )
    assert run_plain(talk=first) == 3
    assert "It is not acknowledged yet." in first.flat
    assert "Not yet. Nothing was written." in first.flat
    assert "Is everything there?" in first.flat
    assert f"OLD {COLLECTION}," in first.flat
    assert "Nothing was changed. The run goes on waiting." in first.flat
    assert load_answers(home / "answers.yaml")["change"] == "model"
    plan = load_plan(home / "my-plan.yaml")
    assert set(plan.accepted) == set(plan.must_accept) != set()
    (run,) = list_runs()
    assert run.state == "waiting"
    assert f"Next: qmm resume {run.run_id} --cutover docs" in first.flat
    with open_qdrant(sandbox.address) as qdrant:
        assert qdrant.resolve("docs") == COLLECTION

    word = (run.verdict or {})["word"]
    proof = [("Type without proof", "without proof")] if word != "GO" else []
    second = Spoken(
        ("Type a number, or back, why", "5"),
        ("Type a search", ""),
        ("Type yes if", "yes"),
        *proof,
        ("Type docs to", "doc"),
        ("Type docs to", "docs"),
    )
    assert run_plain(talk=second) == 0
    assert "You typed 'doc'; it has to be docs." in second.flat
    assert "Done: docs answers from" in second.flat
    assert "The run begins." not in second.flat, "what was said before is not said again"
    with open_qdrant(sandbox.address) as qdrant:
        assert qdrant.resolve("docs") != COLLECTION


def test_the_answers_of_a_run_that_wrote_nothing_are_changed_and_planned_again(
    sandbox: Sandbox,
) -> None:
    def without_the_searches() -> str:
        sandbox.queries.unlink()
        return "yes"

    talk = Spoken(
        ("Type a number, or back, why", "1"),
        *TO_THE_PLAN,
        ("Type start", "start"),
        ("Start this run", without_the_searches),
        ("Type resume to go on now, answers to change them", "answers"),
        ("Press Enter to answer the questions", ""),
        ("Number, or back", "rest"),
        ("Press Enter to go on with it", "change"),
        ("number", "proof"),
        ("Number, or back", "1"),
        ("File", ""),  # the one that is gone
        ("How much worse", ""),
        ("File", "back"),
        ("Number, or back", "4"),
        ("Press Enter to go on with it", ""),
        ("*Type yes if", "yes"),
        ("Press Enter to see the plan", ""),
        ("Type start", "start"),
        ("Start this run", "yes"),
        rest="",
    )
    assert run_plain(talk=talk) == 3
    assert "The query file cannot be used: there is no file" in talk.flat
    assert [run.state for run in list_runs()] == ["waiting", "failed"]


def test_on_a_server_the_key_reaches_the_engine_and_no_file(sandbox: Sandbox, home: Path) -> None:
    key = "s3cret-key"
    with FakeQdrant(api_key=key) as fake:
        with open_qdrant(Address.parse(fake.url), key) as server:
            model = open_embedder(sandbox.old_model())
            payloads = sandbox.spare()[:60]
            vectors = model.embed([payload["text"] for payload in payloads], "passage").vectors
            body = {"vectors": {"size": 128, "distance": "Cosine"}}
            server.create_collection("docs_v1", {**body, "metadata": model.model.to_metadata()})
            server.insert(
                "docs_v1",
                [
                    Point(number, payload, {"": vector})
                    for number, (payload, vector) in enumerate(zip(payloads, vectors, strict=True))
                ],
            )
            server.switch_alias("docs", "docs_v1")
        talk = Spoken(
            ("Type a number, or back, why", "2"),
            ("Address", fake.url),
            ("API key", key),
            ("Remember", ""),
            ("Press Enter to see the collections", ""),
            ("a number", "docs"),
            *SURVEY,
            ("Number", "rest"),
            ("Press Enter to go on with it", ""),
            ("*Type yes if", "yes"),
            ("Press Enter to see the plan", ""),
            ("Type start", "start"),
            ("Start this run", "yes"),
            ("Type a search", "read a file"),
            ("Type a search", ""),
            ("Type yes if", "yes"),
            rest="",
        )
        assert run_plain(talk=talk) == 3
        (run,) = list_runs()
        assert run.state == "waiting", run.error
    assert "NEW docs_" in talk.flat
    assert key not in talk.heard
    for file in home.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file


def test_back_goes_back_to_the_beginning_and_leave_writes_nothing(sandbox: Sandbox) -> None:
    talk = Spoken(
        *TO_THE_PLAN,
        ("Type start", "back"),
        ("Press Enter to see the plan", "back"),  # acknowledged before: not asked again
        ("Press Enter to go on with it", "back"),
        ("Number, or back, why", "leave"),
    )
    assert run_plain(practice=True, talk=talk) == 0
    assert "acknowledged before." in talk.flat
    assert "(your answer)" in talk.flat
    assert "Nothing was started or changed" in talk.flat
    assert list_runs() == ()


def test_ctrl_c_at_a_prompt_ends_with_130() -> None:
    assert run_plain(talk=Spoken(("Type a number, or back, why", ctrl_c))) == 130


def test_back_from_connect_is_the_first_question() -> None:
    talk = Spoken(
        ("Type a number, or back, why", "2"),
        ("Address", "back"),
        ("Type a number, or back, why", "leave"),
    )
    assert run_plain(talk=talk) == 0


def test_explore_needs_no_server_and_leads_to_a_strategy() -> None:
    talk = Spoken(
        ("Type a number, or back, why", "3"),
        ("Press Enter to walk", "server"),  # 1.18 or newer, then 1.16
        ("Press Enter to walk", "points"),
        ("Points", "2,000"),
        ("Press Enter to walk", "points"),
        ("Points", "2000000"),
        ("Press Enter to walk", ""),
        ("Number, or back, why", "3"),  # other compression
        ("Number, or back, why", ""),
        ("Quantile", ""),
        ("yes or no", ""),
        ("Number, or back, why", "1"),  # its search params
        ("Oversampling", "2"),
        ("Press Enter to go on with it", "leave"),
    )
    assert run_plain(talk=talk) == 0
    assert "Made up now: server: 1.16." in talk.flat
    assert "It has a comma where a point belongs." in talk.flat
    assert "Made up now: points: 2,000,000." in talk.flat
    assert "Recommended: Requantize." in talk.flat


def test_a_survey_that_cannot_be_made_leads_back_to_the_list(fake_qdrant: FakeQdrant) -> None:
    body = {"vectors": {"size": 4, "distance": "Cosine"}}
    fake_qdrant.call("PUT", "/collections/docs", body)
    point = {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "one"}}
    fake_qdrant.call("PUT", "/collections/docs/points", {"points": [point]})

    def gone() -> str:
        fake_qdrant.call("DELETE", "/collections/docs")
        return "docs"

    talk = Spoken(
        ("Press Enter to see the collections", ""),
        ("a number", gone),
        ("Survey this one", ""),
        ("Type go, again", "back"),
        ("a number", "again"),
        ("Type again", "leave"),
    )
    assert run_plain(url=fake_qdrant.url, talk=talk) == 0
    assert "docs is gone: somebody deleted or renamed it." in talk.flat
    assert "This server has no collections yet." in talk.flat


@pytest.mark.parametrize("url", ["http://127.0.0.1:6334", "nonsense://x"])
def test_a_wrong_address_on_the_command_line_is_asked_for_again(url: str) -> None:
    assert run_plain(url=url, talk=Spoken(("Address", "leave"))) == 0

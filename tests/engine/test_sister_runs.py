"""Which run is the one of a collection that switches together with another, and how it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qdrant_model_migration.engine import give_consent, run_here, view
from qdrant_model_migration.engine.journal import FILE, Journal
from support.fake_run import Fake, Fill, job, make_run

PAIR = {"models": "practice new 12"}


def pair(runs: Path) -> tuple[Path, Path]:
    return one(runs, "docs", "more"), one(runs, "more", "docs")


def one(runs: Path, collection: str, *others: str, **more: Any) -> Path:
    card = {"plan": f"of {collection} with {others} {more}", **PAIR, **more}
    return make_run(runs, collection=collection, together=others, **card)


def how(run: Path) -> tuple[str, str, str]:
    (sister,) = view(run).with_it
    return sister.run, sister.stands, sister.says


def test_a_run_without_others_has_none(runs: Path) -> None:
    run = make_run(runs)
    assert view(run).with_it == ()
    card = json.loads((run / "run.json").read_text())
    for name in ("together", "models"):
        del card[name]
    (run / "run.json").write_text(json.dumps(card))
    assert view(run).with_it == (), "as earlier versions wrote it"


def test_it_is_the_run_that_names_this_one_on_this_server_with_this_model(runs: Path) -> None:
    docs = one(runs, "docs", "more")
    one(runs, "more", plan="alone")
    one(runs, "more", "another")
    one(runs, "more", "docs", models="practice other 12")
    one(runs, "more", "docs", server="http://elsewhere:6333")
    assert how(docs) == ("", "none", "no run yet: run its plan, or make one")
    (sister,) = view(docs).with_it
    assert sister.todo == f"qmm plan more --from {docs.name} --together"
    more = one(runs, "more", "docs")
    assert how(docs)[0] == more.name
    assert how(more)[0] == docs.name


def test_one_that_was_given_up_is_not_it(runs: Path) -> None:
    docs, more = pair(runs)
    set_state(more, "discarded")
    assert how(docs)[0] == ""
    again = one(runs, "more", "docs", plan="another")
    assert how(docs)[0] == again.name


def set_state(run: Path, state: str, **facts: Any) -> None:
    journal = Journal(run / FILE)
    journal.enter(state)
    for key, value in facts.items():
        journal.remember(key, value)
    journal.close()


def test_it_is_told_how_it_stands(runs: Path) -> None:
    docs, more = pair(runs)
    assert how(docs)[1:] == ("before", "not begun yet")
    run_here(more, job_of=job(Fill(), Fake(step="verify", does="nothing")))
    set_state(more, "failed")
    assert how(docs)[1] == "before"
    set_state(more, "done", switched={"how": "aliases", "alias": "m", "at": "2026-11-27T09:31:02Z"})
    assert how(docs)[1] == "switched"
    assert how(docs)[2].startswith("switched ")
    set_state(more, "rolled back", switched=None)
    assert how(docs)[1:] == ("over", "it was rolled back")


def test_a_consent_that_is_not_enough_is_laid_into_no_other_folder(runs: Path) -> None:
    docs, more = pair(runs)
    give_consent(docs, "cutover", {"alias": "docs"})
    assert list((docs / "control").iterdir())
    assert not list((more / "control").iterdir())

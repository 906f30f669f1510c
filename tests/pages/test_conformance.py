"""Every fact, row, ask and act of every page is there in every face."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from qdrant_model_migration import engine
from qdrant_model_migration.advice import WhatIf, advise, answer_all, imagine
from qdrant_model_migration.advice.model_rows import ModelChoice
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.engine import DeadLetter
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.decided import planned
from qdrant_model_migration.pages.outcome import Outcome, Said, Work
from qdrant_model_migration.pages.page import BACK, Ask, Beside, Fact, Facts, Page, Says, Scale
from qdrant_model_migration.pages.session import (
    Adding,
    Connected,
    Files,
    Other,
    Others,
    Reading,
    Session,
    Tried,
)
from qdrant_model_migration.pages.stages import enter, stage, stages
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.pages.work import searching
from qdrant_model_migration.pipeline.head import Head
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plain.paragraph import plainly
from qdrant_model_migration.plain.talk import Leave
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.qdrant import Address, Hit
from qdrant_model_migration.quality import Row as Result
from qdrant_model_migration.quality import SideBySide
from qdrant_model_migration.quality.searcher import Found
from qdrant_model_migration.steps.sisters import Sister
from qdrant_model_migration.survey import Fact as Known
from qdrant_model_migration.survey import Listed, Survey, facts_of
from qdrant_model_migration.survey.facts import WrittenBy
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.over import Over
from qdrant_model_migration.tui.screens.stage import StageScreen
from qdrant_model_migration.tui.widgets.blocks import AskBlock
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Press
from support.screens import (
    AT,
    CUTOVER,
    ERROR,
    HOPS,
    MODELS,
    SWITCHED,
    VERDICT,
    WITHOUT_PROOF,
    a_run,
    press,
    settle,
    text_of,
    until,
)
from support.script import SPOKEN, Spoken
from support.surveys import ORIGINALS, docs, practice

CHOICES = tuple(ModelChoice(model, Reach("here")) for model in MODELS)
COMPRESS = {
    "change": "compression",
    "quantization": {"vector": None, "kind": "scalar", "always_ram": True},
    "search_params": {"rescore": "default", "oversampling": 1.0},
}
SURVEYS: dict[str, tuple[Survey, dict[str, Any]]] = {
    "docs": (docs(), {}),
    "practice": (practice(), {}),
    "made up": (imagine(WhatIf()), {}),
    "not much known": (docs(old_model=docs().bare, languages=docs().bare), {}),
    "compression": (docs(), COMPRESS),
    "shorter": (imagine(WhatIf(matryoshka=True)), {"change": "shorter"}),
}


HEAD = Head(
    "docs.jsonl",
    ("id", "text", "title"),
    tuple({"id": n, "text": f"the text of row {n}", "title": None} for n in range(3)),
    1_206,
    False,
    "text",
)


def sessions() -> Iterator[tuple[str, Session]]:
    """Many ways to have come to a stage: nothing acknowledged, all of it, an older sentence."""
    for name, (survey, given) in SURVEYS.items():
        answers = answer_all(survey, given, CHOICES)
        session = Session(
            address=survey.address,
            collection=survey.collection,
            survey=survey,
            answers=answers,
            choices=CHOICES,
            speeds={kept_under(model): Speed(50.0, "tried") for model in MODELS},
        )
        yield name, session
        yield f"{name}, all read", all_read(session)
        yield f"{name}, in Explore", session.on(explore=True)
        if name in ("docs", "compression"):
            for question in advise(survey, answers).asked:
                yield f"{name}, question {question.key}", session.on(asking=question.key)
    yield "nothing fits", session.on(answers={"change": "second"})
    answers = answer_all(docs(), ORIGINALS, CHOICES)
    asked = session.on(survey=docs(), answers=answers, explore=False)
    yield "from a file", asked
    file = str(Path(ORIGINALS["originals"]["file"]).absolute())
    yield "the columns of a file", asked.on(asking="columns", heads={file: HEAD})


def with_others() -> Session:
    """At a plan that goes with others: one has a plan with warnings to be read, one is empty."""
    names = ("docs_minilm_entities", "docs_minilm")
    by = Known[WrittenBy](value=WrittenBy(names=("mem0",), sure=True), how="sample")
    family = docs(written_by=by, others=names)
    session = Session(
        address=family.address,
        collection=family.collection,
        survey=family,
        answers=answer_all(family, {}, CHOICES),
        choices=CHOICES,
    )
    plan = planned(session)
    ones = (Other(names[0], plan, points=9), Other("empty", why="empty", points=0, empty=True))
    others = Others(session.collection, session.answers, ones)
    return session.on(plan=plan, others=others)


def embedding(session: Session) -> Session:
    assert session.survey is not None
    yes = Known[bool](value=True, how="asked")
    return session.on(survey=session.survey.model_copy(update={"server_embeds": yes}))


def early() -> Iterator[tuple[str, Session]]:
    """Before anything is surveyed: nothing, what is found as it is found, what cannot be had."""
    yield "the beginning", Session()
    listed = (
        Listed("a_new"),
        Listed("b_empty", points=0, vectors="384"),
        Listed("c_shut", problem="It may not be read."),
        Listed("d", ("docs", "search"), 120482, "384", "384 dimensions", 10**8, "e5", "text"),
    )
    checked = (
        Fact("The server answers", "in 3 ms", mark="good"),
        Fact("The line", "http", mark="caution"),
    )
    server = Session(
        address=Address(url="http://localhost:6333"),
        checked=checked,
        connected=Connected("1.18.3", False, 0.1, listed, True),
    )
    yield "connected", server
    yield "an empty server", server.on(connected=Connected("1.18.3", False, 0.1, (), False))
    failed = (*checked, Fact("Nothing answers.", "", mark="bad"))
    yield "no answer", server.on(connected=None, checked=failed)
    some = dict(list(facts_of(docs()).items())[:6])
    reading = server.on(collection="docs_minilm", reading=Reading(some, unread="still reading"))
    yield "while it reads", reading
    yield "not all read", reading.on(reading=Reading(some, "not finished", "not all was read"))
    waits = a_run(Path("d"), "waiting", gate=CUTOVER)._replace(run_id="docs-0315")
    yield "runs", Session(runs=(a_run(Path("docs-0314")), waits))


RUN = Path("/runs/docs-0314")
LETTER = DeadLetter(1, "7", "not a text", "=HYPERLINK()", AT)
HIT = Hit(7, 0.5, {"title": "Seven"})
BOTH = SideBySide("backup", None, Found((HIT,), 0.004, 0.0), (Result(1, HIT, None, ""),), ())
TRIED = Tried(BOTH, "docs_old", "docs_new")
SISTERS = (
    Sister("docs_more", "there", "ready, GO", run="docs_more-0314", verdict="GO"),
    Sister(
        "docs_last",
        "before",
        "not begun yet",
        run="docs_last-0314",
        todo="qmm resume docs_last-0314",
        begun=False,
    ),
    Sister("docs_none", "none", "no run yet: run its plan, or make one", todo="qmm plan docs_none"),
)
CHANGES = {"application_changes": SWITCHED["application_changes"]}


def at_runs() -> Iterator[tuple[str, Session]]:
    """Runs at their gates and over, judged and not."""
    for name, view in {
        "at the cutover": a_run(RUN, "waiting", at=6, gate=CUTOVER, verdict=VERDICT, facts=CHANGES),
        "without proof": a_run(RUN, "waiting", at=6, gate=WITHOUT_PROOF, dead_letters=3),
        "asked to roll back": a_run(RUN, "waiting", at=7, gate={**CUTOVER, "name": "rollback"}),
        "beside others": a_run(RUN, "running", at=3)._replace(with_it=SISTERS),
        "done": a_run(RUN, "done", at=8, verdict=VERDICT, facts=SWITCHED),
        "failed": a_run(RUN, "failed", at=5, error=ERROR, verdict={**VERDICT, "judgement": None}),
    }.items():
        files = Files(("report.md",), letters=(LETTER,), proof={"margin": 0.02})
        asked = Adding("rollback")
        yield name, Session(run=RUN, seen=view, runs=(view,), files=files, adding=asked)


def of_a_run(name: str) -> bool:
    return hasattr(stage(name), "of_run")


def looked(name: str, session: Session) -> Outcome:
    """What coming to the stage of a run leads to, once it was looked at."""
    come = enter(name, session)
    found = session.runs if name == "runs" else (session.seen, session.files)
    return come.then(session, found) if isinstance(come, Work) else come


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a run's folder is read, nothing searched."""
    monkeypatch.setattr(engine, "dead_letters", lambda folder, limit: (LETTER,))
    monkeypatch.setattr(engine, "judged_by", lambda folder: {"margin": 0.02})
    monkeypatch.setattr(work, "files", lambda folder: ("report.md",))
    monkeypatch.setattr(searching, "search_both", lambda *_: TRIED)


def play(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    monkeypatch.setattr(engine, "look", lambda folder: session.seen)
    monkeypatch.setattr(engine, "list_runs", lambda folder: session.runs)


def all_read(session: Session) -> Session:
    """With everything ticked that can be, as a person would."""
    for name in stages():
        for ask in () if of_a_run(name) else arrived(name, session)[1].asks:
            if ask.kind == "tick" and ask.at_once:
                outcome = stage(name).act(session, ask.key, {ask.key: "yes"})
                session = outcome.session if isinstance(outcome, Said) else session
    return session


def arrived(name: str, session: Session) -> tuple[Session, Page]:
    """The page as it is come to."""
    outcome = enter(name, session)
    session = outcome if isinstance(outcome, Session) else session
    return session, stage(name).page(session)


SIZES = [(80, 24), (120, 40), (50, 22)]
EARLY = ("home", "connect", "practice", "explore", "collections", "survey")


ACTS = {name: stage(name).act for name in stages()}


def met(name: str) -> Iterator[tuple[str, Session]]:
    """The sessions with which a stage is come to; what it begins with is not waited for."""
    if name in EARLY:
        yield from early()
        yield from (one for one in sessions() if one[0] in ("docs", "docs, in Explore"))
        return
    if name == "others":
        yield "with others", with_others()
        return
    if name == "model":
        yield "where the server embeds", embedding(next(sessions())[1])
    if of_a_run(name):
        yield from (one for one in at_runs() if isinstance(looked(name, one[1]), Session))
        return
    yield from (one for one in sessions() if isinstance(enter(name, one[1]), Session))


@pytest.fixture(autouse=True)
def nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EARLY:
        monkeypatch.setattr(stage(name), "enter", lambda session: session, raising=False)
        monkeypatch.setattr(stage(name), "act", lambda session, key, values: session)


CASES = [
    pytest.param(name, session, id=f"{name}: {of}")
    for name in stages()
    for of, session in met(name)
]


def test_stages_are_found_from_their_files() -> None:
    folder = Path(__file__).parents[2] / "src/qdrant_model_migration/pages/stages"
    assert set(stages()) == {path.stem for path in folder.glob("*.py")} - {"__init__"} != set()


@pytest.mark.parametrize(("name", "session"), CASES)
def test_keys_are_unique_and_the_focus_begins_at_one_of_them(name: str, session: Session) -> None:
    _, page = arrived(name, session)
    keys = [act.key for act in page.acts] + [ask.key for ask in page.asks]
    for table in page.tables:
        keys += [table.key, *(row.key for row in table.rows)]
        assert {len(row.cells) for row in table.rows} <= {len(table.columns)}
        assert {row.mark for row in table.rows} <= {"", *table.marks}
    assert len(set(keys)) == len(keys)
    assert page.first in (*keys, BACK) or (page.first and not page.tables)


@pytest.mark.parametrize(("name", "session"), CASES)
def test_a_talk_says_every_fact_row_and_ask_and_names_every_act(
    name: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    if of_a_run(name):
        play(monkeypatch, session)
        session = session.on(tried=TRIED)
    session, page = arrived(name, session)
    rows = [row for table in page.tables if table.more != "beside" for row in table.rows]
    numbers = [
        line
        for number, row in enumerate(rows, 1)
        if not any(act.enter for act in row.acts)
        for line in (
            ("a number", str(number)),
            *[("yes or no", "") for one in row.more if isinstance(one, Ask)],
            *[("", "back") for _ in row.acts[:1]],
        )
    ]
    acts = [act for act in page.acts if act.key != BACK]
    words = [(act.key, "leave") for act in acts if not act.enter] or [("", "leave")]
    beside = [table for table in page.tables if table.more == "beside"]
    blocks = [*page.body, *(one for table in beside for row in table.rows for one in row.more)]
    asks = [block for block in blocks if isinstance(block, Ask)]
    asks = [ask for ask in asks if page.map is None]  # a question is answered with all its parts
    given = [_given(ask) for ask in asks if not (ask.must and ask.value)]
    talk = Spoken(*given, *numbers, words[0])
    asked: list[str] = []
    talk.script.text = _heard(talk.script.text, asked)  # type: ignore[method-assign]
    talk.script.hidden = _heard(talk.script.hidden, asked)  # type: ignore[method-assign]
    with pytest.raises(Leave):
        Visit(talk, name, session).until_it_leads_on()
    SPOKEN.clear()
    heard = talk.flat
    for said in said_on(page):
        forms = (plainly(said), said)
        assert any(" ".join(form.split()).rstrip(".") in heard for form in forms), said
    of_choices = [more for ask in page.asks for choice in ask.choices for more in choice.asks]
    for ask in page.asks:
        if ask in of_choices:  # asked once that is chosen
            continue
        assert (ask.done if ask.must and ask.value else ask.label) in heard + "".join(asked)
    for act in acts:
        assert act.enter or act.key in asked[-1]


def _given(ask: Ask) -> tuple[str, str]:
    """What is asked, and what is typed."""
    if ask.kind == "typed":
        return f"Type {ask.expect}", ask.expect
    return ("Type yes if", "yes") if ask.must and ask.kind == "tick" else (ask.label, "")


def _heard(prompt: Any, asked: list[str]) -> Any:
    def text(message: str) -> str:
        asked.append(message)
        return str(prompt(message))

    return text


def said_on(page: Page) -> Iterator[str]:
    """Every sentence of a page, but those of a row that is done with."""
    for block in page.body:
        for one in block.blocks if isinstance(block, Beside) else (block,):
            if isinstance(one, Says | Facts):
                yield from words_of(one)
    for table in page.tables:
        for row in table.rows:
            done = any(isinstance(one, Ask) and one.must and one.value for one in row.more)
            yield row.title or row.cells[0]
            for one in row.more:
                if isinstance(one, Says | Facts) and not done:
                    yield from words_of(one)


def words_of(block: Says | Facts) -> Iterator[str]:
    if isinstance(block, Says):
        yield from (str(line) for line in (block.title, *block.words) if line)
    else:
        yield from (block.title,) if block.title else ()
        for fact in block.rows:
            yield fact.label
            yield from (part for part in (fact.value, fact.how) if part)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", stages())
async def test_a_screen_shows_every_fact_row_and_ask_and_has_every_act(
    name: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path))
    seen: list[str] = []
    for of, session in met(name):
        # Other sizes lay out the same things, and a page that was seen shows nothing new.
        shape = _shape(arrived(name, session)[1], whole=size == SIZES[0])
        if shape not in seen:
            seen.append(shape)
            if of_a_run(name):
                play(monkeypatch, session)
            await _seen(name, session, size, of)


def laid_over(name: str) -> Iterator[Page]:
    """What acts of a page lay over it, each kind once."""
    seen: list[str] = []
    for _, session in met(name):
        session, page = arrived(name, session)
        values = {ask.key: ask.value for ask in page.asks}
        acts = [(act, values) for act in page.acts]
        acts += [
            (act, {**values, table.key: row.key})
            for table in page.tables
            for row in table.rows
            for act in row.acts
        ]
        for act, given in acts:
            with suppress(KeyError, AssertionError, QmmError):  # more has to be given, or known
                laid = ACTS[name](session, act.key, given)
                if isinstance(laid, Page) and (shape := _shape(laid, whole=False)) not in seen:
                    seen.append(shape)
                    yield laid


@pytest.mark.parametrize("name", stages())
async def test_what_an_act_lays_over_a_page_is_shown(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path))
    app = WizardApp(Session())
    async with app.run_test(size=SIZES[0]) as pilot:
        for page in laid_over(name):
            over = Over(page)
            app.push_screen(over)
            await until(pilot, lambda over=over: over.query("#dialog"))
            for _ in range(HOPS):
                await settle(pilot)
            asked = [block.ask.key for block in over.query(AskBlock)]
            assert asked == [ask.key for ask in page.body if isinstance(ask, Ask)], page.title
            shown = {button.act.label for button in over.query(Press)}
            assert page.tables or shown == {act.label for act in page.acts}
            app.pop_screen()
    assert app.faults == 0


def _shape(page: Page, *, whole: bool) -> str:
    """All of a page, or which kinds of things it has."""
    if whole:
        return repr(page)
    rows = [[type(one).__name__ for row in table.rows for one in row.more] for table in page.tables]
    return repr([[type(block).__name__ for block in page.body], [a.key for a in page.acts], rows])


async def _seen(name: str, session: Session, size: tuple[int, int], of: str) -> None:
    session, page = arrived(name, session)
    app = WizardApp(session, start=[name])
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StageScreen) and "▸" in text_of(app))
        screen = app.screen
        assert isinstance(screen, StageScreen)
        buttons = {act.label for act in screen.acts()}
        assert {act.label for act in page.acts} <= buttons, of
        shown = {press.act.label for press in screen.query(Press)}
        assert {act.label for act in page.acts if act.button} <= shown, of
        seen = flat(text_of(app))
        seen += flat(
            "".join(f"{b.words}{b.border_title}" for b in screen.query(Pane))
        )  # it scrolls
        for act in [act for act in screen.acts() if act.key.startswith("full-")]:
            await screen.do(act)
            seen += await dialog(pilot)
        for ask, choice in [(a, c) for a in page.asks for c in a.choices if c.asks]:
            screen.query_one(f"#set-{ask.key}", Lines).go(choice.value)
            for _ in range(HOPS):
                await settle(pilot)
            for more in choice.asks if not choice.closed else ():
                assert screen.query(f"#ask-{more.key}"), of
        for table in page.tables:
            for row in table.rows:
                lines = screen.query_one(f"#{table.key}", Lines)
                lines.go(row.key)
                if table.more == "ticks":
                    seen += flat(" ".join(line.text for line in lines.lines))
                    continue
                for _ in range(HOPS):
                    await settle(pilot)
                seen += flat(" ".join(line.text for line in lines.lines if line.key == row.key))
                if table.more == "open" and row.more:
                    lines.focus()
                    await press(pilot, "enter")
                    seen += await dialog(pilot)
                else:
                    seen += flat(str(screen.query_one(".said", Static).render()))
                    seen += flat(str(screen.query_one(".more").border_title))
                for ask in row.more:
                    if isinstance(ask, Ask):
                        assert app.screen.query(f"#ask-{ask.key}"), of
    drawn = {
        str(line)
        for block in page.body
        if isinstance(block, Says)
        for line in block.words
        if isinstance(line, Scale)
    }
    for said in said_on(page):
        for word in () if said in drawn else said.split():
            assert flat(word) in seen, (of, said)


async def dialog(pilot: Any) -> str:
    """All of what stands on top, and closes it again."""
    await asyncio.sleep(0)
    await settle(pilot)
    said = "".join(str(one.render()) for one in pilot.app.screen.query("#says"))
    title = str(pilot.app.screen.query_one("#dialog").border_title)
    await press(pilot, "escape")
    return flat(said + title)


def flat(text: str) -> str:
    """Without anything that a frame puts between words."""
    return "".join(c for c in text if c.isalnum())

"""Server inference goes the whole way: the server makes the vectors of documents and of searches,
by a service that stands in for the one of Qdrant Cloud; its own BM25 it makes without any."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.advice import advise, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import ModelRef, open_embedder, server_model
from qdrant_model_migration.engine import (
    create_run,
    dead_letters,
    give_consent,
    run_here,
    summarize,
    view,
)
from qdrant_model_migration.engine.change_lines import lines, of
from qdrant_model_migration.environment import FLEET
from qdrant_model_migration.pages.run_words import server_lines
from qdrant_model_migration.pipeline.sameness import made_of, same_payload, same_vector
from qdrant_model_migration.pipeline.spent import Spent
from qdrant_model_migration.plan import Acceptance, Plan, load_plan, save_plan
from qdrant_model_migration.qdrant import Address, Document, Point
from qdrant_model_migration.steps import StepContext
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support import inference
from support.fake_qdrant import FakeQdrant
from support.inference import (
    DENSE,
    KEYS,
    OPENAI,
    TOO_LONG,
    WIDE,
    Inference,
    refusal,
    vector,
)
from support.trip_process import killed_at
from support.world import everything

from .conftest import POINTS, Models, Place, document, fill, ident

REAL = pytest.param("real", marks=pytest.mark.server)
PLACES = ["1.18.3", "1.19.0", REAL]
EDITED, DELETED, ADDED = ident(3), ident(4), 9001
EDIT = document(3) | {"text": "another text altogether"}
MODEL = server_model(DENSE, 48)


class Served(NamedTuple):
    place: Place
    service: Inference


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))


@pytest.fixture(params=PLACES)
def served(request: pytest.FixtureRequest, models: Models) -> Iterator[Served]:
    with inference.beside(request.param) as (address, service, fake):
        mark = uuid.uuid4().hex[:8]
        place = Place(address, f"docs_old{mark}", f"docs{mark}", models, fake)
        with place.open() as qdrant:
            _clear(place)
            fill(qdrant, models, place.collection, place.alias)
        yield Served(place, service)
        _clear(place)


def _clear(place: Place) -> None:
    with place.open() as qdrant:
        for name in qdrant.collections():
            if name.startswith(place.collection):
                qdrant.delete_collection(name)


def plan_for(place: Place, model: ModelRef = MODEL, **answers: Any) -> Plan:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    given = {
        "change": "model",
        "model": model.model_dump(mode="json", exclude_defaults=True),
        "target": f"{place.collection}_new",
        "proof": {"kind": "later"},
        **answers,
    }
    complete = answer_all(found, given, [])
    assert advise(found, complete).recommended is by_name("server_inference")
    plan = make_plan(found, complete, by_name("server_inference"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def to_the_cutover(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    seen = view(folder)
    assert seen.gate is not None
    assert seen.gate["name"] == "cutover"
    return folder


def checks(folder: Path) -> dict[str, Any]:
    verdict = view(folder).verdict
    assert verdict is not None
    return {check["name"]: check for check in verdict["integrity"]["checks"]}


def consent(folder: Path, gate: str) -> None:
    asked = view(folder).gate
    assert asked is not None
    assert asked["name"] == gate
    give_consent(folder, gate, {ask["key"]: ask["expect"] or "yes" for ask in asked["asks"]})


def add(folder: Path, step: str) -> None:
    assert run_here(folder, extra=step) == 3, view(folder).error
    consent(folder, step)
    assert run_here(folder, extra=step) == 0, view(folder).error


def write_meanwhile(place: Place) -> None:
    """One text is edited, one point deleted, one added, by the old model."""
    embedder = open_embedder(place.models.old)
    made = embedder.embed([EDIT["text"], document(9001)["text"]], "passage").vectors
    with place.open() as qdrant:
        qdrant.upsert(place.alias, [Point(EDITED, EDIT, {"": made[0]})])
        qdrant.upsert(place.alias, [Point(ADDED, document(9001), {"": made[1]})])
        qdrant.delete(place.alias, [DELETED])


def assert_made(place: Place, model: str = DENSE) -> None:
    """Each point has the vector that the service makes of the text that it has now."""
    with place.open() as qdrant:
        points = everything(qdrant, f"{place.collection}_new")
    texts = {i: t for i, p in points.items() if (t := p.payload.get("text") or "").strip()}
    assert {i for i, point in points.items() if "" in point.vectors} == texts.keys()
    for i, text in texts.items():
        assert made_of(points[i].vectors[""], vector(model, text), "Cosine", None)


def test_the_whole_way_while_an_application_writes(served: Served) -> None:
    place, service = served
    target = f"{place.collection}_new"
    plan = plan_for(place)
    assert sum(service.calls) == 1, "planning asks for one vector, of a text of our own"
    assert plan.estimate.usd is None, "what the server's tokens cost is not known"
    folder = to_the_cutover(plan)
    found = checks(folder)
    assert all(check["ok"] is not False for check in found.values())
    assert found["Right model"]["found"] == found["Right model"]["expected"] == POINTS - 2
    assert max(service.calls) <= 64
    assert view(folder).dead_letters == 2
    assert_made(place)

    write_meanwhile(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
        said = qdrant.config(target).metadata["qmm_model"]
        names = set(qdrant.collections())
    assert new.keys() == old.keys()
    assert new.keys() >= {EDITED, ADDED}
    assert DELETED not in new
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    assert_made(place)
    assert (said["kind"], said["name"]) == ("server", DENSE)
    assert not any(name.endswith("_qmm_check") for name in names)

    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)
        last = everything(qdrant, place.collection)
    assert all(same_vector(old[i].vectors.get(""), last[i].vectors.get("")) for i in old)


def test_the_application_is_told_to_send_texts(served: Served) -> None:
    folder = to_the_cutover(plan_for(served.place))
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    rows = of(view(folder).facts)
    python = lines(rows, "Python")
    assert f'+ model = "{DENSE}"' in python
    assert "+ vector = models.Document(text=question, model=model)" in python
    assert any(f'"text": <the question>, "model": "{DENSE}"' in one for one in lines(rows, "curl"))
    assert any("the Qdrant server" in one for one in lines(rows, "list"))


def test_it_is_judged_by_searches_that_the_server_embeds(served: Served, tmp_path: Path) -> None:
    searches = tmp_path / "queries.jsonl"
    searches.write_text(
        "".join(
            json.dumps({"query": document(n)["title"], "answers": [ident(n)]}) + "\n"
            for n in range(20, 80)
        )
    )
    proof = {"kind": "file", "file": str(searches), "margin": 0.5}
    folder = to_the_cutover(plan_for(served.place, proof=proof))
    verdict = view(folder).verdict
    assert verdict is not None
    assert verdict["unjudged"] is None
    assert served.service.texts["search", document(20)["title"]] >= 1
    assert served.service.texts["update", document(20)["title"]] == 0


def test_a_vector_of_another_text_is_found_by_verify(served: Served) -> None:
    place, service = served
    folder = create_run(plan_for(place))
    one = document(20)["text"]
    right, service_answer = vector(DENSE, "something else"), service.answer

    def wrong(asked: Any) -> Any:
        said = service_answer(asked)
        texts = [each["data"] for each in asked["inputs"]]
        if said.status != 200 or one not in texts or service.texts["update", one] > 1:
            return said
        told = json.loads(said.body)
        told["embeddings"][texts.index(one)] = right
        return said._replace(body=json.dumps(told).encode())

    service.answer = wrong  # type: ignore[method-assign]
    assert run_here(folder) == 4
    assert "1 of 238 sample vectors" in str(view(folder).error)


def test_a_service_that_refuses_stops_the_run_and_resume_goes_on(served: Served) -> None:
    place, service = served
    folder = create_run(plan_for(place))
    answers, done = service.answer, len(service.calls)

    def closed_later(asked: Any) -> Any:
        closed = len(service.calls) > done + 2
        return refusal(403, "the quota is used up") if closed else answers(asked)

    service.answer = closed_later  # type: ignore[method-assign]
    assert run_here(folder) == 4
    assert "the quota is used up" in str(view(folder).error)
    with place.open() as qdrant:
        written = qdrant.count(f"{place.collection}_new")
    assert 0 < written < POINTS
    service.answer = answers  # type: ignore[method-assign]
    service.calls.clear()
    assert run_here(folder) == 3, view(folder).error
    once_more = written - 2  # the sample of Verify, of all that have a text
    assert sum(service.calls) <= (POINTS - written) + POINTS + once_more
    assert_made(place)


def test_texts_that_the_service_refuses_are_listed_and_the_run_goes_on(served: Served) -> None:
    """Each costs its own point the vector, and is sent no more by any later pass."""
    place, service = served
    target, blocked = f"{place.collection}_new", {ident(30), ident(31)}
    old = open_embedder(place.models.old).embed(["words"], "passage").vectors[0]
    texts = {one: f"{TOO_LONG}, that of {one}" for one in blocked}
    with place.open() as qdrant:
        points = [Point(one, {"text": texts[one], "title": "x"}, {"": old}) for one in blocked]
        qdrant.upsert(place.alias, points)
    folder = to_the_cutover(plan_for(place))
    assert all(check["ok"] is not False for check in checks(folder).values())
    letters = {letter.point: letter.reason for letter in dead_letters(folder)}
    assert len(letters) == 2 + 2
    assert all("the text is too long" in letters[str(one)] for one in blocked)
    often = {one: service.texts["update", texts[one]] for one in blocked}
    assert max(often.values()) <= 8, "a request is halved"
    write_meanwhile(place)
    late = f"{TOO_LONG}, and written late"
    with place.open() as qdrant:
        qdrant.upsert(place.alias, [Point(9002, {"text": late, "title": "y"}, {"": old})])
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert often == {one: service.texts["update", texts[one]] for one in blocked}
    assert "9002" in {letter.point for letter in dead_letters(folder)}
    with place.open() as qdrant:
        new = everything(qdrant, target)
    assert all(new[one].vectors == {} and new[one].payload["title"] == "x" for one in blocked)
    assert made_of(new[EDITED].vectors[""], vector(DENSE, EDIT["text"]), "Cosine", None)
    assert (new[9002].payload["text"], new[9002].vectors) == (late, {})


def test_many_refused_texts_wait_for_a_word_and_say_what_they_are(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.backfill.FEWEST", 60)
    place, service = served
    answer = service.answer

    def strict(asked: Any) -> Any:
        hit = any(len(one["data"]) % 4 == 0 for one in asked["inputs"])
        return refusal(400, "blocked") if hit else answer(asked)

    folder = create_run(plan_for(place))
    service.answer = strict  # type: ignore[method-assign]
    assert run_here(folder) == 3
    gate = view(folder).gate
    assert gate is not None
    assert "of the texts are refused" in gate["title"]
    assert "makes no vector" in gate["says"][0]


def test_the_key_of_a_provider_stands_in_no_file_and_comes_by_the_environment(
    served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place, service = served
    key = KEYS["openai-api-key"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-yesterday-4711")
    folder = create_run(plan_for(place, server_model(OPENAI, 48)))
    assert run_here(folder) == 4
    assert "Look at the key in OPENAI_API_KEY" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new"), "before anything is created"
    monkeypatch.delenv("OPENAI_API_KEY")
    assert run_here(folder) == 4
    assert "Set OPENAI_API_KEY" in str(view(folder).error)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    service.shown.clear()
    assert run_here(folder) == 3, view(folder).error
    assert_made(place, OPENAI)
    assert {one["openai-api-key"] for one in service.shown} == {key}
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    rows = of(view(folder).facts)
    assert "+   -H 'openai-api-key: <your key of OpenAI>' \\" in lines(rows, "curl")
    assert '+ with headers({"openai-api-key": <your key of OpenAI>}):' in lines(rows, "Python")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert all(k.encode() not in held for k in (key, "sk-of-yesterday-4711", quote(key)))


def test_its_speed_is_tried_where_a_person_says_so_and_the_time_is_reckoned(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    place, made = served.place, tmp_path / "plan.yaml"
    monkeypatch.setenv("QDRANT_URL", str(place.address.url))
    named = ["plan", place.collection, "--model", f"server:{DENSE}=48", "-o", str(made)]
    assert cli.run(named) == 0
    untried = load_plan(made).estimate
    assert untried.seconds.likely is None
    assert sum(served.service.calls) <= 1, "nobody was asked"
    assert cli.run([*named, "--speed"]) == 0
    said = capsys.readouterr().err
    assert "They are sent to the Qdrant server, and whoever runs the server may charge" in said
    assert sum(served.service.calls) > POINTS - 10
    tried = load_plan(made).estimate
    assert tried.seconds.likely is not None
    assert "measured on" in tried.seconds.how
    assert "letters/s" in tried.seconds.how
    assert tried.usd is None
    with place.open() as qdrant:
        assert not any(name.endswith("_qmm_check") for name in qdrant.collections())


HERE = pytest.mark.parametrize("served", ["1.18.3", REAL], indirect=True)
LENGTHS = [len(document(n)["text"].split()) for n in range(POINTS) if n not in (7, 8)]
AT_ONCE = 4  # requests, as the pace `fast` has it


def told(folder: Path) -> Spent:
    return Spent.of(view(folder).facts["tokens_used"])


def at_the_limit(folder: Path, step: str) -> dict[str, Any]:
    assert run_here(folder) == 3, view(folder).error
    seen = view(folder)
    assert seen.gate is not None
    assert seen.step is not None
    assert (seen.gate["name"], seen.steps[seen.step].name) == ("token_limit", step)
    return seen.gate


@HERE
def test_the_run_waits_at_its_limit_of_tokens_also_after_a_kill(served: Served) -> None:
    """No more is used beyond the limit than by what is on its way: one request of each stream, and
    after a kill that of one more."""
    place, service = served
    limit, texts = sum(LENGTHS) // 2, 16
    wanted = {"tokens": str(limit), "price": "1000", "texts": str(texts)}
    plan = plan_for(place, spending=wanted, pace="fast")
    assert plan.move is not None
    assert plan.move.load.spending is not None
    assert plan.estimate.usd == plan.move.load.spending.expected / 1000  # type: ignore[operator]
    folder, asked = create_run(plan), service.tokens
    assert killed_at(folder, 4, open_embedder, "write points") == -9
    on_its_way = AT_ONCE * texts * max(LENGTHS)
    assert 0 < told(folder).tokens <= service.tokens - asked <= told(folder).tokens + on_its_way
    gate = at_the_limit(folder, "backfill")
    used, sent = told(folder).tokens, service.tokens
    assert limit <= used < limit + on_its_way
    assert sent - asked < limit + 2 * on_its_way
    assert max(service.calls) <= texts
    assert f"{used:,} tokens ({used / 1000:,.2f} USD), as the server counts them" in gate["says"][0]
    with place.open() as qdrant:
        there = qdrant.count(f"{place.collection}_new")
    left = round(used / there * (POINTS - there))
    assert gate["says"][2].startswith(
        f"Left  {POINTS - there} points, about {left:,} tokens, {left / 1000:,.2f} USD"
    )
    give_consent(folder, "token_limit", {"limit": str(used)})
    assert at_the_limit(folder, "backfill")["missing"], "it has to be more than is used"
    assert service.tokens == sent, "nothing is sent while it waits"
    give_consent(folder, "token_limit", {"limit": gate["asks"][0]["expect"]})
    to_the_cutover_of(folder)
    assert_made(place)
    assert told(folder).reckoned == 0
    rows = dict(summarize(view(folder)).rows)
    assert f"{told(folder).tokens:,} tokens" in rows["Tokens"]
    assert "the plan said about" in rows["Tokens"]
    assert ("Tokens", told(folder).short) in server_lines(view(folder))


@pytest.mark.parametrize("served", ["1.18.3"], indirect=True)
def test_where_the_server_tells_no_tokens_they_are_estimated_and_that_is_said(
    served: Served, capsys: Any
) -> None:
    place, service = served
    service.silent = True
    folder = create_run(plan_for(place, spending={"tokens": 1500, "texts": 16}, pace="fast"))
    gate = at_the_limit(folder, "backfill")
    spent = told(folder)
    assert spent.tokens == spent.reckoned >= 1500
    assert "estimated: the server does not tell" in gate["says"][0]
    assert cli.run(["resume", folder.name, "--token-limit", "1500"]) == 3
    said = capsys.readouterr()
    assert f"it has to be {spent.tokens + 1} or more" in said.err
    assert f"--token-limit {gate['asks'][0]['expect']}" in said.out + said.err
    assert told(folder) == spent
    assert cli.run(["resume", folder.name, "--token-limit", "9000000"]) == 3
    seen = view(folder)
    assert seen.gate is not None
    assert seen.gate["name"] == "cutover"
    assert_made(place)


@pytest.mark.parametrize("served", ["1.18.3"], indirect=True)
def test_what_is_written_meanwhile_waits_for_the_limit_before_the_switch_and_not_after(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = served.place
    folder = create_run(plan_for(place, spending={"tokens": sum(LENGTHS)}, pace="fast"))
    catch_up, writes = CatchUp.apply, [write_meanwhile]

    def edited_meanwhile(step: CatchUp, ctx: StepContext) -> None:
        while writes:
            writes.pop()(place)
        catch_up(step, ctx)

    monkeypatch.setattr(CatchUp, "apply", edited_meanwhile)
    monkeypatch.setenv(FLEET, "ray")
    gate = at_the_limit(folder, "catch_up")
    assert gate["says"][2].startswith("Left  2 points, ")
    said = [event.text for event in view(folder).events if event.kind == "worker"]
    assert [text[:29] for text in said] == ["The server makes the vectors,"], "no others are asked"
    give_consent(folder, "token_limit", {"limit": str(told(folder).tokens + 1)})
    to_the_cutover_of(folder)
    assert_made(place)
    with place.open() as qdrant:
        old = open_embedder(place.models.old).embed(["late"], "passage").vectors[0]
        late = [Point(8000 + n, document(n), {"": old}) for n in range(20)]
        qdrant.upsert(place.alias, late)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_made(place)
    with place.open() as qdrant:
        assert qdrant.retrieve(f"{place.collection}_new", [8000])


def to_the_cutover_of(folder: Path) -> None:
    assert run_here(folder) == 3, view(folder).error
    gate = view(folder).gate
    assert gate is not None
    assert gate["name"] == "cutover"


def test_a_model_of_another_size_stops_it_before_anything_is_created(served: Served) -> None:
    place = served.place
    folder = create_run(plan_for(place, server_model(WIDE, 64)))
    assert run_here(folder) == 4
    assert "makes vectors of 128 dimensions; the plan says 64" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


def test_a_model_that_the_server_lacks_stops_it_before_anything_is_created(
    served: Served,
) -> None:
    place = served.place
    folder = create_run(plan_for(place, server_model("nobody/knows", 64)))
    assert run_here(folder) == 4
    assert "Unsupported model: nobody/knows" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


def test_its_plan_is_a_file_like_the_others(served: Served, tmp_path: Path) -> None:
    plan = plan_for(served.place)
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


@pytest.mark.parametrize("place", ["local", "fake 1.18.3"], indirect=True)
def test_where_the_server_makes_no_vectors_it_is_not_offered(place: Place) -> None:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    advice = advise(found, {"change": "model", "query_side": "server"})
    fit = advice.fit_of(by_name("server_inference"))
    assert (fit.word, fit.reason) == ("ruled out", "this server cannot embed")


def test_a_model_is_named_by_its_name_at_the_server_alone(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    place, made = served.place, tmp_path / "plan.yaml"
    monkeypatch.setenv("QDRANT_URL", str(place.address.url))
    named = ["plan", place.collection, "--model", f"server:{WIDE}", "-o", str(made)]
    assert cli.run(named) == 0, capsys.readouterr().err
    plan = load_plan(made)
    assert plan.strategy == "server_inference"
    assert plan.move is not None
    assert plan.move.new_vectors[0].params["size"] == 128
    said = capsys.readouterr().err
    assert "W25 Texts leave your network" in said
    assert "whoever runs the server may charge" in said
    named[3] = "server:nobody/knows"
    assert cli.run([*named, "--force"]) != 0
    assert "Unsupported model: nobody/knows" in capsys.readouterr().err


@pytest.fixture(params=["fake 1.18.3", "fake 1.19.0", REAL])
def plain(
    request: pytest.FixtureRequest, models: Models, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A server without any service."""
    mark = uuid.uuid4().hex[:8]
    with ExitStack() as stack:
        if request.param == "real":
            url, fake = os.environ.get("QDRANT_URL"), None
            if not url:
                pytest.skip("QDRANT_URL names no server")
        else:
            fake = stack.enter_context(FakeQdrant(version=request.param.split()[1]))
            url = fake.url
        place = Place(Address(url=url), f"docs_old{mark}", f"docs{mark}", models, fake)
        with place.open() as qdrant:
            fill(qdrant, models, place.collection, place.alias)
        yield place
        _clear(place)


def test_keyword_search_is_made_by_the_server_alone(plain: Place) -> None:
    """Dense to hybrid by the BM25 that every server has: documents and searches are texts."""
    place, target = plain, f"{plain.collection}_new"
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    own = {"kind": "server", "name": "Qdrant/bm25", "language": "en", "avg_len": 30.0}
    given = {"change": "keywords", "target": target, "keyword_model": own}
    complete = answer_all(found, {**given, "proof": {"kind": "later"}}, [])
    plan = make_plan(found, complete, by_name("dense_to_hybrid"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    folder = to_the_cutover(plan.model_copy(update={"accepted": accepted, "practice": False}))
    assert all(check["ok"] is not False for check in checks(folder).values())
    write_meanwhile(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    told = {"language": "english", "avg_len": 30.0, "k": 1.2, "b": 0.75}
    assert plan.after is not None
    query = plan.after.legs[1].model
    assert query is not None
    assert dict(query.options) == told
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.config(target).sparse()["bm25"]["modifier"] == "idf"
        texts = {i: t for i, p in new.items() if (t := p.payload.get("text") or "").strip()}
        documents = [Document(text, "Qdrant/bm25", query.options) for text in texts.values()]
        right = qdrant.as_made(documents, "sparse", {"modifier": "idf"}, target)
        word = document(20)["title"].split()[0]
        hits = qdrant.search(target, Document(word, "Qdrant/bm25", query.options), using="bm25")
    assert new.keys() == old.keys() >= {EDITED, ADDED}
    assert {i for i, point in new.items() if "bm25" in point.vectors} == texts.keys()
    for i, made in zip(texts, right, strict=True):
        assert same_vector(new[i].vectors["bm25"], made)
    assert hits
    assert all(word in texts[hit.id].lower() for hit in hits)
    python = lines(of(view(folder).facts), "Python")
    call = "models.Document(text=question, model=model_2, options=settings_2)"
    assert f"+ vector_2 = {call}" in python
    add(folder, "rollback")
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)

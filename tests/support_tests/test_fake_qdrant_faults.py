"""What only the fake does: faults to order, hooks, keys, a counted optimizer, versions, speed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from support.fake_qdrant import FakeQdrant, Request

PLAIN = {"vectors": {"size": 4, "distance": "Dot"}}
ONE = {"points": [{"id": 1, "vector": [1, 0, 0, 0]}]}
WRITE = "/collections/c/points?wait=true"


@pytest.fixture
def web(fake_qdrant: FakeQdrant) -> Iterator[httpx.Client]:
    """Raw HTTP on a fake that has the empty collection `c`."""
    fake_qdrant.call("PUT", "/collections/c", PLAIN)
    with httpx.Client(base_url=fake_qdrant.url, timeout=10) as client:
        yield client


def count(fake: FakeQdrant, name: str = "c") -> int:
    return len(fake.state.collections[name].points)


# Faults


def test_a_fault_strikes_the_asked_number_of_times_after_the_asked_number_of_requests(
    fake_qdrant, web
):
    fault = fake_qdrant.fail(method="PUT", path="/points$", status=503, times=2, after=1)
    statuses = [web.put(WRITE, json=ONE).status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]
    assert fault.hits == 2


def test_a_fault_leaves_other_methods_and_paths_alone(fake_qdrant, web):
    fake_qdrant.fail(method="PUT", path="^/collections/c/points$", status=500, times=None)
    assert web.get("/collections/c").status_code == 200
    assert web.put("/collections/c/points/payload", json={}).status_code == 400
    assert web.put(WRITE, json=ONE).status_code == 500


def test_a_fault_answers_with_its_body_and_headers(fake_qdrant, web):
    fake_qdrant.fail(
        path="points", status=429, error="slow down", headers={"retry-after": "7"}, times=1
    )
    reply = web.put(WRITE, json=ONE)
    assert reply.headers["retry-after"] == "7"
    assert reply.json()["status"]["error"] == "slow down"
    fake_qdrant.fail(path="points", status=502, body="<html>bad gateway</html>")
    reply = web.put(WRITE, json=ONE)
    assert (reply.status_code, reply.text) == (502, "<html>bad gateway</html>")
    late = {"result": {"operation_id": 1, "status": "wait_timeout"}, "status": "ok", "time": 0}
    fake_qdrant.fail(path="points", status=200, body=late, apply=True)
    assert web.put(WRITE, json=ONE).json() == late
    assert count(fake_qdrant) == 1


def test_a_fault_can_look_at_the_request(fake_qdrant, web):
    def has_one(request: Request) -> bool:
        return any(point["id"] == 1 for point in request.body["points"])

    fake_qdrant.fail(path="points", status=400, error="no", when=has_one, times=None)
    assert web.put(WRITE, json=ONE).status_code == 400
    other = {"points": [{"id": 2, "vector": [1, 0, 0, 0]}]}
    assert web.put(WRITE, json=other).status_code == 200


@pytest.mark.parametrize("apply", [False, True])
def test_a_failed_write_is_applied_only_if_asked(fake_qdrant, web, apply):
    fake_qdrant.fail(path="points", status=408, error="Update operation timed out", apply=apply)
    assert web.put(WRITE, json=ONE).status_code == 408
    assert count(fake_qdrant) == int(apply)


@pytest.mark.parametrize("apply", [False, True])
def test_a_dropped_connection_gives_no_answer(fake_qdrant, web, apply):
    fake_qdrant.fail(path="points", drop=True, apply=apply)
    with pytest.raises(httpx.TransportError):
        web.put(WRITE, json=ONE)
    assert count(fake_qdrant) == int(apply)
    assert web.put(WRITE, json=ONE).status_code == 200


def test_a_delay_after_the_write_is_a_timeout_of_an_applied_write(fake_qdrant, web):
    fake_qdrant.fail(path="points", delay=5, apply=True)
    with pytest.raises(httpx.ReadTimeout):
        web.put(WRITE, json=ONE, timeout=0.2)
    assert count(fake_qdrant) == 1


def test_a_delay_alone_is_a_slow_answer(fake_qdrant, web):
    fake_qdrant.fail(path="points", delay=0.05)
    started = time.perf_counter()
    assert web.put(WRITE, json=ONE).status_code == 200
    assert time.perf_counter() - started >= 0.05


def test_a_fault_that_would_do_nothing_is_refused(fake_qdrant):
    with pytest.raises(ValueError, match="needs"):
        fake_qdrant.fail(path="points")


def test_faults_and_hooks_can_be_removed(fake_qdrant, web):
    fault = fake_qdrant.fail(path="points", status=500, times=None)
    fault.remove()
    assert web.put(WRITE, json=ONE).status_code == 200
    fake_qdrant.fail(path="points", status=500, times=None)
    fake_qdrant.before("points", lambda _request: pytest.fail("was forgotten"))
    fake_qdrant.heal()
    assert web.put(WRITE, json=ONE).status_code == 200


def test_a_server_that_is_down_refuses_and_comes_back_with_its_data(fake_qdrant, web):
    web.put(WRITE, json=ONE)
    url = fake_qdrant.url
    fake_qdrant.down()
    with pytest.raises(httpx.TransportError):
        web.get("/collections")
    with pytest.raises(httpx.ConnectError):
        web.get("/collections")
    fake_qdrant.up()
    assert fake_qdrant.url == url
    assert web.get("/collections/c").json()["result"]["points_count"] == 1


def test_going_down_cuts_a_request_that_waits(fake_qdrant, web):
    fake_qdrant.fail(path="points", delay=30)
    fake_qdrant.before("points", lambda _request: threading.Timer(0.05, fake_qdrant.down).start())
    started = time.perf_counter()
    with pytest.raises(httpx.TransportError):
        web.put(WRITE, json=ONE)
    assert time.perf_counter() - started < 5
    assert count(fake_qdrant) == 0


def test_a_server_that_goes_down_in_a_hook_leaves_the_request_undone_or_unanswered(
    fake_qdrant, web
):
    fake_qdrant.before("points", lambda _request: fake_qdrant.down(), times=1)
    with pytest.raises(httpx.TransportError):
        web.put(WRITE, json=ONE)
    assert count(fake_qdrant) == 0
    fake_qdrant.up()
    fake_qdrant.after("points", lambda _request: fake_qdrant.down(), times=1)
    with pytest.raises(httpx.TransportError):
        web.put(WRITE, json=ONE)
    assert count(fake_qdrant) == 1


# Hooks and direct access


def test_a_hook_changes_data_between_two_requests(fake_qdrant, web):
    web.put(WRITE, json={"points": [{"id": one, "vector": [1, 0, 0, 0]} for one in range(4)]})

    def edit(_request: Request) -> None:
        fake_qdrant.call("POST", "/collections/c/points/delete", {"points": [2]})
        fake_qdrant.call(
            "POST", "/collections/c/points/payload", {"payload": {"a": 1}, "points": [3]}
        )

    fake_qdrant.before("/points/scroll$", edit, after=1, times=1)
    pages = []
    offset: Any = 0
    while offset is not None:
        body = {"limit": 2, "offset": offset}
        result = web.post("/collections/c/points/scroll", json=body).json()["result"]
        pages += [(point["id"], point["payload"]) for point in result["points"]]
        offset = result["next_page_offset"]
    assert pages == [(0, {}), (1, {}), (3, {"a": 1})]


def test_a_hook_after_sees_the_write_done_before_the_client_does(fake_qdrant, web):
    seen: list[int] = []
    fake_qdrant.after("points", lambda _request: seen.append(count(fake_qdrant)), method="PUT")
    web.put(WRITE, json=ONE)
    assert seen == [1]


def test_requests_are_remembered_in_order_and_calls_are_not(fake_qdrant, web):
    fake_qdrant.call("GET", "/collections")
    web.put(WRITE, json=ONE)
    web.get("/collections/c")
    told = [(request.method, request.path, request.query) for request in fake_qdrant.requests]
    assert told == [
        ("PUT", "/collections/c/points", {"wait": "true"}),
        ("GET", "/collections/c", {}),
    ]
    assert fake_qdrant.requests[0].body == ONE


def test_a_dump_tells_settings_indexes_and_points_and_is_a_copy(fake_qdrant, web):
    row = {"id": 1, "vector": [1, 0, 0, 0], "payload": {"a": {"b": 1}}}
    web.put(WRITE, json={"points": [row]})
    index = {"field_name": "a.b", "field_schema": "integer"}
    web.put("/collections/c/index?wait=true", json=index)
    dump = fake_qdrant.dump("c")
    assert dump["config"] == web.get("/collections/c").json()["result"]["config"]
    assert dump["payload_schema"] == {"a.b": {"data_type": "integer"}}
    told = {"payload": {"a": {"b": 1}}, "vector": [1.0, 0.0, 0.0, 0.0]}
    assert dump["points"] == {1: told}
    dump["points"][1]["payload"]["a"]["b"] = 2
    dump["config"]["params"]["vectors"]["size"] = 9
    assert fake_qdrant.dump("c")["points"] == {1: told}
    assert fake_qdrant.dump("c")["config"]["params"]["vectors"]["size"] == 4


def test_a_call_that_is_refused_says_why(fake_qdrant):
    with pytest.raises(AssertionError, match="doesn't exist"):
        fake_qdrant.call("GET", "/collections/none")


def test_what_the_fake_does_not_speak_is_501(fake_qdrant, web):
    for path, body in [
        ("points/query", {"query": {"recommend": {"positive": [1]}}}),
        ("points/count", {"filter": {"must": [{"key": "k", "geo_radius": {}}]}}),
    ]:
        assert web.post(f"/collections/c/{path}", json=body).status_code == 501


# Keys


@pytest.fixture
def guarded() -> Iterator[FakeQdrant]:
    keys = {"rw": {"c": "rw"}, "r": {"c": "r"}, "prw": {"c": "prw"}}
    with FakeQdrant(api_key="full", read_only_key="read", collection_keys=keys) as fake:
        fake.call("PUT", "/collections/c", PLAIN)
        fake.call("PUT", "/collections/d", PLAIN)
        yield fake


def ask(fake: FakeQdrant, key: str | None, method: str, path: str, body: Any = None) -> Any:
    headers = {"api-key": key} if key else {}
    return httpx.request(method, fake.url + path, json=body, headers=headers)


def test_a_missing_or_wrong_key_is_401_in_plain_text_except_for_the_version(guarded):
    assert ask(guarded, None, "GET", "/").status_code == 200
    reply = ask(guarded, None, "GET", "/collections")
    assert reply.status_code == 401
    assert reply.text == "Must provide an API key or an Authorization bearer token"
    reply = ask(guarded, "wrong", "GET", "/collections")
    assert (reply.status_code, reply.text) == (401, "Invalid API key or JWT")
    assert ask(guarded, "full", "GET", "/collections").status_code == 200
    bearer = {"authorization": "Bearer full"}
    assert httpx.get(guarded.url + "/collections", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/collections/new", PLAIN),
        ("PATCH", "/collections/c", {}),
        ("DELETE", "/collections/c", None),
        ("POST", "/collections/aliases", {"actions": []}),
        ("PUT", WRITE, ONE),
    ],
)
def test_a_read_only_key_reads_and_may_not_write(guarded, method, path, body):
    assert ask(guarded, "read", "GET", "/collections/c").status_code == 200
    reply = ask(guarded, "read", method, path, body)
    assert reply.status_code == 403
    assert reply.json()["status"]["error"] == "Forbidden: Global manage access is required"
    assert ask(guarded, "full", method, path, body).status_code == 200


@pytest.mark.parametrize(
    ("key", "method", "path", "body", "text"),
    [
        ("rw", "PUT", WRITE, ONE, None),
        ("rw", "PUT", "/collections/c/vectors/n", {"sparse": {}}, None),
        ("rw", "PATCH", "/collections/c", {}, "Global access is required"),
        ("rw", "POST", "/collections/aliases", {"actions": []}, "Global access is required"),
        ("rw", "GET", "/collections/d", None, "Access to collection d is required"),
        ("r", "GET", "/collections/c", None, None),
        ("r", "PUT", WRITE, ONE, "Write access to collection c is required"),
        ("prw", "PUT", WRITE, ONE, None),
        (
            "prw",
            "PUT",
            "/collections/c/vectors/n",
            {"sparse": {}},
            "Only points access is allowed for collection c",
        ),
    ],
)
def test_a_collection_key_reaches_as_far_as_its_right(guarded, key, method, path, body, text):
    reply = ask(guarded, key, method, path, body)
    assert reply.status_code == (403 if text else 200)
    if text:
        assert reply.json()["status"]["error"] == f"Forbidden: {text}"


def test_a_collection_key_lists_its_collections_and_no_aliases(guarded):
    create = {"create_alias": {"alias_name": "a", "collection_name": "c"}}
    guarded.call("POST", "/collections/aliases", {"actions": [create]})
    listed = ask(guarded, "rw", "GET", "/collections").json()["result"]["collections"]
    assert listed == [{"name": "c"}]
    assert ask(guarded, "rw", "GET", "/aliases").json()["result"]["aliases"] == []
    assert ask(guarded, "rw", "GET", "/collections/a").status_code == 403


# Limits


def test_a_body_above_the_limit_is_400(fake_qdrant):
    with FakeQdrant(max_request_bytes=1000) as fake:
        fake.call("PUT", "/collections/c", PLAIN)
        body = {"points": [{"id": 1, "vector": [1, 0, 0, 0], "payload": {"t": "x" * 1000}}]}
        reply = httpx.put(fake.url + WRITE, json=body)
    assert reply.status_code == 400
    assert "is larger than allowed (limit: 1000 bytes)." in reply.json()["status"]["error"]


def test_the_rate_limit_follows_the_clock_of_the_test(fake_qdrant, web):
    now = [0.0]
    fake_qdrant.state.clock = lambda: now[0]
    strict = {"strict_mode_config": {"enabled": True, "write_rate_limit": 60}}
    fake_qdrant.call("PATCH", "/collections/c", strict)
    many = {"points": [{"id": one, "vector": [1, 0, 0, 0]} for one in range(40)]}
    assert web.put(WRITE, json=many).status_code == 200
    reply = web.put(WRITE, json=many)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "20")
    now[0] += 20
    assert web.put(WRITE, json=many).status_code == 200


# The optimizer


def loaded(fake: FakeQdrant, points: int = 300, **body: Any) -> None:
    """Collection `c` with that many 4-dimensional points: 16 bytes each."""
    fake.call("PUT", "/collections/c", {**PLAIN, **body})
    rows = [{"id": one, "vector": [one, 1, 0, 0]} for one in range(points)]
    fake.call("PUT", "/collections/c/points", {"points": rows})


def polls(fake: FakeQdrant, times: int) -> list[tuple[str, int]]:
    infos = [fake.call("GET", "/collections/c") for _ in range(times)]
    return [(info["status"], info["indexed_vectors_count"]) for info in infos]


def test_a_patch_turns_the_collection_yellow_for_some_polls_and_then_green_and_indexed():
    with FakeQdrant(optimizer_polls=3) as fake:
        loaded(fake)
        assert polls(fake, 1) == [("green", 0)]
        fake.call("PATCH", "/collections/c", {"optimizers_config": {"indexing_threshold": 1}})
        report = fake.call("GET", "/collections/c/optimizations")
        assert [one["status"] for one in report["running"]] == ["optimizing"]
        assert report["summary"]["queued_optimizations"] == 2
        assert polls(fake, 3) == [("yellow", 0), ("yellow", 0), ("green", 300)]
        report = fake.call("GET", "/collections/c/optimizations?with=queued,completed")
        assert (report["running"], report["queued"], report["completed"]) == ([], [], [])


def test_a_patch_can_show_green_before_its_work_starts():
    with FakeQdrant(optimizer_polls=1, optimizer_lag=2) as fake:
        loaded(fake)
        fake.call("PATCH", "/collections/c", {"optimizers_config": {"indexing_threshold": 1}})
        assert [status for status, _ in polls(fake, 4)] == ["green", "green", "yellow", "green"]


def test_a_quantization_patch_rebuilds_an_indexed_collection():
    with FakeQdrant(optimizer_polls=1) as fake:
        loaded(fake, optimizers_config={"indexing_threshold": 1})
        polls(fake, 1)
        quantization = {"quantization_config": {"scalar": {"type": "int8"}}}
        fake.call("PATCH", "/collections/c", quantization)
        report = fake.call("GET", "/collections/c/optimizations")
        assert report["running"][0]["optimizer"] == "config_mismatch"
        assert polls(fake, 1) == [("green", 300)]


def test_an_indexing_threshold_of_zero_or_a_high_one_defers_indexing():
    for threshold in (0, 10_000_000):
        with FakeQdrant(optimizer_polls=0) as fake:
            loaded(fake, optimizers_config={"indexing_threshold": threshold})
            assert polls(fake, 1) == [("green", 0)]
            fake.call("PATCH", "/collections/c", {"optimizers_config": {"indexing_threshold": 1}})
            assert polls(fake, 1) == [("green", 300)]


def test_grey_lasts_until_an_empty_optimizers_patch(fake_qdrant):
    loaded(fake_qdrant)
    fake_qdrant.state.collections["c"].forced_status = "grey"
    assert [status for status, _ in polls(fake_qdrant, 3)] == ["grey"] * 3
    fake_qdrant.call("PATCH", "/collections/c", {"hnsw_config": {"m": 8}})
    assert polls(fake_qdrant, 1)[0][0] == "grey"
    fake_qdrant.call("PATCH", "/collections/c", {"optimizers_config": {}})
    assert "grey" not in {status for status, _ in polls(fake_qdrant, 5)}


def test_red_comes_with_the_error_of_the_optimizer(fake_qdrant):
    loaded(fake_qdrant)
    collection = fake_qdrant.state.collections["c"]
    collection.forced_status, collection.forced_error = "red", "disk"
    info = fake_qdrant.call("GET", "/collections/c")
    assert (info["status"], info["optimizer_status"]) == ("red", {"error": "disk"})


def test_update_vectors_moves_points_out_of_the_index():
    with FakeQdrant(optimizer_polls=0) as fake:
        loaded(fake, optimizers_config={"indexing_threshold": 1})
        assert polls(fake, 1) == [("green", 300)]
        body = {"points": [{"id": one, "vector": [0, 0, 0, 1]} for one in range(10)]}
        fake.call("PUT", "/collections/c/points/vectors", body)
        assert polls(fake, 1) == [("green", 290)]


@pytest.mark.parametrize(
    ("version", "left"),
    [("1.17.1", {"old", "new"}), ("1.18.3", {"old", "new"}), ("1.19.0", {"old"})],
)
def test_an_upsert_over_an_indexed_point_merges_before_1_19(version, left):
    with FakeQdrant(version, optimizer_polls=0) as fake:
        named = {"old": {"size": 4, "distance": "Dot"}, "new": {"size": 2, "distance": "Dot"}}
        optimizers = {"indexing_threshold": 1}
        fake.call("PUT", "/collections/c", {"vectors": named, "optimizers_config": optimizers})
        rows = [
            {"id": one, "vector": {"old": [1, 0, 0, 0], "new": [1, 0]}, "payload": {"t": "was"}}
            for one in range(300)
        ]
        fake.call("PUT", "/collections/c/points", {"points": rows})
        edit = {"id": 5, "vector": {"old": [0, 1, 0, 0]}}
        for _ in range(2):
            fake.call("PUT", "/collections/c/points", {"points": [edit]})
            point = fake.state.collections["c"].points[5]
            # The first edit moved the point to a writable segment, where the second replaces it.
            assert set(point.vectors) == left
            left = {"old"}


def test_points_that_wait_for_optimization_are_hidden_from_reads(fake_qdrant, web):
    loaded_rows = [{"id": one, "vector": [1, 0, 0, 0]} for one in range(5)]
    web.put(WRITE, json={"points": loaded_rows})
    fake_qdrant.state.collections["c"].hidden = {1, 2}
    info = fake_qdrant.call("GET", "/collections/c")
    assert (info["points_count"], info["update_queue"]["deferred_points"]) == (5, 2)
    assert fake_qdrant.call("POST", "/collections/c/points/count", {})["count"] == 3
    page = fake_qdrant.call("POST", "/collections/c/points/scroll", {})["points"]
    assert [point["id"] for point in page] == [0, 3, 4]
    hits = fake_qdrant.call("POST", "/collections/c/points/query", {"query": [1, 0, 0, 0]})
    assert {hit["id"] for hit in hits["points"]} == {0, 3, 4}
    fake_qdrant.call("POST", "/collections/c/points/delete", {"points": [1]})
    assert fake_qdrant.call("POST", "/collections/c/points/count", {})["count"] == 3


def test_warnings_name_settings_that_do_nothing(fake_qdrant):
    fake_qdrant.call("PUT", "/collections/c", {**PLAIN, "hnsw_config": {"inline_storage": True}})
    (warning,) = fake_qdrant.call("GET", "/collections/c")["warnings"]
    assert "requires quantization to be enabled" in warning["message"]
    binary = {"quantization_config": {"binary": {}}}
    fake_qdrant.call("PATCH", "/collections/c", binary)
    assert "warnings" not in fake_qdrant.call("GET", "/collections/c")


# Quantization


def overlap(fake: FakeQdrant, queries: Any, **search: Any) -> float:
    """Share of the exact top 10 that a search finds."""
    shares = []
    for query in queries:
        exact = {"query": query, "limit": 10, "params": {"exact": True}}
        asked = {"query": query, "limit": 10, "params": search}
        path = "/collections/c/points/query"
        true = {hit["id"] for hit in fake.call("POST", path, exact)["points"]}
        shares.append(
            len(true & {hit["id"] for hit in fake.call("POST", path, asked)["points"]}) / 10
        )
    return float(np.mean(shares))


def test_coarser_quantization_loses_more_and_rescoring_wins_it_back(fake_qdrant):
    random = np.random.default_rng(3)
    body = {"vectors": {"size": 32, "distance": "Cosine"}}
    fake_qdrant.call("PUT", "/collections/c", body)
    rows = [
        {"id": one, "vector": row} for one, row in enumerate(random.normal(size=(500, 32)).tolist())
    ]
    fake_qdrant.call("PUT", "/collections/c/points", {"points": rows})
    queries = random.normal(size=(20, 32)).tolist()
    assert overlap(fake_qdrant, queries) == 1.0
    raw = {"quantization": {"rescore": False}}
    found = {}
    for kind in ({"scalar": {"type": "int8"}}, {"product": {"compression": "x16"}}, {"binary": {}}):
        fake_qdrant.call("PATCH", "/collections/c", {"quantization_config": kind})
        found[next(iter(kind))] = overlap(fake_qdrant, queries, **raw)
    assert found["scalar"] > 0.9 > found["product"] > found["binary"]
    some = {"quantization": {"rescore": True, "oversampling": 4.0}}
    most = {"quantization": {"rescore": True, "oversampling": 40.0}}
    assert found["binary"] < overlap(fake_qdrant, queries, **some)
    assert overlap(fake_qdrant, queries, **some) < overlap(fake_qdrant, queries, **most)
    assert overlap(fake_qdrant, queries, quantization={"ignore": True}) == 1.0


def test_a_vectors_own_quantization_goes_before_the_collections(fake_qdrant):
    body = {"vectors": {"size": 32, "distance": "Cosine", "quantization_config": {"binary": {}}}}
    fake_qdrant.call("PUT", "/collections/c", body)
    random = np.random.default_rng(3)
    rows = [
        {"id": one, "vector": row} for one, row in enumerate(random.normal(size=(300, 32)).tolist())
    ]
    fake_qdrant.call("PUT", "/collections/c/points", {"points": rows})
    queries = random.normal(size=(10, 32)).tolist()
    raw = {"quantization": {"rescore": False}}
    binary, memory = overlap(fake_qdrant, queries, **raw), "/collections/c/memory"
    taken = fake_qdrant.call("GET", memory)["total"]["ram_bytes"]
    scalar = {"scalar": {"type": "int8"}}
    fake_qdrant.call("PATCH", "/collections/c", {"quantization_config": scalar})
    assert overlap(fake_qdrant, queries, **raw) == binary
    assert fake_qdrant.call("GET", memory)["total"]["ram_bytes"] == taken
    diff = {"vectors": {"": {"quantization_config": "Disabled"}}}
    fake_qdrant.call("PATCH", "/collections/c", diff)
    assert overlap(fake_qdrant, queries, **raw) > binary
    assert fake_qdrant.call("GET", memory)["total"]["ram_bytes"] == 8 * taken


# Floats


def test_payload_floats_drift_once_where_asked():
    floats = np.random.default_rng(5).normal(size=900).tolist()
    row = {"id": 1, "vector": [1, 0, 0, 0], "payload": {"f": floats, "short": 0.1}}
    with FakeQdrant(drifting_floats=True) as fake:
        fake.call("PUT", "/collections/c", PLAIN)
        fake.call("PUT", "/collections/c/points", {"points": [row]})
        (once,) = fake.call("POST", "/collections/c/points", {"ids": [1]})
        again = {"id": 1, "vector": [1, 0, 0, 0], "payload": once["payload"]}
        fake.call("PUT", "/collections/c/points", {"points": [again]})
        (twice,) = fake.call("POST", "/collections/c/points", {"ids": [1]})
    moved = sum(left != right for left, right in zip(once["payload"]["f"], floats, strict=True))
    assert 0.05 < moved / len(floats) < 0.2
    assert once["payload"]["f"] == pytest.approx(floats, rel=1e-12)
    assert once["payload"]["short"] == 0.1
    assert twice == once


def test_vector_numbers_are_the_shortest_that_read_back_as_the_same_float32(fake_qdrant):
    vector = np.random.default_rng(7).normal(size=300).astype(np.float32)
    vector[:4] = [0.0, -1.5, 1e-30, 3e30]
    body = {"vectors": {"size": 300, "distance": "Dot"}}
    fake_qdrant.call("PUT", "/collections/c", body)
    row = {"id": 1, "vector": [float(value) for value in vector]}
    fake_qdrant.call("PUT", "/collections/c/points", {"points": [row]})
    asked = {"ids": [1], "with_vector": True}
    (told,) = fake_qdrant.call("POST", "/collections/c/points", asked)
    assert np.array_equal(np.float32(told["vector"]), vector)
    shortest = [float(str(value)) for value in vector]
    assert told["vector"] == pytest.approx(shortest, rel=1e-15, abs=0)


# Threads and speed


def test_many_threads_write_and_read_without_losing_anything(fake_qdrant, web):
    problems: list[object] = []

    def work(first: int) -> None:
        with httpx.Client(base_url=fake_qdrant.url) as mine:
            for one in range(first, first + 25):
                body = {"points": [{"id": one, "vector": [one, 0, 0, 0]}]}
                replies = [
                    mine.put(WRITE, json=body),
                    mine.post("/collections/c/points/scroll", json={"with_vector": True}),
                    mine.post("/collections/c/points/query", json={"query": [1, 0, 0, 0]}),
                ]
                problems.extend(reply.text for reply in replies if reply.status_code != 200)

    threads = [threading.Thread(target=work, args=(1000 * place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert count(fake_qdrant) == 100


def test_a_connection_is_kept_for_several_requests(fake_qdrant):
    with socket.create_connection(("127.0.0.1", fake_qdrant.port), timeout=5) as plain:
        for _ in range(3):
            plain.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            assert b"vector search engine" in plain.recv(4096)


def test_two_thousand_points_pass_through_in_well_under_two_seconds(fake_qdrant):
    body = {"vectors": {"size": 384, "distance": "Cosine"}}
    fake_qdrant.call("PUT", "/collections/c", body)
    rows = np.random.default_rng(9).normal(size=(2000, 384)).round(4).tolist()
    batches = [
        {"points": [{"id": one, "vector": rows[one], "payload": {"text": f"text {one}"}}
                    for one in range(start, start + 100)]}
        for start in range(0, 2000, 100)
    ]  # fmt: skip
    started = time.thread_time()
    for batch in batches:
        fake_qdrant.call("PUT", "/collections/c/points", batch)
    offset: Any = 0
    seen = 0
    while offset is not None:
        asked = {"offset": offset, "limit": 256}
        page = fake_qdrant.call("POST", "/collections/c/points/scroll", asked)
        seen, offset = seen + len(page["points"]), page["next_page_offset"]
    for row in rows[:50]:
        fake_qdrant.call("POST", "/collections/c/points/query", {"query": row, "limit": 10})
    assert seen == 2000
    # Processor time of this thread, the client's JSON included; other processes do not count.
    assert time.thread_time() - started < 2

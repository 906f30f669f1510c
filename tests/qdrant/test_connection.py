from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.qdrant import Address, Point, Qdrant, errors, open_qdrant
from support.fake_qdrant import FakeQdrant

INFO: dict[str, Any] = {
    "status": "yellow",
    "optimizer_status": {"error": "no space"},
    "points_count": 12,
    "indexed_vectors_count": 8,
    "update_queue": {"length": 3, "deferred_points": 2},
    "warnings": [{"message": "inline_storage is ignored"}],
    "config": {"params": {"vectors": {"size": 3, "distance": "Dot"}}, "from_the_future": 1},
    "payload_schema": {"color": {"data_type": "keyword", "points": 12}},
}


# --- A server ---------------------------------------------------------------------------------


def test_settings_come_raw_with_what_no_typed_model_knows(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("GET", "/collections/docs", reply(200, INFO))
    config = remote.config("docs")
    assert config.raw == INFO["config"]
    assert config.payload_schema == INFO["payload_schema"]
    assert config.warnings == ("inline_storage is ignored",)


def test_the_state_counts_what_runs_and_waits(remote: Qdrant, server: Any, reply: Any) -> None:
    server.on("GET", "/collections/docs", reply(200, INFO))
    told = {"summary": {"queued_optimizations": 4}, "running": [{}, {}]}
    server.on("GET", "/collections/docs/optimizations", reply(200, told))
    state = remote.state("docs")
    assert state._asdict() == {
        "status": "yellow",
        "error": "no space",
        "points": 12,
        "indexed_vectors": 8,
        "queue_length": 3,
        "deferred": 2,
        "running": 2,
        "queued": 4,
    }


def test_what_an_old_server_does_not_tell_is_unknown_not_zero(scripted: Any, reply: Any) -> None:
    server = scripted("1.16.0")
    info = {**INFO, "optimizer_status": "ok"}
    info.pop("update_queue")
    server.on("GET", "/collections/docs", reply(200, info))
    with open_qdrant(Address(url=server.url)) as qdrant:
        state = qdrant.state("docs")
    assert (state.error, state.queue_length, state.deferred) == (None, None, None)
    assert (state.running, state.queued) == (None, None)
    assert server.sent("GET", ".*/optimizations") == []


def test_an_alias_is_switched_by_exactly_one_action(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("POST", "/collections/aliases", reply(200, True))
    remote.switch_alias("docs", "docs_v2")
    (sent,) = server.sent("POST", "/collections/aliases")
    assert sent.body == {
        "actions": [{"create_alias": {"alias_name": "docs", "collection_name": "docs_v2"}}]
    }


def test_bodies_go_out_as_they_are(remote: Qdrant, server: Any, reply: Any) -> None:
    for method in ("PUT", "PATCH"):
        server.on(method, "/collections/a%2Fb", reply(200, True))
    server.on("PUT", "/collections/docs/index", reply(200, {"status": "completed"}))
    remote.create_collection("a/b", {"vectors": {}, "new_field": {"memory": "cold"}})
    remote.patch("a/b", {"metadata": {"x": None}})
    remote.create_payload_index("docs", "a.b", {"type": "keyword", "prefix": {}})
    remote.create_payload_index("docs", "x[].y", "integer")
    assert [r.body for r in server.requests[-4:]] == [
        {"vectors": {}, "new_field": {"memory": "cold"}},
        {"metadata": {"x": None}},
        {"field_name": "a.b", "field_schema": {"type": "keyword", "prefix": {}}},
        {"field_name": "x[].y", "field_schema": "integer"},
    ]


def test_a_search_says_which_vector_whether_exact_and_whether_compressed(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    hit = {"id": 1, "version": 3, "score": 0.5}
    server.on("POST", "/collections/docs/points/query", reply(200, {"points": [hit]}))
    (found,) = remote.search(
        "docs",
        [0.5],
        using="new",
        limit=3,
        exact=True,
        quantization={"ignore": True},
        payload=["text"],
    )
    assert (found.id, found.score, found.payload) == (1, 0.5, {})
    remote.search("docs", [0.5])
    asked, plain = (r.body for r in server.sent("POST", ".*/query"))
    assert asked == {
        "query": [0.5],
        "using": "new",
        "limit": 3,
        "with_payload": ["text"],
        "params": {"exact": True, "quantization": {"ignore": True}},
    }
    assert plain == {"query": [0.5], "limit": 10, "with_payload": True}


def test_counts_are_exact_and_may_ask_for_what_lacks_a_vector(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("POST", "/collections/docs/points/count", reply(200, {"count": 3}))
    assert remote.count("docs") == remote.count("docs", without_vector="") == 3
    assert [r.body for r in server.sent("POST", ".*/count")] == [
        {"exact": True},
        {"exact": True, "filter": {"must_not": [{"has_vector": ""}]}},
    ]


def test_only_a_collection_is_deleted_and_the_answer_is_checked(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    aliases = [{"alias_name": "docs", "collection_name": "docs_v1"}]
    server.on("GET", "/aliases", reply(200, {"aliases": aliases}))
    server.on("GET", "/collections/docs_v1/exists", reply(200, {"exists": True}))
    server.on("DELETE", "/collections/docs_v1", reply(200, False), reply(200, True))
    with pytest.raises(errors.IsAlias, match="It stands for docs_v1"):
        remote.delete_collection("docs")
    assert server.sent("DELETE", ".*") == []
    with pytest.raises(errors.NotDeleted):
        remote.delete_collection("docs_v1")
    remote.delete_collection("docs_v1")


def test_a_deletion_whose_answer_was_lost_is_done_when_the_collection_is_gone(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("GET", "/aliases", reply(200, {"aliases": []}))
    server.on(
        "GET",
        "/collections/docs/exists",
        reply(200, {"exists": True}),
        reply(200, {"exists": False}),
    )
    lost = reply.refusal(408, "Timeout error")
    server.on("DELETE", "/collections/docs", lost, reply(200, False))
    remote.delete_collection("docs")


@pytest.mark.parametrize(
    ("status", "text", "may"),
    [
        (404, "Not found: Collection `{name}` doesn't exist!", True),
        (403, "Forbidden: Global manage access is required", False),
        (500, "Service internal error: No space left on device", None),
    ],
)
def test_the_right_to_manage_is_probed_without_changing_anything(
    remote: Qdrant, server: Any, reply: Any, status: int, text: str, may: bool | None
) -> None:
    server.on(
        "PATCH",
        "/collections/.*",
        lambda r: reply.refusal(status, text.format(name=r.path.split("/")[-1])),
    )
    assert remote.may_manage() is may
    (probe,) = server.sent("PATCH", ".*")
    assert probe.body == {}
    assert probe.path.startswith("/collections/qmm-right-")


def test_a_proxys_prefix_stays_in_the_address(server: Any, reply: Any) -> None:
    root = b'{"title": "qdrant", "version": "1.18.3"}'
    server.on("GET", "/behind/proxy/", reply(200, root))
    server.on("GET", "/behind/proxy/collections", reply(200, {"collections": [{"name": "a"}]}))
    with open_qdrant(Address(url=server.url + "/behind/proxy")) as qdrant:
        assert qdrant.collections() == ("a",)


# --- A folder ---------------------------------------------------------------------------------


def test_a_folder_keeps_points_and_aliases_when_it_is_closed(tmp_path: Path) -> None:
    address = Address(folder=str(tmp_path / "practice"))
    with open_qdrant(address) as qdrant:
        qdrant.create_collection("docs_v1", {"vectors": {"size": 2, "distance": "Dot"}})
        qdrant.create_collection("docs_v2", {"vectors": {"size": 2, "distance": "Dot"}})
        qdrant.insert("docs_v2", [Point(1, {"text": "a"}, {"": [1.0, 0.0]})])
        qdrant.switch_alias("docs", "docs_v1")
        qdrant.switch_alias("docs", "docs_v2")
    with open_qdrant(address) as qdrant:
        assert qdrant.aliases() == {"docs": "docs_v2"}
        assert qdrant.resolve("docs") == qdrant.resolve("docs_v2") == "docs_v2"
        assert qdrant.exists("docs")
        assert not qdrant.exists("doc")
        assert [hit.id for hit in qdrant.search("docs", [1.0, 0.0])] == [1]
        assert qdrant.state("docs").points == 1
        assert qdrant.may_manage() is True


def test_a_folder_is_owned_by_one_connection_at_a_time(tmp_path: Path) -> None:
    address = Address(folder=str(tmp_path / "practice"))
    with open_qdrant(address), pytest.raises(errors.FolderInUse, match="already in use"):
        open_qdrant(address)
    open_qdrant(address).close()


def test_closing_twice_is_allowed(tmp_path: Path) -> None:
    qdrant = open_qdrant(Address(folder=str(tmp_path / "practice")))
    qdrant.close()
    qdrant.close()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"notes.txt": "mine"}, "not those of a Qdrant"),
        ({"raft_state.json": "{}"}, "storage of a Qdrant server"),
        ({"meta.json": "not json"}, "damaged"),
    ],
)
def test_a_folder_of_something_else_is_refused_and_left_alone(
    tmp_path: Path, files: dict[str, str], says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(errors.FolderUnusable, match=says):
        open_qdrant(Address(folder=str(tmp_path)))
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == files


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.FolderUnusable, match="It is a file"):
        open_qdrant(Address(folder=str(tmp_path / "file")))


def test_several_threads_may_write_to_one_folder(folder: Qdrant) -> None:
    folder.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
    faults: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for start in range(first, first + 60, 20):
                folder.insert(
                    "docs", [Point(n, {"n": n}, {"": [1.0, n]}) for n in range(start, start + 20)]
                )
                folder.scroll("docs", limit=5)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(n * 60,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert folder.count("docs") == 240
    assert [p.vectors[""] for p in folder.retrieve("docs", [0, 239], vectors=True)] == [
        [1.0, 0.0],
        [1.0, 239.0],
    ]


def test_the_practice_qdrant_takes_metadata_and_ignores_the_rest_of_a_patch(
    folder: Qdrant,
) -> None:
    folder.create_collection("docs", {"vectors": {}, "metadata": {"a": 1}})
    folder.patch("docs", {"optimizers_config": {"indexing_threshold": 0}, "metadata": {"b": 2}})
    folder.create_payload_index("docs", "color", "keyword")
    assert folder.config("docs").metadata == {"a": 1, "b": 2}
    assert folder.config("docs").payload_schema == {}


def test_answers_are_asked_for_uncompressed(server: Any) -> None:
    """A compressed one waits for an acknowledgement of each of its pieces."""
    with open_qdrant(Address(url=server.url)):
        assert {sent.headers["accept-encoding"] for sent in server.requests} == {"identity"}


def test_the_trusted_certificates_are_read_once(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_qdrant(Address(url=server.url)):
        pass
    read: list[object] = []
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda *given, **_: read.append(given)
    )
    with open_qdrant(Address(url=server.url)):
        pass
    assert read == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_server_on_this_computer_is_asked_without_a_proxy(
    fake_qdrant: FakeQdrant, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """It would look on its own computer, and see the key."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with open_qdrant(Address(url=fake_qdrant.url)) as qdrant:
        assert qdrant.collections() == ()

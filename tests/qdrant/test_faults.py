from __future__ import annotations

import errno
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.errors import DiskFull, QmmError
from qdrant_model_migration.qdrant import Address, Patience, Point, Qdrant, errors, open_qdrant
from support.certificate import made_certificate, serving

ONCE = Patience(total_s=0.0)


# --- Connecting -------------------------------------------------------------------------------


def _refused(url: str, key: str | None = None, timeout: float = 5.0) -> QmmError:
    with pytest.raises(QmmError) as refusal:
        open_qdrant(Address(url=url), key, timeout=timeout)
    assert refusal.value.what
    assert refusal.value.why
    assert refusal.value.todo
    return refusal.value


def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = _refused(f"http://127.0.0.1:{port}")
    assert isinstance(error, errors.NothingListens)
    assert error.what == f"Nothing answers at http://127.0.0.1:{port}."
    assert f"no program listens on port {port}" in error.why


def test_a_name_that_is_not_known() -> None:
    error = _refused("http://no-such-name.invalid:6333")
    assert isinstance(error, errors.NameUnknown)
    assert error.what == "The name no-such-name.invalid is not known."


def test_a_server_that_never_answers(line: Callable[..., int]) -> None:
    port = line(None)
    error = _refused(f"http://127.0.0.1:{port}", timeout=0.2)
    assert isinstance(error, errors.TooSlow)
    assert error.what == "No answer within 0.2 s."


def test_the_grpc_port_of_a_server_behind_another_number(line: Callable[..., int]) -> None:
    port = line(b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x00\x40\x00")  # HTTP/2
    assert isinstance(_refused(f"http://127.0.0.1:{port}"), errors.NotQdrant)


def test_https_to_a_server_that_speaks_http(server: Any) -> None:
    error = _refused(server.url.replace("http:", "https:"))
    assert isinstance(error, errors.WrongScheme)
    assert error.what == "The server answers, but not with https."
    assert "http://" in error.todo


def test_http_to_a_server_that_speaks_https(tls_port: int) -> None:
    error = _refused(f"http://127.0.0.1:{tls_port}")
    assert isinstance(error, errors.WrongScheme)
    assert error.what == "The server answers, but not with http."


def test_a_proxy_that_sends_http_to_https(server: Any, reply: Any) -> None:
    server.on("GET", "/", reply(301, b"", {"Location": "https://search.example.com/"}))
    assert isinstance(_refused(server.url), errors.WrongScheme)


def test_a_certificate_that_is_not_trusted(tls_port: int) -> None:
    error = _refused(f"https://127.0.0.1:{tls_port}")
    assert isinstance(error, errors.CertificateNotTrusted)


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (b"Must provide an API key", errors.KeyMissing, "The server asks for a key."),
        (b"Invalid API key or JWT", errors.KeyRefused, "The server refused the key."),
    ],
)
def test_a_key_that_is_missing_or_refused(
    server: Any, reply: Any, text: bytes, kind: type, says: str
) -> None:
    server.on("GET", "/collections", reply(401, text))
    error = _refused(server.url, "a-key")
    assert type(error) is kind
    assert error.what == says


@pytest.mark.parametrize("text", [b"ExpiredSignature", b"InvalidSignature"])
def test_a_token_that_is_over_or_false(server: Any, reply: Any, text: bytes) -> None:
    server.on("GET", "/collections", reply(403, text))
    assert isinstance(_refused(server.url, "a-key"), errors.KeyRefused)


def test_a_token_for_one_collection_may_connect(server: Any, reply: Any) -> None:
    forbidden = reply.refusal(403, "Forbidden: Global access is required")
    server.on("GET", "/collections", forbidden)
    open_qdrant(Address(url=server.url), "a-key").close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>It works</html>"),
        (200, b'{"title": "elasticsearch", "version": "8.1.0"}'),
        (200, b'{"name": "x"}'),
        (200, b'{"title": "qdrant", "version": "latest"}'),
        (200, b"[]"),
        (302, b""),
        (405, b"<html>no</html>"),
    ],
)
def test_something_else_than_qdrant(server: Any, reply: Any, status: int, body: bytes) -> None:
    server.on("GET", "/", reply(status, body))
    assert isinstance(_refused(server.url), errors.NotQdrant)


def test_a_server_that_is_too_old(scripted: Any) -> None:
    error = _refused(scripted("1.15.5").url)
    assert isinstance(error, errors.ServerTooOld)
    assert "Qdrant 1.15.5" in error.what
    assert "1.16" in error.why


# --- Answers in the middle of the work --------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "text", "kind", "says"),
    [
        (404, "Not found: Collection `docs` doesn't exist!", errors.CollectionMissing, "docs"),
        (404, "Not found: No point with id 7 found", errors.PointMissing, "7"),
        (
            400,
            "Wrong input: Vector dimension error: expected dim: 8, got 16",
            errors.WrongDimensions,
            "It has 16 dimensions, and 8 are expected.",
        ),
        (
            400,
            "Wrong input: Conversion between sparse and regular vectors failed",
            errors.WrongDimensions,
            "sparse",
        ),
        (
            400,
            "Wrong input: Not existing vector name error: minilm",
            errors.VectorNameUnknown,
            "minilm",
        ),
        (
            400,
            "Wrong input: Not existing vector name error: ",
            errors.VectorNameUnknown,
            "none was given",
        ),
        (
            400,
            'Bad request: Index required but not found for "color"',
            errors.LimitReached,
            "color",
        ),
        (400, "Bad request: Max points count limit of 5 reached!", errors.LimitReached, "of 5"),
        (400, "Bad request: Disk usage is at 99 %", errors.ServerFull, "disk"),
        (400, "Bad request: Resident memory usage is at 95 %", errors.ServerFull, "memory"),
        (507, "Insufficient storage", errors.ServerFull, "Insufficient"),
        (
            500,
            "Service internal error: No space left on device: WAL buffer size exceeds",
            errors.ServerFull,
            "disk",
        ),
        (
            500,
            "Service internal error: InferenceService URL not configured",
            errors.InferenceMissing,
            "makes no vectors itself",
        ),
        (400, "Wrong input: Shard key not specified", errors.ShardKeyNeeded, "docs"),
        (400, 'Wrong input: Shard key "zz" not found', errors.ShardKeyUnknown, "shard key zz"),
        (400, "Wrong input: Shard key 7 not found", errors.ShardKeyUnknown, "shard key 7"),
        (
            400,
            'Bad request: Sharding key "a" already exists for collection docs',
            errors.ShardKeyThere,
            "docs",
        ),
        (422, "Validation error in JSON body: [limit: 0]", errors.SettingRefused, "limit: 0"),
        (400, "Format error in JSON body: unknown variant", errors.SettingRefused, "variant"),
        (403, "Forbidden: Global manage access is required", errors.ReadOnlyKey, "Global manage"),
        (
            403,
            "Forbidden: Write access to collection docs is required",
            errors.ReadOnlyKey,
            "This key may only read",
        ),
        (
            403,
            "Forbidden: Access to collection docs is required",
            errors.RightMissing,
            "Access to collection docs",
        ),
        (401, "Invalid API key or JWT", errors.KeyRefused, "refused the key"),
        (418, "I am a teapot", errors.ServerRefused, "teapot"),
    ],
)
def test_each_refusal_of_the_server_has_its_own_words(
    remote: Qdrant, server: Any, reply: Any, status: int, text: str, kind: type, says: str
) -> None:
    server.on("POST", "/collections/docs/points/count", reply.refusal(status, text))
    with pytest.raises(QmmError) as refusal:
        remote.count("docs")
    assert type(refusal.value) is kind
    assert says in str(refusal.value)
    assert len(server.sent("POST", ".*/count")) == 1, "it is not tried again"


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (409, "Wrong input: Collection `new` already exists!", "A collection"),
        (
            400,
            "Wrong input: Can't create collection with name new. "
            "Alias with the same name already exists",
            "An alias",
        ),
    ],
)
def test_a_name_that_is_taken(
    remote: Qdrant, server: Any, reply: Any, status: int, text: str, kind: str
) -> None:
    server.on("PUT", "/collections/new", reply.refusal(status, text))
    with pytest.raises(errors.NameTaken, match=f"The name new is taken. {kind}"):
        remote.create_collection("new", {"vectors": {}})


def test_an_alias_cannot_take_the_name_of_a_collection(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    text = "Wrong input: Collection `docs` already exists!"
    server.on("POST", "/collections/aliases", reply.refusal(409, text))
    with pytest.raises(errors.NameTaken, match="The name docs is taken"):
        remote.switch_alias("docs", "docs_v2")


def test_an_unknown_route_is_not_a_missing_collection(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("GET", "/collections/docs", reply(404, b""))
    with pytest.raises(errors.RouteUnknown):
        remote.config("docs")


def test_a_server_that_is_killed_is_said_to_be_gone(server: Any, reply: Any, quick: Any) -> None:
    impatient = quick._replace(total_s=0.05)
    with open_qdrant(Address(url=server.url), patience=impatient) as qdrant:
        server.close()
        with pytest.raises(errors.ServerGone) as gone:
            qdrant.collections()
    assert "the server cannot be reached" in gone.value.why
    assert "Everything confirmed before is kept" in gone.value.todo


def test_a_long_page_of_a_proxy_is_not_repeated_to_the_person(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("GET", "/collections", reply.refusal(418, "x" * 5000))
    with pytest.raises(errors.ServerRefused) as refusal:
        remote.collections()
    assert len(str(refusal.value)) < 500


def test_a_fault_of_this_program_is_not_disguised_as_one_of_the_server(
    folder: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Qdrant, doing: str, request: object) -> None:
        raise AttributeError("a mistake in the program")

    monkeypatch.setattr(Qdrant, "_send", broken)
    with pytest.raises(AttributeError, match="a mistake"):
        folder.collections()


# --- The practice Qdrant ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
        (sqlite3.OperationalError("database or disk is full"), DiskFull),
        (sqlite3.OperationalError("attempt to write a readonly database"), errors.FolderUnusable),
        (PermissionError(errno.EACCES, "Permission denied"), errors.FolderUnusable),
        (sqlite3.DatabaseError("file is not a database"), errors.FolderUnusable),
    ],
)
def test_a_disk_that_fails_under_the_practice_qdrant(
    folder: Qdrant, monkeypatch: pytest.MonkeyPatch, fault: Exception, kind: type
) -> None:
    folder.create_collection("docs", {"vectors": {}})

    def failing(self: Qdrant, doing: str, request: object) -> None:
        raise fault

    monkeypatch.setattr(Qdrant, "_send", failing)
    with pytest.raises(kind):
        folder.insert("docs", [Point(1, {}, {})])


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda q: q.count("nope"), errors.CollectionMissing),
        (lambda q: q.resolve("nope"), errors.CollectionMissing),
        (lambda q: q.patch("nope", {}), errors.CollectionMissing),
        (lambda q: q.delete_collection("nope"), errors.CollectionMissing),
        (lambda q: q.switch_alias("a", "nope"), errors.CollectionMissing),
        (lambda q: q.create_payload_index("nope", "x", "keyword"), errors.CollectionMissing),
        (lambda q: q.create_collection("docs", {"vectors": {}}), errors.NameTaken),
        (lambda q: q.create_collection("alias", {"vectors": {}}), errors.NameTaken),
        (lambda q: q.switch_alias("docs", "docs"), errors.NameTaken),
        (lambda q: q.delete_collection("alias"), errors.IsAlias),
        (lambda q: q.insert("docs", [Point(1, {}, {"": [1.0]})]), errors.WrongDimensions),
        (lambda q: q.insert("docs", [Point(1, {}, {"x": [1.0]})]), errors.VectorNameUnknown),
        (lambda q: q.search("docs", [1.0, 0.0], using="x"), errors.VectorNameUnknown),
    ],
)
def test_the_practice_qdrant_fails_with_the_same_errors(
    folder: Qdrant, call: Callable[[Qdrant], object], kind: type
) -> None:
    folder.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
    folder.switch_alias("alias", "docs")
    with pytest.raises(kind):
        call(folder)
    assert folder.collections() == ("docs",)


# --- Servers of the lowest kind ---------------------------------------------------------------


@pytest.fixture
def line() -> Iterator[Callable[[bytes | None], int]]:
    """A port that takes connections and says these bytes (None: nothing, ever)."""
    listeners: list[socket.socket] = []
    taken: list[socket.socket] = []

    def listen(says: bytes | None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            with suppress(OSError):  # the listener is closed when the test is over
                while True:
                    connection, _ = listener.accept()
                    taken.append(connection)
                    connection.recv(1000)
                    if says is not None:
                        connection.sendall(says)
                        connection.close()

        threading.Thread(target=serve, daemon=True).start()
        return int(listener.getsockname()[1])

    yield listen
    for one in listeners + taken:
        one.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[int]:
    context = serving(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # the test is over
            with connection, suppress(OSError):
                context.wrap_socket(connection, server_side=True).close()

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.close()


def test_a_limit_of_the_whole_server_names_no_collection() -> None:
    assert errors.LimitReached("", "slow down").what.startswith("The server has a limit")

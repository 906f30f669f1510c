"""What stands between this computer and the server: other ports, certificates, headers, a gateway
that lets only some requests through."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import (
    Address,
    Qdrant,
    errors,
    first_that_answers,
    headers_for_engine,
    headers_named,
    open_qdrant,
)
from qdrant_model_migration.redaction import redacted
from support.certificate import made_certificate, serving
from support.fake_qdrant import FakeQdrant, Front

SECRET = "shown-to-the-gateway-alone"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def nothing_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QMM_CA", "QMM_HEADERS", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield int(free.getsockname()[1])


def opened(fake: FakeQdrant) -> Qdrant:
    return open_qdrant(Address(url=fake.url))


# --- Where an address may lead ----------------------------------------------------------------


def test_the_first_that_answers_is_taken(fake_qdrant: FakeQdrant, nobody: int) -> None:
    there = Address(url=fake_qdrant.url)
    ways = (Address(url=f"http://127.0.0.1:{nobody}"), there)
    with first_that_answers(ways, open_qdrant) as qdrant:
        assert qdrant.address == there


def test_where_none_answers_all_are_named(nobody: int) -> None:
    ways = tuple(Address(url=f"http://{host}:{nobody}") for host in ("127.0.0.1", "localhost"))
    with pytest.raises(errors.NothingListens) as none:
        first_that_answers(ways, open_qdrant)
    assert none.value.what == f"Nothing answers at {ways[0]}."
    assert f"Tried as well: {ways[1]}." in none.value.why


def test_https_gives_way_to_http_only_where_the_port_speaks_no_tls(
    fake_qdrant: FakeQdrant, nobody: int
) -> None:
    plain = Address(url=fake_qdrant.url)
    tls = Address(url=fake_qdrant.url.replace("http:", "https:"))
    first_that_answers((tls, plain), open_qdrant).close()
    closed = Address(url=f"https://127.0.0.1:{nobody}")
    with pytest.raises(errors.NothingListens) as none:
        first_that_answers((closed, plain), open_qdrant)
    assert "Tried" not in none.value.why
    assert len(fake_qdrant.requests) == 2, "the key is not sent unencrypted on a mere silence"


def test_a_refused_key_ends_the_search(nobody: int) -> None:
    with FakeQdrant(api_key="right") as one, FakeQdrant() as other:
        with pytest.raises(errors.KeyMissing):
            first_that_answers((Address(url=one.url), Address(url=other.url)), open_qdrant)
        assert not other.requests


def test_a_path_of_the_proxy_stands_before_every_request() -> None:
    with FakeQdrant(front=Front(prefix="/a/qdrant")) as fake, opened(fake) as qdrant:
        assert fake.url.endswith("/a/qdrant")
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        assert qdrant.count("docs") == 0
        assert {request.path.split("?")[0] for request in fake.requests} >= {"/", "/collections"}


# --- Certificates -----------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["QMM_CA", "SSL_CERT_FILE"])
def test_a_certificate_of_ones_own(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with FakeQdrant(front=Front(tls=serving(certificate))) as fake:
        with pytest.raises(errors.CertificateNotTrusted) as refusal:
            opened(fake)
        assert "self-signed" in refusal.value.why
        assert "--ca FILE" in refusal.value.todo
        assert "SSL_CERT_FILE" in refusal.value.todo
        monkeypatch.setenv(variable, f"{certificate}.crt")
        opened(fake).close()


def test_what_is_trusted_in_vain_is_named(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = made_certificate(tmp_path)
    monkeypatch.setenv("QMM_CA", f"{other}.crt")
    with (
        FakeQdrant(front=Front(tls=serving(certificate))) as fake,
        pytest.raises(errors.CertificateNotTrusted) as refusal,
    ):
        opened(fake)
    assert f"{other}.crt (--ca)" in refusal.value.why


@pytest.mark.parametrize("variable", ["QMM_CA", "SSL_CERT_FILE"])
@pytest.mark.parametrize(
    ("held", "says"), [(None, "no such file"), ("not a certificate", "PEM form")]
)
def test_a_file_without_certificates_is_said(
    fake_qdrant: FakeQdrant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    held: str | None,
    says: str,
) -> None:
    file = tmp_path / "ca.pem"
    if held is not None:
        file.write_text(held)
    monkeypatch.setenv(variable, str(file))
    with pytest.raises(errors.CertificatesUnusable) as refusal:
        opened(fake_qdrant)
    assert says in refusal.value.why
    assert str(file) in refusal.value.what


# --- Headers ----------------------------------------------------------------------------------


def test_a_gateway_that_wants_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeQdrant(front=Front(wants=("x-front", SECRET))) as fake:
        with pytest.raises(errors.FrontRefuses) as refusal:
            opened(fake)
        assert "401" in refusal.value.why
        assert "--header NAME=VARIABLE" in refusal.value.todo
        monkeypatch.setenv("FRONT", SECRET)
        monkeypatch.setenv("QMM_HEADERS", headers_named(["X-Front=FRONT"]))
        assert headers_for_engine() == {"QMM_HEADERS": "X-Front=FRONT", "FRONT": SECRET}
        opened(fake).close()
        assert fake.requests[0].headers["x-front"] == SECRET
        assert SECRET not in redacted(f"it said {SECRET}")
        with pytest.raises(errors.FrontRefuses):
            open_qdrant(Address(url=fake.url), may_have_keys=False)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("X-Front", "name of a variable"),
        (f"X-Front={SECRET}", "name of a variable"),
        ("X Front=FRONT", "No header has such a name"),
        (f"X-Front: Bearer {SECRET}", "name of a variable"),
        ("api-key=FRONT", "QDRANT_API_KEY"),
        ("Content-Type=FRONT", "qmm says this one itself"),
    ],
)
def test_what_is_no_header_is_refused_without_repeating_a_value(given: str, says: str) -> None:
    with pytest.raises(errors.HeaderUnusable) as refusal:
        headers_named([given])
    assert says in refusal.value.why
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("value", [None, "", "größe"])
def test_a_header_without_a_value_is_said_before_anything_is_sent(
    fake_qdrant: FakeQdrant, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.setenv("QMM_HEADERS", "X-Front=FRONT")
    monkeypatch.delenv("FRONT", raising=False)
    if value is not None:
        monkeypatch.setenv("FRONT", value)
    with pytest.raises(errors.HeaderMissing, match="X-Front"):
        opened(fake_qdrant)
    assert not fake_qdrant.requests


# --- What a key or a gateway lets through -----------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 405])
def test_what_can_be_read_is_read(status: int) -> None:
    front = Front(forbids="GET /(aliases|collections|collections/.*/exists)$", status=status)
    with FakeQdrant(front=front) as fake, opened(fake) as qdrant:
        fake.call("PUT", "/collections/docs", {"vectors": {"size": 1, "distance": "Dot"}})
        assert qdrant.resolve("docs") == "docs"
        assert qdrant.exists("docs")
        assert not qdrant.exists("others")
        with pytest.raises(errors.CollectionMissing):
            qdrant.resolve("others")
        assert qdrant.known_aliases() is None
        assert qdrant.lacking_rights("docs") == ("list aliases",)


@pytest.mark.parametrize(
    ("key", "lacking"),
    [
        ("all", ()),
        (
            "reading",
            ("create collections and change settings", "change aliases", "write points of docs"),
        ),
        (
            "of-docs",
            ("create collections and change settings", "change aliases", "list aliases"),
        ),
    ],
)
def test_what_a_key_lacks_is_found_without_leaving_a_trace(
    key: str, lacking: tuple[str, ...]
) -> None:
    of_one = {"of-docs": {"docs": "rw"}}
    with FakeQdrant("1.18.3", "all", "reading", collection_keys=of_one) as fake:
        fake.call("PUT", "/collections/docs", {"vectors": {"size": 1, "distance": "Dot"}})
        before = fake.dump("docs")
        with open_qdrant(Address(url=fake.url), key) as qdrant:
            assert qdrant.lacking_rights("docs") == lacking
            assert qdrant.known_aliases() == (None if "list aliases" in lacking else {})
        assert fake.dump("docs") == before
        assert list(fake.state.collections) == ["docs"]


def test_a_token_that_the_server_refuses_is_not_taken_for_a_gateway(
    fake_qdrant: FakeQdrant,
) -> None:
    fake_qdrant.fail(
        path="/collections", status=401, body="Invalid JWT, stateful validation failed"
    )
    with pytest.raises(QmmError) as refusal:
        opened(fake_qdrant)
    assert type(refusal.value) is errors.KeyRefused

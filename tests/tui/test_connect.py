"""Connecting: what is checked, what is said when it fails, and that the key is nowhere."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pages.beginning import begin
from qdrant_model_migration.pages.session import Connected, Session
from qdrant_model_migration.pages.work.of_run import environment
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.survey import Listed
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.field import Field
from support.fake_qdrant import FakeQdrant
from support.fake_qdrant.front import Front
from support.fake_run import make_run
from support.screens import press, text_of, until

Make = Callable[..., WizardApp]
SECRET = "sesame-open-4711"


async def connected_to(pilot: Any, url: str) -> str:
    await until(pilot, "Where is your Qdrant server?")
    pilot.app.screen.query_one("#field-address", Field).input.value = url
    await press(pilot, "enter", "enter")
    return await until(pilot, "▸[ See collections ]")


async def test_enter_leads_through_the_fields_to_the_collections(
    wizard: Make, fake_qdrant: FakeQdrant
) -> None:
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await connected_to(pilot, fake_qdrant.url)
        assert "✓ The server answers" in shown
        assert "1.18.3" in shown
        await press(pilot, "enter")
        await until(pilot, "This server has no collections yet")


async def test_where_collections_are_not_listed_the_name_is_typed(wizard: Make) -> None:
    with FakeQdrant(front=Front(forbids="GET /collections$")) as fake:
        fake.call("PUT", "/collections/docs", {"vectors": {"size": 4, "distance": "Cosine"}})
        body = {"points": [{"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "some words"}}]}
        fake.call("PUT", "/collections/docs/points", body)
        app = wizard("connect")
        async with app.run_test(size=(80, 24)) as pilot:
            shown = await connected_to(pilot, fake.url)
            assert "not listed for this key; type yours" in shown
            await press(pilot, "enter")
            await until(pilot, "does not list its collections")
            await press(pilot, "enter")
            await until(pilot, "No collection was named.")
            await press(pilot, *"docs", "enter")
            await until(pilot, "Survey of docs · complete")
            assert app.session.collection == "docs"


async def test_without_any_alias_the_first_collection_that_has_points_is_suggested(
    wizard: Make,
) -> None:
    listed = (Listed("a_empty", points=0), Listed("b_full", points=7), Listed("c_full", points=9))
    app = wizard(
        "collections", session=Session(connected=Connected("1.18.3", False, 0.1, listed, True))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸ b_full")


async def test_the_names_can_be_used_before_any_collection_is_looked_at(
    wizard: Make, fake_qdrant: FakeQdrant
) -> None:
    """With 500 collections behind a VPN the list was there after minutes."""
    for name in ("archive", "docs_v1", "zebra"):
        body = {"vectors": {"size": 4, "distance": "Cosine"}}
        fake_qdrant.call("PUT", f"/collections/{name}", body)
        points = [{"id": 1, "vector": [1, 0, 0, 0], "payload": {}}]
        fake_qdrant.call("PUT", f"/collections/{name}/points", {"points": points})
    alias = {"create_alias": {"collection_name": "docs_v1", "alias_name": "docs"}}
    fake_qdrant.call("POST", "/collections/aliases", {"actions": [alias]})
    answers = threading.Event()
    fake_qdrant.before("/collections/[a-z0-9_]+$", lambda request: answers.wait(30), method="GET")
    app = wizard("connect", session=Session(address=Address(url=fake_qdrant.url)))
    try:
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, "Where is your Qdrant server?")
            await press(pilot, "enter", "enter")
            await until(pilot, "▸[ See collections ]")
            await press(pilot, "enter")
            await until(pilot, "▸ docs_v1")
            shown = await until(pilot, "it can be surveyed already")
            assert "Which collection? · 3, looked at 0" in shown
            assert "zebra" in shown
            assert "[ Survey this one ] (" not in shown
            await press(pilot, "down")
            await until(pilot, "▸ zebra")
            answers.set()
            await until(pilot, "Which collection? · 3 ─")
            shown = await until(pilot, "everything indexed")
            assert "▸ zebra" in shown, "the focus stays where it was moved to"
    finally:
        answers.set()


async def test_nothing_that_listens_is_said_with_what_to_do_and_the_focus_is_on_the_address(
    wizard: Make,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        app.screen.query_one("#field-address", Field).input.value = f"http://127.0.0.1:{port}"
        await press(pilot, "enter", "enter")
        await until(pilot, "Nothing answers at")
        await until(pilot, lambda: "Check the port" in text_of(app).replace("\n", " "))
        assert app.focused is app.screen.query_one("#field-address", Field).input


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("localhost:6334", "Change 6334 to 6333"),
        ("ftp://host", "http or https"),
        ("", "No address was given"),
    ],
)
async def test_an_address_that_cannot_be_is_refused_before_anything_is_asked(
    wizard: Make, typed: str, said: str
) -> None:
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        app.screen.query_one("#field-address", Field).input.value = typed
        await press(pilot, "enter", "enter")
        await until(pilot, said)
        assert app.focused is app.screen.query_one("#field-address", Field).input


async def test_a_refused_key_brings_the_focus_to_the_key(wizard: Make) -> None:
    with FakeQdrant(api_key=SECRET) as fake:
        app = wizard("connect")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "Where is your Qdrant server?")
            app.screen.query_one("#field-address", Field).input.value = fake.url
            await press(pilot, "enter", *"wrong", "enter")
            await until(pilot, "The server refused the key")
            assert app.focused is app.screen.query_one("#field-key", Field).input


async def test_the_key_is_on_no_screen_in_no_file_and_in_no_printed_state(
    wizard: Make, tmp_path: Path, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeQdrant(api_key=SECRET) as fake:
        app = wizard("connect")
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "Where is your Qdrant server?")
            app.screen.query_one("#field-address", Field).input.value = fake.url
            await press(pilot, "enter", *SECRET, "enter")
            await until(pilot, "▸[ See collections ]")
            assert SECRET not in text_of(app)
            assert SECRET not in app.export_screenshot()
            assert SECRET not in repr(app.session)
            assert SECRET not in caplog.text
            here = make_run(runs, server=fake.url)
            away = make_run(runs, server="http://10.0.0.9:6333", plan="another", collection="x")
            assert environment(app.session, here) == {"QDRANT_API_KEY": SECRET}
            assert environment(app.session, away) == {}
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


async def test_the_address_is_remembered_for_next_time_and_the_key_is_not(
    wizard: Make, fake_qdrant: FakeQdrant
) -> None:
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        app.screen.query_one("#field-address", Field).input.value = fake_qdrant.url
        await press(pilot, "enter", "enter")
        await until(pilot, "▸[ See collections ]")
    again = wizard("connect", session=begin())
    async with again.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "Where is your Qdrant server?")
        assert fake_qdrant.url in shown
        assert again.session.key is None


async def test_names_with_markup_in_them_are_shown_as_they_are(
    wizard: Make, fake_qdrant: FakeQdrant
) -> None:
    name = "docs [red]x[red]"
    with open_qdrant(Address(url=fake_qdrant.url)) as qdrant:
        qdrant.create_collection(name, {"vectors": {"size": 4, "distance": "Cosine"}})
    app = wizard("connect", session=Session(address=Address(url=fake_qdrant.url)))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        await press(pilot, "enter", "enter")
        await until(pilot, "▸[ See collections ]")
        await press(pilot, "enter")
        assert name in await until(pilot, "[ Survey this one ] (it is empty)")

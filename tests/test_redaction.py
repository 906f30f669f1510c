"""What may not be written down is taken out wherever something is written."""

from __future__ import annotations

import json
import logging

import pytest

from qdrant_model_migration import redaction
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.redaction import hold_secrets, keep_secret, keep_secrets_of, redacted


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", ())


def test_every_secret_is_taken_out_in_every_spelling() -> None:
    keys = 'sk-Ünïcode"key\\tail', "second key/with a slash"
    for key in keys:
        keep_secret(key)
    for key in keys:
        for said in (key, json.dumps(key), repr(key), ascii(key), repr(key.encode())):
            assert redacted(f"refused: {said}").count("[key]") == 1
    assert redacted("second%20key%2Fwith%20a%20slash second%20key/with%20a%20slash") == (
        "[key] [key]"
    )


def test_a_key_within_a_key_leaves_nothing_over() -> None:
    keep_secret("abcdef")
    keep_secret("abcdef-and-more")
    assert redacted("abcdef-and-more abcdef") == "[key] [key]"


def test_the_environment_holds_more_than_one() -> None:
    keep_secrets_of(
        {
            "QDRANT_API_KEY": "qdrant-key-1",
            "HF_TOKEN": "hf_token-2",
            "https_proxy": "http://me:pass%20word-3@proxy.example.com:3128",
            "NO_PROXY": "localhost,[::1",
            "HOME": "/home/somebody",
        }
    )
    said = "qdrant-key-1 hf_token-2 pass word-3 pass%20word-3 /home/somebody"
    assert redacted(said) == "[key] [key] [key] [key] /home/somebody"


def test_whoever_defines_a_variable_with_a_secret_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_variables", set(redaction._variables))
    monkeypatch.setenv("SOME_SERVICE_KEY", "service-key-4")
    keep_secrets_of({"SOME_SERVICE_KEY": "service-key-4"})
    assert redacted("service-key-4") == "service-key-4"
    hold_secrets(["SOME_SERVICE_KEY"])
    assert redacted("service-key-4") == "[key]"
    keep_secrets_of({"SOME_SERVICE_KEY": "service-key-5"})
    assert redacted("service-key-5") == "[key]"


def test_an_error_says_nothing_that_is_secret_whoever_repeated_it() -> None:
    keep_secret("repeated-key")
    error = QmmError("A: repeated-key.", "B: repeated-key.", "C: repeated-key.")
    assert str(error) == "A: [key]. B: [key]. C: [key]."
    assert (error.what, error.why, error.todo) == ("A: [key].", "B: [key].", "C: [key].")


def test_what_guards_nothing_tears_no_text_apart() -> None:
    keep_secret("a")
    keep_secret("")
    assert redacted("a plain text") == "a plain text"


def test_a_key_is_known_once_something_is_opened_with_it() -> None:
    from qdrant_model_migration.errors import QmmError
    from qdrant_model_migration.qdrant import Address, open_qdrant

    with pytest.raises(QmmError):
        open_qdrant(Address(url="http://localhost:1"), " typed-by-hand\n", timeout=1)
    assert redacted("typed-by-hand") == "[key]"


def test_details_of_a_fault_are_kept_without_secrets_and_privately(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from pathlib import Path

    from qdrant_model_migration.commands.startup import keep_details

    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home))
    keep_secret("typed-by-hand")
    monkeypatch.setenv("QDRANT_API_KEY", "from-the-environment")
    path = Path(keep_details(RuntimeError("typed-by-hand from-the-environment")))
    assert path.is_relative_to(home)
    assert "[key] [key]" in path.read_text()
    assert "typed-by-hand" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_log_of_the_wizard_is_private_and_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from qdrant_model_migration.tui import app

    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("QMM_RUN_DIR", str(folder / "runs"))
    room = logging.getLogger("qdrant_model_migration")
    monkeypatch.setattr(room, "propagate", True)
    before = list(room.handlers)
    old = folder / "wizard.log"
    old.write_text("of an earlier version\n")
    old.chmod(0o644)
    path = app._write_log()
    assert path == old
    try:
        keep_secret("typed-by-hand")
        try:
            raise ValueError("typed-by-hand is refused")
        except ValueError:
            logging.getLogger("qdrant_model_migration.tui").exception("with typed-by-hand")
    finally:
        for handler in set(room.handlers) - set(before):
            room.removeHandler(handler)
            handler.close()
    text = path.read_text()
    assert "ValueError: [key] is refused" in text
    assert "typed-by-hand" not in text
    assert path.stat().st_mode & 0o777 == 0o600

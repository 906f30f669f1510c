"""Documents from source files: which, in which order, and never by importing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.sandbox import Document, gather

LONG = "The rest of the text, which is long enough to be worth a search of its own, and more."


def source(title: str) -> str:
    return f'''"""Summary of the module {title}.

{LONG} In {title}.
"""
raise SystemExit("this file was imported")

class Thing:
    """A thing of the module {title}.

    {LONG} Thing of {title}.
    """

    async def turn(self, angle, /, speed):
        """Turn the thing by an angle.

        {LONG} Turn of {title}.
        """

        def inner():
            """Too short.

            {LONG}
            """

def short():
    """A summary that is long enough, but nothing below."""
'''


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for name in ("alpha.py", "pack/__init__.py", "pack/beta.py", "test/test_alpha.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source(name))
    (tmp_path / "copy_of_alpha.py").write_text(source("alpha.py"))
    (tmp_path / "broken.py").write_text('"""x"""\ndef (')
    (tmp_path / "latin.py").write_bytes(b'"""\xe9"""')
    return tmp_path


def test_modules_classes_and_functions_with_a_text_are_found_and_tests_are_not(
    library: Path,
) -> None:
    found = {document.title: document for document in gather(library)}
    modules = ("alpha", "pack", "pack.beta")
    parts = ("", ".Thing", ".Thing.turn")
    assert set(found) == {module + part for module in modules for part in parts}
    turn = found["pack.beta.Thing.turn"]
    assert turn == Document(
        title="pack.beta.Thing.turn",
        summary="Turn the thing by an angle.",
        text=f"{LONG} Turn of pack/beta.py.",
        kind="method",
        module="pack.beta",
        file="pack/beta.py",
        lines=(13, 23),
        arguments=("self", "angle", "speed"),
    )


def test_the_first_documents_are_the_same_for_any_limit(library: Path) -> None:
    everything = gather(library)
    assert gather(library, limit=4) == everything[:4]
    assert list(everything) != sorted(everything)


def test_this_python_has_enough_to_practise_on(documents: Sequence[Document]) -> None:
    assert 1_500 <= len(documents) <= 3_000
    texts = {document.text for document in documents}
    assert len(texts) == len(documents)
    assert min(len(text) for text in texts) >= 80


def test_a_payload_has_every_type_of_json_and_survives_it(documents: Sequence[Document]) -> None:
    payload = next(document for document in documents if document.arguments).payload()
    assert json.loads(json.dumps(payload)) == payload
    kinds: set[type] = set()

    def walk(value: Any) -> None:
        kinds.add(type(value))
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                walk(inner)
            else:
                kinds.add(type(inner))

    walk(payload)
    assert kinds == {dict, list, str, int, float, bool, type(None)}

"""What the server's service refused, as a run remembers it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from qdrant_model_migration.pipeline import refused_texts
from qdrant_model_migration.qdrant import Document, Unmade


def test_a_line_that_was_cut_off_in_the_middle_of_a_letter_does_no_harm(tmp_path: Path) -> None:
    tools: Any = SimpleNamespace(artifact=lambda name: tmp_path / name)
    first, second = (Document(text, "some/model", ()) for text in ("one", "two"))
    for document in (first, second):
        refused_texts.note([Unmade(1, "", document, "zu lang: ä")], tools)
    file = tmp_path / refused_texts.FILE
    file.write_bytes(file.read_bytes()[: -len("¤\n")])
    known = refused_texts.known(tools)
    assert refused_texts.no_text(first, known)
    refused_texts.note([Unmade(1, "", second, "too long")], tools)
    assert refused_texts.no_text(first, refused_texts.known(tools))

"""Suggested names are ones that are accepted, whatever the collection is called."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import typed


@pytest.mark.parametrize(
    "stem", ["docs", "中" * 66, "é" * 250, "x" * 250, "a/b:c?", " spaced ", "😀" * 60]
)
@pytest.mark.parametrize("ending", ["_live", "_bge_base", "_" + "m" * 60 + "_1024"])
def test_what_is_suggested_is_accepted_with_a_number_too(stem: str, ending: str) -> None:
    wish = typed.suggested(stem, ending)
    assert wish.endswith(ending)
    assert wish[:2] == typed.name(wish, "a name", example="")[:2]
    assert typed.name(f"{wish}_999", "a name", example="") == f"{wish}_999"

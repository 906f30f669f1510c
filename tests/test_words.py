"""Words as every screen writes them."""

from __future__ import annotations

import pytest

from qdrant_model_migration import words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer


def test_what_is_cut_ends_in_a_sign_and_what_fits_is_whole() -> None:
    assert words.cut("x" * 40) == "x" * 40
    assert words.cut("x" * 41) == "x" * 39 + "…"
    assert words.cut(f"{'x' * 20} {'y' * 30}", 22) == "x" * 20 + "…"


@pytest.mark.parametrize(
    "asked",
    [
        lambda text: typed.number(text, example="0.02", low=0, high=1),
        lambda text: typed.name(text, "the name", example="docs"),
        typed.tick,
    ],
)
def test_what_was_pasted_by_mistake_is_not_repeated_as_if_it_were_all_of_it(asked: object) -> None:
    assert callable(asked)
    for pasted in ("[bold]/" * 50, "7" * 300 + "/"):
        with pytest.raises(BadAnswer) as told:
            asked(pasted)
        assert "…" in told.value.what
        assert len(told.value.what) < 100

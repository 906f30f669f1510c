"""What Verify says of itself in a plan."""

from __future__ import annotations

import pytest

from qdrant_model_migration.steps.verify import Proof, Verify


@pytest.mark.parametrize(
    ("proof", "title"),
    [
        (Proof(kind="file", file="queries.csv"), "Verify: counts, payloads, quality"),
        (Proof(kind="made up"), "Verify: counts, payloads, quality"),
        (Proof(kind="later"), "Verify: counts, payloads"),
    ],
)
def test_no_quality_is_promised_where_nothing_is_judged(proof: Proof, title: str) -> None:
    text = Verify(proof=proof).text(None)
    assert text.title == title
    assert ("Judges nothing: no searches were given." in text.details) == ("quality" not in title)

"""What a dead letter goes without, and what that means, depends on what it keeps."""

from __future__ import annotations

import pytest

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.steps.routes import route_of
from support.world import a_move, keeping, new_model

SIZE = {"size": 12, "distance": "Cosine"}
LATE = TargetVector(name="late", kind="multivector", params=SIZE, origin=new_model())
WORDS = TargetVector(name="words", kind="sparse", params={}, origin=new_model())
KEPT = keeping("", {"size": 8, "distance": "Cosine"})


@pytest.mark.parametrize(
    ("move", "said", "aside"),
    [
        (
            a_move(),
            "copied with their payload and without a vector: filters find them, searches do not.",
            "is copied without a vector and listed.",
        ),
        (
            a_move(vectors=(KEPT, LATE)),
            "and without vector late: searches by it do not find them, others do.",
            "is copied without vector late and listed.",
        ),
        (
            a_move(vectors=(LATE, WORDS)),
            "without vector late or vector words: searches by what they lack do not find them",
            "is copied without vector late or vector words and listed.",
        ),
        (
            a_move(source="docs", target="docs", vectors=(LATE,)),
            "These points go without vector late: searches by it do not find them, others do.",
            "goes without and is listed.",
        ),
        (
            a_move(vectors=(KEPT, LATE), cloned=True),
            "without vector late: searches by it do not find them, others do.",
            "goes without and is listed.",
        ),
        (
            a_move(vectors=(LATE,), payload=False),
            "searches find them as before, and nothing puts them in order.",
            "has no place there and is listed; searches find it as before.",
        ),
    ],
)
def test_it_is_said_by_what_it_keeps(move: Move, said: str, aside: str) -> None:
    words = route_of(move).words(move)
    assert said in words.dead_letters
    assert words.goes_without == aside

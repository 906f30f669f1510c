from __future__ import annotations

import pytest

from qdrant_model_migration.quality import side_by_side
from qdrant_model_migration.quality.errors import QueryEmpty


def test_what_moved_is_new_or_gone_is_told(side):
    old = side({"lease": [4, 2, 3, 5, 6, 9, 8, 1]})
    new = side({"lease": [1, 7, 2, 5, 6, 4]})
    seen = side_by_side("lease", old, new, limit=5)
    assert [(row.rank, row.hit.id, row.was, row.move) for row in seen.rows] == [
        (1, 1, 8, "up"),
        (2, 7, None, "new"),
        (3, 2, 2, "down"),
        (4, 5, 4, "same"),
        (5, 6, 5, "same"),
    ]
    assert [hit.id for hit in seen.gone] == [4, 3]
    assert [hit.id for hit in seen.old.hits] == [4, 2, 3, 5, 6]
    assert seen.rows[0].hit.payload == {"title": "document 1"}
    assert seen.old.seconds >= 0
    assert seen.new.embedding >= 0


def test_without_an_old_model_only_the_new_side_is_shown(side):
    seen = side_by_side("lease", None, side({"lease": [1, 2]}))
    assert seen.old is None
    assert [(row.hit.id, row.was, row.move) for row in seen.rows] == [(1, None, ""), (2, None, "")]
    assert seen.gone == ()


def test_an_empty_query_is_said_and_not_searched(side):
    new = side({" ": [1]})
    with pytest.raises(QueryEmpty, match="The query is empty"):
        side_by_side(" ", None, new)
    assert new.qdrant.asked == []


def test_no_results_are_no_error(side):
    seen = side_by_side("lease", side({"lease": []}), side({"lease": []}))
    assert (seen.rows, seen.gone) == ((), ())

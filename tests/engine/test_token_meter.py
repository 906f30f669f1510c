"""Tokens are counted with each request, kept across sessions, and stop the work at their limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qdrant_model_migration.engine.backup import keep_copy
from qdrant_model_migration.engine.journal import COPY, FILE, Journal
from qdrant_model_migration.engine.token_meter import BEHIND_S, TokenMeter
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.pipeline.spent import Spent, TokensSpent
from qdrant_model_migration.qdrant import Document
from qdrant_model_migration.steps.token_limit import LIMIT, USED

ONE = (Document("some words", "model"),)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / FILE)) as journal:
        yield journal


def meter_of(journal: Journal, folder: Path, **spending: int) -> TokenMeter:
    return TokenMeter(journal, folder, Spending(**spending))


def kept(journal: Journal) -> Spent:
    return Spent.of(journal.recall(USED))


def test_another_session_goes_on_with_the_sum(journal: Journal, tmp_path: Path) -> None:
    meter_of(journal, tmp_path).after(ONE, 5)
    meter_of(journal, tmp_path, expected=50).after(ONE, 7)
    assert kept(journal) == Spent(tokens=12, expected=50)


def test_what_the_server_does_not_tell_is_estimated(journal: Journal, tmp_path: Path) -> None:
    meter = meter_of(journal, tmp_path)
    meter.after(ONE, 5)
    meter.after((*ONE, *ONE), None)
    spent = kept(journal)
    assert (spent.tokens, spent.reckoned) == (5 + 2 * 4, 2 * 4)
    assert spent.in_words == "13 tokens, 8 of them estimated: the server does not tell"


def test_the_limit_stops_only_what_is_to_be_limited(journal: Journal, tmp_path: Path) -> None:
    meter = meter_of(journal, tmp_path, most=5)
    meter.after(ONE, 5)
    meter.before(ONE)
    with meter.limited(), pytest.raises(TokensSpent):
        meter.before(ONE)
    meter.before(ONE)


def test_a_limit_that_was_given_later_counts_in_place_of_the_plans(
    journal: Journal, tmp_path: Path
) -> None:
    meter_of(journal, tmp_path, most=5).after(ONE, 5)
    journal.remember(LIMIT, 7)
    meter = meter_of(journal, tmp_path, most=5)
    with meter.limited():
        meter.before(ONE)
        meter.after(ONE, 2)
        assert kept(journal).most == 7
        with pytest.raises(TokensSpent):
            meter.before(ONE)


def test_the_second_copy_of_the_journal_is_a_few_seconds_behind_at_most(
    journal: Journal, tmp_path: Path
) -> None:
    moments = iter([0.0, 0.0, BEHIND_S - 0.1, BEHIND_S, BEHIND_S])
    keep_copy(journal, tmp_path)
    meter = TokenMeter(journal, tmp_path, None, lambda: next(moments))
    for copied in (1, 1, 3):
        meter.after(ONE, 1)
        with closing(Journal(tmp_path / COPY)) as copy:
            assert kept(copy).tokens == copied

"""The verdict as a page: what it rests on and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pages.stages import verify
from qdrant_model_migration.quality import Verdict
from support.screens import SWITCHED, VERDICT, a_run


@pytest.mark.parametrize("word", ["GO", "NO-GO", "INCONCLUSIVE"])
def test_each_verdict_says_what_comes_next(tmp_path: Path, word: Any) -> None:
    verdict = Verdict.model_validate({**VERDICT, "word": word})
    assert verify.hint(verdict, a_run(tmp_path))


def test_after_the_switch_the_verdict_does_not_say_that_nothing_is_switched(tmp_path: Path) -> None:
    verdict = Verdict.model_validate(VERDICT)
    assert "Nothing is switched" in verify.hint(verdict, a_run(tmp_path))
    assert "before the switch" in verify.hint(verdict, a_run(tmp_path, facts=SWITCHED))


def test_without_a_comparison_no_query_is_said_to_have_kept_its_place() -> None:
    verdict = Verdict.model_validate({**VERDICT, "parts": [], "judgement": None})
    assert verify.blocks(verdict) == (verify.judged(verdict), verify.integrity(verdict))

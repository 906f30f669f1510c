from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from qdrant_model_migration.quality import (
    Check,
    Integrity,
    Judgement,
    Overlap,
    Query,
    Verdict,
    decide,
)
from qdrant_model_migration.quality.measure import Ranked, Scale, judge

WHOLE = Integrity(checks=(Check(name="Each id once", ok=True, found=120_574, expected=120_574),))
CHURN = Overlap(share=0.41, k=10, n=214)


def judgement(low: float | None, high: float | None, **changes: Any) -> Judgement:
    middle = (low + high) / 2 if low is not None and high is not None else 0.0
    given: dict[str, Any] = {
        "metric": "recall@10",
        "k": 10,
        "old": 0.846,
        "new": 0.846 + middle,
        "difference": middle,
        "low": low,
        "high": high,
        "n": 214,
        "nonzero": 60,
        "origin": "labelled",
    }
    return Judgement.model_validate(given | changes)


def test_more_beyond_chance_is_go():
    verdict = decide(WHOLE, judgement(0.021, 0.073), CHURN)
    assert verdict.headline == "GO: the new model finds more, beyond chance"
    assert (verdict.evidence, verdict.word) == ("labelled", "GO")


def test_no_new_model_is_named_where_only_the_search_is_another():
    more = decide(WHOLE, judgement(0.021, 0.073), CHURN, changed="search")
    assert more.headline == "GO: the new search finds more, beyond chance"
    less = decide(WHOLE, judgement(-0.183, -0.105), CHURN, changed="search")
    assert less.headline.startswith("NO-GO: the new search finds less")
    assert "model" not in str(less)


def test_not_worse_within_the_limit_is_go():
    verdict = decide(WHOLE, judgement(-0.019, 0.03), CHURN)
    assert verdict.headline == "GO: not worse than the old one, within your limit"


def test_less_is_no_go_in_the_words_of_the_screen():
    verdict = decide(WHOLE, judgement(-0.183, -0.105), CHURN, collection="docs_minilm")
    assert str(verdict) == (
        "NO-GO: the new model finds less: 0.846 → 0.702 (-0.183 to -0.105). "
        "Cutover is closed; searches go on with docs_minilm. "
        "Look at the worst queries, choose another model, or stop here."
    )
    assert verdict.word != "INCONCLUSIVE"


def test_between_is_inconclusive_and_says_how_many_queries_are_missing():
    verdict = decide(WHOLE, judgement(-0.21, 0.15, n=12), CHURN)
    assert verdict.headline == (
        "INCONCLUSIVE: 12 queries are too few; the truth lies between -0.21 and +0.15"
    )
    # Half of 0.36 has to shrink to 0.02, the limit: 12 * (0.18 / 0.02) ** 2 = 972 queries.
    assert verdict.todo == "Add about 1,000 queries."
    assert verdict.word == "INCONCLUSIVE"


def test_a_number_of_queries_that_nobody_collects_is_not_asked_for():
    verdict = decide(WHOLE, judgement(-0.5, 0.5, n=40), CHURN)
    assert verdict.todo == "More of the same queries will hardly tell; add harder ones."


def test_few_queries_are_no_go_but_never_go():
    assert decide(WHOLE, judgement(0.1, 0.2, n=29), CHURN).word == "INCONCLUSIVE"
    assert decide(WHOLE, judgement(0.1, 0.2, n=30), CHURN).word == "GO"
    assert decide(WHOLE, judgement(-0.4, -0.1, n=12), CHURN).word == "NO-GO"


def test_a_failed_check_is_no_go_whatever_the_model_finds():
    missing = Check(
        name="Each id once",
        ok=False,
        found=120_571,
        expected=120_574,
        note="3 points are missing",
        todo="Resume fetches them",
    )
    verdict = decide(Integrity(checks=(*WHOLE.checks, missing)), judgement(0.1, 0.2), CHURN)
    assert str(verdict) == (
        "NO-GO: 3 points are missing. Resume fetches them; nothing is judged before."
    )
    assert (verdict.judgement, verdict.evidence) == (None, "none")


def test_failed_checks_without_words_of_their_own_are_all_named():
    checks = (
        Check(name="Payload equal", ok=False, found=1200, expected=1204),
        Check(name="Index complete", ok=False, found="yellow"),
    )
    verdict = decide(Integrity(checks=checks), None, None)
    assert verdict.reason == (
        "Payload equal does not hold: 1,200 of 1,204; also not right: Index complete"
    )


@pytest.mark.parametrize("checks", [(), (Check(name="No vector", ok=None, found=121),)])
def test_nothing_checked_is_inconclusive_even_with_good_searches(checks):
    verdict = decide(Integrity(checks=checks), judgement(0.1, 0.2), CHURN)
    assert verdict.word == "INCONCLUSIVE"
    assert "not checked" in verdict.reason


def test_saturation_is_inconclusive():
    verdict = decide(WHOLE, judgement(-0.001, 0.004, old=0.991, new=0.993, difference=0.002), CHURN)
    assert str(verdict) == (
        "INCONCLUSIVE: both models find nearly everything (0.99), "
        "so these queries cannot tell them apart. Add harder ones."
    )


def test_searches_without_answers_give_churn_and_no_proof():
    verdict = decide(WHOLE, None, CHURN)
    assert str(verdict) == (
        "INCONCLUSIVE: your searches have no right answers marked. How many results are the same "
        "(41 %) says how much changes, not whether it is better."
    )
    assert verdict.overlap == CHURN
    assert verdict.word == "INCONCLUSIVE"


def test_no_searches_at_all_is_inconclusive():
    assert "no searches" in decide(WHOLE, None, None).reason


def test_an_unknown_old_model_is_said():
    new_only = judgement(None, None, old=None, difference=None, new=0.893)
    for verdict in (
        decide(WHOLE, new_only, None),
        decide(WHOLE, None, None, unjudged="old model not known"),
    ):
        assert verdict.word == "INCONCLUSIVE"
        assert verdict.evidence == "none"
        assert "the old model is not known" in verdict.reason


def test_a_model_that_is_not_here_is_said():
    verdict = decide(WHOLE, None, None, unjudged="new model not here")
    assert str(verdict).startswith("INCONCLUSIVE: the model is not on this computer")


def test_answers_that_are_not_in_the_collection_are_said():
    verdict = decide(WHOLE, None, CHURN, unjudged="answers not found")
    assert verdict.reason == "none of the right answers is in the collection"


@pytest.mark.parametrize(("low", "high"), [(0.021, 0.073), (-0.2, 0.1), (-0.3, -0.2)])
def test_made_up_queries_are_marked_as_weak_evidence(low, high):
    labelled = decide(WHOLE, judgement(low, high), CHURN)
    verdict = decide(WHOLE, judgement(low, high, origin="made up"), CHURN)
    assert verdict.word == labelled.word
    assert verdict.evidence == "made up"
    assert "weak evidence" in verdict.headline


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"no_interval": "too few queries", "n": 1}, "1 query is too few"),
        ({"no_interval": "too few differences", "nonzero": 3}, "only 3 of 214 queries differ"),
        ({"no_interval": "all equal", "nonzero": 0}, "both models do equally well in each of 214"),
        (
            {"no_interval": "all equal", "nonzero": 214, "difference": 0.5, "old": 0.1},
            "the difference is the same +0.500 in each of 214 queries",
        ),
        (
            {"no_interval": "all equal", "nonzero": 0, "old": 0.0, "new": 0.0},
            "neither model finds a right answer in any of 214 queries",
        ),
        ({"no_interval": "not a number"}, "a measured value is not a number"),
    ],
)
def test_without_an_interval_the_verdict_is_inconclusive_and_says_why(changes, says):
    verdict = decide(WHOLE, judgement(None, None, **changes), CHURN)
    assert verdict.word == "INCONCLUSIVE"
    assert says in verdict.reason
    assert verdict.todo


def test_a_new_side_that_finds_nothing_at_all_is_no_go_although_it_has_no_interval():
    broken = judgement(None, None, no_interval="all equal", old=1.0, new=0.0, difference=-1.0)
    assert decide(WHOLE, broken, CHURN).word == "NO-GO"


def test_parts_get_their_own_word():
    parts = (
        judgement(0.03, 0.08, n=180, part="English"),
        judgement(-0.071, 0.049, n=34, part="German"),
    )
    verdict = decide(WHOLE, judgement(0.021, 0.073, parts=parts), CHURN)
    assert verdict.word == "GO"
    assert [(part.part, part.word) for part in verdict.parts] == [
        ("English", "GO"),
        ("German", "INCONCLUSIVE"),
    ]
    assert verdict.parts[1].reason == "-0.071 to +0.049; too few to see less than 0.06"


def test_a_part_that_is_proved_worse_takes_the_go_from_the_whole():
    parts = (judgement(0.1, 0.2, part="English"), judgement(-0.3, -0.1, n=34, part="German"))
    verdict = decide(WHOLE, judgement(0.021, 0.073, parts=parts), CHURN)
    assert verdict.word == "INCONCLUSIVE"
    assert "in German the new model finds less: 0.846 → 0.646" in verdict.reason


def test_the_verdict_survives_json():
    parts = (judgement(None, None, no_interval="too few queries", n=1, part="German"),)
    verdict = decide(
        WHOLE,
        judgement(0.02, 0.07, parts=parts),
        CHURN,
        made_at="2026-11-24T09:30:00Z",
        labels=("all-MiniLM-L6-v2", "bge-base-en-v1.5"),
    )
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    "changes",
    [
        {"low": float("nan"), "high": 0.1},
        {"low": 0.2, "high": 0.1},
        {"low": None, "high": 0.1},
        {"low": None, "high": None},
        {"low": 0.1, "high": 0.2, "new": float("nan")},
        {"low": 0.1, "high": 0.2, "difference": None},
    ],
)
def test_a_judgement_that_contradicts_itself_cannot_be_made(changes):
    with pytest.raises(ValidationError):
        judgement(**{"low": 0.0, "high": 0.0, "new": 0.9, "difference": 0.1, **changes})


@pytest.mark.parametrize("margin", [-0.01, 1.0, float("nan"), float("inf")])
def test_a_margin_that_is_no_share_is_refused(margin):
    with pytest.raises(ValueError, match="margin"):
        decide(WHOLE, judgement(0.1, 0.2), CHURN, margin)


SCALE = Scale(k=10, depth=50, seed=0, origin="labelled")
ORDER = {"NO-GO": 0, "INCONCLUSIVE": 1, "GO": 2}


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    """Made of ranked results, so that only what can be measured is judged."""
    kinds = draw(st.lists(st.sampled_from(["same", "lost", "gained", "found by none"]), max_size=4))
    counts = [draw(st.sampled_from([0, 1, 5, 6, 30, 60])) for _ in kinds]
    kind_of = {
        "same": ((1,), (1,)),
        "lost": ((1,), ()),
        "gained": ((), (1,)),
        "found by none": ((), ()),
    }
    parts = draw(st.sampled_from([(None,), ("English", "German"), ("English", None)]))
    ranked = []
    for kind, count in zip(kinds, counts, strict=True):
        for i in range(count):
            query = Query(text=f"{kind} {i}", answers=(1,), part=parts[i % len(parts)])
            ranked.append(Ranked(query, *kind_of[kind]))
    ranked = ranked or [Ranked(Query(text="one", answers=(1,)), (1,), (1,))]
    return judge(ranked, SCALE)


margins = st.sampled_from([0.0, 0.01, 0.02, 0.05, 0.1, 0.3, 0.7])


@settings(max_examples=60, deadline=None)
@given(judgements(), margins, margins)
def test_a_wider_limit_never_gives_a_worse_word(judged, one, other):
    strict, wide = sorted((one, other))
    assert (
        ORDER[decide(WHOLE, judged, None, strict).word]
        <= ORDER[decide(WHOLE, judged, None, wide).word]
    )


@settings(max_examples=60, deadline=None)
@given(judgements(), margins, st.booleans())
def test_go_rests_on_an_interval_enough_queries_and_everything_there(judged, margin, whole):
    checks = (Check(name="Each id once", ok=whole),)
    verdict = decide(Integrity(checks=checks), judged, None, margin)
    assert verdict.reason
    if verdict.word == "GO":
        assert whole
        assert judged.low is not None
        assert judged.low > -margin
        assert judged.n >= 30
        assert judged.nonzero >= 6
        assert min(judged.old or 0, judged.new) < 0.99
        assert all(part.word != "NO-GO" for part in verdict.parts)


@settings(max_examples=60, deadline=None)
@given(judgements(), margins)
def test_swapping_old_and_new_never_gives_go_twice_beyond_chance(judged, margin):
    if judged.low is None or judged.high is None:
        return
    swapped = judged.model_copy(
        update={
            "old": judged.new,
            "new": judged.old,
            "difference": -(judged.difference or 0),
            "low": -judged.high,
            "high": -judged.low,
            "parts": (),
        }
    )
    words = [decide(WHOLE, one, None, margin).reason for one in (judged, swapped)]
    assert words.count("the new model finds more, beyond chance") <= 1


def test_two_equal_models_seldom_get_a_word_they_do_not_deserve():
    """Of 40 query sets without any true difference, chance alone may decide a few, no more."""
    random = np.random.default_rng(5)
    words = []
    for _ in range(40):
        ranked = [
            Ranked(
                Query(text=str(i), answers=(1,)),
                (1,) if random.random() < 0.7 else (),
                (1,) if random.random() < 0.7 else (),
            )
            for i in range(100)
        ]
        words.append(decide(WHOLE, judge(ranked, SCALE), None, 0.0).word)
    assert words.count("INCONCLUSIVE") >= 35

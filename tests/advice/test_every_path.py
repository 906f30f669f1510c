"""Hundreds of facts and answers: each path ends in a way that fits, or says why nothing does. The
examples of the source text are tests of their own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from qdrant_model_migration.advice import (
    Advice,
    ModelChoice,
    advise,
    answer_all,
    describe,
    make_plan,
    map_lines,
    model_rows,
    warnings_for,
)
from qdrant_model_migration.advice.errors import PlanClosed, StrategyUnfit
from qdrant_model_migration.embedders import ModelRef, Reach
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.survey.facts import Fact, Survey, TextField, VectorFact
from support.surveys import (
    BGE_BASE,
    BGE_SMALL,
    COLBERT,
    MINILM,
    NOMIC,
    ORIGINALS,
    as_answer,
    changes,
    docs,
    fact,
    server,
)

Answers = Mapping[str, Any]
STATIC = ModelRef(
    kind="fastembed", name="minishlab/potion-base-8M", dimensions=256, languages=("en",)
)
CHOICES = [ModelChoice(model, Reach("here")) for model in (BGE_BASE, BGE_SMALL, NOMIC, STATIC)]
HUGE = 200_000_000
GB = 10**9


def unnamed(size: int = 384, **more: Any) -> VectorFact:
    return VectorFact(name="", kind="dense", size=size, distance="Cosine", **more)


def made_by(name: str, dimensions: int, **more: Any) -> ModelRef:
    return ModelRef(kind="fastembed", name=name, dimensions=dimensions, **more)


# --- the examples of the source text ----------------------------------------------------------


def said(survey: Survey, answers: Answers, strategy: str) -> dict[str, str]:
    """Each warning of a way, by its id: how serious it is, and its sentences."""
    shown = warnings_for(survey, answers, by_name(strategy))
    return {one.id: f"{one.severity}: {one.text} {one.why_here} {one.todo}" for one in shown}


def re_embed(survey: Survey, new: ModelRef) -> str:
    row = model_rows(survey, {"change": "model"}, [ModelChoice(new, Reach("here"))])[0]
    return dict(describe(survey, {"change": "model"}, row))["Re-embed?"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (made_by("openai/text-embedding-3-small", 1536, matryoshka=(512, 256)),
         made_by("cohere/embed-v4", 1536)),
        (made_by("Qdrant/clip-ViT-B-32-text", 512), BGE_BASE),
        (MINILM, BGE_SMALL),
        (MINILM, BGE_BASE),
    ],
    ids=["OpenAI to Cohere", "CLIP to BGE", "the same dimensions", "other dimensions"],
)  # fmt: skip
def test_another_model_is_embedded_again_and_nothing_cheaper_is_offered(
    old: ModelRef, new: ModelRef
) -> None:
    survey = docs(vectors=fact((unnamed(old.dimensions),)), old_model=fact(old))
    assert re_embed(survey, new).startswith("Yes, all 120,364 texts: it is another model.")
    assert "cannot be compared with each other" in re_embed(survey, new)
    advice = advise(survey, {"change": "model", "both": "no", "model": as_answer(new)})
    assert advice.recommended is by_name("blue_green")
    assert advice.because[0] == "the model changes, so every vector has to be made again"
    left = {strategy.name for strategy in advice.possible}
    assert not left & {"requantize", "truncate"}


def test_binary_to_scalar_is_done_by_the_server_alone() -> None:
    survey = docs(quantization=fact({"binary": {"always_ram": True}}))
    answers = {
        "change": "compression",
        "quantization": {"vector": None, "kind": "scalar", "always_ram": True},
        "search_params": {"rescore": "default", "oversampling": 1.0},
    }
    advice = advise(survey, answers)
    assert [strategy.name for strategy in advice.possible] == ["requantize"]
    plan = make_plan(survey, answers, by_name("requantize"), speed=None)
    assert plan.move is None
    assert {"model", "text", "target"}.isdisjoint(advice.settled)


def test_a_model_made_for_shortening_is_cut_and_not_embedded_again() -> None:
    survey = docs(vectors=fact((unnamed(768),)), old_model=fact(NOMIC))
    answers = answer_all(survey, {"change": "shorter"}, CHOICES)
    assert advise(survey, answers).recommended is by_name("truncate")
    plan = make_plan(survey, answers, by_name("truncate"), speed=None)
    assert plan.move is not None
    assert not plan.move.embeds


def test_a_hundred_million_points_may_be_mapped_where_some_loss_is_accepted() -> None:
    answers = {"change": "model", "both": "no", "accuracy": "approximate"}
    assert advise(docs(points=fact(HUGE)), answers).recommended is by_name("linear_map")
    assert (
        "how much is measured"
        in said(docs(points=fact(HUGE)), answers, "linear_map")["W10"].lower()
    )
    exact = advise(docs(points=fact(HUGE)), {**answers, "accuracy": "exact"})
    assert exact.recommended is by_name("blue_green")


def test_colbert_beside_dense_vectors_of_millions_of_points_is_warned_of() -> None:
    many = VectorFact(name="colbert", kind="multivector", size=128, distance="Cosine")
    survey = docs(points=fact(5_000_000), vectors=fact((unnamed(), many)))
    warned = said(survey, {"change": "model"}, "blue_green")["W06"]
    assert warned.startswith("must: ")
    assert "13 s per search, 2 s after" in warned
    assert "even those that do not use them" in warned
    assert warned.endswith("Put them into a collection of their own, or on disk without an index.")


def test_texts_that_are_not_english_are_asked_for_before_they_become_hybrid() -> None:
    languages = fact({"de": 0.54, "en": 0.4, "ja": 0.06})
    survey = docs(languages=languages)
    answers = {"change": "keywords", "text": {"fields": ["text"]}}
    assert advise(survey, answers).recommended is by_name("dense_to_hybrid")
    warned = said(survey, answers, "dense_to_hybrid")
    assert warned["W08"].startswith("must: ")
    assert warned["W07"].startswith("must: ")  # they are pieces, too
    ruled = {c.strategy.name for c in advise(survey, answers).fits if c.fit.word == "ruled out"}
    assert {"requantize", "truncate", "linear_map"} <= ruled


def test_20_mb_are_loaded_again_from_the_originals() -> None:
    survey = docs(payload_bytes=fact(12_000_000), vector_bytes=fact(8_000_000))
    advice = advise(survey, {"change": "model", "both": "no", "originals": ORIGINALS["originals"]})
    assert advice.recommended is by_name("rebuild_from_source")
    assert "Under 25 MB" in said(survey, {"change": "model"}, "blue_green")["W23"]
    large = advise(docs(), {"change": "model", "both": "no", "originals": ORIGINALS["originals"]})
    assert large.recommended is by_name("blue_green")


@pytest.mark.parametrize(("size", "days"), [(400 * GB, True), (399 * GB, False)])
def test_from_400_gb_on_days_are_said_before_any_speed_is_known(size: int, days: bool) -> None:
    survey = docs(payload_bytes=fact(size // 2), vector_bytes=fact(size - size // 2))
    warned = said(survey, {"change": "model"}, "blue_green")
    assert ("W22" in warned) == days
    assert not days or "expect days" in warned["W22"]
    assert "W22" not in said(survey, {"change": "compression"}, "requantize")


# --- every path -------------------------------------------------------------------------------

VECTORS: dict[str, tuple[VectorFact, ...]] = {
    "one": (unnamed(),),
    "named": tuple(unnamed().model_copy(update={"name": name}) for name in ("title", "body")),
    "with words": (unnamed(), VectorFact(name="words", kind="sparse")),
    "with colbert": (unnamed(), VectorFact(name="many", kind="multivector", size=128)),
    "words alone": (VectorFact(name="words", kind="sparse"),),
}
SERVERS = ((1, 16, 3), (1, 17, 1), (1, 18, 0), (1, 18, 3), (1, 19, 0))
SIZES: dict[int, tuple[int, int]] = {
    8_000: (10_000_000, 12_000_000),
    120_482: (146_000_000, 185_000_000),
    HUGE: (240 * GB, 300 * GB),
}
FIELD = TextField(path="text", share=0.99, average_words=130.0)


def surveys() -> Iterator[tuple[str, Survey]]:
    pairs = itertools.product(SERVERS, VECTORS.items())
    for (version, (name, vectors)), points in zip(pairs, itertools.cycle(SIZES)):
        payload, vector = SIZES[points]
        yield (
            f"{'.'.join(map(str, version))}, {points:,}, {name}",
            docs(
                capabilities=server(*version),
                points=fact(points),
                vectors=fact(vectors),
                payload_bytes=fact(payload),
                vector_bytes=fact(vector),
                texts_missing=fact(0),
            ),
        )
    matryoshka = {"vectors": fact((unnamed(768),)), "old_model": fact(NOMIC)}
    yield "made for cutting", docs(**matryoshka)
    yield "cannot compress", docs(capabilities=server(1, 18, 3).model_copy(
        update={"quantization": ()}))  # fmt: skip
    yield "embeds by itself", docs(server_embeds=fact(True))
    yield "does not embed", docs(server_embeds=fact(False))
    yield "no text", docs(text_field=Fact(), text_fields=fact(()), texts_missing=Fact())
    yield "no alias", docs(aliases=fact(()), all_aliases={})
    yield "little is known", docs(points=Fact(), old_model=Fact(), languages=Fact(), vectors=Fact())
    yield "own shard keys", docs(raw={"params": {"sharding_method": "custom"}})


SURVEYS = dict(surveys())
GIVEN: tuple[dict[str, Any], ...] = (
    *({"change": "keywords", "in_place": where} for where in ("new", "in place")),
    *({"change": "second", "in_place": where} for where in ("new", "in place")),
    {"change": "keywords", "text": {"fields": []}},
    {"change": "second", "text": {"fields": []}},
    {"change": "shorter", "text": {"fields": []}},
    {"change": "model", "text": {"fields": []}},
    {"change": "model", "text": {"fields": []}, "accuracy": "approximate"},
    *(
        {"change": "model", "both": both, "query_side": side, "originals": originals}
        for both in ("no", "test", "always")
        for side in ("own", "server")
        for originals in (ORIGINALS["originals"], "no")
    ),
    *({"change": "model", "accuracy": accuracy, "keywords": keywords}
      for accuracy in ("exact", "approximate") for keywords in ("yes", "no")),
    {"change": "model", "accuracy": "queries"},
    {"change": "second", "model": as_answer(COLBERT)},
    {"change": "model", "missing": "stop"},
    {"change": "model", "model": as_answer(NOMIC.cut_to(256))},
)  # fmt: skip
PROVES = {"change": "shorter", "model": as_answer(MINILM.cut_to(96, unproven=True))}
"""A length that the present model, where it is that one, was not made for."""


def paths(survey: Survey) -> Iterator[tuple[dict[str, Any], Advice]]:
    """Every start, and where it leads with all else as it is suggested. Each change by itself comes
    from question Change; GIVEN is for what more is answered."""
    proves = ({**PROVES, "shortened_by": by} for by in ("cut", "projection", "unknown"))
    old = survey.old_model.value
    more = proves if old is not None and old.name == MINILM.name else ()
    for given in (*changes(survey), *GIVEN, *more):
        complete = answer_all(survey, given, CHOICES)
        yield complete, advise(survey, complete)


@pytest.mark.parametrize("name", SURVEYS)
def test_every_path_ends_in_a_way_that_fits_or_says_why_nothing_does(name: str) -> None:
    survey = SURVEYS[name]
    for answers, advice in paths(survey):
        assert advice.next is None
        best = advice.recommended
        if best is None:
            assert advice.collision_says.startswith("Nothing is left: ")
            first = advice.collision[0] if advice.collision else ""
            without = {key: value for key, value in answers.items() if key != first}
            fits = advise(survey, without).fits
            assert any(fit.word != "ruled out" for _, fit in fits), (answers, advice.collision)
            continue
        assert advice.fit_of(best).word in ("first", "possible")
        assert advice.because
        assert best is advice.possible[0]
        for strategy in strategies():
            _ends(survey, answers, advice, strategy.name)
        walked = [line for line in map_lines(survey, advice) if line.here]
        assert len(walked) == 1


def _ends(survey: Survey, answers: Answers, advice: Advice, name: str) -> None:
    """Its plan, where it fits; else the reason is said."""
    strategy = by_name(name)
    fit = advice.fit_of(strategy)
    assert fit.reason
    assert advice.decides(fit)
    expected: tuple[type[QmmError], ...] = ()
    if fit.word == "ruled out":
        expected = (StrategyUnfit,)
    elif advice.stops:
        expected = (PlanClosed,)
    if expected:
        with pytest.raises(expected):
            make_plan(survey, answers, strategy, speed=None)
    elif fit.word != "open":
        assert make_plan(survey, answers, strategy, speed=None).strategy == name


def test_there_are_many_hundreds_and_no_way_is_out_of_reach() -> None:
    ends = [advice.recommended for survey in SURVEYS.values() for _, advice in paths(survey)]
    assert len(ends) > 900
    never = {strategy.name for strategy in strategies()} - {end.name for end in ends if end}
    assert not never, "add the answers that lead to it to GIVEN"

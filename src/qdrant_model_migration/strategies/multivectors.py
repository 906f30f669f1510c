"""Multivectors: a vector for each token of a text (ColBERT), beside the dense one that finds."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered import (
    chosen_model,
    in_place,
    kept_bare,
    makes_many,
    missing_share,
    no_dense,
    no_text,
    replaced_vector,
    ruled_out_by_change,
    text_source,
    vector_names,
)
from qdrant_model_migration.strategies.in_place import plan_in_place
from qdrant_model_migration.strategies.moving import vector_of
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey

RERANKED = 100
"""Results of the dense search that are put in order; each costs the server a read from disk."""


class Multivectors(Strategy):
    name = "multivectors"
    title = "Multivectors"
    subtitle = "many vectors for a text (ColBERT), to put the results in order"
    what = (
        "Every text gets a vector for each of its tokens beside the vector it has. The present "
        "one finds, the new ones put in order what it found. The present vectors are copied."
    )
    way_back = "search by the present vector alone, as before; the alias is switched back"
    never = "The stored vectors of the present model are kept as they are."
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    asks = ("replace", "vector_names", "many_for")
    order = 46

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model", "second") or no_text(answers) or no_dense(survey)
        )
        if ruled:
            return ruled
        if chosen_model(answers) is None:
            return Fit("open", "decided by the model", "model")
        if not makes_many(answers):
            return Fit("ruled out", "the model makes one vector for a text", "model")
        if answers.get("change") == "second" or answers.get("both") in ("test", "always"):
            return Fit("first", "the present vector finds, the new ones put in order", "model")
        return Fit("possible", "beside the present vector, to put results in order", "model")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        return (
            "the model makes many vectors for a text, too many to be searched by themselves",
            "on disk and without an index they slow the other searches least",
            "the present vectors are copied, not made again",
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model, text = chosen_model(answers), text_source(answers)
        old = replaced_vector(survey, answers)
        assert model is not None, "the questions ask for a model before a plan is made"
        assert text is not None, "without a text this is ruled out"
        assert old is not None, "without a dense vector this is ruled out"
        names, alone = vector_names(survey, answers), answers.get("many_for") == "search"
        origin = embedded(model, text, where=kept_bare(survey, answers))
        new = vector_of(names.new, model, origin, None if alone else _ON_DISK)
        late = Leg(using=new.name, model=model)
        here = in_place(survey, answers)
        finds = old.name if here else names.old
        first = Leg(using=finds, model=survey.model_of(old.name), size=old.size)
        given: dict[str, Any] = {
            "legs": (late,) if alone else (first, late),
            "rerank": None if alone else RERANKED,
            "probed": finds,
            "expected_missing": missing_share(survey, answers),
        }
        if here:
            return plan_in_place(self, survey, answers, (new,), **given)
        vectors = (*kept(survey, unnamed=names.old), new)
        return plan_new_collection(self, survey, answers, vectors, **given)


_ON_DISK = {"on_disk": True, "hnsw_config": {"m": 0}}

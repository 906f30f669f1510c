"""Dense to hybrid: a sparse vector for exact words beside the dense ones, which are copied, or of
which one is made anew in the same run."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.change import (
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.answered.cloning import BY_SERVER, cloned
from qdrant_model_migration.strategies.answered.place import in_place, present_one_stays
from qdrant_model_migration.strategies.answered.texts import missing_share, no_text, text_source
from qdrant_model_migration.strategies.answered.vectors import kept_bare, no_dense
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.strategies.in_place import plan_in_place
from qdrant_model_migration.strategies.keyword_vector import (
    free_vector_name,
    keyword_vector,
    slug,
    word_model,
)
from qdrant_model_migration.strategies.moving import Asked, Own, searched_before, vector_of
from qdrant_model_migration.strategies.new_collection import (
    kept,
    plan_new_collection,
    replacing,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class DenseToHybrid(Strategy):
    name = "dense_to_hybrid"
    title = "Dense to hybrid"
    subtitle = "adds keyword search beside the present vectors"
    what = (
        "Every text gets a sparse vector for its exact words (BM25) next to the vectors it has. "
        "Searches ask both and merge the results. The dense vectors {kept}; none is made again."
    )
    way_back = "search the dense vector alone again, or switch the alias back"
    never = "Stored vectors and payloads are not changed. Nothing old is deleted."
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    asks = ("keywords", "keyword_model", "fusion", "replace", "vector_name", "copied_by")
    warns = ("W07", "W08", "W26", "W35", "W46", "W47")
    order = 60

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        if answers.get("change") in ("shorter", "second"):
            return Fit("ruled out", "keyword search can be added afterwards", "change")
        with_model = answers.get("change") == "model"
        ruled = (
            ruled_out_by_change(answers, "keywords", "model")
            or (_not_wanted(answers) if with_model else None)
            or no_text(answers)
            or no_dense(survey)
            or (one_model_is_not_enough(answers) if with_model else None)
            or present_one_stays(answers)
            or _no_model(survey, answers)
        )
        if ruled:
            return ruled
        if with_model and answers.get("keywords") is None:
            return Fit("open", "decided by whether exact words are searched for", "keywords")
        if with_model:
            return Fit("first", "adds keyword search in the same run", "keywords")
        there = next((v.name for v in survey.vectors.value or () if v.kind == "sparse"), None)
        if there is not None:
            return Fit("possible", f"a second one beside the sparse vector {there}", "survey")
        return Fit("first", "adds keyword search", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        texts = words.count(survey.points.value or 0)
        if answers.get("change") == "model":
            made = f"each of {texts} texts is read once for both vectors"
        else:
            made = f"only the sparse vectors of {texts} points are made, no dense one again"
        by_server = (BY_SERVER,) if cloned(survey, answers, self) else ()
        return "people search for exact words, names or codes", made, *by_server

    def made_with(self, survey: Survey, answers: Answers) -> ModelRef | None:
        return None if answers.get("change") == "model" else word_model(survey, answers)

    def build(self, survey: Survey, answers: Answers) -> Plan:
        sparse, exact = keyword_vector(survey, answers)
        model = new_model(self, survey, answers) if answers.get("change") == "model" else None
        dense = searched_before(survey, answers)
        vectors, added = kept(survey), tuple[TargetVector, ...]()
        if model is not None:
            text = text_source(answers)
            assert text is not None, "without a text this is ruled out"
            origin = embedded(model, text, where=kept_bare(survey, answers))
            stays = cloned(survey, answers, self)
            vectors, dense = replacing(survey, answers, model, origin, stays=stays)
            if in_place(survey, answers):
                name = free_vector_name(survey, str(answers.get("vector_name") or slug(model)))
                added = (vector_of(name, model, origin),)
                dense = dense.model_copy(update={"using": name})
        make, made = (
            (plan_in_place, (*added, sparse))
            if in_place(survey, answers)
            else (plan_new_collection, (*vectors, sparse))
        )
        return make(
            self,
            survey,
            answers,
            made,
            Asked((dense, exact), fusion=answers.get("fusion", "rrf")),
            Own(missing_share(survey, answers)),
        )


def _not_wanted(answers: Answers) -> Fit | None:
    if answers.get("keywords") in ("no", "there"):
        return Fit("ruled out", "no exact words needed", "keywords")
    return None


def _no_model(survey: Survey, answers: Answers) -> Fit | None:
    if word_model(survey, answers) is not None:
        return None
    return Fit("ruled out", "no model for keyword search is on this computer", "survey")

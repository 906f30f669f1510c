"""Dense to hybrid: a sparse vector for exact words beside the dense ones, which are copied."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.strategies.answered import no_text, ruled_out_by_change
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey

_DENSE = ("model", "shorter", "second")


class DenseToHybrid(Strategy):
    name = "dense_to_hybrid"
    title = "Dense to hybrid"
    subtitle = "adds keyword search; the present vectors are copied"
    what = (
        "Every text gets a sparse vector for its exact words (BM25) next to the vectors it has. "
        "Searches ask both and merge the results. The dense vectors are copied, not made again."
    )
    way_back = "search the dense vector alone again, or switch the alias back"
    never = "The old collection is only read."
    runs = False
    facets = ("builds", "embeds", "needs_text", "adds")
    asks = ("keywords",)
    warns = ("W07", "W08", "W26", "W35")
    order = 60

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        keywords = answers.get("keywords")
        if answers.get("change") in _DENSE and keywords is not None:
            if keywords == "no":
                return Fit("ruled out", "no exact words needed", "keywords")
            return no_text(answers) or Fit("possible", "on top of the new vectors", "keywords")
        if answers.get("change") in _DENSE:
            return Fit("ruled out", "keyword search can be added afterwards", "change")
        if ruled := ruled_out_by_change(answers, "keywords") or no_text(answers):
            return ruled
        if sparse := _sparse(survey):
            return Fit("ruled out", f"there is a sparse vector already: {sparse[0]}", "survey")
        return Fit("first", "adds keyword search", "change")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        texts = words.count(survey.points.value or 0)
        return (
            "people search for exact words, names or codes",
            f"only the sparse vectors of {texts} points are made; the dense ones are copied",
        )


def _sparse(survey: Survey) -> tuple[str, ...]:
    return tuple(v.name for v in survey.vectors.value or () if v.kind == "sparse")

"""Rebuild from source: the originals are loaded again by the job that loaded them first."""

from __future__ import annotations

from qdrant_model_migration import words
from qdrant_model_migration.strategies.answered import (
    SMALL_BYTES,
    no_text,
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class RebuildFromSource(Strategy):
    name = "rebuild_from_source"
    title = "Rebuild from source"
    subtitle = "load the originals again with the new model"
    what = (
        "A new collection is filled by the job that loads your documents, with the new model in "
        "it; then the alias is switched. Texts can be cut differently on the way."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read, to compare counts."
    runs = False
    facets = ("builds", "needs_text", "takes_model")
    asks = ("originals",)
    order = 35

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        originals = answers.get("originals")
        ruled = ruled_out_by_change(answers, "model") or one_model_is_not_enough(answers)
        if ruled:
            return ruled
        if originals == "no":
            return Fit("ruled out", "the originals are not at hand", "originals")
        if originals == "recut":
            return Fit("first", "the texts are to be cut differently", "originals")
        size = survey.bytes
        if originals == "yes":
            small = size is not None and size < SMALL_BYTES
            return Fit("first" if small else "possible", "the originals are at hand", "originals")
        if gone := no_text(answers):
            return gone
        return Fit("possible", _by_size(size), "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        size = survey.bytes
        small = () if size is None else (f"the collection is small: {words.size(size)}",)
        return (*small, "the documents and the job that loaded them are at hand")


def _by_size(size: int | None) -> str:
    if size is None:
        return "if the originals are at hand"
    if size < SMALL_BYTES:
        return f"{words.size(size)} is under 25 MB: quicker, if the originals are at hand"
    return f"slower than copying: {words.size(size)} is over 25 MB"

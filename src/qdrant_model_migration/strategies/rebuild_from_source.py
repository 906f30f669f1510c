"""Rebuild from source: a new collection from a file of the originals; nothing else is followed."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.change import (
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.answered.originals import SMALL_BYTES, original_rows
from qdrant_model_migration.strategies.answered.place import present_one_stays
from qdrant_model_migration.strategies.answered.texts import text_gone
from qdrant_model_migration.strategies.answered.vectors import no_dense
from qdrant_model_migration.strategies.compared import new_model
from qdrant_model_migration.strategies.moving import Asked, Own
from qdrant_model_migration.strategies.new_collection import (
    new_one,
    plan_new_collection,
)
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


class RebuildFromSource(Strategy):
    name = "rebuild_from_source"
    title = "Rebuild from source"
    subtitle = "load the originals again with the new model"
    what = (
        "A new collection is filled from a file of your documents (JSON lines, CSV or Parquet), "
        "with the settings of the old one. Searches use the old one until {switched}. The texts "
        "are embedded as they stand in the file, already cut as you want them. What your "
        "application writes meanwhile is not carried over."
    )
    way_back = "switch the alias back: under 1 s, as long as the old collection stays"
    never = "The old collection is only read: its settings and, if you wish, payloads by id."
    facets = ("builds", "embeds", "takes_model", "replaces", "loads")
    asks = ("originals", "columns")
    warns = ("W50", "W51", "W52")
    order = 35

    def fit(self, survey: Survey, answers: Answers) -> Fit:
        ruled = (
            ruled_out_by_change(answers, "model")
            or one_model_is_not_enough(answers)
            or present_one_stays(answers)
            or no_dense(survey)
            or _rows_have_no_keys(survey)
        )
        if ruled:
            return ruled
        originals, size, gone = answers.get("originals"), survey.bytes, text_gone(answers)
        small = size is not None and size < SMALL_BYTES
        if originals == "no":
            why = "the originals are not at hand" if small or gone else _slower(size)
            return Fit("ruled out", why, "originals")
        if isinstance(originals, Mapping):
            if originals.get("have") == "recut":
                return Fit("first", "the texts are cut differently", "originals")
            if gone:
                return Fit("first", "the texts are in the originals alone", "originals")
            return Fit("first" if small else "possible", "the originals are at hand", "originals")
        if gone:
            return Fit("possible", "the only way left, if the originals are at hand", "text")
        if small and size is not None:
            said = f"{words.size(size)} is under 25 MB: quicker, if the originals are at hand"
            return Fit("possible", said, "survey")
        return Fit("possible", _slower(size), "survey")

    def because(self, survey: Survey, answers: Answers) -> tuple[str, ...]:
        size, rows = survey.bytes, original_rows(survey, answers)
        small = size is not None and size < SMALL_BYTES
        at_hand = f"the originals are at hand: {rows.source.name}" if rows else ""
        return tuple(
            filter(
                None,
                (
                    f"the collection is small: {words.size(size or 0)}" if small else "",
                    "no text is stored in the collection" if text_gone(answers) else "",
                    at_hand or "the originals have to be at hand",
                ),
            )
        )

    def build(self, survey: Survey, answers: Answers) -> Plan:
        model, rows = new_model(self, survey, answers), original_rows(survey, answers)
        assert model is not None, "the questions ask for a model before a plan is made"
        assert rows is not None, "without a file of originals this is ruled out"
        new = new_one(survey, answers, model, embedded(model, rows.text))
        by_id = rows.source.id_column
        return plan_new_collection(
            self,
            survey,
            answers,
            (new,),
            Asked((Leg(using=new.name, model=model),)),
            Own(texts=rows.text.model_copy(update={"file": rows.source}) if by_id else None),
            rows=rows.source,
        )


def _slower(size: int | None) -> str:
    if size is None:
        return "copying is safer where the size is not known"
    return f"slower than copying: {words.size(size)} is over 25 MB"


def _rows_have_no_keys(survey: Survey) -> Fit | None:
    if (survey.raw.get("params") or {}).get("sharding_method") != "custom":
        return None
    return Fit("ruled out", "a row of a file does not say its shard key", "survey")

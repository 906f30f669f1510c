"""Strategies that the program does not have, one file each: a second dense vector beside the first,
a sparse one, one in place, one from a file; and a kind of embedder that makes sparse vectors.

They can be run. Nothing but the files says that they are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import qdrant_model_migration.strategies as room
from qdrant_model_migration.embedders import known_kinds
from qdrant_model_migration.embedders.kinds import kinds

BESIDE = """
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.texts import no_text, text_source
from qdrant_model_migration.strategies.moving import Asked, vector_of
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class Beside(Strategy):
    name = "beside"
    title = "Beside"
    subtitle = "the new vector beside the old one, in a new collection"
    what = "A new collection holds both vectors for each point."
    way_back = "switch the alias back"
    never = "The old collection is only read."
    facets = ("builds", "embeds", "needs_text", "takes_model", "adds")
    order = 70

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "second", "model") or no_text(answers)
        return ruled or Fit("possible", "both models stay", "change")

    def because(self, survey, answers):
        return ("both models stay",)

    def build(self, survey, answers):
        model = chosen_model(answers)
        new = vector_of("new", model, embedded(model, text_source(answers)))
        vectors = (*kept(survey, unnamed="old"), new)
        return plan_new_collection(
            self, survey, answers, vectors, Asked((Leg(using="new", model=model),))
        )
"""

SPARSE = """
from qdrant_model_migration.embedders import model_by_name
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.texts import no_text, text_source
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.moving import Asked, vector_of
from qdrant_model_migration.strategies.new_collection import kept, plan_new_collection
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class Words(Strategy):
    name = "words_too"
    title = "Words too"
    subtitle = "a sparse vector beside the dense one"
    what = "A new collection gets a sparse vector of each text beside the present vectors."
    way_back = "switch the alias back"
    never = "The old collection is only read."
    facets = ("builds", "embeds", "needs_text")
    order = 71

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "keywords") or no_text(answers)
        return ruled or Fit("first", "only keyword search is added", "change")

    def because(self, survey, answers):
        return ("only keyword search is added",)

    def build(self, survey, answers):
        model = model_by_name("counted:counted/words")
        old = replaced_vector(survey, answers)
        words = vector_of("words", model, embedded(model, text_source(answers)))
        vectors = (*kept(survey, unnamed="meaning"), words)
        legs = (
            Leg(using=old.name or "meaning", model=survey.model_of(old.name)),
            Leg(using="words", model=model),
        )
        return plan_new_collection(self, survey, answers, vectors, Asked(legs, fusion="rrf"))
"""

IN_PLACE = """
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.texts import no_text, text_source
from qdrant_model_migration.strategies.in_place import cannot_be_added, plan_in_place
from qdrant_model_migration.strategies.moving import Asked, vector_of
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class Here(Strategy):
    name = "here"
    title = "Here"
    subtitle = "the new vector in the same collection"
    what = "Each point of the collection gets a second vector."
    way_back = "search by the old vector again"
    never = "Old vectors and payloads are not touched."
    facets = ("embeds", "needs_text", "takes_model")
    order = 72

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "second", "model") or no_text(answers)
        return ruled or cannot_be_added(survey) or Fit("possible", "no second copy", "change")

    def because(self, survey, answers):
        return ("no second copy",)

    def build(self, survey, answers):
        model = chosen_model(answers)
        new = vector_of("new", model, embedded(model, text_source(answers)))
        asked = Asked((Leg(using="new", model=model),))
        return plan_in_place(self, survey, answers, (new,), asked)
"""

FROM_FILE = """
import os

from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.change import ruled_out_by_change
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.moving import Asked, vector_of
from qdrant_model_migration.strategies.new_collection import plan_new_collection
from qdrant_model_migration.strategies.strategy import Fit, Strategy


class FromRows(Strategy):
    name = "from_rows"
    title = "From rows"
    subtitle = "a new collection from the rows of a file"
    what = "A new collection is filled from a file."
    way_back = "switch the alias back"
    never = "The old collection is only read."
    facets = ("builds", "embeds", "takes_model")
    order = 73

    def fit(self, survey, answers):
        ruled = ruled_out_by_change(answers, "model")
        return ruled or Fit("possible", "the texts are in a file", "change")

    def because(self, survey, answers):
        return ("the texts are in a file",)

    def build(self, survey, answers):
        model = chosen_model(answers)
        new = vector_of("", model, embedded(model, TextSource(fields=("body",))))
        rows = rows_of(os.environ["ROWS"], "id")
        legs = (Leg(using="", model=model),)
        return plan_new_collection(self, survey, answers, (new,), Asked(legs), rows=rows)
"""

COUNTED = """
from zlib import crc32

from qdrant_model_migration.embedders.embedder import Embedded, checked_sparse
from qdrant_model_migration.embedders.kind import Kind, Reach
from qdrant_model_migration.embedders.model import ModelRef


class Counted(Kind):
    name = "counted"
    order = 91

    def models(self, beside):
        return (ModelRef(kind="counted", name="counted/words", dimensions=0, vector="sparse"),)

    def reach(self, model):
        return Reach("here")

    def open(self, model, threads):
        return Counts(model)


class Counts:
    def __init__(self, model):
        self.model = model

    def embed(self, texts, role):
        pairs = []
        for text in texts:
            counts = {}
            for word in text.lower().split():
                counts[crc32(word.encode())] = counts.get(crc32(word.encode()), 0) + 1
            pairs.append((list(counts), list(counts.values())))
        tokens = sum(len(text.split()) for text in texts)
        return Embedded(checked_sparse(self.model, pairs), tokens, 0)
"""

FILES = {"beside": BESIDE, "words_too": SPARSE, "here": IN_PLACE, "from_rows": FROM_FILE}


@contextmanager
def dropped(folder: Path, *names: str) -> Iterator[None]:
    """These strategies (all, where none is named), found as if they were files of their room."""
    strategies, models = folder / "strategies", folder / "kinds"
    for one in (strategies, models):
        one.mkdir(parents=True)
    for name in names or FILES:
        (strategies / f"{name}.py").write_text(FILES[name])
    (models / "counted.py").write_text(COUNTED)
    known_kinds.FOLDERS.append(str(models))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "__path__", [*room.__path__, str(strategies)])
        room.strategies.cache_clear()
        kinds.cache_clear()
        try:
            yield
        finally:
            patch.undo()
            known_kinds.FOLDERS.remove(str(models))
            room.strategies.cache_clear()
            kinds.cache_clear()

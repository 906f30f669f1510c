"""Origin: the vector is made from the point's text by a model on this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from qdrant_model_migration.embedders import BY_LANGUAGE_KEY, ModelRef, Spoken, embed_usable
from qdrant_model_migration.pipeline.errors import ModelDiffers
from qdrant_model_migration.pipeline.origins.origin import DeadLetter, Judgement, Made, Origin
from qdrant_model_migration.pipeline.row_index import index_name, texts_of
from qdrant_model_migration.pipeline.text import NoText, TextSource, text_of
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, Presence
from qdrant_model_migration.survey.languages import NAMES, code_of
from qdrant_model_migration.survey.path import value_at
from qdrant_model_migration.words import cut, listing

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class Embed(Origin):
    """text: the payload fields that it is made of, or the columns of a file.

    where: the source vector that a point must have to get one; None: every point with a text.
    spoken: what the model is told for the text of a point by its language; None: always the same.
    """

    embeds: ClassVar[bool] = True
    tells: ClassVar[bool] = False
    makes: ClassVar[str] = "embeds the texts"
    needs: ClassVar[str] = "a text"
    remakes: ClassVar[str] = "texts"
    checked: ClassVar[str] = "No vector added"
    fault: ClassVar[str] = "given a vector that the old collection has not"
    how: Literal["embed"] = "embed"
    model: ModelRef
    text: TextSource
    where: str | None = None
    spoken: Spoken | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        return () if self.where is None else (Presence(self.where),)

    @property
    def fields(self) -> frozenset[str]:
        paths = (*(self.text.fields if self.text.file is None else ()), *self._says_language)
        return frozenset(part for path in paths for part in (path, path.split(".", 1)[0]))

    @property
    def _says_language(self) -> tuple[str, ...]:
        return () if self.spoken is None else (self.spoken.field,)

    @property
    def texts(self) -> TextSource | None:
        return self.text if self.text.file is not None else None

    @property
    def artifacts(self) -> tuple[str, ...]:
        return () if self.text.file is None else (index_name(self.text.file, self.text),)

    @property
    def query_model(self) -> ModelRef:
        return self.model

    @property
    def metadata(self) -> dict[str, Any]:
        said = self.said_of_model(self.model)
        if self.spoken is None:
            return said
        return {**said, BY_LANGUAGE_KEY: self.spoken.model_dump(mode="json")}

    def compared(self, name: str) -> str | None:
        return None if self.where is None else Presence(name)

    def notes(self) -> tuple[str, ...]:
        bare = "A point that has no vector in the old collection is copied without one."
        return (*(() if self.where is None else (bare,)), *self._notes_of_languages())

    def _notes_of_languages(self) -> tuple[str, ...]:
        if self.spoken is None:
            return ()
        known = listing([NAMES[code] for code in self.spoken.told])
        return (
            f"Each text is read in the language that its field {self.spoken.field} says: {known}. "
            "Of any other its words are taken as written, and counted in the log.",
        )

    def proof(self, sample: int) -> str:
        return f"Makes the vectors of {sample} points again and compares them."

    def ready(self, params: Mapping[str, Any], equipment: Equipment, source: str) -> str:
        for model in self.spoken.models(self.model).values() if self.spoken else ():
            equipment.open_model(model)
        tried = equipment.open_model(self.model).embed(["A short text."], "passage")
        (vector,) = tried.vectors
        by = f", computed by {tried.by}" if tried.by else ""
        if self.model.vector != "dense":
            return f"{self.model.label} is open{by}."
        if len(vector) != params["size"]:
            raise ModelDiffers(self.model.label, params["size"], len(vector))
        return f"{self.model.label} is open: {len(vector)} dimensions{by}."

    def wants(self, point: Point) -> bool:
        by_id = self.text.file is not None
        return self._is_for(point) and (by_id or isinstance(text_of(point.payload, self.text), str))

    def make(self, points: Sequence[Point], tools: Tools) -> Made:
        """Texts are sorted by length before they are embedded, since a batch costs what its longest
        text costs, and equal texts are embedded once. A text that the model makes no usable vector
        of is set aside like a missing one."""
        texts = self._texts(points, tools)
        dead = [
            DeadLetter(point.id, text.reason, text.held)
            for point, text in zip(points, texts, strict=True)
            if isinstance(text, NoText)
        ]
        there = [
            (place, text, self._language(points[place]))
            for place, text in enumerate(texts)
            if isinstance(text, str)
        ]
        vectors: list[WritableVector | None] = [None] * len(points)
        tokens = cut_off = 0
        for code in sorted({code for _, _, code in there}):
            wanted = sorted({text for _, text, of in there if of == code}, key=len)
            done = embed_usable(tools.open_model(self._model(code)), wanted, "passage")
            tokens, cut_off = tokens + done.tokens, cut_off + done.cut_off
            made = dict(zip(wanted, done.vectors, strict=True))
            for place, text, of in there:
                if of == code:
                    vectors[place] = made[text]
        for place, text, _ in there:
            if vectors[place] is None:
                reason = f"{self.model.label} makes no usable vector of it"
                dead.append(DeadLetter(points[place].id, reason, f'"{cut(text)}"'))
        unlisted = sum(self.spoken is not None and not code for _, _, code in there)
        return Made(vectors, dead, tokens, cut_off, unlisted)

    def judge(
        self, point: Point, there: WritableVector | None, params: Mapping[str, Any], tools: Tools
    ) -> Judgement:
        if there is not None and not self._is_for(point):
            return "differs"
        if self.where is not None and there is None and self.wants(point):
            return "due"
        return "cannot tell"

    def over_itself(self, name: str) -> Origin:
        """For every point that has a text: which of them have one is asked of another side."""
        return self.model_copy(update={"where": None})

    def _language(self, point: Point) -> str:
        """The code of the point's language, "" where it makes no difference."""
        if self.spoken is None:
            return ""
        code = code_of(value_at(point.payload, self.spoken.field))
        return code if code in self.spoken.told else ""

    def _model(self, code: str) -> ModelRef:
        return self.model if self.spoken is None else self.spoken.model(self.model, code)

    def _texts(self, points: Sequence[Point], tools: Tools) -> list[str | NoText | None]:
        """None for a point that it is not for."""
        mine = [point for point in points if self._is_for(point)]
        found = dict(zip((p.id for p in mine), texts_of(mine, self.text, tools), strict=True))
        return [found.get(point.id) for point in points]

    def _is_for(self, point: Point) -> bool:
        return self.where is None or self.where in point.vectors

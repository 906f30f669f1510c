"""Origin: the Qdrant server makes the vector of the point's text, which is written in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from qdrant_model_migration.embedders import ModelRef, Spoken, kind_of
from qdrant_model_migration.pipeline import refused_texts
from qdrant_model_migration.pipeline.errors import ModelDiffers
from qdrant_model_migration.pipeline.origins.embed import Embed
from qdrant_model_migration.pipeline.origins.origin import Origin
from qdrant_model_migration.pipeline.text import NoText, TextSource
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import SHORT_TEXT, Document, Point


class Infer(Embed):
    """model: of a kind that is at the server, so that what it makes of a text is a document."""

    makes: ClassVar[str] = "sends the texts, of which the server makes the vectors"
    how: Literal["infer"] = "infer"  # type: ignore[assignment]

    def _texts(self, points: Sequence[Point], tools: Tools) -> list[str | NoText | None]:
        """Without those that the service is known to refuse."""
        texts = super()._texts(points, tools)
        if not (refused := refused_texts.known(tools)):
            return texts
        model = self.model
        return [
            refused_texts.no_text(
                Document(model.passage_prefix + text, model.name, model.options), refused
            )
            or text
            if isinstance(text, str)
            else text
            for text in texts
        ]

    def proof(self, sample: int) -> str:
        return (
            f"Has the server make the vectors of {sample} points again, in a small collection that "
            "is deleted at once, and compares them."
        )

    def ready(self, params: Mapping[str, Any], equipment: Equipment, source: str) -> str:
        """One search asks the server for a vector; nothing is written."""
        label = self.model.label
        document = Document(SHORT_TEXT, self.model.name, self.model.options)
        size, expected = equipment.qdrant.inferred_size(source, document), params.get("size", 0)
        if size is None:
            return f"The server makes vectors by {label}; of which size is not known."
        if size != expected:
            raise ModelDiffers(label, expected, size)
        return f"The server makes vectors by {label}: {f'{size} dimensions' if size else 'sparse'}."


def embedded(
    model: ModelRef, text: TextSource, *, where: str | None = None, spoken: Spoken | None = None
) -> Origin:
    """The vector that `model` makes of the text of a point (that has the source vector `where`):
    on this computer, or at the Qdrant server, where the model is there. spoken: by its language."""
    kind = Infer if kind_of(model).at_server else Embed
    return kind(model=model, text=text, where=where, spoken=spoken)

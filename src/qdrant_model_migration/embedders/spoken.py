"""What a model that counts words is told of each language, and which field of the payload says in
which one a text is. Data alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qdrant_model_migration.embedders.model import ModelRef, Setting


class Spoken(BaseModel):
    """field: a dotted path. told: options by ISO 639-1 code, those of most texts first. A text of
    any other language, or of none that is known, gets what the model itself is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    field: Annotated[str, Field(min_length=1)]
    told: Annotated[dict[str, tuple[tuple[str, Setting], ...]], Field(min_length=1)]

    @property
    def most(self) -> str:
        """The language of most texts, for a search of which nobody knows in which one it is."""
        return next(iter(self.told))

    def model(self, model: ModelRef, code: str | None) -> ModelRef:
        """The model as it is told for a text in this language."""
        if code not in self.told:
            return model
        return model.model_copy(update={"options": self.told[code], "fingerprint": None})

    def models(self, model: ModelRef) -> dict[str, ModelRef]:
        return {code: self.model(model, code) for code in self.told}

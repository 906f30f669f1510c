"""ModelRef: everything that has to be said of a model to make the same vectors again.

Opening models and listing them live elsewhere; this is data alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from qdrant_model_migration import words
from qdrant_model_migration.embedders.known_kinds import known_kinds

METADATA_KEY = "qmm_model"
"""Under this key a collection's metadata says which model made its vectors."""

MODELS_KEY = "qmm_models"
"""Under this key it says so of each by its name, where it has several. A vector that is not named
there was made by nobody that is known."""

MAPPED_KEY = "mapped_from"
"""In what is said of a vector's model: no text gives this vector; a learned map has calculated it
from one of the model named here ("" where that was not known)."""

PROJECTED_KEY = "projected_to"
"""Beside it: so many values are left of a vector of the same model, by a learned projection. Its
queries go through that too, so the model alone can make none."""

STILL_MAPPED_KEY = "mapped_points"
"""Beside it: at most so many points have such a vector; the others were made properly since."""

BY_LANGUAGE_KEY = "by_language"
"""Beside it: what the model was told for a text of each language; see spoken.py."""

_BESIDE_MODEL = (MAPPED_KEY, STILL_MAPPED_KEY, BY_LANGUAGE_KEY)

Role = Literal["query", "passage"]
Pooling = Literal["cls", "mean", "last", "none"]
Setting = bool | int | float | str | tuple[str, ...] | None


class ModelRef(BaseModel):
    """A model by name, and by folder where it does not come from the library's own list."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: str
    """One of those in `kinds/`."""
    name: Annotated[str, Field(min_length=1)]
    folder: str | None = None
    """Where its files are; None: in the folders where downloads are kept."""
    dimensions: Annotated[int, Field(ge=0, le=65536)]
    """Values per vector, or per token for a multivector; 0 for a sparse model."""
    vector: Literal["dense", "sparse", "multivector"] = "dense"
    distance: Literal["Cosine", "Dot", "Euclid"] = "Cosine"
    query_prefix: str = ""
    passage_prefix: str = ""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """Longer texts are cut there; None: not known."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; "many": more than the model's authors list. Empty: not known."""
    size_bytes: Annotated[int, Field(ge=0)] | None = None
    """To download, or on disk."""
    license: str = ""
    fingerprint: str | None = None
    """Digest of the model's files; None: not looked at yet."""
    matryoshka: tuple[int, ...] = ()
    """Sizes that its vectors may be cut to, largest first."""
    full_dimensions: Annotated[int, Field(ge=1)] | None = None
    """What the model itself gives, where `dimensions` is a cut of it (see cut_to), or more: what
    was missing is filled up with zeros (see padded_to)."""
    unproven: bool = False
    """It was not made for this cut: only a measurement tells what is left."""
    pooling: Pooling | None = None
    """How token vectors become one; None: the library knows this model."""
    normalise: bool = True
    model_file: str | None = None
    """The ONNX file inside the folder; None: the library knows this model."""
    output: str | None = None
    """The name of the model's output to use; None: the first."""
    cut_texts: tuple[Literal["tokens", "letters"], Annotated[int, Field(ge=1)]] | None = None
    """Where a text ends before the model reads it, as somebody used it; None: nowhere."""
    options: tuple[tuple[str, Setting], ...] = ()
    """What it is told when it is opened, or with each request, by name: language, avg_len, ..."""

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind in (known := known_kinds()):
            return kind
        raise PydanticCustomError(
            "literal_error",
            "Input should be {expected}",
            {"expected": words.listing(known, "or")},
        )

    @property
    def short_name(self) -> str:
        """The name without its author: the same for the model and its cuts."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def label(self) -> str:
        """The short name for screens, with the length where that is not the model's own."""
        how = f" {'padded' if self.padded else 'cut'} to {self.dimensions}"
        return f"{self.short_name}{how if self.full_dimensions else ''}"

    @property
    def padded(self) -> bool:
        """Whether its vectors end in zeros that the model does not make."""
        return self.full_dimensions is not None and self.full_dimensions < self.dimensions

    @property
    def languages_label(self) -> str:
        """For a column of a screen: "English", "about 100", "many", "not known"."""
        if not self.languages:
            return "not known"
        if "many" in self.languages:
            return "many"
        if len(self.languages) > 4:
            rough = round(len(self.languages), -1)
            return f"about {rough}" if len(self.languages) > 30 else str(len(self.languages))
        return ", ".join(_NAMES.get(code, code) for code in self.languages)

    def speaks(self, language: str) -> bool | None:
        """Whether it was made for this language (ISO 639-1 code); None: not known."""
        if language in self.languages:
            return True
        return None if not self.languages or "many" in self.languages else False

    def has_cut(self, other: ModelRef) -> bool:
        """Whether `other` is this model, cut to any shorter length."""
        same = (self.kind, self.name) == (other.kind, other.name)
        return same and self.vector == "dense" and 0 < other.dimensions < self.dimensions

    def cut_to(self, dimensions: int, *, unproven: bool = False) -> ModelRef:
        """This model with its vectors cut to their first `dimensions` values.

        unproven: it may be any shorter length. Raises ValueError where the model cannot be cut so,
        or was not made for that.
        """
        if dimensions == self.dimensions:
            return self
        if self.padded and dimensions == self.full_dimensions:
            own = {"dimensions": dimensions, "matryoshka": self.matryoshka[1:]}
            return self.model_copy(update={**own, "full_dimensions": None})
        made_for = dimensions in self.matryoshka
        if not made_for and not (unproven and 0 < dimensions < self.dimensions):
            raise ValueError(f"{self.label} was not made to be cut to {dimensions} dimensions")
        smaller = tuple(size for size in self.matryoshka if size < dimensions)
        full = self.full_dimensions or self.dimensions
        return self.model_copy(
            update={
                "dimensions": dimensions,
                "matryoshka": smaller,
                "full_dimensions": full,
                "unproven": not made_for,
            }
        )

    def padded_to(self, dimensions: int) -> ModelRef:
        """This model with zeros behind the values of its vectors. Cutting them off again is as a
        length that it was made for."""
        own = self.dimensions
        longer = {"dimensions": dimensions, "full_dimensions": own}
        return self.model_copy(update={**longer, "matryoshka": (own, *self.matryoshka)})

    def same_vectors(self, other: ModelRef) -> bool | None:
        """Whether both make the same vectors of the same texts; None: cannot be told."""
        mine, others = (
            (
                m.vector,
                m.dimensions,
                m.passage_prefix,
                m.pooling,
                m.normalise,
                m.output,
                m.options,
                m.cut_texts,
            )
            for m in (self, other)
        )
        if mine != others:
            return False
        if self.fingerprint is None or other.fingerprint is None:
            return None if (self.kind, self.name) == (other.kind, other.name) else False
        return self.fingerprint == other.fingerprint

    def to_metadata(self) -> dict[str, Any]:
        """What a collection's metadata gets: {METADATA_KEY: {...}}.

        All that makes the same vectors again, and nothing of this machine: a server is not told
        where files lie.
        """
        told = self.model_dump(mode="json", exclude_defaults=True, exclude={"folder"})
        return {METADATA_KEY: told}

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, Any], vector: str = "") -> ModelRef | None:
        """The model that a collection's metadata names for the vector; None where it names none
        that is known. See `mapped_from` for whether it made the vector itself."""
        said = said_of(metadata, vector)
        if isinstance(said, Mapping):
            if PROJECTED_KEY in said:
                return None  # it makes its queries only together with the projection
            said = {key: value for key, value in said.items() if key not in _BESIDE_MODEL}
        try:
            return cls.model_validate_json(json.dumps(said))
        except (ValidationError, TypeError, ValueError):
            return None


def models_in(value: Any) -> Iterator[ModelRef]:
    """Every model that is described anywhere in a plan, a step, or what is given to one."""
    if isinstance(value, ModelRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from models_in(getattr(value, name))
    elif isinstance(value, Mapping):
        with suppress(ValidationError, TypeError, ValueError):
            yield ModelRef.model_validate_json(json.dumps(value))
        for inner in value.values():
            yield from models_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from models_in(inner)


def said_of(metadata: Mapping[str, Any], vector: str) -> Any:
    """What a collection's metadata says, under this program's keys, of the vector's model."""
    each = metadata.get(MODELS_KEY)
    return each.get(vector) if isinstance(each, Mapping) else metadata.get(METADATA_KEY)


def mapped_from(metadata: Mapping[str, Any], vector: str) -> str | None:
    """Of which model's vectors this one was calculated, "" where that is not known; None: it was
    not, as far as the collection's metadata says."""
    said = said_of(metadata, vector)
    found = said.get(MAPPED_KEY) if isinstance(said, Mapping) else None
    return found if isinstance(found, str) else None


def projected_to(metadata: Mapping[str, Any], vector: str) -> bool:
    """Whether the vector is a shorter one of its model, by a learned projection."""
    said = said_of(metadata, vector)
    return isinstance(said, Mapping) and PROJECTED_KEY in said


def mapped_points(metadata: Mapping[str, Any], vector: str) -> int | None:
    """How many points still have such a vector, where proper ones were made behind them; None: all
    of them, as far as the metadata says."""
    said = said_of(metadata, vector)
    found = said.get(STILL_MAPPED_KEY) if isinstance(said, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


_NAMES = {"en": "English", "de": "German", "es": "Spanish", "zh": "Chinese"}

"""What a migration moves where: `Move`, its target vectors and the load on the server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.qdrant import Point, Presence
from qdrant_model_migration.strict import Strict


class Keep(Strict):
    """The vector is copied from the source as it stands."""

    how: Literal["keep"] = "keep"
    source: str


class Embed(Strict):
    """The vector is made from the point's text by a model.

    where: the source vector that a point must have to get one; None: every point with a text.
    """

    how: Literal["embed"] = "embed"
    model: ModelRef
    where: str | None = None

    def is_for(self, point: Point) -> bool:
        """Whether this point of the source is to have the vector, if it has a text."""
        return self.where is None or self.where in point.vectors


class Cut(Strict):
    """The first values of a source vector, made to length one; for Matryoshka models.

    model: the old one cut to that length, for queries; its dimensions say how many values.
    """

    how: Literal["cut"] = "cut"
    source: str
    model: ModelRef


Origin = Annotated[Keep | Embed | Cut, Field(discriminator="how")]


class TargetVector(Strict):
    """One vector of the target: its name ("" is the unnamed one), kind, raw parameters, origin."""

    name: str
    kind: Literal["dense", "sparse", "multivector"] = "dense"
    params: dict[str, Any]
    origin: Origin

    @model_validator(mode="after")
    def _size_is_the_models(self) -> TargetVector:
        size = self.params.get("size")
        if self.kind == "dense" and self.model and size != self.model.dimensions:
            raise PydanticCustomError(
                "size_differs",
                "its size is {size}, and its model makes {dimensions} dimensions",
                {"size": size, "dimensions": self.model.dimensions},
            )
        return self

    @property
    def model(self) -> ModelRef | None:
        """The model that queries of this vector need, None where it is kept."""
        return None if isinstance(self.origin, Keep) else self.origin.model


class TextSource(Strict):
    """The payload fields (dotted paths) that make the text, joined by a blank line."""

    fields: Annotated[tuple[str, ...], Field(min_length=1)]
    join: str = "\n\n"


class Searches(Strict):
    """What a test search may take while the work goes on, by what it took before.

    slow: so many times as long slow the work down, step by step. pause: so many pause it.
    least_ms: what is not so much longer is no reason; for a pause five times that. every_s: seconds
    from one round of test searches to the next.
    """

    slow: Annotated[float, Field(gt=1.0, le=100.0)] = 2.0
    pause: Annotated[float, Field(gt=1.0, le=1000.0)] = 5.0
    least_ms: Annotated[float, Field(ge=0.0)] = 10.0
    every_s: Annotated[float, Field(ge=0.01, le=600.0)] = 3.0


class Load(Strict):
    """How hard the server is worked: points per request, requests at a time, points per slice at
    most. searches: how slow they may become; None: they are not watched."""

    batch: Annotated[int, Field(ge=1, le=256)] = 128
    streams: Annotated[int, Field(ge=1, le=4)] = 2
    slice: Annotated[int, Field(ge=64, le=100_000)] = 1024
    searches: Searches | None = Searches()


class Move(Strict):
    """Everything the data path needs to know: from where, to where, which vectors, how hard."""

    source: str
    target: str
    vectors: tuple[TargetVector, ...]
    text: TextSource | None = None
    load: Load = Load()

    @property
    def embeds(self) -> bool:
        """Whether any vector is made of a text."""
        return any(isinstance(v.origin, Embed) for v in self.vectors)

    @property
    def compared(self) -> tuple[str, ...]:
        """The target's vectors that follow from the source's, so that both can be compared."""
        return tuple(
            Presence(v.name) if isinstance(v.origin, Embed) else v.name
            for v in self.vectors
            if not isinstance(v.origin, Embed) or v.origin.where is not None
        )

    @property
    def new_vectors(self) -> tuple[TargetVector, ...]:
        """The vectors that a model or a computation makes, in the target's order."""
        return tuple(v for v in self.vectors if not isinstance(v.origin, Keep))

    @property
    def kept(self) -> dict[str, str]:
        """The target's name of each copied vector, and its name in the source."""
        return {v.name: v.origin.source for v in self.vectors if isinstance(v.origin, Keep)}

    @property
    def read_vectors(self) -> tuple[str, ...]:
        """The source vectors that have to be read to make the target's."""
        origins = [vector.origin for vector in self.vectors]
        whole = [origin.source for origin in origins if not isinstance(origin, Embed)]
        seen = [Presence(o.where) for o in origins if isinstance(o, Embed) and o.where is not None]
        return tuple(dict.fromkeys((*whole, *seen)))

    @property
    def over_itself(self) -> Move:
        """From the target into the target: the vectors that a model makes, all else as it is."""
        vectors = tuple(
            v
            if isinstance(v.origin, Embed)
            else v.model_copy(update={"origin": Keep(source=v.name)})
            for v in self.everywhere.vectors
        )
        return self.model_copy(update={"source": self.target, "vectors": vectors})

    @property
    def everywhere(self) -> Move:
        """The same, with a vector for every point that has a text: to make some of them again."""
        vectors = tuple(
            v.model_copy(update={"origin": v.origin.model_copy(update={"where": None})})
            if isinstance(v.origin, Embed)
            else v
            for v in self.vectors
        )
        return self.model_copy(update={"vectors": vectors})

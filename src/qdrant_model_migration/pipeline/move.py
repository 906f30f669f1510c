"""What a migration moves where: `Move`, its target vectors and the load on the server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.origins import AnyOrigin, Origin, as_it_is
from qdrant_model_migration.pipeline.sources import AnySource, Source
from qdrant_model_migration.pipeline.sources.collection import Collection
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Point, Presence
from qdrant_model_migration.strict import Strict
from qdrant_model_migration.words import listing, vector


class TargetVector(Strict):
    """One vector of the target: its name ("" is the unnamed one), kind, raw parameters, origin."""

    name: str
    kind: Literal["dense", "sparse", "multivector"] = "dense"
    params: dict[str, Any]
    origin: AnyOrigin

    @model_validator(mode="after")
    def _size_is_the_models(self) -> TargetVector:
        size, made = self.params.get("size"), self.origin.dimensions
        if self.kind == "dense" and made is not None and size != made:
            raise PydanticCustomError(
                "size_differs",
                "its size is {size}, and its model makes {dimensions} dimensions",
                {"size": size, "dimensions": made},
            )
        return self

    @property
    def depends_on_batch(self) -> bool:
        """Whether a model makes it, and other vectors of a text in the company of other texts."""
        model = self.model if self.origin.embeds else None
        return model is not None and kind_of(model).depends_on_batch(model)

    @property
    def model(self) -> ModelRef | None:
        """The model that queries of this vector need, None where it is kept."""
        return self.origin.query_model


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
    most. searches: how slow they may become; None: they are not watched. spending: what services
    of the server may be asked for; None: none makes vectors."""

    batch: Annotated[int, Field(ge=1, le=256)] = 128
    streams: Annotated[int, Field(ge=1, le=4)] = 2
    slice: Annotated[int, Field(ge=64, le=100_000)] = 1024
    searches: Searches | None = Searches()
    spending: Spending | None = None


class Move(Strict):
    """Everything the data path needs to know: from where, to where, which vectors, how hard.

    source: the collection that stands, whose settings and aliases count. target: the one that is
    filled; the same, where vectors are added to it. rows: where the points come from, None: from
    the source. payload: whether payloads go along; a target without them stands beside the source,
    by the same ids, and cannot take its place. cloned: the server itself copies them, with all
    their vectors; only new vectors are written.
    """

    source: str
    target: str
    vectors: tuple[TargetVector, ...]
    rows: AnySource | None = None
    payload: bool = True
    load: Load = Load()
    cloned: bool = False

    @property
    def points(self) -> Source:
        """Where the points are read from."""
        return self.rows if self.rows is not None else Collection(collection=self.source)

    @property
    def in_place(self) -> bool:
        """Whether points of the source itself get vectors, and nothing else is written."""
        return self.source == self.target

    @property
    def label(self) -> str:
        """What goes where, for a title: "docs → docs_new", "docs: vector new", "docs: docs_late
        beside it". Where an arrow stands, the one takes the place of the other."""
        if self.in_place:
            return f"{self.source}: {listing([vector(target.name) for target in self.vectors])}"
        if not self.payload:
            return f"{self.source}: {self.target} beside it"
        return f"{self.points.name} → {self.target}"

    @property
    def origins(self) -> tuple[Origin, ...]:
        return tuple(vector.origin for vector in self.vectors)

    @property
    def artifacts(self) -> tuple[str, ...]:
        """The files of the run folder that its vectors are made with, each once."""
        return tuple(dict.fromkeys(name for origin in self.origins for name in origin.artifacts))

    @property
    def by_id(self) -> tuple[TextSource, ...]:
        """The texts that are taken from files by the ids of points, each once."""
        return tuple(dict.fromkeys(o.texts for o in self.origins if o.texts is not None))

    @property
    def as_it_is(self) -> bool:
        """Whether all points go from one collection into another one as they are."""
        copied = all(vector.origin.carries == vector.name for vector in self.vectors)
        return copied and self.payload and self.rows is None and not self.in_place

    @property
    def embeds(self) -> bool:
        """Whether any vector is made by a model on this computer, which takes the time."""
        return any(origin.embeds for origin in self.origins)

    @property
    def compared(self) -> tuple[str, ...]:
        """The target's vectors as they have to be read to be judged by the source's points."""
        names = (vector.origin.compared(vector.name) for vector in self.vectors)
        return tuple(name for name in names if name is not None)

    @property
    def new_vectors(self) -> tuple[TargetVector, ...]:
        """The vectors that are not copied as they are, in the target's order."""
        return tuple(v for v in self.vectors if v.origin.carries is None)

    @property
    def kept(self) -> dict[str, str]:
        """The target's name of each copied vector, and its name in the source."""
        return {v.name: v.origin.carries for v in self.vectors if v.origin.carries is not None}

    def stands_as(self, name: str) -> str | None:
        """What the source's vector is called in the target; None where it is not there."""
        if self.in_place:
            return name
        return next((new for new, old in self.kept.items() if old == name), None)

    @property
    def read_vectors(self) -> tuple[str, ...]:
        """The source vectors that have to be read to make the target's."""
        names = [name for origin in self.origins for name in origin.reads]
        whole = [name for name in names if not isinstance(name, Presence)]
        return tuple(dict.fromkeys((*whole, *names)))

    def made_from(self, point: Point) -> Point:
        """A point of the source, as far as the target's is made of it."""
        if self.payload:
            return point
        fields = self._fields
        return point._replace(payload={k: v for k, v in point.payload.items() if k in fields})

    @property
    def _fields(self) -> frozenset[str]:
        return frozenset[str]().union(*(origin.fields for origin in self.origins))

    @property
    def filling(self) -> Move:
        """What the backfill does of it: what was cloned lacks only the new vectors, and they are
        made of what stands there, of which no more is read."""
        if not self.cloned:
            return self
        rows = Collection(collection=self.target, fields=tuple(sorted(self._fields)))
        return self.model_copy(
            update={"source": self.target, "vectors": self.new_vectors, "rows": rows}
        )

    @property
    def over_itself(self) -> Move:
        """From the target into the target: what a model makes of a point, all else as it is."""
        vectors = tuple(
            v.model_copy(update={"origin": v.origin.over_itself(v.name) or as_it_is(v.name)})
            for v in self.vectors
        )
        return self.model_copy(update={"source": self.target, "vectors": vectors})

    @property
    def without_values(self) -> Move:
        """Only the vectors of which a look at both sides reads no values."""

        def is_read(vector: TargetVector) -> bool:
            names = (*vector.origin.reads, vector.origin.compared(vector.name))
            return any(name is not None and not isinstance(name, Presence) for name in names)

        vectors = tuple(v for v in self.vectors if not is_read(v))
        return self.model_copy(update={"vectors": vectors})

    @property
    def without_models(self) -> Move:
        """Only the vectors that need no model to be made."""
        vectors = tuple(v for v in self.vectors if not v.origin.embeds)
        return self.model_copy(update={"vectors": vectors})

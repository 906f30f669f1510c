"""A side: how a search is made, before a migration or after it. What stands in a plan of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qdrant_model_migration.embedders import Embedder, ModelRef, Spoken, within_reach
from qdrant_model_migration.embedders.learned_map import LearnedMap
from qdrant_model_migration.embedders.mapped_queries import MappedQueries
from qdrant_model_migration.qdrant import Fusion, Qdrant
from qdrant_model_migration.quality.searcher import Asked, Searcher
from qdrant_model_migration.strict import Strict
from qdrant_model_migration.words import listing


class Leg(Strict):
    """One vector that is searched: its name ("" is the unnamed one), and what makes the queries.

    model: with its query prefix and its cut; None: not known. size: values of a vector as the
    collection has it; None: not told, or there is no such number. map: the file of a learned map
    that each query vector goes through; in a plan its name in the run folder (see `Side.placed`).
    spoken: what the model is told by the language of a query. second: another collection, in which
    it is asked for the order of what the others have found; None: the side's own.
    """

    using: str = ""
    model: ModelRef | None = None
    size: int | None = None
    map: str | None = None
    spoken: Spoken | None = None
    second: str | None = None

    def by_language(self) -> dict[str, ModelRef]:
        """The model as it is told for a query in each language; empty where that is the same."""
        return self.spoken.models(self.model) if self.spoken and self.model else {}

    @property
    def label(self) -> str:
        """Its model for screens, "" where it is not known."""
        if self.model is None:
            return ""
        projected = self.map is not None and self.size not in (None, self.model.dimensions)
        return f"{self.model.label}{f' projected to {self.size}' if projected else ''}"

    def asked(self, open_embedder: Callable[[ModelRef], Embedder]) -> Asked:
        """What makes the vectors of its queries; its model is known. Raises MapUnreadable."""
        assert self.model is not None
        embedder = open_embedder(self.model)
        if self.map is not None:
            embedder = MappedQueries(embedder, LearnedMap.load(Path(self.map)))
        told = {code: open_embedder(model) for code, model in self.by_language().items()}
        return Asked(embedder, self.using, told)


class Side(Strict):
    """A collection or alias, the vectors that are searched, and how their results become one list.

    fusion: by rank (rrf) or by the spread of the scores (dbsf), as the server does it; None where
    one vector is searched, or where the last leg puts in order what the others find. rerank: so
    many results of each of the others; None: there is no such leg.
    """

    collection: str
    legs: tuple[Leg, ...]
    fusion: Fusion | None = None
    rerank: Annotated[int, Field(ge=1, le=10_000)] | None = None

    @model_validator(mode="after")
    def _several_are_fused(self) -> Side:
        joined = [how for how in (self.fusion, self.rerank) if how is not None]
        if not self.legs or len(joined) != (len(self.legs) > 1):
            raise PydanticCustomError(
                "fusion_differs",
                "it needs one leg alone, or several with a fusion or with a rerank",
            )
        if any(leg.second for leg in (self.legs if self.rerank is None else self.legs[:-1])):
            raise PydanticCustomError(
                "second_differs", "only the last leg of a rerank is asked in a second collection"
            )
        return self

    @property
    def second(self) -> str | None:
        """The collection that puts in order what is found in this one; None: this one does."""
        return self.legs[-1].second

    @property
    def collections(self) -> tuple[str, ...]:
        """All that are asked."""
        return (self.collection, self.second) if self.second else (self.collection,)

    @property
    def label(self) -> str:
        """Its models for screens, "model not known" where one of them is not."""
        labels = [leg.label for leg in self.legs if leg.model is not None]
        return listing(labels) if len(labels) == len(self.legs) else "model not known"

    @property
    def models(self) -> tuple[ModelRef, ...]:
        """Those that are known."""
        return tuple(leg.model for leg in self.legs if leg.model is not None)

    @property
    def by_vector(self) -> dict[str, ModelRef]:
        """The known ones, by the names of their vectors."""
        return {leg.using: leg.model for leg in self.legs if leg.model is not None}

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of those that queries are told apart by, that of most texts first."""
        return tuple(dict.fromkeys(code for leg in self.legs for code in leg.by_language()))

    def stays_in(self, other: Side) -> bool:
        """Whether `other` asks all its models too; a shorter vector is still of the same model."""
        models = {(model.kind, model.name) for model in self.models}
        return bool(models) and models <= {(model.kind, model.name) for model in other.models}

    def out_of_reach(self, here: Collection[ModelRef] = ()) -> tuple[Leg, ...]:
        """The legs that cannot be searched: their model is not known, or cannot be opened. here:
        models that are open already."""
        return tuple(
            leg
            for leg in self.legs
            if leg.model is None
            or not all(
                one in here or within_reach(one) for one in (leg.model, *leg.by_language().values())
            )
        )

    def searcher(
        self,
        qdrant: Qdrant,
        open_embedder: Callable[[ModelRef], Embedder],
        exact: bool = False,
        here: Collection[ModelRef] = (),
    ) -> Searcher | None:
        """Searches as this side says; None where a leg is out of reach. exact: without indexes."""
        if self.out_of_reach(here):
            return None
        asked = tuple(leg.asked(open_embedder) for leg in self.legs)
        return Searcher(
            qdrant, self.collection, asked, self.fusion, exact, self.rerank, self.second
        )

    def placed(self, folder: Path) -> Side:
        """The same, with whole paths for the maps that a run keeps in its folder."""
        if not any(leg.map for leg in self.legs):
            return self
        legs = tuple(
            leg.model_copy(update={"map": str(folder / leg.map)}) if leg.map else leg
            for leg in self.legs
        )
        return self.model_copy(update={"legs": legs})

    def told(self, model: ModelRef) -> Side:
        """The same, with this model where it is not known; the first where all of them are."""
        at = next((n for n, leg in enumerate(self.legs) if leg.model is None), 0)
        legs = [
            leg.model_copy(update={"model": model}) if n == at else leg
            for n, leg in enumerate(self.legs)
        ]
        return self.model_copy(update={"legs": tuple(legs)})

    def knowing(self, other: Side) -> Side:
        """The same, with what `other` knows of the model of a vector by the same name."""
        known = {leg.using: leg.model for leg in other.legs}
        legs = tuple(
            leg if leg.model else leg.model_copy(update={"model": known.get(leg.using)})
            for leg in self.legs
        )
        return self.model_copy(update={"legs": legs})

    @property
    def merged_otherwise(self) -> Side | None:
        """The same with the other fusion; None where one vector is searched."""
        other: dict[Fusion, Fusion] = {"rrf": "dbsf", "dbsf": "rrf"}
        if self.fusion is None:
            return None
        return self.model_copy(update={"fusion": other[self.fusion]})

    def distances(self, qdrant: Qdrant) -> tuple[str | None, ...]:
        """By which the collection compares the vector of each leg; None: it does not say."""
        if not qdrant.exists(self.collection):
            return ()
        found = qdrant.config(self.collection).vectors()
        return tuple(found.get(leg.using, {}).get("distance") for leg in self.legs)

    def measured(self, qdrant: Qdrant) -> Side:
        """The same, with the sizes that it does not say as the collection has them now."""
        if all(leg.size for leg in self.legs) or not qdrant.exists(self.collection):
            return self
        found = qdrant.config(self.collection).vectors()
        legs = tuple(
            leg.model_copy(update={"size": leg.size or found.get(leg.using, {}).get("size")})
            for leg in self.legs
        )
        return self.model_copy(update={"legs": legs})

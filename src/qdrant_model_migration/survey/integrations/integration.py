"""What is known of a product that writes into Qdrant: how its points look, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration.qdrant import Asked
from qdrant_model_migration.survey.integrations.shape import Shape

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef

Names = Literal["free", "by model", "fixed"]


class Sign(NamedTuple):
    """What its points look like; all of it has to hold.

    keys: dotted paths in nearly every payload. vectors, collection: patterns of names; of the
    vectors one has to fit. bare: no payload has anything in it, and all ids are integers. sure:
    nothing else that is known looks like this.
    """

    keys: tuple[str, ...] = ()
    vectors: str = ""
    collection: str = ""
    bare: bool = False
    sure: bool = False

    def fits(self, shape: Shape) -> bool:
        return (
            all(shape.has(key) for key in self.keys)
            and (not self.vectors or any(fnmatchcase(v, self.vectors) for v in shape.vectors))
            and (not self.collection or fnmatchcase(shape.collection, self.collection))
            and (not self.bare or (shape.bare and shape.ids == {"integer"}))
        )

    @property
    def in_words(self) -> str:
        """What the survey has gone by."""
        said = [*self.keys, self.vectors, self.collection, *(("no payload",) if self.bare else ())]
        return ", ".join(filter(None, said))


class Settings(NamedTuple):
    """What a person changes there, by name; "" where it has no such setting."""

    collection: str = ""
    model: str = ""
    dimensions: str = ""
    distance: str = ""
    using: str = ""
    prefix: str = ""


class Integration:
    """Subclass it in one new file of this folder; the registry finds it.

    The file's stem is its name. title: on screens. ids, vectors, metadata: what it writes, in a few
    words. text: paths that hold the text, the likeliest first; elsewhere: where it stands if not in
    the points, a sentence. asks: how it asks the server whether its collection is there, None where
    it does not. looks: the same as a sentence, with when it does so and what follows. names:
    whether its collection can be called anything. family: names of collections that share the
    model, with {} for what their names have in common. says: whole sentences, to be known before
    its model changes; dangers: those of them that can cost the data. settings: what a person
    changes there. code: where all this was read.
    """

    title: ClassVar[str]
    signs: ClassVar[tuple[Sign, ...]]
    ids: ClassVar[str] = "UUIDs"
    vectors: ClassVar[str] = "one without a name"
    text: ClassVar[tuple[str, ...]] = ()
    elsewhere: ClassVar[str] = ""
    metadata: ClassVar[str] = "at the top level"
    asks: ClassVar[Asked | None]
    looks: ClassVar[str]
    names: ClassVar[Names] = "free"
    family: ClassVar[tuple[str, ...]] = ()
    dangers: ClassVar[tuple[str, ...]] = ()
    says: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[Settings]
    code: ClassVar[str]
    compares: ClassVar[bool] = False
    """Whether it refuses a collection of another distance when it starts."""

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @property
    def sees_alias(self) -> bool:
        """Whether it finds a collection by an alias: the list of collections has none in it."""
        return self.asks != "list"

    def sign_of(self, shape: Shape) -> Sign | None:
        """The first of its signs that fits, None where none does."""
        return next((sign for sign in self.signs if sign.fits(shape)), None)

    def parted(self, collection: str) -> tuple[str, str]:
        """What of the name a person can choose, and how it has to go on."""
        return collection, ""

    def embedded_as(self, payloads: Sequence[Mapping[str, Any]], text: str) -> str:
        """The template of what it embeds, of points like these with their text in this field; "":
        the text alone."""
        return ""

    def collection_for(self, collection: str, model: ModelRef) -> str | None:
        """The collection that it will look for once it uses this model; None: any name will do."""
        return None

    def vector_for(self, model: ModelRef) -> str | None:
        """The vector that it will search once it uses this model; None: it stays."""
        return None

    def relatives(self, collection: str) -> tuple[str, ...]:
        """The names that all collections of its family would have, this one included, in the order
        of the family; nothing where it is of none."""
        found = self._in_family(collection)
        if found is None:
            return ()
        return tuple(one.replace("{}", found[1]) for one in self.family)

    def sisters(self, collection: str) -> tuple[str, ...]:
        """The names that the other collections of its family would have."""
        return tuple(name for name in self.relatives(collection) if name != collection)

    def called_with(self, sister: str, collection: str, target: str) -> str | None:
        """The name that it will look for in place of the sister's, once this collection is called
        `target`; None where that follows from nothing."""
        was = self._in_family(collection)
        if was is None or "{}" not in was[0] or sister not in self.sisters(collection):
            return None
        pattern = self.family[self.relatives(collection).index(sister)]
        before, _, after = was[0].partition("{}")
        if not (target.startswith(before) and target.endswith(after)):
            return None
        return pattern.replace("{}", target[len(before) : len(target) - len(after)])

    def _in_family(self, collection: str) -> tuple[str, str] | None:
        """The pattern that its name fits, and what that has in common with the others' names."""
        for pattern in sorted(self.family, key=len, reverse=True):
            before, _, after = pattern.partition("{}")
            fits = collection.startswith(before) and collection.endswith(after)
            if "{}" not in pattern:
                fits = collection == pattern
            if fits and len(collection) >= len(before) + len(after):
                return pattern, collection[len(before) : len(collection) - len(after)]
        return None

"""What the survey found: a frozen `Survey` of `Fact`s, each with how it is known. Reads nothing."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.qdrant import Address, Capabilities
from qdrant_model_migration.qdrant.quantization import Quantizations
from qdrant_model_migration.survey.fingerprint import fingerprint

T = TypeVar("T")

How = Literal[
    "asked", "by its version", "counted", "sample", "estimated", "re-embedded", "told", "made up",
    "not known",
]  # fmt: skip


class Frozen(BaseModel):
    """A frozen model that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Frozen, Generic[T]):
    """One finding. `value` is None when it is not known; `note` says more in a few words."""

    value: T | None = None
    how: How = "not known"
    note: str = ""


class VectorFact(Frozen):
    """One vector of the collection as configured. `name` is "" for the unnamed one."""

    name: str
    kind: Literal["dense", "sparse", "multivector"]
    size: int | None = None
    distance: str | None = None
    datatype: str | None = None
    raw: dict[str, Any] = {}


class TextField(Frozen):
    """A payload field that may hold the text: share of sampled points with a text in it (0..1)."""

    path: str
    share: float
    average_words: float
    example: str = ""


class Bare(Frozen):
    """Points that lack one vector. texts: how many of them have a text, by payload field."""

    points: int
    texts: dict[str, int] = {}


class WordModel(Frozen):
    """A model for keyword search. opens: it can be opened now; size: else, of its download."""

    model: ModelRef
    opens: bool
    size: int | None = None


class Pieces(Frozen):
    """How long the sampled texts are, in words: a quarter is below, a quarter above.

    parent: the payload field that names the document they are pieces of, None where none was seen;
    each: pieces of a document in the sample, of: their words together, on average.
    """

    quarter: int
    three_quarters: int
    parent: str | None = None
    each: float = 1.0
    of: int = 0


class LanguageField(Frozen):
    """A payload field that names the language of a text. texts: of the sample in each, by code, the
    most first; agrees: share of those whose words show the same one; unnamed: texts of which it
    names none that is known."""

    path: str
    texts: dict[str, int]
    agrees: float
    unnamed: int = 0


class Placeholders(Frozen):
    """Sampled vectors that stand for none, e.g. all zeros: how many, of those looked at."""

    found: int
    of: int
    what: str


class WrittenBy(Frozen):
    """Products whose points look like these, by the names of their files in `integrations/`. sure:
    nothing else that is known looks like them."""

    names: tuple[str, ...]
    sure: bool


class Survey(Frozen):
    """All facts about one collection, on one server, at one moment."""

    address: Address
    at: str
    capabilities: Capabilities
    collection: str
    asked_for: str = ""
    others: tuple[str, ...] = ()
    all_aliases: dict[str, str] = {}
    raw: dict[str, Any] = {}
    payload_schema: dict[str, Any] = {}

    aliases: Fact[tuple[str, ...]] = Fact()
    points: Fact[int] = Fact()
    status: Fact[str] = Fact()
    vectors: Fact[tuple[VectorFact, ...]] = Fact()
    quantization: Fact[dict[str, Any]] = Fact()
    text_fields: Fact[tuple[TextField, ...]] = Fact()
    text_field: Fact[str] = Fact()
    text_joined: Fact[tuple[str, ...]] = Fact()
    """Fields that have the text where that one has none, and next to nowhere else."""
    texts_missing: Fact[int] = Fact()
    average_tokens: Fact[float] = Fact()
    longest_tokens: Fact[int] = Fact()
    token_lengths: tuple[int, ...] = ()
    languages: Fact[dict[str, float]] = Fact()
    language_fields: tuple[LanguageField, ...] = ()
    """Payload fields that say in which language a text is, the surest first."""
    old_model: Fact[ModelRef] = Fact()
    pieces: Fact[Pieces] = Fact()
    written_by: Fact[WrittenBy] = Fact()
    """The products that probably wrote the points; None: none that is known."""
    word_models: Fact[tuple[WordModel, ...]] = Fact()
    text_template: str = ""
    """How the text field stood among other fields when it was embedded, "" where it stood alone."""
    word_lengths: Fact[dict[str, float]] = Fact()
    """The average length of the texts in words that keyword search counts, by payload field."""
    payload_fields: Fact[tuple[str, ...]] = Fact()
    title_fields: tuple[str, ...] = ()
    """Payload fields that may hold the title of a text, those that are called so first."""
    payload_indexes: Fact[tuple[str, ...]] = Fact()
    payload_bytes: Fact[int] = Fact()
    vector_bytes: Fact[int] = Fact()
    writes: Fact[int] = Fact()
    server_embeds: Fact[bool] = Fact()
    alone: Fact[bool] = Fact()
    """Whether the server has everything itself, and is not one of several in a cluster."""
    bare: Fact[dict[str, Bare]] = Fact()
    """The points that lack a dense vector, by its name; names that every point has are left out."""
    cannot_carry: tuple[tuple[str, str], ...] = ()
    sampled: int = 0
    """Points whose payload was read for everything that is known from a sample."""
    matches: tuple[int, int] | None = None
    """Texts that give their stored vector again when the old model embeds them, of those tried."""
    figures: dict[str, dict[str, tuple[int, int]]] = {}
    """For each dense vector whose model was found, by field: texts that give their stored vector
    again, of those tried."""
    old_models: dict[str, Fact[ModelRef]] = {}
    """The old model of each dense vector, by its name; `old_model` is that of the first one."""
    approximate: tuple[str, ...] = ()
    """Names of the dense vectors that a learned map has calculated: no text gives them."""
    lacking: dict[str, int] = {}
    """Points without a vector of this name; names that every point has are left out."""
    placeholders: dict[str, Placeholders] = {}
    """Of each dense vector, by its name; names without any are left out."""

    @property
    def text_meant(self) -> tuple[str, ...]:
        """The fields in one of which a point has its text; empty where none was found."""
        named = self.text_field.value
        return (named, *(self.text_joined.value or ())) if named is not None else ()

    @property
    def fingerprint(self) -> str:
        """What a plan for this collection is made for."""
        return fingerprint(self.raw, self.payload_schema)

    @property
    def alias(self) -> str | None:
        """The first alias that points to the collection, None without one."""
        found = self.aliases.value or ()
        return found[0] if found else None

    @property
    def dense(self) -> tuple[VectorFact, ...]:
        return tuple(v for v in self.vectors.value or () if v.kind == "dense")

    @property
    def quantizations(self) -> Quantizations:
        """The compression of the collection and of each dense vector and multivector."""
        return Quantizations(
            self.quantization.value or None,
            {
                v.name: v.raw.get("quantization_config") or None
                for v in self.vectors.value or ()
                if v.kind != "sparse"
            },
        )

    def model_of(self, vector: str) -> ModelRef | None:
        """The model that made the vector of this name, None where it is not known."""
        fact = self.old_models.get(vector)
        if fact is None and self.dense and vector == self.dense[0].name:
            fact = self.old_model
        return fact.value if fact is not None else None

    def made_of(self, vector: str) -> str | None:
        """The field whose texts give the stored vectors of this name; None: not proved."""
        figures = self.figures.get(vector) or {"": (0, 1)}
        field = max(figures, key=lambda one: figures[one][0] / figures[one][1])
        same, tried = figures[field]
        return field if same > 0.05 * tried else None

    @property
    def bytes(self) -> int | None:
        """Vectors and payload together, None where either is not known."""
        if self.payload_bytes.value is None or self.vector_bytes.value is None:
            return None
        return self.payload_bytes.value + self.vector_bytes.value

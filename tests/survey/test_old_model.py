"""Which model made the vectors: told, shown by re-embedding, mixed, or honestly not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import Embedded, Embedder, ModelRef
from qdrant_model_migration.embedders.errors import ModelOutOfReach
from qdrant_model_migration.embedders.kinds.fastembed import Fastembed
from qdrant_model_migration.embedders.model import Role
from qdrant_model_migration.qdrant import CollectionConfig, Point, Vector
from qdrant_model_migration.survey import old_model, old_models
from qdrant_model_migration.survey.facts import VectorFact

VECTOR = VectorFact(name="", kind="dense", size=8)


def ref(name: str, dimensions: int = 8) -> ModelRef:
    return ModelRef(kind="fastembed", name=f"maker/{name}", dimensions=dimensions)


class Made:
    """An embedder whose vectors depend on the model's name and the text alone."""

    def __init__(self, model: ModelRef, noise: float = 0.0) -> None:
        self.model, self.noise, self.texts = model, noise, 0

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        assert role == "passage"
        self.texts += len(texts)
        return Embedded([self.vector(text) for text in texts], 0, 0)

    def vector(self, text: str) -> Vector:
        seed = abs(hash((self.model.name, text))) % 2**32
        values = np.random.default_rng(seed).normal(size=self.model.dimensions)
        values += self.noise * np.random.default_rng(1).normal(size=self.model.dimensions)
        made: list[float] = values.tolist()
        return made


def points(made: Sequence[tuple[str, Made | None]]) -> list[Point]:
    return [
        Point(n, {"text": text, "other": f"not {text}"}, {"": by.vector(text)} if by else {})
        for n, (text, by) in enumerate(made)
    ]


class World:
    """The models that exist, which of them are here, and which were opened."""

    def __init__(self, *here: Made, away: Sequence[ModelRef] = ()) -> None:
        self.here = {made.model.name: made for made in here}
        self.listed = (*(made.model for made in here), *away)
        self.opened: list[str] = []

    def find(
        self, said: ModelRef | str | None, stored: Sequence[Point], **options: Any
    ) -> old_model.OldModel:
        fields = options.pop("fields", ["text"])
        vector = options.pop("vector", VECTOR)
        return old_model.find(
            said,
            options.pop("by_operator", False),
            vector,
            stored,
            fields,
            open_model=self.open,
            known=lambda: self.listed,
            reachable=lambda model: model.name in self.here,
        )

    def open(self, model: ModelRef) -> Embedder:
        self.opened.append(model.label)
        return self.here[model.name]


TEXTS = [f"text number {n}" for n in range(64)]


def test_the_model_of_which_all_texts_match_is_shown_not_told() -> None:
    right = Made(ref("right"))
    found = World(Made(ref("a")), right, Made(ref("b"))).find(
        None, points([(text, right) for text in TEXTS])
    )
    assert found.fact.value == right.model
    assert (found.fact.how, found.fact.note) == ("re-embedded", "64 of 64 texts match")
    assert (found.field, found.matches) == ("text", (64, 64))


def test_the_named_model_is_tried_first_and_nothing_after_it_matches() -> None:
    right = Made(ref("right"))
    world = World(Made(ref("a")), Made(ref("b")), right)
    world.find(right.model, points([(text, right) for text in TEXTS]))
    assert world.opened == ["right"]


def test_a_wrong_model_is_dropped_after_a_few_texts() -> None:
    wrong, right = Made(ref("wrong")), Made(ref("right"))
    World(wrong, right).find(None, points([(text, right) for text in TEXTS]))
    assert wrong.texts == 8


def test_models_of_other_sizes_or_out_of_reach_are_never_opened() -> None:
    right = Made(ref("right"))
    world = World(Made(ref("large", 16)), right, away=[ref("away")])
    world.find(None, points([(text, right) for text in TEXTS]))
    assert world.opened == ["right"]


def test_small_differences_of_another_machine_are_forgiven_another_model_is_not() -> None:
    right = Made(ref("right"))
    stored = points([(text, right) for text in TEXTS])
    near, far = Made(ref("right"), noise=0.02), Made(ref("right"), noise=0.8)
    assert World(near).find(None, stored).matches == (64, 64)
    assert (World(far).find(None, stored).matches or (0, 0))[0] < 32


def test_a_model_that_depends_on_its_batch_gets_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(ref("old"))

    def off(text: str, by: float) -> Vector:
        """At a right angle to the vector, so far off as a part of its length."""
        values = np.asarray(made.vector(text))
        aside = np.roll(values, 1) - values * (np.roll(values, 1) @ values) / (values @ values)
        vector: list[float] = (
            values + by * np.linalg.norm(values) * aside / np.linalg.norm(aside)
        ).tolist()
        return vector

    def stored(by: float) -> list[Point]:
        return [Point(n, {"text": f"text {n}"}, {"": off(f"text {n}", by)}) for n in range(20)]

    world = World(made)
    assert (world.find(None, stored(0.17)).matches or (0, 0))[0] == 0  # a cosine of 0.986
    monkeypatch.setattr(Fastembed, "depends_on_batch", lambda self, model: True)
    assert world.find(None, stored(0.17)).matches == (20, 20)
    # 0.95: where the same model lies that is not quantized.
    assert (world.find(None, stored(0.33)).matches or (0, 0))[0] == 0


def test_a_datatype_that_rounds_gets_more_room() -> None:
    right = Made(ref("right"))
    stored = [
        point._replace(vectors={"": [float(round(v)) for v in point.vectors[""]]})
        for point in points([(text, Made(ref("right"), noise=0.0)) for text in TEXTS])
    ]
    as_float = World(right).find(None, stored).matches or (0, 0)
    rounded = VECTOR.model_copy(update={"datatype": "turbo4"})
    as_turbo = World(right).find(None, stored, vector=rounded).matches or (0, 0)
    assert as_turbo[0] > as_float[0]


def test_two_models_in_one_collection_are_said_with_their_numbers() -> None:
    one, other = Made(ref("one")), Made(ref("other"))
    stored = points([(text, one if n % 2 else other) for n, text in enumerate(TEXTS)])
    found = World(one).find(None, stored)
    assert found.matches == (32, 64)
    assert found.fact.value == one.model
    assert found.fact.note == (
        "This collection seems to hold vectors of two models: 32 of 64 sample texts match one, "
        "32 do not. Search cannot work well in it. Only vectors made again repair it."
    )


def test_what_else_may_have_been_done_is_tried_on_two_texts_each() -> None:
    one, other = Made(ref("one")), Made(ref("other"))
    long = [f"{text} {'and so on ' * 1000}" for text in TEXTS]
    stored = points([(text, one if n % 2 else other) for n, text in enumerate(long)])
    world = World(one)
    assert world.find(None, stored).matches == (32, 64)
    plain, cuts, heads = 8 + 64, 11, 1
    assert one.texts == plain + 2 * (cuts + heads)
    assert len(world.opened) <= 2 + cuts + heads


def test_few_mismatches_are_not_a_second_model() -> None:
    one, other = Made(ref("one")), Made(ref("other"))
    stored = points([(text, other if n < 3 else one) for n, text in enumerate(TEXTS)])
    assert World(one).find(None, stored).fact.note == "61 of 64 texts match"


def test_the_field_whose_texts_match_is_found() -> None:
    right = Made(ref("right"))
    stored = [
        Point(n, {"text": f"not {text}", "body": text}, {"": right.vector(text)})
        for n, text in enumerate(TEXTS)
    ]
    found = World(right).find(None, stored, fields=["text", "body"])
    assert (found.field, found.matches) == ("body", (64, 64))


def test_points_without_a_vector_or_a_text_are_not_counted() -> None:
    right = Made(ref("right"))
    stored = points([(text, right if n < 20 else None) for n, text in enumerate(TEXTS)])
    stored += [Point(900, {"text": " "}, {"": right.vector(" ")}), Point(901, {}, {})]
    assert World(right).find(None, stored).matches == (20, 20)


@pytest.mark.parametrize(
    ("said", "away", "note"),
    [
        (
            ref("far"),
            [ref("far")],
            "said by the collection's own metadata; it is not on this computer, so nothing was "
            "re-embedded",
        ),
        (
            ref("far", 16),
            [],
            "said by the collection's own metadata, but it makes 16 dimensions, not 8",
        ),
        (
            "far",
            [ref("far")],
            "said by the collection's own metadata; it is not on this computer, so nothing was "
            "re-embedded",
        ),
    ],
)
def test_a_told_model_that_cannot_be_tried_stays_told(
    said: ModelRef | str, away: list[ModelRef], note: str
) -> None:
    found = World(away=away).find(said, points([(text, Made(ref("far"))) for text in TEXTS]))
    assert found.fact.how == "told"
    assert found.fact.value is not None
    assert found.fact.value.label == "far"
    assert found.fact.note == note
    assert found.matches is None


def test_a_told_model_that_does_not_match_is_said_so() -> None:
    wrong = Made(ref("wrong"))
    stored = points([(text, Made(ref("right"))) for text in TEXTS])
    found = World(wrong).find(wrong.model, stored, by_operator=True)
    assert (found.fact.how, found.matches) == ("told", None)
    assert found.fact.note == "said by you, but none of the sample texts gives the stored vector"


def test_a_told_model_that_cannot_be_opened_says_why() -> None:
    broken = ref("broken")
    stored = points([(text, Made(broken)) for text in TEXTS])

    def refuse(model: ModelRef) -> Embedder:
        raise ModelOutOfReach(model.label, None)

    found = old_model.find(
        broken, False, VECTOR, stored, ["text"],
        open_model=refuse, known=lambda: (), reachable=lambda _: True,
    )  # fmt: skip
    assert found.fact.how == "told"
    assert "; it could not be tried: " in found.fact.note


@pytest.mark.parametrize(
    ("here", "away", "why"),
    [
        (2, 3, "none of 2 known models of 8 dimensions on this computer gives the stored vectors; "
         "3 more are not here."),
        (1, 1, "none of 1 known model of 8 dimensions on this computer gives the stored vectors; "
         "1 more is not here."),
        (2, 0, "none of 2 known models of 8 dimensions on this computer gives the stored vectors."),
        (0, 2, "none of 2 known models of 8 dimensions is on this computer, so nothing was "
         "re-embedded."),
        (0, 0, "no known model makes 8 dimensions."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_with_what_was_tried(here: int, away: int, why: str) -> None:
    world = World(
        *(Made(ref(f"here{n}")) for n in range(here)), away=[ref(f"away{n}") for n in range(away)]
    )
    fact = world.find(None, points([(text, Made(ref("right"))) for text in TEXTS])).fact
    assert (fact.value, fact.how) == (None, "not known")
    assert fact.note == (
        f"The old model is not known: {why} Comparing old with new needs it. "
        "Say its name or its folder, or go on without the comparison."
    )


def test_a_name_that_no_list_knows_is_repeated_as_it_was_said() -> None:
    fact = World().find("our-own-v3", points([(text, Made(ref("x"))) for text in TEXTS])).fact
    assert fact.value is None
    assert fact.note.startswith(
        "The collection's own metadata says our-own-v3, which is not a model that this program "
        "knows. The old model is not known:"
    )


def test_metadata_of_others_is_understood_by_name() -> None:
    def said(metadata: dict[str, Any]) -> object:
        return old_model.told(CollectionConfig(raw={"metadata": metadata}, payload_schema={}))

    model = ref("mine")
    assert said(model.to_metadata()) == model
    assert said({"embedding_model": " text-embedding-3-small "}) == "text-embedding-3-small"
    assert said({"model": 3}) is None
    assert said({"qmm_model": {"broken": True}}) is None
    assert said({"qmm_model": {"kind": "later", "name": "who/what", "dimensions": 4}}) == "who/what"
    assert said({}) is None


def test_metadata_that_speaks_of_each_vector_says_nothing_of_the_others() -> None:
    model = ref("mine")
    each = {"qmm_models": {"new": model.to_metadata()["qmm_model"]}, **ref("old").to_metadata()}
    config = CollectionConfig(raw={"metadata": each}, payload_schema={})
    assert old_model.told(config, "new") == model
    assert old_model.told(config, "title") is None


def test_a_calculated_vector_is_said_to_be_approximate_and_no_text_is_tried() -> None:
    found = old_models.find_each(
        {"": ref("new")},
        (),
        [VECTOR],
        [],
        ["text"],
        also=(),
        mapped={"": old_model.Calculated("some/old")},
        stop=None,
    )[""]
    assert found.fact.value == ref("new")
    assert found.fact.note == "approximate, calculated from vectors of some/old"
    assert found.matches is None

"""Made-up facts for Explore: a collection that does not exist, and what is typed or turned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.embedders import ModelRef, kind_of, kinds
from qdrant_model_migration.errors import meant
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.qdrant.capabilities import of_server
from qdrant_model_migration.qdrant.version import Version
from qdrant_model_migration.survey.facts import (
    Fact,
    LanguageField,
    Survey,
    TextField,
    VectorFact,
    WordModel,
)
from qdrant_model_migration.survey.languages import NAMES

MADE_UP: Literal["made up"] = "made up"
"""How each of its facts is known."""
_VERSIONS: dict[str, Version] = {
    "1.16": Version(1, 16, 3),
    "1.17": Version(1, 17, 1),
    "1.18 or newer": Version(1, 18, 3),
}
_VECTORS: dict[str, tuple[VectorFact, ...]] = {
    "one, without a name": (VectorFact(name="", kind="dense"),),
    "one, with a name": (VectorFact(name="text", kind="dense"),),
    "two, with names": tuple(VectorFact(name=name, kind="dense") for name in ("title", "text")),
    "one and a sparse one": (
        VectorFact(name="", kind="dense"),
        VectorFact(name="words", kind="sparse"),
    ),
    "one and ColBERT": (
        VectorFact(name="", kind="dense"),
        VectorFact(name="colbert", kind="multivector", size=128, distance="Cosine"),
    ),
}
_COMPRESSION: dict[str, dict[str, Any]] = {
    "none": {},
    "scalar": {"scalar": {"type": "int8"}},
    "binary": {"binary": {}},
    "product": {"product": {"compression": "x16"}},
}
_SHORTER = (512, 256, 128, 64)
_PAYLOAD_BYTES = 480  # of one point, besides its text
_BYTES_PER_TOKEN = 4.0
_WORDS_PER_TOKEN = 0.72
_NAMED = "made-up"
_OLD = "made-up-model"


class WhatIf(NamedTuple):
    """All that is made up. text: stored in the payload; language_field: and its language. tokens:
    of a text. old_model: None: one that nobody has made, of `dimensions`; matryoshka: it is made
    for shortening. old_known: it is known which one it is. memory_gb, speed (texts/s), usd (per
    million tokens): 0: not known."""

    server: str = "1.18 or newer"
    points: int = 1_000_000
    text: bool = True
    tokens: int = 180
    languages: tuple[tuple[str, float], ...] = (("en", 1.0),)
    language_field: bool = False
    old_model: ModelRef | None = None
    old_known: bool = True
    dimensions: int = 768
    vectors: str = "one, without a name"
    quantization: str = "none"
    alias: bool = True
    writes: bool = False
    matryoshka: bool = False
    server_embeds: bool = False
    memory_gb: float = 0.0
    speed: float = 0.0
    usd: float = 0.0

    @property
    def languages_in_words(self) -> str:
        """As they are typed."""
        return ", ".join(f"{code} {round(100 * part)}" for code, part in self.languages)


class Turn(NamedTuple):
    """A fact that is turned: its name on screens, and the values in a circle."""

    label: str
    values: tuple[Any, ...]


class Typed(NamedTuple):
    """A fact that is typed. read: the value of what was typed, or raises BadAnswer. said: the
    present value in words."""

    label: str
    hint: str
    read: Callable[[str], Any]
    said: Callable[[Any], str]


def _whole(low: int, high: int, example: str) -> Callable[[str], int]:
    return lambda raw: round(typed.number(raw, example=example, low=low, high=high))


def _amount(high: float, example: str) -> Callable[[str], float]:
    return lambda raw: typed.number(raw, example=example, low=0, high=high)


def read_languages(raw: str) -> tuple[tuple[str, float], ...]:
    """ "de 60, en 40" or "de": codes, each with its part in a hundred. Raises BadAnswer."""
    todo = "Type for example en, or de 60, en 40."
    found: dict[str, float] = {}
    for piece in raw.split(","):
        code, *part = piece.split()[:3] or [""]
        if code not in NAMES or code == "other":
            known = words.listing([one for one in NAMES if one != "other"], "or")
            what = (
                f"{words.cut(code)} is no language that is known here."
                if code
                else "One is missing."
            )
            raise BadAnswer(what, f"Known are {known}.", todo)
        if code in found:
            raise BadAnswer(f"{code} stands there twice.", "", todo)
        if len(part) > 1:
            raise BadAnswer(f"{words.cut(piece.strip())} is not a language and a number.", "", todo)
        found[code] = typed.number(part[0], example="60", low=1, high=100) if part else 0.0
    without = [code for code, part in found.items() if not part]
    left = 100 - sum(found.values())
    if left < -0.5 or (not without and left > 0.5):
        total = f"{100 - left:g}"
        raise BadAnswer(f"The parts are {total} of a hundred together.", "", todo)
    if without and left < len(without):
        raise BadAnswer(f"Nothing is left for {words.listing(without)}.", "", todo)
    return tuple((code, (part or left / len(without)) / 100) for code, part in found.items())


def _or_unknown(say: Callable[[float], str]) -> Callable[[float], str]:
    return lambda value: say(value) if value else "not known"


SWITCHES: dict[str, Turn | Typed] = {
    "server": Turn("Server", tuple(_VERSIONS)),
    "points": Typed("Points", "how many", _whole(1, 10**12, "1000000"), words.count),
    "old_known": Turn("Old model is known", (True, False)),
    "dimensions": Typed(
        "Dimensions", "of the present vectors", _whole(1, 65_536, "768"), words.count
    ),
    "matryoshka": Turn("Made for shortening", (True, False)),
    "vectors": Turn("Vectors of each point", tuple(_VECTORS)),
    "quantization": Turn("Compression", tuple(_COMPRESSION)),
    "text": Turn("Text in the payload", (True, False)),
    "tokens": Typed(
        "Length of a text", "tokens on average; an English word is about 1.4",
        _whole(1, 100_000, "180"), lambda n: f"{words.plural(n, 'token')}",
    ),
    "languages": Typed(
        "Languages", "codes, with their part in a hundred where there are several: de 60, en 40",
        read_languages,
        lambda value: words.listing([f"{NAMES[code]} {words.share(part)}" for code, part in value]),
    ),
    "language_field": Turn("Language in the payload", (False, True)),
    "alias": Turn("An alias is used", (True, False)),
    "writes": Turn("Writes meanwhile", (True, False)),
    "server_embeds": Turn("Server can embed", (True, False)),
    "memory_gb": Typed(
        "Memory of the server", "in GB; 0: not known", _amount(1e6, "64"),
        _or_unknown(lambda gb: f"{gb:g} GB"),
    ),
    "speed": Typed(
        "Speed of the new model", "texts a second, for example as measured elsewhere; 0: not known",
        _amount(1e7, "60"), _or_unknown(lambda rate: f"{rate:g} texts/s"),
    ),
    "usd": Typed(
        "Price of the new model", "USD for a million tokens; 0: it runs on your own computer",
        _amount(1e4, "0.02"), lambda usd: f"{usd:g} USD per million tokens" if usd else "nothing",
    ),
}  # fmt: skip
"""What is typed or turned, in the order of the screen. The models are chosen from a list."""


def turned(what_if: WhatIf, key: str) -> WhatIf:
    """With the next value, in a circle."""
    switch = SWITCHES[key]
    assert isinstance(switch, Turn)
    values = switch.values
    after = values[(values.index(getattr(what_if, key)) + 1) % len(values)]
    return what_if._replace(**{key: after})


def typed_in(what_if: WhatIf, key: str, raw: str) -> WhatIf:
    """With what was typed; raises BadAnswer. Other dimensions are of another model."""
    switch = SWITCHES[key]
    assert isinstance(switch, Typed)
    what_if = what_if._replace(**{key: switch.read(raw)})
    return what_if._replace(old_model=None) if key == "dimensions" else what_if


def told(what_if: WhatIf, key: str, raw: str) -> WhatIf:
    """With a fact as a command line tells it; raises BadAnswer."""
    switch = SWITCHES.get(key)
    if switch is None:
        todo = f"The facts are: {', '.join(SWITCHES)}."
        raise BadAnswer(f"There is no fact {key}.{meant(key, SWITCHES)}", "", todo)
    if isinstance(switch, Typed):
        return typed_in(what_if, key, raw)
    for value in switch.values:
        if in_words(value) == raw.strip():
            return what_if._replace(**{key: value})
    todo = f"Write one of: {'; '.join(map(in_words, switch.values))}."
    raise BadAnswer(f"{words.cut(raw)} is no value of {key}.", "", todo)


def in_words(value: object) -> str:
    """A value that is turned."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def as_typed(what_if: WhatIf, key: str) -> str:
    """The present value as one would type it."""
    value = getattr(what_if, key)
    return what_if.languages_in_words if key == "languages" else f"{value:g}" if isinstance(
        value, float) else str(value)  # fmt: skip


def said_of(what_if: WhatIf, key: str) -> str:
    """The present value in words."""
    switch, value = SWITCHES[key], getattr(what_if, key)
    if isinstance(switch, Typed):
        return switch.said(value)
    return in_words(value)


def of_old_model(what_if: WhatIf, model: ModelRef) -> WhatIf:
    """With a model of the list as the one that made the vectors."""
    return what_if._replace(
        old_model=model,
        old_known=True,
        dimensions=model.dimensions,
        matryoshka=bool(model.matryoshka),
    )


def made_up_model(raw: str) -> ModelRef:
    """A model that nobody has made, of so many dimensions; raises BadAnswer."""
    dimensions = _whole(1, 65_536, "1024")(raw)
    return ModelRef(
        kind=next(name for name, kind in kinds().items() if not kind.toy and not kind.service),
        name=f"{_NAMED}-{dimensions}",
        dimensions=dimensions,
        languages=("many",),
    )


def is_made_up(model: ModelRef) -> bool:
    """Whether it is one that Explore made: nobody can open it."""
    return model.name.startswith(f"{_NAMED}-")


def speed_in(what_if: WhatIf) -> Speed | None:
    """The typed speed; None: not known."""
    return Speed(what_if.speed, "typed by you") if what_if.speed else None


def imagine(what_if: WhatIf = WhatIf()) -> Survey:  # noqa: B008 - immutable
    """A survey with these facts; each says that it is made up."""
    points, text = what_if.points, what_if.text
    field = TextField(path="text", share=1.0, average_words=_WORDS_PER_TOKEN * what_if.tokens)
    aliases = ("docs",) if what_if.alias else ()
    vectors = tuple(_sized(vector, what_if.dimensions) for vector in _VECTORS[what_if.vectors])
    many = {"multivector": what_if.tokens}
    values = sum((vector.size or 0) * many.get(vector.kind, 1) for vector in vectors)
    payload = _PAYLOAD_BYTES + round(_BYTES_PER_TOKEN * what_if.tokens) * text
    return Survey(
        address=Address(url="http://localhost:6333"),
        at=MADE_UP,
        capabilities=of_server(_VERSIONS[what_if.server]),
        collection="docs_v1",
        asked_for="docs_v1",
        others=("docs_v1",),
        all_aliases=dict.fromkeys(aliases, "docs_v1"),
        aliases=_fact(aliases),
        points=_fact(points),
        status=_fact("green"),
        vectors=_fact(vectors),
        quantization=_fact(_COMPRESSION[what_if.quantization]),
        text_fields=_fact((field,) if text else ()),
        text_field=_fact("text" if text else None),
        texts_missing=_fact(0 if text else None),
        average_tokens=_fact(float(what_if.tokens) if text else None),
        longest_tokens=_fact(what_if.tokens if text else None),
        token_lengths=(what_if.tokens,) if text else (),
        languages=_fact(dict(what_if.languages) if text else None),
        language_fields=_language_fields(what_if),
        old_model=_fact(_old_model(what_if) if what_if.old_known else None),
        word_models=_fact(_word_models()),
        word_lengths=_fact({"text": field.average_words} if text else {}),
        payload_fields=_fact(("title", *(("text",) if text else ()))),
        title_fields=("title",),
        payload_bytes=_fact(points * payload),
        vector_bytes=_fact(points * values * 4),
        writes=_fact(int(what_if.writes)),
        server_embeds=_fact(what_if.server_embeds),
    )


def _language_fields(what_if: WhatIf) -> tuple[LanguageField, ...]:
    """One that names several; of one language alone nothing is to be told apart."""
    several = len(what_if.languages) > 1
    if not (what_if.language_field and what_if.text and several):
        return ()
    counted = {code: max(1, round(1000 * part)) for code, part in what_if.languages}
    return (LanguageField(path="lang", texts=counted, agrees=1.0),)


def _word_models() -> tuple[WordModel, ...]:
    """What keyword search is usually made by; nothing is opened here."""
    bm25 = {"name": "Qdrant/bm25", "dimensions": 0, "vector": "sparse", "distance": "Dot"}
    named = (ModelRef.model_validate({**bm25, "kind": name}) for name in kinds())
    return tuple(
        WordModel(model=model.model_copy(update={"options": (("stopwords", ()),)}), opens=True)
        for model in named
        if kind_of(model).counts_words(model)
    )


def _fact(value: Any) -> Fact[Any]:
    return Fact(value=value, how=MADE_UP)


def _sized(vector: VectorFact, dimensions: int) -> VectorFact:
    if vector.kind != "dense":
        return vector
    size = {"size": dimensions, "distance": "Cosine"}
    return vector.model_copy(update={**size, "raw": size})


def _old_model(what_if: WhatIf) -> ModelRef:
    if what_if.old_model is not None:
        return what_if.old_model
    model = made_up_model(str(what_if.dimensions)).model_copy(update={"name": _OLD})
    shorter = tuple(size for size in _SHORTER if size < what_if.dimensions)
    spoken = tuple(code for code, _ in what_if.languages)
    return model.model_copy(
        update={
            "languages": spoken,
            "max_tokens": 512,
            "matryoshka": shorter if what_if.matryoshka else (),
        }
    )

"""Made surveys for tests of pure rooms: the storyboard's collections, and any others."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from qdrant_model_migration.advice import BY_KEY, QUESTIONS
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.qdrant import Address, Capabilities
from qdrant_model_migration.qdrant.capabilities import of_practice, of_server
from qdrant_model_migration.qdrant.version import Version
from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.survey.facts import (
    Bare,
    Fact,
    LanguageField,
    Survey,
    TextField,
    VectorFact,
    WordModel,
)

MINILM = ModelRef(
    kind="fastembed",
    name="sentence-transformers/all-MiniLM-L6-v2",
    dimensions=384,
    max_tokens=256,
    languages=("en",),
    size_bytes=90_000_000,
)
BGE_BASE = ModelRef(
    kind="fastembed",
    name="BAAI/bge-base-en-v1.5",
    dimensions=768,
    max_tokens=512,
    languages=("en",),
    size_bytes=210_000_000,
    query_prefix="Represent this sentence for searching relevant passages: ",
)
BGE_SMALL = BGE_BASE.model_copy(
    update={"name": "BAAI/bge-small-en-v1.5", "dimensions": 384, "size_bytes": 67_000_000}
)
E5_LARGE = ModelRef(
    kind="fastembed",
    name="intfloat/multilingual-e5-large",
    dimensions=1024,
    max_tokens=512,
    languages=("many",),
    size_bytes=2_240_000_000,
)
NOMIC = ModelRef(
    kind="fastembed",
    name="nomic-ai/nomic-embed-text-v1.5",
    dimensions=768,
    max_tokens=8192,
    languages=("en",),
    size_bytes=520_000_000,
    matryoshka=(512, 256, 128, 64),
)
COLBERT = ModelRef(
    kind="fastembed",
    name="colbert-ir/colbertv2.0",
    dimensions=128,
    vector="multivector",
    max_tokens=512,
    languages=("en",),
)
BM25 = WordModel(
    model=ModelRef(
        kind="fastembed",
        name="Qdrant/bm25",
        dimensions=0,
        vector="sparse",
        distance="Dot",
        languages=("en", "de"),
        options=(("stopwords", ()),),
    ),
    opens=True,
)
SPLADE = WordModel(
    model=ModelRef(
        kind="fastembed",
        name="prithivida/Splade_PP_en_v1",
        dimensions=0,
        vector="sparse",
        distance="Dot",
        languages=("en",),
    ),
    opens=False,
    size=532_000_000,
)
PRACTICE_OLD = ModelRef(
    kind="practice",
    name="practice/words-128",
    folder="/practice/words-128",
    dimensions=128,
    max_tokens=128,
    languages=("en",),
    size_bytes=1_000_000,
)
PRACTICE_NEW = ModelRef(
    kind="practice",
    name="practice/subwords-256",
    folder="/practice/subwords-256",
    dimensions=256,
    max_tokens=512,
    languages=("en",),
    size_bytes=2_000_000,
    matryoshka=(128, 64),
)


def as_answer(model: ModelRef) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def server(*version: int) -> Capabilities:
    return of_server(Version(*version))


PRACTICE = of_practice(Version(1, 20, 0))


def fact(value: Any, how: str = "asked", note: str = "") -> Fact[Any]:
    return Fact(value=value, how=how, note=note)  # type: ignore[arg-type] # tests name any of How


def docs(**changes: Any) -> Survey:
    """The storyboard's docs_minilm: 120,482 points, 384 dimensions, alias docs."""
    facts: dict[str, Any] = {
        "address": Address(url="https://search.example.com:6333"),
        "at": "2025-03-14T09:00:00+00:00",
        "capabilities": server(1, 18, 1),
        "collection": "docs_minilm",
        "others": ("docs_minilm", "legal_multi", "chat_memory"),
        "all_aliases": {"docs": "docs_minilm", "legal": "legal_multi"},
        "aliases": fact(("docs",)),
        "points": fact(120_482, "counted"),
        "status": fact("green"),
        "vectors": fact((VectorFact(name="", kind="dense", size=384, distance="Cosine"),)),
        "quantization": fact({}),
        "text_fields": fact((TextField(path="text", share=0.999, average_words=130.0),), "sample"),
        "text_field": fact("text", "re-embedded"),
        "texts_missing": fact(118, "counted"),
        "average_tokens": fact(181.0, "sample"),
        "longest_tokens": fact(2204, "sample"),
        "token_lengths": (*([100] * 97), 600, 600, 2204),
        "languages": fact({"en": 0.97, "de": 0.02, "other": 0.01}, "sample"),
        "old_model": fact(MINILM, "re-embedded", "64 of 64 texts match"),
        "matches": (64, 64),
        "word_models": fact((BM25, SPLADE)),
        "word_lengths": fact({"text": 84.5}, "sample"),
        "payload_fields": fact(("text", "title", "lang"), "sample"),
        "title_fields": ("title", "lang"),
        "payload_bytes": fact(146_000_000, "estimated"),
        "vector_bytes": fact(185_000_000, "estimated"),
        "writes": fact(1, "counted", "1 new point in the last 30 s"),
    }
    return Survey(**{**facts, **changes})


def practice(**changes: Any) -> Survey:
    """The practice collection: a folder, a practice model."""
    return docs(
        **{
            "address": Address(folder="/practice"),
            "capabilities": PRACTICE,
            "collection": "practice_words",
            "others": ("practice_words",),
            "all_aliases": {"practice": "practice_words"},
            "aliases": fact(("practice",)),
            "points": fact(2400, "counted"),
            "texts_missing": fact(7, "counted"),
            "vectors": fact((VectorFact(name="", kind="dense", size=128, distance="Cosine"),)),
            "old_model": fact(PRACTICE_OLD, "told"),
            "payload_bytes": fact(2_000_000, "estimated"),
            "vector_bytes": fact(1_300_000, "estimated"),
            **changes,
        }
    )


ANSWERS: dict[str, Any] = {
    "change": "model",
    "model": as_answer(BGE_BASE),
    "text": {"fields": ["text"]},
    "missing": "copy",
    "both": "no",
    "keywords": "no",
    "name": {"alias": "docs", "exists": True},
    "target": "docs_bge_base",
    "query_side": "own",
    "writes": "changes",
    "vector_name": "",
    "proof": {"kind": "made up", "file": None, "margin": 0.02},
    "pace": "normally",
}
"""A complete trip to Blue-green for `docs`."""


ORIGINALS: dict[str, Any] = {
    "originals": {
        "have": "yes",
        "file": "docs.jsonl",
        "columns": ["id", "text", "title"],
        "rows": 1_206,
        "longest": "text",
    },
    "columns": {"id": "id", "text": ["text"], "payload": [], "more": False},
}
"""A file that is at hand, and what its columns are."""


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Fact[Any]]:
    return st.one_of(st.just(Fact()), values.map(fact))


_vectors = st.lists(
    st.builds(
        VectorFact,
        name=st.sampled_from(["", "a", "b", "bge_base_768"]),
        kind=st.sampled_from(["dense", "sparse", "multivector"]),
        size=st.one_of(st.none(), st.integers(1, 4096)),
        distance=st.sampled_from(["Cosine", "Dot", None]),
        raw=st.sampled_from([{}, {"on_disk": True}, {"quantization_config": {"binary": {}}}]),
    ),
    max_size=3,
    unique_by=lambda vector: vector.name,
).map(tuple)
_models = st.sampled_from([MINILM, BGE_BASE, BGE_SMALL, E5_LARGE, NOMIC, COLBERT, PRACTICE_NEW])
_shares = st.floats(0, 1)

any_survey = st.builds(
    docs,
    capabilities=st.sampled_from(
        [server(1, 16, 3), server(1, 17, 1), server(1, 18, 1), server(1, 19, 0), PRACTICE]
    ),
    address=st.sampled_from(
        [Address(url="http://10.0.0.5:6333"), Address(url="https://a.example.com:6333")]
    ),
    aliases=_maybe(st.sampled_from([(), ("docs",), ("docs", "docs_too")])),
    points=_maybe(st.sampled_from([0, 1, 29, 8_214, 120_482, 2_000_000_000])),
    vectors=_maybe(_vectors),
    quantization=_maybe(
        st.sampled_from([{}, {"scalar": {"type": "int8", "always_ram": True}}, {"binary": {}}])
    ),
    text_fields=_maybe(
        st.lists(
            st.builds(
                TextField,
                path=st.sampled_from(["text", "title", "body.en"]),
                share=_shares,
                average_words=st.floats(0, 1000),
            ),
            max_size=3,
            unique_by=lambda field: field.path,
        ).map(tuple)
    ),
    text_field=_maybe(st.sampled_from(["text", "body.en"])),
    texts_missing=_maybe(st.sampled_from([0, 1, 118, 9000])),
    token_lengths=st.lists(st.integers(0, 3000), max_size=5).map(tuple),
    languages=_maybe(st.sampled_from([{}, {"en": 1.0}, {"de": 0.5, "fr": 0.3, "zh": 0.2}])),
    language_fields=st.sampled_from(
        [(), (LanguageField(path="lang", texts={"de": 5, "zh": 2}, agrees=1.0, unnamed=1),)]
    ),
    old_model=_maybe(_models),
    matches=st.sampled_from([None, (64, 64), (31, 64), (0, 64)]),
    payload_bytes=_maybe(st.sampled_from([0, 1000, 10**11])),
    vector_bytes=_maybe(st.sampled_from([0, 1000, 10**11])),
    writes=_maybe(st.sampled_from([-2, 0, 5])),
    server_embeds=_maybe(st.booleans()),
    alone=_maybe(st.booleans()),
    bare=_maybe(
        st.dictionaries(
            st.sampled_from(["", "a", "b"]),
            st.builds(
                Bare,
                points=st.integers(1, 9000),
                texts=st.dictionaries(st.sampled_from(["text", "title"]), st.integers(0, 9000)),
            ),
        )
    ),
    cannot_carry=st.sampled_from([(), (("wal_config", "kept by the server"),)]),
)
"""Any survey, from nothing known to everything."""

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)
_sensible: dict[str, list[Any]] = {
    "change": [*CHANGES, "unsure-memory"],
    "quantization": [
        {"vector": None, "kind": kind, "always_ram": True}
        for kind in ("none", "scalar", "binary", "turbo")
    ],
    "replace": ["", "a", "b"],
    "model": [
        as_answer(model) for model in (BGE_BASE, BGE_SMALL, NOMIC, NOMIC.cut_to(256), PRACTICE_NEW)
    ],
    "text": [
        {"fields": ["text"]},
        {"fields": []},
        {"fields": ["text", "title"]},
        {"file": "texts.csv"},
        "unknown",
    ],
    "missing": ["copy", "stop", "unknown"],
    "bare": ["keep", "make", "unknown"],
    "accuracy": ["exact", "approximate"],
    "both": ["no", "test", "always", "unknown"],
    "in_place": ["new", "in place"],
    "keywords": ["yes", "no", "there"],
    "keyword_model": [
        {"kind": "fastembed", "name": "Qdrant/bm25", "language": "de", "avg_len": 30.0},
        {"kind": "fastembed", "name": "prithivida/Splade_PP_en_v1"},
        "unknown",
    ],
    "fusion": ["rrf", "dbsf", "unknown"],
    "name": [
        {"alias": "docs", "exists": True},
        {"alias": "docs", "exists": True, "also": ["docs_too"]},
        {"alias": "d", "exists": False},
        "unknown",
    ],
    "target": ["docs_bge_base", "docs_minilm", "docs"],
    "query_side": ["own", "framework", "server", "unknown"],
    "writes": ["changes", "adds", "none", "unknown"],
    "vector_name": ["", "bge_base_768", "unknown"],
    "copied_by": ["program", "server", "unknown"],
    "originals": [ORIGINALS["originals"], {"have": "recut", "file": "docs.csv"}, "no"],
    "columns": [ORIGINALS["columns"], {"id": "", "text": ["text"], "more": True}, "unknown"],
    "text_columns": [{"id": "id", "text": ["body"]}, "unknown"],
    "proof": [
        {"kind": "file", "file": "queries.csv", "margin": 0.02},
        {"kind": "made up", "file": None, "margin": 0.02},
        {"kind": "later", "file": None, "margin": 0.02},
        "unknown",
    ],
    "pace": ["gently", "normally", "fast", "unknown"],
}

for _question in QUESTIONS:  # of one that is not above, what it offers
    _offered = [option.value for option in _question.options(docs(), ANSWERS)]
    _sensible.setdefault(_question.key, _offered)

any_answers = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in _sensible.items()}
)
"""Any answers that a person could give, valid for the collection or not."""

wild_answers = st.dictionaries(st.sampled_from(list(_sensible)), _json, max_size=5)
"""What a careless file could hold."""


def changes(survey: Survey) -> tuple[dict[str, Any], ...]:
    """Each change that can be chosen here, and nothing else; what is taken out is never suggested,
    so the last vector is."""
    open_ones = (o.value for o in BY_KEY["change"].options(survey, {}) if not o.closed)
    last = [vector.name for vector in survey.vectors.value or ()][-1:]
    return tuple(
        {"change": one, **({"drop": last[0]} if one == "drop" else {})} for one in open_ones
    )

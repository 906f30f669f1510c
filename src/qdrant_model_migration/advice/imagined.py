"""Made-up facts for Explore: a collection that does not exist, with switches to ask "what if"."""

from __future__ import annotations

from typing import Literal, NamedTuple

from qdrant_model_migration.embedders import ModelRef, kinds
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.qdrant.capabilities import of_server
from qdrant_model_migration.qdrant.version import Version
from qdrant_model_migration.survey.facts import Fact, Survey, TextField, VectorFact

Server = Literal["1.16", "1.17", "1.18 or newer"]
_VERSIONS: dict[str, Version] = {
    "1.16": Version(1, 16, 3),
    "1.17": Version(1, 17, 1),
    "1.18 or newer": Version(1, 18, 3),
}
_DIMENSIONS = 768
_PAYLOAD_BYTES = 1_200  # of one point


class WhatIf(NamedTuple):
    """The switches of Explore. text: stored in the payload. matryoshka: made for shortening."""

    server: Server = "1.18 or newer"
    points: int = 1_000_000
    text: bool = True
    alias: bool = True
    matryoshka: bool = False
    server_embeds: bool = False


POINTS = (10_000, 1_000_000, 100_000_000)
"""The sizes that Explore offers."""


def imagine(what_if: WhatIf = WhatIf()) -> Survey:  # noqa: B008 - immutable
    """A survey with these facts; each says that it is made up."""
    points = what_if.points
    fields = (TextField(path="text", share=1.0, average_words=130.0),) if what_if.text else ()
    aliases = ("docs",) if what_if.alias else ()
    return Survey(
        address=Address(url="http://localhost:6333"),
        at="made up",
        capabilities=of_server(_VERSIONS[what_if.server]),
        collection="docs_v1",
        asked_for="docs_v1",
        others=("docs_v1",),
        all_aliases=dict.fromkeys(aliases, "docs_v1"),
        aliases=Fact(value=aliases, how="made up"),
        points=Fact(value=points, how="made up"),
        status=Fact(value="green", how="made up"),
        vectors=Fact(
            value=(VectorFact(name="", kind="dense", size=_DIMENSIONS, distance="Cosine"),),
            how="made up",
        ),
        quantization=Fact(value={}, how="made up"),
        text_fields=Fact(value=fields, how="made up"),
        text_field=Fact(value="text" if what_if.text else None, how="made up"),
        texts_missing=Fact(value=0 if what_if.text else None, how="made up"),
        average_tokens=Fact(value=180.0 if what_if.text else None, how="made up"),
        languages=Fact(value={"en": 1.0} if what_if.text else None, how="made up"),
        old_model=Fact(value=_old_model(what_if.matryoshka), how="made up"),
        payload_fields=Fact(value=("title", *(("text",) if what_if.text else ())), how="made up"),
        payload_bytes=Fact(value=points * _PAYLOAD_BYTES, how="made up"),
        vector_bytes=Fact(value=points * _DIMENSIONS * 4, how="made up"),
        writes=Fact(value=0, how="made up"),
        server_embeds=Fact(value=what_if.server_embeds, how="made up"),
    )


def _old_model(matryoshka: bool) -> ModelRef:
    return ModelRef(
        kind=next(name for name, kind in kinds().items() if not kind.toy),
        name="made-up-model",
        dimensions=_DIMENSIONS,
        max_tokens=512,
        languages=("en",),
        matryoshka=(512, 256, 128, 64) if matryoshka else (),
    )

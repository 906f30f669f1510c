"""How searches are made before or after, as the rows say."""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration.qdrant import Provider, provider_of
from qdrant_model_migration.quality.difference import (
    AT_SERVER,
    BY_LANGUAGE,
    LANGUAGE,
    MADE_BY,
    MAP,
    NONE,
    NOT_KNOWN,
    SECOND,
    SETTINGS,
    Rows,
)

NO_NAME = "not needed"
OF_TEXT = "the vectors of its tokens"


class Leg(NamedTuple):
    """One vector that is searched; "" where there is none, or it is not known.

    number: what its names in the lines end with, "" for the first. settings: what its model is
    told, as JSON; by_language: and what for a question in each language, language: where that of a
    document is said. unknown: what stands for it. served: the Qdrant server makes the vector.
    """

    number: str
    model: str
    prefix: str
    dimensions: str
    using: str
    settings: str
    unknown: str
    map: str = ""
    served: bool = False
    language: str = ""
    by_language: str = ""


class Search(NamedTuple):
    """How searches are made before or after. fusion: how several lists become one, or "". reranked:
    how many results of the others the last leg puts in order, or ""; second: in which other
    collection, or ""."""

    collection: str
    legs: tuple[Leg, ...]
    fusion: str
    reranked: str
    second: str = ""


def search(rows: Rows, side: str) -> Search:
    found = {str(row["what"]): str(row[side]) for row in rows}

    def leg(number: str) -> Leg:
        def known(what: str, *nothing: str) -> str:
            value = found.get(f"{what} {number}".strip(), NONE)
            return "" if value == NONE or value.startswith(nothing) else value

        return Leg(
            number and f"_{number}",
            known("query model", NOT_KNOWN),
            known("query prefix"),
            known("dimensions", NOT_KNOWN),
            known("using", NO_NAME),
            known(SETTINGS),
            "<your present model>" if side == "old" else "<your old model>",
            "" if number else known(MAP),
            known(MADE_BY) == AT_SERVER,
            known(LANGUAGE),
            known(BY_LANGUAGE),
        )

    more = [what.rpartition(" ")[2] for what in found if what.startswith("query model ")]
    legs = [leg(n) for n in ("", *more) if found.get(f"query model {n}".strip()) != NONE]
    fusion, reranked = (found.get(what, NONE) for what in ("fusion", "re-ranked"))
    return Search(
        found.get("collection name", ""),
        tuple(legs),
        "" if fusion == NONE else fusion,
        "" if reranked == NONE else reranked.rpartition(" ")[2],
        "" if (second := found.get(SECOND, NONE)) == NONE else second,
    )


def providers(side: Search) -> list[Provider]:
    """Whom the server asks for the vectors of searches, with a key of the application's."""
    asked = (provider_of(leg.model) for leg in side.legs if leg.served)
    return list(dict.fromkeys(provider for provider in asked if provider is not None))

"""The change as Python."""

from __future__ import annotations

import json

from qdrant_model_migration.engine.change_lines.search import (
    OF_TEXT,
    Leg,
    Search,
    providers,
)
from qdrant_model_migration.engine.change_lines.signs import exchanged, quoted

_ITS_LANGUAGE = "<code of the language of the question>"


def as_python(old: Search, new: Search) -> list[str]:
    def embedding(leg: Leg) -> list[str]:
        n = leg.number
        text = f"prefix{n} + question" if leg.prefix else "question"
        told = f", **settings{n}" if leg.settings else ""
        if leg.served:
            told = f", options=settings{n}" if leg.settings else ""
            call = f"models.Document(text={text}, model=model{n}{told})"
        else:
            call = f"<your embedding call>(model{n}, {text}{told})"
        return [
            f"model{n} = {quoted(leg.model) if leg.model else leg.unknown}",
            f"prefix{n} = {quoted(leg.prefix)}" if leg.prefix else "",
            _settings(leg),
            f"vector{n} = {call}",
            *(_through(leg) if leg.map else ()),
        ]

    def query(leg: Leg) -> str:
        using = f", using={quoted(leg.using)}" if leg.using else ""
        return f"query=vector{leg.number}{using}"

    def search(side: Search) -> str:
        how = query(side.legs[0])
        if side.fusion:
            legs = ", ".join(f"models.Prefetch({query(leg)})" for leg in side.legs)
            fusion = f"models.FusionQuery(fusion=models.Fusion.{side.fusion.upper()})"
            how = f"prefetch=[{legs}], query={fusion}"
        if side.reranked and not side.second:
            *first, last = side.legs
            legs = ", ".join(
                f"models.Prefetch({query(leg)}, limit={side.reranked})" for leg in first
            )
            how = f"prefetch=[{legs}], {query(last)}"
        how += f", limit={side.reranked}" if side.second else ""
        asked = f"<your client>.query_points(collection_name={quoted(side.collection)}, {how})"
        return f"found = {asked}.points" if side.second else asked

    def second(side: Search) -> list[str]:
        """In the order of another collection, and what keeps that in step."""
        if not side.second:
            return []
        last, there = side.legs[-1], f"collection_name={quoted(side.second)}"
        only = "models.Filter(must=[models.HasIdCondition(has_id=[p.id for p in found])])"
        written = f"models.PointStruct(id=<id>, vector={{{quoted(last.using)}: <{OF_TEXT}>}})"
        return [
            f"ranked = <your client>.query_points({there}, {query(last)}, query_filter={only}, "
            "with_payload=False, limit=<your limit>).points",
            "left = {p.id: p for p in found}",
            "results = [left.pop(p.id) for p in ranked] + list(left.values())",
            f"<your client>.upsert({there}, points=[{written}])  # a text that is new or changed",
            f"<your client>.delete({there}, points_selector=[<id>])  # a text that is deleted",
        ]

    def code(side: Search) -> list[str]:
        return [line for leg in side.legs for line in embedding(leg)]

    def sent(side: Search) -> list[str]:
        if not (by := providers(side)):
            return [search(side)]
        keys = ", ".join(f'"{p.header}": <your key of {p.title}>' for p in by)
        return [
            "from qdrant_client.context_headers import headers",
            f"with headers({{{keys}}}):",
            f"    {search(side)}",
        ]

    return [
        *exchanged(code(old), code(new)),
        *exchanged(sent(old), sent(new)),
        *exchanged(second(old), second(new)),
    ]


def _settings(leg: Leg) -> str:
    """What the model is told; for a question by its language, where that makes a difference."""
    if not leg.settings:
        return ""
    told = json.loads(leg.settings)
    if leg.by_language:
        each = f"{json.loads(leg.by_language)}.get({_ITS_LANGUAGE}, {told})"
        return f"settings{leg.number} = {each}"
    return f"settings{leg.number} = {told}"


def _through(leg: Leg) -> list[str]:
    """The query vector goes through a learned map."""
    n = leg.number
    calculated = f'numpy.asarray(vector{n}) @ learned{n}["matrix"] + learned{n}["offset"]'
    return [
        "import numpy",
        f"learned{n} = numpy.load({quoted(leg.map)})",
        f"vector{n} = ({calculated}).tolist()",
    ]

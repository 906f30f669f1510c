"""The change as curl."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration.engine.change_lines.search import OF_TEXT, Leg, Search, providers
from qdrant_model_migration.engine.change_lines.signs import exchanged, quoted

_HEADERS = "-H 'api-key: <your key>' -H 'Content-Type: application/json' -d '{"


def as_curl(old: Search, new: Search) -> list[str]:
    def said(leg: Leg) -> str:
        each = f"<of {leg.by_language} that of the language of the question, else {leg.settings}>"
        return each if leg.by_language else leg.settings

    def query(leg: Leg) -> str:
        prefix = f", of {quoted(leg.prefix)} + the question" if leg.prefix else ""
        if leg.served:
            text = f"{quoted(leg.prefix)} + the question" if leg.prefix else "the question"
            told = f', "options": {said(leg)}' if leg.settings else ""
            return f'"query": {{"text": <{text}>, "model": {quoted(leg.model)}{told}}}'
        size = f"{leg.dimensions} dimensions" if leg.dimensions else "the vector"
        told = f", told {said(leg)}" if leg.settings else ""
        through = f", times the matrix of {leg.map} plus its offset" if leg.map else ""
        made = f"made by {leg.model or leg.unknown}{told}{prefix}{through}"
        return f'"query": <{size} {made}>'

    def using(leg: Leg) -> str:
        return f'"using": {quoted(leg.using)}' if leg.using else ""

    def body(side: Search) -> list[str]:
        def prefetch(legs: Sequence[Leg], limit: str) -> str:
            parts = (", ".join(filter(None, (query(leg), using(leg)))) for leg in legs)
            return f'"prefetch": [{", ".join(f"{{{part}, {limit}}}" for part in parts)}]'

        if side.fusion:
            fusion = f'"query": {{"fusion": "{side.fusion}"}}'
            lines = [prefetch(side.legs, '"limit": <your limit>'), fusion]
        elif side.reranked and not side.second:
            *first, last = side.legs
            lines = [prefetch(first, f'"limit": {side.reranked}'), query(last), using(last)]
        else:
            lines = [query(side.legs[0]), using(side.legs[0])]
        return [line and f"    {line}," for line in lines]

    def keys(side: Search) -> list[str]:
        return [f"  -H '{p.header}: <your key of {p.title}>' \\" for p in providers(side)]

    def limit(side: Search) -> list[str]:
        return [f'    "limit": {side.reranked if side.second else "<your limit>"}']

    def second(side: Search) -> list[str]:
        """In the order of another collection, and what keeps that in step."""
        if not side.second:
            return []
        last, there = side.legs[-1], f"'<your server>/collections/{side.second}/points"
        asked = ", ".join(filter(None, (query(last), using(last))))
        written = f'"id": <id>, "vector": {{{quoted(last.using)}: <{OF_TEXT}>}}'
        return [
            f"curl -X POST {there}/query' {_HEADERS}",
            f'    {asked}, "filter": {{"must": [{{"has_id": <the ids that were found>}}]}},',
            '    "limit": <your limit>',
            "  }'",
            f"curl -X PUT {there}' {_HEADERS}",
            f'    "points": [{{{written}}}]',
            "  }'",
            f"curl -X POST {there}/delete' {_HEADERS}",
            '    "points": [<id>]',
            "  }'",
        ]

    return [
        f"  curl -X POST '<your server>/collections/{new.collection}/points/query' \\",
        *exchanged(keys(old), keys(new)),
        f"    {_HEADERS}",
        *exchanged(body(old), body(new)),
        *exchanged(limit(old), limit(new)),
        "    }'",
        *exchanged(second(old), second(new)),
    ]

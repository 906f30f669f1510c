"""What an application changes at the cutover, written as Python, as curl and as a list. Pure text.

Made from the rows that the cutover remembers. What a run cannot know is never invented: it reads
<your client>. Lines begin with "- " (out), "+ " (in) or two spaces (stays).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from qdrant_model_migration.qdrant import Provider, provider_of
from qdrant_model_migration.quality.difference import (
    AT_SERVER,
    BY_LANGUAGE,
    LANGUAGE,
    MADE_BY,
    MAP,
    NONE,
    NOT_KNOWN,
    OLD_VECTOR,
    SECOND,
    SETTINGS,
    Rows,
)
from qdrant_model_migration.survey.integrations import Integration, integrations, named
from qdrant_model_migration.words import listing

FORMS = ("Python", "curl", "list")
FILE = "app-changes.txt"
_NO_NAME = "not needed"
_ITS_LANGUAGE = "<code of the language of the question>"
_HEADERS = "-H 'api-key: <your key>' -H 'Content-Type: application/json' -d '{"
_OF_TEXT = "the vectors of its tokens"
_SERVED = (
    "it makes the vectors of queries and documents: send the text and the model's name in place of "
    "a vector. The Python client is opened with cloud_inference=True."
)


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


def of(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is to be changed as the run stands now: after a rollback the way back, none where the
    run was given up."""
    rows = [dict(row) for row in facts.get("application_changes") or ()]
    if "discarded" in facts:
        return []
    if goes_back(facts):
        return [{**row, "old": row["new"], "new": row["old"]} for row in rows]
    return rows


def goes_back(facts: Mapping[str, Any]) -> bool:
    """Whether the alias was switched and switched back."""
    return bool(facts.get("rolled_back") and not facts.get("switched"))


def products(facts: Mapping[str, Any]) -> tuple[Integration, ...]:
    """What the application probably is, where that is known."""
    return named(facts.get("written_by") or ())


def forms(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """In what forms the lines can be had: for each of these products by name, then the others."""
    return (*(one.title for one in products(facts)), *FORMS)


def in_words(rows: Rows) -> list[tuple[str, str]]:
    """(what, what becomes of it), a line each: a search that is new beside the first is one line,
    and so is all that stays. Empty where nothing changes."""
    told, stays = list[tuple[str, str]](), list[str]()
    numbers = [str(row["what"]).rpartition(" ")[2] for row in rows
               if str(row["what"]).startswith(_MODEL)]  # fmt: skip
    whole = {n: sides for n in numbers if NONE in (sides := _sides(rows, f"{_MODEL}{n}"))}
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        number = what.rpartition(" ")[2]
        if number in whole:
            if what == _MODEL + number:
                side = "new" if whole[number][0] == NONE else "old"
                label = "second search" if number == "2" else f"search {number}"
                told.append((label, f"{_ADDED[side]} {_search_in_words(rows, number, side)}"))
        elif old != new:
            told.append((what, _change_in_words(what, old, new)))
        elif not old.startswith((NONE, _NO_NAME)):
            stays.append(f"{what} {old}")
    if not told:
        return []
    return [*told, ("stays", ", ".join(stays))] if stays else told


_MODEL = "query model "
_ADDED = {"new": "comes in:", "old": "goes out:"}


def _sides(rows: Rows, what: str) -> tuple[str, str]:
    found = next((row for row in rows if row["what"] == what), {})
    return str(found.get("old", NONE)), str(found.get("new", NONE))


def _search_in_words(rows: Rows, number: str, side: str) -> str:
    leg = next(leg for leg in _search(rows, side).legs if leg.number == f"_{number}")
    parts = [
        f"by {leg.model or NOT_KNOWN}" + (" at the server" if leg.served else ""),
        f"in vector {leg.using} (using)" if leg.using else "",
        f"prefix {_quoted(leg.prefix)}" if leg.prefix else "",
        f"told {_told(leg.settings)}" if leg.settings else "",
    ]
    return ", ".join(filter(None, parts))


def _change_in_words(what: str, old: str, new: str) -> str:
    if what.startswith(SETTINGS):
        old, new = (side if side == NONE else _told(side) for side in (old, new))
    if old == NONE:
        does = ", which merges what all of them find" if what == "fusion" else ""
        return f"{_ADDED['new']} {new}{does}"
    return f"{_ADDED['old']} {old}" if new == NONE else f"{old} → {new}"


def _told(settings: str) -> str:
    """JSON without its signs: "language english, k 1.2"."""
    told = json.loads(settings).items()
    return ", ".join(f"{key} {'none' if value in ([], '', None) else value}" for key, value in told)


def lines(rows: Rows, form: str) -> list[str]:
    """The lines in one of the `forms`, empty where an application has nothing to change."""
    if not any(row["old"] != row["new"] for row in rows):
        return []
    if product := next((one for one in integrations() if one.title == form), None):
        return _product(rows, product)
    old, new = _search(rows, "old"), _search(rows, "new")
    if form == "Python":
        return _python(old, new)
    return _curl(old, new) if form == "curl" else _list(rows)


def meaning(rows: Rows) -> tuple[tuple[str, str], ...]:
    """(label, sentence): what the lines are for."""
    old, new = _search(rows, "old"), _search(rows, "new")
    through = any(leg.map for leg in new.legs)
    projected = through and old.legs[0].dimensions != new.legs[0].dimensions
    if through and not projected:
        return (
            ("Name", "stays, and so does everything that is stored."),
            ("Map", "every vector of the new model goes through it, of searches and of documents "
             "alike. Copy the file to where the application runs."),
            ("Limits", "scores lie elsewhere: test every score limit."),
        )  # fmt: skip
    said = [
        ("Name", f"{new.collection or 'the alias'} stays. Do not write the new collection's name "
         "into the application."),
        ("Model", "queries and documents must be made by the same model."),
    ]  # fmt: skip
    if projected:
        said[1:] = [
            ("Model", "stays."),
            ("Projection", "every vector of the model goes through it, of searches and of new "
             "documents alike. Copy the file to where the application runs, and keep it as long as "
             "these vectors: they cannot be searched without it."),
        ]  # fmt: skip
    if new.second or old.second:
        return (*said[1:], *_beside(old, new))
    before, after = ([(leg.prefix, leg.using) for leg in side.legs] for side in (old, new))
    if [prefix for prefix, _ in before] != [prefix for prefix, _ in after]:
        said.append(("Prefix", "is put before each search text, not before documents."))
    if [using for _, using in before] == [using for _, using in after]:
        names = listing([_quoted(using) for _, using in after if using])
        said.append(("using", f"stays {names}." if names else "not needed here."))
    else:
        said.append(("using", "an alias cannot choose a vector, so this changes as well."))
    if beside := next((str(row["new"]) for row in rows if row["what"] == OLD_VECTOR), ""):
        by = "without using" if beside.startswith(_NO_NAME) else f"with using {_quoted(beside)}"
        said.append(("Old model", f"answers beside it: searches by the old query model, {by}."))
    if any(leg.settings for leg in new.legs):
        said.append(("Settings", "belong to the model: the same for searches and for documents."))
    for leg in new.legs:
        if leg.by_language:
            codes = listing(list(json.loads(leg.by_language)))
            said.append(
                ("Language", f"of a document: {leg.language}; of a question: your application "
                 f"knows it ({codes}). Any other: words as written, as the last settings say."),
            )  # fmt: skip
    alone = [side.legs[0]._replace(unknown="") for side in (old, new)]
    if new.fusion and not old.fusion and alone[0] == alone[1]:
        said.append(("Today's search", "goes on working unchanged; it finds by meaning alone."))
    if any(leg.served for leg in new.legs):
        said.append(("Server", _SERVED))
    if asked := _providers(new):
        whose, headers = (listing([getattr(p, n) for p in asked]) for n in ("title", "header"))
        said.append(("Key", f"the server keeps none: that of {whose} goes with each request, in "
                     f"the header {headers}."))  # fmt: skip
    if projected:
        said.append(("Limits", "scores lie elsewhere: test every score limit."))
        return tuple(said)
    said.append(("Limits", "scores of another model lie elsewhere: test every score limit."))
    said.append(("New texts", _new_texts(old, new)))
    return tuple(said)


def _beside(old: Search, new: Search) -> tuple[tuple[str, str], ...]:
    """What a second collection asks of the application, or no longer asks of it."""
    if not new.second:
        return (
            ("Name", f"{new.collection} stays, and is searched alone."),
            ("New texts", f"{old.second} need not be written any more."),
        )
    first, second, last = new.collection, new.second, new.legs[-1]
    prefix = (("Prefix", "is put before each search text, not before documents."),)
    return (
        ("Name", f"{first} stays, and finds as today; {second} is asked in a second request, for "
         "the order of the ids that were found."),
        *(prefix if last.prefix else ()),
        ("Filters", "belong to the first request: the ids that it gives are filtered already."),
        ("Missing", f"what {second} does not hold is found as before and comes after the others."),
        ("New texts", f"whatever adds or changes a text writes {first}, then {second} under the "
         f"same id: the vectors {_quoted(last.using)} of its tokens, no payload."),
        ("Deleted", f"whatever deletes a point of {first} deletes it in {second}, too."),
        ("Limits", "scores of the second request lie elsewhere: test every score limit."),
    )  # fmt: skip


def _new_texts(old: Search, new: Search) -> str:
    used = {leg.using for leg in old.legs}
    more = [_quoted(leg.using) for leg in new.legs if leg.using and leg.using not in used]
    if len(new.legs) <= len(old.legs) or not more:
        return "whatever adds documents must use the same model."
    return f"whatever adds documents must write {listing(more)} as well, by the same model."


def titled(form: str) -> str:
    """ "a list", "Python", "In n8n"."""
    return "a list" if form == "list" else form if form in FORMS else f"In {form}"


def whole(rows: Rows, forms: Sequence[str] = FORMS) -> str:
    """All forms and what they mean, for a file to hand on."""
    parts = ["Lines to change in the application: - out, + in, the rest stays.", ""]
    for form in forms:
        parts += [f"{'As ' if form in FORMS else ''}{titled(form)}"]
        parts += ["", *lines(rows, form), ""]
    parts += [f"{label}: {text}" for label, text in meaning(rows)]
    return "\n".join(parts) + "\n"


def _search(rows: Rows, side: str) -> Search:
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
            known("using", _NO_NAME),
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


def _exchanged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Each line that stays, or the old and the new one in its place; "" is no line."""
    made: list[str] = []
    for out, into in zip_longest(old, new, fillvalue=""):
        if out == into:
            made += [f"  {out}"] if out else []
        else:
            made += [f"{sign} {line}" for sign, line in (("-", out), ("+", into)) if line]
    return made


def _python(old: Search, new: Search) -> list[str]:
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
            f"model{n} = {_quoted(leg.model) if leg.model else leg.unknown}",
            f"prefix{n} = {_quoted(leg.prefix)}" if leg.prefix else "",
            _settings(leg),
            f"vector{n} = {call}",
            *(_through(leg) if leg.map else ()),
        ]

    def query(leg: Leg) -> str:
        using = f", using={_quoted(leg.using)}" if leg.using else ""
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
        asked = f"<your client>.query_points(collection_name={_quoted(side.collection)}, {how})"
        return f"found = {asked}.points" if side.second else asked

    def second(side: Search) -> list[str]:
        """In the order of another collection, and what keeps that in step."""
        if not side.second:
            return []
        last, there = side.legs[-1], f"collection_name={_quoted(side.second)}"
        only = "models.Filter(must=[models.HasIdCondition(has_id=[p.id for p in found])])"
        written = f"models.PointStruct(id=<id>, vector={{{_quoted(last.using)}: <{_OF_TEXT}>}})"
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
        if not (by := _providers(side)):
            return [search(side)]
        keys = ", ".join(f'"{p.header}": <your key of {p.title}>' for p in by)
        return [
            "from qdrant_client.context_headers import headers",
            f"with headers({{{keys}}}):",
            f"    {search(side)}",
        ]

    return [
        *_exchanged(code(old), code(new)),
        *_exchanged(sent(old), sent(new)),
        *_exchanged(second(old), second(new)),
    ]


def _providers(side: Search) -> list[Provider]:
    """Whom the server asks for the vectors of searches, with a key of the application's."""
    asked = (provider_of(leg.model) for leg in side.legs if leg.served)
    return list(dict.fromkeys(provider for provider in asked if provider is not None))


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
        f"learned{n} = numpy.load({_quoted(leg.map)})",
        f"vector{n} = ({calculated}).tolist()",
    ]


def _curl(old: Search, new: Search) -> list[str]:
    def said(leg: Leg) -> str:
        each = f"<of {leg.by_language} that of the language of the question, else {leg.settings}>"
        return each if leg.by_language else leg.settings

    def query(leg: Leg) -> str:
        prefix = f", of {_quoted(leg.prefix)} + the question" if leg.prefix else ""
        if leg.served:
            text = f"{_quoted(leg.prefix)} + the question" if leg.prefix else "the question"
            told = f', "options": {said(leg)}' if leg.settings else ""
            return f'"query": {{"text": <{text}>, "model": {_quoted(leg.model)}{told}}}'
        size = f"{leg.dimensions} dimensions" if leg.dimensions else "the vector"
        told = f", told {said(leg)}" if leg.settings else ""
        through = f", times the matrix of {leg.map} plus its offset" if leg.map else ""
        made = f"made by {leg.model or leg.unknown}{told}{prefix}{through}"
        return f'"query": <{size} {made}>'

    def using(leg: Leg) -> str:
        return f'"using": {_quoted(leg.using)}' if leg.using else ""

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
        return [f"  -H '{p.header}: <your key of {p.title}>' \\" for p in _providers(side)]

    def limit(side: Search) -> list[str]:
        return [f'    "limit": {side.reranked if side.second else "<your limit>"}']

    def second(side: Search) -> list[str]:
        """In the order of another collection, and what keeps that in step."""
        if not side.second:
            return []
        last, there = side.legs[-1], f"'<your server>/collections/{side.second}/points"
        asked = ", ".join(filter(None, (query(last), using(last))))
        written = f'"id": <id>, "vector": {{{_quoted(last.using)}: <{_OF_TEXT}>}}'
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
        *_exchanged(keys(old), keys(new)),
        f"    {_HEADERS}",
        *_exchanged(body(old), body(new)),
        *_exchanged(limit(old), limit(new)),
        "    }'",
        *_exchanged(second(old), second(new)),
    ]


def _list(rows: Rows) -> list[str]:
    made: list[str] = []
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        made += _exchanged([f"{what:<16} {old}"], [f"{what:<16} {new}"])
    return made


_SETTINGS = {
    "collection name": "collection",
    "query model": "model",
    "query prefix": "prefix",
    "dimensions": "dimensions",
    "using": "using",
}


def _product(rows: Rows, product: Integration) -> list[str]:
    """What differs, under the name that it has there."""
    made: list[str] = []
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        if old == new or what not in _SETTINGS:
            continue
        setting = getattr(product.settings, _SETTINGS[what])
        made += [f"  {setting or f'{what}: there is no setting of one name for it'}"]
        made += _exchanged([old], [new])
    return made


def _quoted(text: str) -> str:
    """As a string of Python and of JSON alike; no text in it can become a tag in a report."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")

"""What the lines are for."""

from __future__ import annotations

import json

from qdrant_model_migration.engine.change_lines.search import NO_NAME, Search, providers, search
from qdrant_model_migration.engine.change_lines.signs import quoted
from qdrant_model_migration.quality.difference import OLD_VECTOR, Rows
from qdrant_model_migration.words import listing

_SERVED = (
    "it makes the vectors of queries and documents: send the text and the model's name in place of "
    "a vector. The Python client is opened with cloud_inference=True."
)


def meaning(rows: Rows) -> tuple[tuple[str, str], ...]:
    """(label, sentence): what the lines are for."""
    old, new = search(rows, "old"), search(rows, "new")
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
        names = listing([quoted(using) for _, using in after if using])
        said.append(("using", f"stays {names}." if names else "not needed here."))
    else:
        said.append(("using", "an alias cannot choose a vector, so this changes as well."))
    if beside := next((str(row["new"]) for row in rows if row["what"] == OLD_VECTOR), ""):
        by = "without using" if beside.startswith(NO_NAME) else f"with using {quoted(beside)}"
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
    if asked := providers(new):
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
         f"same id: the vectors {quoted(last.using)} of its tokens, no payload."),
        ("Deleted", f"whatever deletes a point of {first} deletes it in {second}, too."),
        ("Limits", "scores of the second request lie elsewhere: test every score limit."),
    )  # fmt: skip


def _new_texts(old: Search, new: Search) -> str:
    used = {leg.using for leg in old.legs}
    more = [quoted(leg.using) for leg in new.legs if leg.using and leg.using not in used]
    if len(new.legs) <= len(old.legs) or not more:
        return "whatever adds documents must use the same model."
    return f"whatever adds documents must write {listing(more)} as well, by the same model."

"""Warnings about the application: query model, names, `using`, scores."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration import words
from qdrant_model_migration.advice.warnings.warning import Case, Said, warning
from qdrant_model_migration.strategies.answered.names import aliases_left, without_alias
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.survey.integrations import named, that_compare

_CHANGE = {
    "framework": "find the setting of your framework that names the embedding model",
    "server": "change the model name in the requests",
}


@warning("W02", "Query model changes")
def query_model(case: Case) -> Said | None:
    model, old = case.model, case.old_model
    if model is None:
        return None
    before = f"{old.label} ({old.dimensions})" if old else "The present model"
    if old is not None and case.answers.get("shortened_by") == "projection":
        return Said(
            "must",
            "The new collection refuses query vectors of the old length, and one that was not "
            "projected like the stored ones finds nothing sensible.",
            f"{before} is projected to {model.dimensions}.",
            "At the moment of the cutover, put every vector of the model through the projection, "
            "of searches and of new documents; the report prints the lines, the run keeps the "
            "file.",
        )
    if old is not None and old.has_cut(model):
        return Said(
            "must",
            "The new collection refuses query vectors of the old length.",
            f"{before} is cut to {model.dimensions}.",
            f"At the moment of the cutover, cut every query vector to its first {model.dimensions} "
            "values and make it length one again, or ask the model for that length.",
        )
    change = _change(case)
    if case.adds and "keyword_model" not in case.strategy.asks:
        return Said(
            "must",
            "Searches embedded by one model find nothing sensible among the vectors of another.",
            f"The new vector is made by {model.label} ({model.dimensions}); the others stay as "
            "they are.",
            f"For searches that ask the new vector, {change}; the report prints what changes.",
        )
    return Said(
        "must",
        "Searches embedded by the old model find nothing sensible among new vectors.",
        f"{before} becomes {model.label} ({model.dimensions}).",
        f"At the moment of the cutover, {change}; the report prints what changes.",
    )


def _change(case: Case) -> str:
    """What is changed, by the name that it has in the product where that is known."""
    side = str(case.answers.get("query_side"))
    settings = [f"{one.settings.model} ({one.title})" for one in named(products(case.survey))]
    if side == "framework" and settings:
        return f"change {words.listing(settings, 'or')}"
    return _CHANGE.get(side, "change the query model")


@warning("W03", "Wrong query, no error")
def same_size(case: Case) -> Said | None:
    if case.model is None or case.old_size != case.model.dimensions:
        return None
    return Said(
        "must",
        "Old and new vectors have the same size, so a forgotten query model gives bad results "
        "without any error.",
        f"Both have {words.count(case.model.dimensions)} dimensions.",
        "Check one known search right after the cutover; the report has it.",
    )


@warning("W04", "Alias picks no vector")
def using(case: Case) -> Said | None:
    name = case.answers.get("vector_name")
    present = case.vector.name if case.vector is not None else name
    renamed = bool(name) and name != present and case.replaces
    if not case.adds and not renamed:
        return None
    if "keyword_model" in case.strategy.asks:
        when = "once you keep the new vectors" if case.in_place else "together with the switch"
        return Said(
            "must",
            "A search for words and meaning asks two vectors and merges what they find. An alias "
            "cannot do that, so the application changes its query.",
            "The vector for keyword search gets a name of its own; a search that does not name it "
            "goes on by meaning alone.",
            f"Change the query {when}; the report prints it.",
        )
    if case.apart:
        return Said(
            "must",
            "Results are put in order by a second request, to another collection, and whoever "
            "writes texts writes both collections from then on. No alias can do that.",
            f"{case.answers.get('target') or 'The new collection'} stands beside "
            f"{case.survey.collection}. What is missing there is found as before, and not put in "
            "order.",
            "Change searches and writers together; the report prints the lines.",
        )
    has = f"is called {present}" if present else "has no name"
    here = f"The new vector is named {name}; the present one {has}." if renamed else ""
    if case.cloned:
        here = "The old vector stays, called as it is; the new one has a name of its own."
    return Said(
        "must",
        "With named vectors the application must change using as well as the model; an alias "
        "cannot choose a vector.",
        here or f"{case.strategy.title} gives each vector a name of its own.",
        "Change both lines together; the report prints them.",
    )


@warning("W05", "No alias in use")
def no_alias(case: Case) -> Said | None:
    name, how = case.answers.get("name"), without_alias(case.answers)
    if case.builds and how is not None:
        return _without(case.survey.collection, how)
    if not case.builds or not isinstance(name, Mapping) or name.get("exists") is not False:
        return None
    return Said(
        "must",
        "An alias cannot have the name of a collection, so one change in the application is "
        "needed first.",
        f"Your application uses the name {case.survey.collection}; from then on it uses "
        f"{name.get('alias')}.",
        "Let it use the alias when the run asks for it; the cutover comes later.",
    )


def _without(collection: str, how: str) -> Said:
    if how == "changes":
        return Said(
            "must",
            "Without an alias there is no single moment: until all of your application is "
            "changed, a part of it searches the old collection. Going back is changing it again.",
            f"Your application uses the name {collection}, and changes it itself.",
            "Let it use an alias instead, if it can: then one request switches, and one goes back.",
        )
    return Said(
        "must",
        "An alias cannot have the name of a collection that stands. So the old collection is "
        "DELETED at the cutover: your application has to be stopped, searches fail meanwhile, and "
        "there is no way back but a snapshot.",
        f"Your application can use no other name than {collection}.",
        "Change the application once, if there is any way to: an alias can be switched back.",
    )


@warning("W38", "Aliases stay behind")
def aliases(case: Case) -> Said | None:
    left = aliases_left(case.survey, case.answers) if case.builds else ()
    if not left:
        return None
    old = case.survey.collection
    it, points = ("it", "points") if len(left) == 1 else ("they", "point")
    return Said(
        "must",
        f"An alias that is not switched goes on answering from {old}. Whoever writes through it "
        "writes there, and the new collection never gets it.",
        f"Not switched: {words.listing(left)}.",
        f"Find out who uses {'it' if len(left) == 1 else 'each'}. What your application uses "
        f"belongs to the question Name; an alias can also be a product's note of the model, and is "
        f"left alone. Cleanup is refused while {it} {points} to {old}.",
    )


@warning("W26", "Score limits shift")
def scores(case: Case) -> Said | None:
    if case.model is None and "W26" not in case.strategy.warns:
        return None
    why = "Scores are made in another way from then on."
    if case.model is not None:
        why = f"{case.model.label} makes the scores from then on."
    elif "keyword_model" in case.strategy.asks:
        why = "Keyword results are merged with the others, so scores are made in another way."
    return Said(
        "caution",
        "Scores of the new vectors lie elsewhere; a limit that fits today can let nearly "
        "everything through, or nothing.",
        why,
        "If your application has a score limit, test it again before the cutover.",
    )


@warning("W34", "Different distance")
def distance(case: Case) -> Said | None:
    old, new = case.distances
    if old is None or new is None or old.lower() == new.lower():
        return None
    ones, by = that_compare(products(case.survey)), case.survey.written_by.value
    who = words.listing([one.title for one in ones], "or")
    who = (
        f"When it starts, {who} compares it, and"
        if who
        else (
            "An application that compares it with its settings when it starts, as LangChain and "
            "Haystack do,"
        )
    )
    settings = [f"{o.settings.distance} ({o.title})" for o in ones if o.settings.distance]
    where = words.listing(settings, "or") or "the distance where the application names it"
    return Said(
        "must" if ones and by is not None and by.sure else "caution",
        "Scores and their order mean something else with another distance. "
        f"{who} refuses the new collection.",
        f"Old: {old}, new: {new}.",
        f"Check score limits and re-ranking, and change {where} with the switch.",
    )

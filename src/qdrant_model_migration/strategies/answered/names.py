"""The names that the application uses, and how it comes to the new collection."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.products import products
from qdrant_model_migration.strategies.strategy import Answers
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import blind, named


def switched_aliases(survey: Survey, answers: Answers) -> tuple[str, ...]:
    """The aliases of the collection that the application uses: they are switched together.

    Empty where it uses the collection's own name; the first one stands for all where one is asked
    for.
    """
    answer = answers.get("name")
    if not isinstance(answer, Mapping):
        return (survey.alias,) if survey.alias is not None else ()
    named = (answer.get("alias"), *(answer.get("also") or ())) if answer.get("exists") else ()
    known = survey.aliases.value
    return tuple(alias for alias in named if alias and (known is None or alias in known))


def aliases_unseen(survey: Survey) -> bool:
    """Whether nobody knows if there are any: the key, or what stands before the server, shows
    none."""
    return survey.aliases.value is None


def aliases_left(survey: Survey, answers: Answers) -> tuple[str, ...]:
    """The collection's other aliases: they stay where they are."""
    switched = switched_aliases(survey, answers)
    return tuple(alias for alias in survey.aliases.value or () if alias not in switched)


def without_alias(answers: Answers) -> str | None:
    """How the application gets along without an alias: "changes" its name, or cannot and the new
    one "takes over" the old one's; None: an alias is switched."""
    answer = answers.get("name")
    return answer.get("kind") if isinstance(answer, Mapping) else None


def finds_no_alias(survey: Survey) -> bool:
    """Whether no product that may have written the points finds a collection by an alias."""
    names = products(survey)
    return bool(names) and len(blind(names)) == len(names)


def looked_for(survey: Survey, answers: Answers) -> str | None:
    """The name that the application itself looks for with the chosen model; None: any will do."""
    model = chosen_model(answers)
    ones = named(products(survey)) if model is not None else ()
    found = (one.collection_for(survey.collection, model) for one in ones if model is not None)
    return next((name for name in found if name is not None), None)

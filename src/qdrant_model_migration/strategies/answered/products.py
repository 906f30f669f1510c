"""The products that probably wrote the points, and the collections that share their model."""

from __future__ import annotations

from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.integrations import named


def products(survey: Survey) -> tuple[str, ...]:
    """The products that probably wrote the points, by name."""
    return survey.written_by.value.names if survey.written_by.value is not None else ()


def sisters_there(survey: Survey) -> dict[str, str]:
    """The collections there that share its model, by what is known of the products that may have
    written it, each with the product's title."""
    return {
        name: one.title
        for one in named(products(survey))
        for name in one.sisters(survey.collection)
        if name in survey.others
    }


def family_there(survey: Survey) -> tuple[str, ...]:
    """The same with the collection itself, in the order in which they are named: the names of the
    later ones may follow from that of the first."""
    there = sisters_there(survey)
    return tuple(
        dict.fromkeys(
            name
            for one in named(products(survey))
            for name in one.relatives(survey.collection)
            if name in there or name == survey.collection
        )
    )


def called_with(survey: Survey, target: str) -> dict[str, str]:
    """What those that share its model have to be called, by their present names, once the
    collection is called `target` and the product looks for it by that name."""
    return {
        name: called
        for one in named(products(survey))
        for name in one.sisters(survey.collection)
        if (called := one.called_with(name, survey.collection, target)) is not None
    }

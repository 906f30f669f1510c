"""Where new vectors go: into the collection as it stands, a new one, or a second one beside it."""

from __future__ import annotations

from qdrant_model_migration.strategies.answered.model import makes_many
from qdrant_model_migration.strategies.answered.vectors import dropped_vector
from qdrant_model_migration.strategies.strategy import Answers, Fit, Strategy
from qdrant_model_migration.survey.facts import Survey


def in_place(survey: Survey, answers: Answers) -> bool:
    """Whether the collection itself is changed, as it stands: a vector is added to it, or one is
    taken out."""
    adds = survey.capabilities.add_vector and answers.get("change") != "drop" and not apart(answers)
    wanted = adds and answers.get("in_place") == "in place"
    return wanted or taken_out_in_place(survey, answers)


def apart(answers: Answers) -> bool:
    """Whether the new vectors get a second collection, beside the present one, which stays as it
    is and in use."""
    return answers.get("many_for") == "apart" and makes_many(answers)


def is_apart(strategy: Strategy, answers: Answers) -> bool:
    """Whether this strategy gives its vectors a second collection."""
    return "many_for" in strategy.asks and apart(answers)


def present_one_stays(answers: Answers) -> Fit | None:
    """Ruled out because what it makes takes the place of the present vectors."""
    if not apart(answers):
        return None
    return Fit("ruled out", "the present vector goes on finding", "many_for")


def may_be_taken_out(survey: Survey, answers: Answers) -> bool:
    """Whether the vector that goes can be deleted of the collection as it stands."""
    vector = dropped_vector(survey, answers)
    return survey.capabilities.drop_vector and vector is not None and vector.name != ""


def taken_out_in_place(survey: Survey, answers: Answers) -> bool:
    """Whether that is done."""
    wanted = answers.get("change") == "drop" and answers.get("in_place") == "in place"
    return wanted and may_be_taken_out(survey, answers)


def no_new_collection(survey: Survey, answers: Answers) -> Fit | None:
    """Ruled out because it builds a new collection, and none is wanted."""
    if not in_place(survey, answers):
        return None
    return Fit("ruled out", "it builds a new collection", "in_place")

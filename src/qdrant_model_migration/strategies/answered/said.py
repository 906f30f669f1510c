"""What is said of a strategy with the answers that there are."""

from __future__ import annotations

from qdrant_model_migration.strategies.answered.names import without_alias
from qdrant_model_migration.strategies.answered.place import is_apart
from qdrant_model_migration.strategies.strategy import Answers, Strategy


def what(strategy: Strategy, answers: Answers) -> str:
    """What it does, with these answers: nothing is said of an alias that there is not, nor of a
    copy where nothing is copied."""
    switched = {
        "changes": "you change the name in your application",
        "takes over": "it is deleted and the new one gets its name",
    }
    return strategy.what.format(
        switched=switched.get(without_alias(answers) or "", "the alias is switched, in one moment"),
        kept=_kept(strategy, answers),
    )


def _kept(strategy: Strategy, answers: Answers) -> str:
    if is_apart(strategy, answers):
        return "stay as they are, and the new ones get a collection of their own"
    return "stay as they are" if _stays(strategy, answers) else "are copied"


def _stays(strategy: Strategy, answers: Answers) -> bool:
    placed = answers.get("in_place") == "in place"
    return ("adds" in strategy.facets and placed) or is_apart(strategy, answers)


def way_back(strategy: Strategy, answers: Answers) -> str:
    """How it is undone with these answers: without an alias none is switched back."""
    if "builds" not in strategy.facets:
        return strategy.way_back
    if _for_good(strategy, answers):
        return "none: the vector is deleted, but for a snapshot"
    if _stays(strategy, answers):
        return "search as before again; nothing has to be moved"
    instead = {
        "changes": "change the name in your application back, as long as the old collection stays",
        "takes over": "none: the old collection is deleted, but for a snapshot",
    }
    return instead.get(without_alias(answers) or "", strategy.way_back)


def never(strategy: Strategy, answers: Answers) -> str:
    """What it never touches, with these answers."""
    if _for_good(strategy, answers):
        return "Payloads and all other vectors are not changed."
    if "builds" in strategy.facets and without_alias(answers) == "takes over":
        return "Until the cutover the old collection is only read. Then it is DELETED."
    return strategy.never


def _for_good(strategy: Strategy, answers: Answers) -> bool:
    """Whether a vector is deleted of the collection that stands; these answers are settled."""
    return "drop" in strategy.asks and answers.get("in_place") == "in place"

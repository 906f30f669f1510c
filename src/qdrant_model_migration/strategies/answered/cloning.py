"""Whether the server copies the collection itself, and what would travel else."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.qdrant import CollectionConfig
from qdrant_model_migration.strategies.answered.change import is_replaced
from qdrant_model_migration.strategies.answered.model import makes_many
from qdrant_model_migration.strategies.answered.place import in_place
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey

CLONE_BYTES = 1_000_000_000
"""From it the server is asked to copy by itself: what would travel takes minutes, and more where
this computer is far from it."""

BY_SERVER = "the server copies payloads and stored vectors itself; only new ones are written"
"""Why a plan clones."""


def may_be_cloned(survey: Survey, answers: Answers) -> bool:
    """Whether the server can copy the collection itself: a snapshot brings all vectors under their
    own names, and is restored into the shards that are there at once. Many vectors for a text are
    better in a collection of their own."""
    return (
        survey.capabilities.clone
        and survey.alone.value is True
        and not CollectionConfig(raw=survey.raw, payload_schema={}).custom_sharding
        and not in_place(survey, answers)
        and not makes_many(answers)
        and not _gets_a_name(survey, answers)
    )


def _gets_a_name(survey: Survey, answers: Answers) -> bool:
    """Whether the vector that has no name, and stays, is to have one."""
    present, names = replaced_vector(survey, answers), answers.get("vector_names")
    unnamed = present is not None and present.name == ""
    return unnamed and isinstance(names, Mapping) and bool(names.get("old"))


def cloned(survey: Survey, answers: Answers, strategy: Strategy) -> bool:
    """Whether that is what was chosen, for a strategy that asks for it."""
    chosen = "copied_by" in strategy.asks and answers.get("copied_by") == "server"
    return chosen and may_be_cloned(survey, answers)


def carried_bytes(survey: Survey, answers: Answers) -> int | None:
    """Payloads, and vectors that stay: what is carried to this computer and back where the server
    does not copy it. None: not known."""
    vector, size = replaced_vector(survey, answers), survey.bytes
    if size is None or vector is None or not is_replaced(answers):
        return size
    return max(0, size - 4 * (vector.size or 0) * (survey.points.value or 0))

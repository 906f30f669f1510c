"""What is there: reads a server and one collection, changes nothing, and says how it knows."""

from qdrant_model_migration.survey.facts import Fact, Survey, TextField, VectorFact
from qdrant_model_migration.survey.fingerprint import changed_since, describe_change, fingerprint
from qdrant_model_migration.survey.lines import Line, facts_of, lines
from qdrant_model_migration.survey.listing import Listed, look_at, named
from qdrant_model_migration.survey.reading import survey

__all__ = [
    "Fact",
    "Line",
    "Listed",
    "Survey",
    "TextField",
    "VectorFact",
    "changed_since",
    "describe_change",
    "facts_of",
    "fingerprint",
    "lines",
    "look_at",
    "named",
    "survey",
]

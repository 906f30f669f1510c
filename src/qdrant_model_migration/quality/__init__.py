"""Is the new model better? Query sets, searching, measuring, intervals, verdicts."""

from qdrant_model_migration.quality.compare import Comparison, compare
from qdrant_model_migration.quality.judgement import Judgement, Measure, Overlap, RankChange
from qdrant_model_migration.quality.made_up import Document, made_up, with_exact_words
from qdrant_model_migration.quality.merging import in_words, with_other
from qdrant_model_migration.quality.query_file import FORM as QUERIES_FORM
from qdrant_model_migration.quality.query_file import read_queries
from qdrant_model_migration.quality.query_set import Query, QuerySet
from qdrant_model_migration.quality.searcher import Asked, Found, Searcher
from qdrant_model_migration.quality.side import Leg, Side
from qdrant_model_migration.quality.side_by_side import Row, SideBySide, both_sides, side_by_side
from qdrant_model_migration.quality.verdict import (
    Check,
    Integrity,
    PartVerdict,
    Unjudged,
    Verdict,
    decide,
)

__all__ = [
    "QUERIES_FORM",
    "Asked",
    "Check",
    "Comparison",
    "Document",
    "Found",
    "Integrity",
    "Judgement",
    "Leg",
    "Measure",
    "Overlap",
    "PartVerdict",
    "Query",
    "QuerySet",
    "RankChange",
    "Row",
    "Searcher",
    "Side",
    "SideBySide",
    "Unjudged",
    "Verdict",
    "both_sides",
    "compare",
    "decide",
    "in_words",
    "made_up",
    "read_queries",
    "side_by_side",
    "with_exact_words",
    "with_other",
]

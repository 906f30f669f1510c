"""The plan of a migration: its model, its file, and the fingerprint of what it was made for."""

from qdrant_model_migration.plan.acknowledged import (
    acknowledge,
    left_open,
    open_warnings,
    sealed,
    why_closed,
)
from qdrant_model_migration.plan.file import files_for, load_plan, save_plan
from qdrant_model_migration.plan.plan import Acceptance, Alias, Estimate, Plan, Range
from qdrant_model_migration.plan.together import one_family, refuse_apart
from qdrant_model_migration.plan.upgrade import given_to_verify
from qdrant_model_migration.survey.fingerprint import describe_change, fingerprint

__all__ = [
    "Acceptance",
    "Alias",
    "Estimate",
    "Plan",
    "Range",
    "acknowledge",
    "describe_change",
    "files_for",
    "fingerprint",
    "given_to_verify",
    "left_open",
    "load_plan",
    "one_family",
    "open_warnings",
    "refuse_apart",
    "save_plan",
    "sealed",
    "why_closed",
]

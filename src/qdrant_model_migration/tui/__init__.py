"""The wizard: a Textual face that asks, shows and steers. It never migrates itself."""

from __future__ import annotations

from qdrant_model_migration.tui.app import run_wizard

__all__ = ["run_wizard"]

"""Move a Qdrant collection to another embedding model: survey, plan, run, verify, switch, undo."""

__version__ = "0.1.0"

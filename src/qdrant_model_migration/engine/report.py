from pathlib import Path

from qdrant_model_migration.engine.view import RunView


def write_report(folder: Path, found: RunView) -> None: ...

"""The change as a list, and by the names of a product's settings."""

from __future__ import annotations

from qdrant_model_migration.engine.change_lines.signs import exchanged
from qdrant_model_migration.quality.difference import Rows
from qdrant_model_migration.survey.integrations import Integration

_SETTINGS = {
    "collection name": "collection",
    "query model": "model",
    "query prefix": "prefix",
    "dimensions": "dimensions",
    "using": "using",
}


def as_list(rows: Rows) -> list[str]:
    made: list[str] = []
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        made += exchanged([f"{what:<16} {old}"], [f"{what:<16} {new}"])
    return made


def of_product(rows: Rows, product: Integration) -> list[str]:
    """What differs, under the name that it has there."""
    made: list[str] = []
    for row in rows:
        what, old, new = (str(row[key]) for key in ("what", "old", "new"))
        if old == new or what not in _SETTINGS:
            continue
        setting = getattr(product.settings, _SETTINGS[what])
        made += [f"  {setting or f'{what}: there is no setting of one name for it'}"]
        made += exchanged([old], [new])
    return made

"""kotaemon, which writes through LlamaIndex."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Settings
from qdrant_model_migration.survey.integrations.llamaindex import LlamaIndex


class Kotaemon(LlamaIndex):
    title = "kotaemon"
    signs = tuple(one._replace(collection="index_*") for one in LlamaIndex.signs)
    names = "fixed"
    says = (
        *LlamaIndex.says,
        "The collection is called index_ and the number of the index; no other name can be set.",
    )
    settings = Settings(
        model="the embedding of the index (Resources, Index Collections)",
    )
    code = "Cinnamon/kotaemon: libs/kotaemon/kotaemon/storages/vectorstores/qdrant.py"

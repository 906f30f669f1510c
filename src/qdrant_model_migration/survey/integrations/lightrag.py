"""LightRAG."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef

_KINDS = ("chunks", "entities", "relationships")


class LightRag(Integration):
    title = "LightRAG"
    signs = (
        Sign(("id", "content", "workspace_id"), collection="lightrag_vdb_*", sure=True),
        Sign(("id", "content", "workspace_id")),
    )
    ids = "UUIDs of its own ids, which stand in the field id"
    text = ("content",)
    metadata = "at the top level; workspace_id tells workspaces apart"
    asks = "name"
    looks = "It asks for its collections by name, and an alias answers."
    names = "by model"
    family = tuple(f"lightrag_vdb_{kind}{{}}" for kind in _KINDS)
    says = (
        "Its three collections are called by the model and its size: with another model it looks "
        "for other names, and makes what it does not find. A new collection of that name is found "
        "without any alias.",
    )
    settings = Settings(
        model="EMBEDDING_MODEL",
        dimensions="EMBEDDING_DIM",
    )
    code = "HKUDS/LightRAG: lightrag/kg/qdrant_impl.py"

    def collection_for(self, collection: str, model: ModelRef) -> str | None:
        kind = next((k for k in _KINDS if collection.startswith(f"lightrag_vdb_{k}")), None)
        if kind is None:
            return None
        name = re.sub(r"[^a-z0-9_]", "_", model.name.lower())
        return f"lightrag_vdb_{kind}_{name}_{model.dimensions}d"

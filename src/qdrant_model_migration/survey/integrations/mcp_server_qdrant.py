"""mcp-server-qdrant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign

if TYPE_CHECKING:
    from qdrant_model_migration.embedders import ModelRef


class McpServerQdrant(Integration):
    title = "mcp-server-qdrant"
    signs = (Sign(("document", "metadata"), vectors="fast-*", sure=True),)
    vectors = "fast- and the model's name, in small letters"
    text = ("document",)
    metadata = "below metadata, which may be null"
    asks = "name"
    looks = "It asks for its collection by name, and an alias answers."
    says = (
        "It searches the vector that is called by its model: with another model it looks for "
        "another name, so the new vector has to bear it.",
    )
    settings = Settings(
        collection="COLLECTION_NAME",
        model="EMBEDDING_MODEL",
    )
    code = "qdrant/mcp-server-qdrant: src/mcp_server_qdrant/qdrant.py, embeddings/fastembed.py"

    def vector_for(self, model: ModelRef) -> str | None:
        return f"fast-{model.short_name.lower()}"

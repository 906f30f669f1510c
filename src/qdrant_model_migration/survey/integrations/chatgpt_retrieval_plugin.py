"""chatgpt-retrieval-plugin."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class ChatGptRetrievalPlugin(Integration):
    title = "chatgpt-retrieval-plugin"
    signs = (
        Sign(("id", "text", "created_at", "metadata.document_id", "metadata.source_id"), sure=True),
        Sign(("id", "text", "metadata", "created_at")),
    )
    ids = "UUIDs of its own ids, which stand in the field id"
    text = ("text",)
    metadata = "below metadata; created_at beside it"
    asks = "settings"
    looks = "It asks for its collection by name, and an alias answers."
    says = (
        "When it starts it refuses a collection of another distance, or of another size than "
        "vector_size says.",
    )
    compares = True
    settings = Settings(
        collection="QDRANT_COLLECTION",
        model="EMBEDDING_MODEL",
        dimensions="EMBEDDING_DIMENSION",
    )
    code = "openai/chatgpt-retrieval-plugin: datastore/providers/qdrant_datastore.py"

"""AnythingLLM."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class AnythingLlm(Integration):
    title = "AnythingLLM"
    signs = (Sign(("text", "docSource", "chunkSource", "wordCount"), sure=True),)
    ids = "UUIDs, which its own database knows too"
    text = ("text",)
    asks = "settings"
    looks = "It asks for its collection by name, and an alias answers."
    names = "fixed"
    says = (
        "The collection is called like the workspace; no other name can be set.",
        "It keeps the vectors that it made in a cache of its own and writes them again from there: "
        "empty the vector cache when its model changes.",
        "A reset of its vector database deletes every collection of the server.",
    )
    settings = Settings(
        model="Settings, Embedder Preference (EMBEDDING_MODEL_PREF)",
    )
    code = "Mintplex-Labs/anything-llm: server/utils/vectorDbProviders/qdrant/index.js"

"""LangChain for JavaScript: @langchain/qdrant."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class LangChainJs(Integration):
    title = "LangChain JS"
    signs = (Sign(("content", "metadata")),)
    ids = "UUIDs, or ids of one's own"
    text = ("content",)
    metadata = "below metadata; customPayload beside it"
    asks = "list"
    looks = "Before each search and each write it lists the collections and makes the missing one."
    settings = Settings(
        collection="collectionName of QdrantVectorStore",
        model="the embeddings that QdrantVectorStore is made with",
    )
    code = "langchain-ai/langchainjs: libs/providers/langchain-qdrant/src/vectorstores.ts"

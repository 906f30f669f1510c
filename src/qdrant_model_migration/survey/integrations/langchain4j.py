"""LangChain4j."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class LangChain4j(Integration):
    title = "LangChain4j"
    signs = (Sign(("text_segment",), sure=True),)
    text = ("text_segment",)
    asks = None
    looks = "It never asks whether its collection is there, and an alias answers."
    says = (
        "A point that was added as an embedding alone has no text. It speaks gRPC; the name is the "
        "same.",
    )
    settings = Settings(
        collection="collectionName of QdrantEmbeddingStore",
        model="the EmbeddingModel",
    )
    code = "langchain4j/langchain4j: langchain4j-qdrant, QdrantEmbeddingStore.java"

"""Spring AI."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class SpringAi(Integration):
    title = "Spring AI"
    signs = (Sign(("doc_content",), sure=True),)
    text = ("doc_content",)
    asks = "list"
    looks = (
        "With initialize-schema it lists the collections when it starts and makes the missing one; "
        "without, it never asks, and an alias answers."
    )
    says = ("It speaks gRPC; the name is the same.",)
    settings = Settings(
        collection="spring.ai.vectorstore.qdrant.collection-name",
        model="the EmbeddingModel, for example spring.ai.openai.embedding.options.model",
    )
    code = "spring-projects/spring-ai: vector-stores/spring-ai-qdrant-store"

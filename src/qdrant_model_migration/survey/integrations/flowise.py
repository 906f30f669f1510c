"""Flowise, which writes through LangChain JS."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Settings
from qdrant_model_migration.survey.integrations.langchain_js import LangChainJs


class Flowise(LangChainJs):
    title = "Flowise"
    settings = Settings(
        collection="Qdrant Collection Name of the node Qdrant",
        model="the Embeddings node joined to it",
        dimensions="Vector Dimension of the node Qdrant (Additional Parameters)",
    )
    code = "FlowiseAI/Flowise: packages/components/nodes/vectorstores/Qdrant/Qdrant.ts"

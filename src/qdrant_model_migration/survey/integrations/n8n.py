"""n8n, which writes through LangChain JS."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Settings
from qdrant_model_migration.survey.integrations.langchain_js import LangChainJs


class N8n(LangChainJs):
    title = "n8n"
    settings = Settings(
        collection="Qdrant Collection of each node Qdrant Vector Store",
        model="the Embeddings node joined to it, of the nodes that insert too",
    )
    code = "n8n-io/n8n: packages/@n8n/nodes-langchain/nodes/vector_store/VectorStoreQdrant"

"""LangChain for Python: langchain-qdrant."""

from __future__ import annotations

from qdrant_model_migration.survey.integrations.integration import Integration, Settings, Sign


class LangChain(Integration):
    title = "LangChain (Python)"
    signs = (
        Sign(("page_content", "metadata"), vectors="langchain-sparse", sure=True),
        Sign(("page_content", "metadata")),
    )
    ids = "UUIDs, or ids of one's own"
    vectors = "one without a name, for hybrid langchain-sparse beside it"
    text = ("page_content",)
    metadata = "below metadata, which may be null"
    asks = "name"
    looks = "It asks for its collection by name, and an alias answers."
    says = (
        "When it opens the collection it compares size and distance with its own settings, and "
        "refuses where they differ: change the embedding together with the switch.",
    )
    compares = True
    settings = Settings(
        collection="collection_name of QdrantVectorStore",
        model="embedding of QdrantVectorStore",
        distance="distance of QdrantVectorStore",
        using="vector_name of QdrantVectorStore",
    )
    code = "langchain-ai/langchain: libs/partners/qdrant/langchain_qdrant/qdrant.py"
